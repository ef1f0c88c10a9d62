// SPDX-License-Identifier: MIT
//
// The lists' order, the ledger's three states, and every invariant both ways.
//
// The orders are those of v4.8: rpcrdma_put_mw adds at the tail and rpcrdma_get_mw
// takes at the head (FIFO); rpcrdma_defer_mr_recovery adds at the head and the
// worker takes at the head (LIFO), and so does a request's registered list.
#include "model/invariants.h"
#include "model/kernel/dma.h"
#include "model/kernel/mr_lists.h"
#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

/// One step in progress on a bench, for functions below the step level.
struct InStep {
  explicit InStep(Bench& b) : kernel{b.setup, b.w, b.log} {}
  Kernel<Recorder> kernel;
};

}  // namespace

TEST_CASE("the free list is first in, first out") {
  Bench b(basic_setup());
  CHECK(b.free_list() == Mrs{1, 2, 3, 4});
  InStep in(b);
  CHECK(list_take(in.kernel, b.w.free_head) == 1);
  CHECK(b.w.mr(1).place == Place::in_hand);
  CHECK(list_take(in.kernel, b.w.free_head) == 2);
  put_mr(in.kernel, 1);
  CHECK(b.free_list() == Mrs{3, 4, 1});
  put_mr(in.kernel, 2);
  CHECK(b.free_list() == Mrs{3, 4, 1, 2});
  CHECK(b.w.mr(2).next == 0);
}

TEST_CASE("an empty list gives no MR") {
  Bench b(basic_setup());
  b.set_free({});
  InStep in(b);
  const World before = b.w;
  CHECK(list_take(in.kernel, b.w.free_head) == 0);
  CHECK(same(before, b.w));
}

TEST_CASE("the stale list is last in, first out") {
  Bench b(basic_setup());
  for (const MrId id : Mrs{1, 2, 3}) b.in_hand(id);
  b.set_free({4});
  InStep in(b);
  for (const MrId id : Mrs{1, 2, 3}) defer_mr_recovery(in.kernel, id);
  CHECK(b.stale_list() == Mrs{3, 2, 1});
  b.step(recovery_actor);
  CHECK(b.w.recovery.mr == 3);
  CHECK(b.stale_list() == Mrs{2, 1});
}

TEST_CASE("the registered list is last in, first out") {
  Bench b(basic_setup());
  for (const MrId id : Mrs{1, 2, 3}) b.in_hand(id);
  InStep in(b);
  for (const MrId id : Mrs{1, 2, 3})
    list_add(in.kernel, b.w.rpc(1).registered, id, Place::registered, 1);
  CHECK(b.registered(1) == Mrs{3, 2, 1});
  CHECK(list_take(in.kernel, b.w.rpc(1).registered, 1) == 3);
  CHECK(b.registered(1) == Mrs{2, 1});
}

TEST_CASE("an MR can be taken out of the middle of a registered list") {
  Bench b(basic_setup());
  b.set_registered(1, {3, 2, 1});
  InStep in(b);
  list_remove(in.kernel, b.w.rpc(1).registered, 2, 1);
  CHECK(b.registered(1) == Mrs{3, 1});
  CHECK(b.w.mr(2).next == 0);
  CHECK(b.w.mr(2).place == Place::in_hand);
}

TEST_CASE("an MR that is on a list cannot be put on another") {
  const Place place = GENERATE(Place::free_list, Place::stale_list, Place::registered);
  const bool freed = GENERATE(false, true);
  Bench b(basic_setup());
  b.w.mr(1).place = place;
  InStep in(b);
  if (freed) {
    put_mr(in.kernel, 1);
  } else {
    defer_mr_recovery(in.kernel, 1);
  }
  CHECK(b.violation() == Violation{Invariant::mr_on_one_list, 1, 0});
  CHECK(b.stopped() == sim::End::violation);
}

TEST_CASE("the refresh worker splices a batch in at the head of the free list") {
  Setup setup = basic_setup();
  setup.pool = 2;
  setup.refresh_batch = 3;
  Bench b(setup);
  CHECK_FALSE(b.enabled(refresh_actor));
  b.w.refresh_scheduled = 1;
  b.step(refresh_actor);
  // rpcrdma_create_mrs collects the new ones at the head of a list of its own and
  // splices that: the newest is first, the old ones come last.
  CHECK(b.free_list() == Mrs{5, 4, 3, 1, 2});
  CHECK(b.w.mr_count == 5);
  for (const MrId id : Mrs{3, 4, 5}) {
    CHECK(b.w.mr(id).fr_state == FrState::is_invalid);
    CHECK(b.w.mr(id).dma == DmaState::none);
  }
  CHECK_FALSE(b.enabled(refresh_actor));
  SECTION("a budget bounds how often") {
    b.w.refresh_scheduled = 1;
    b.step(refresh_actor);
    CHECK(b.stopped() == sim::End::cut);
    CHECK(b.w.cut == Budget::refreshes);
    CHECK(b.violation() == Violation{});
  }
}

TEST_CASE("a scatterlist is mapped and unmapped once") {
  Bench b(basic_setup());
  InStep in(b);
  b.w.mr(1).dma = DmaState::mapped;
  dma_unmap(in.kernel, 1);
  CHECK(b.w.violated == Invariant::none);
  CHECK(b.w.mr(1).dma == DmaState::unmapped);
  SECTION("a second unmap is the reported bug") {
    dma_unmap(in.kernel, 1);
    CHECK(b.violation() == Violation{Invariant::double_unmap, 1, 0});
    CHECK(b.log.has({.kind = EventKind::violation,
                     .mr = 1,
                     .to = static_cast<std::uint8_t>(Invariant::double_unmap)}));
    CHECK(b.stopped() == sim::End::violation);
  }
}

TEST_CASE("unmapping what was never mapped is a violation of its own") {
  Bench b(basic_setup());
  InStep in(b);
  dma_unmap(in.kernel, 2);
  CHECK(b.violation() == Violation{Invariant::unmap_never_mapped, 2, 0});
}

TEST_CASE("op_map maps over nothing that is live") {
  for (const DmaState found : {DmaState::none, DmaState::unmapped, DmaState::mapped}) {
    Bench b(basic_setup());
    b.at(1, TaskPc::op_map_dma_map);
    b.in_hand(1);
    b.set_free({2, 3, 4});
    b.w.rpc(1).mr = 1;
    b.w.mr(1).dma = found;
    b.step(task1);
    CHECK(b.w.mr(1).dma == DmaState::mapped);
    if (found == DmaState::mapped) {
      CHECK(b.violation() == Violation{Invariant::map_over_live_mapping, 1, 0});
    } else {
      CHECK(b.violation() == Violation{});
    }
  }
}

TEST_CASE("the first violation counts") {
  Bench b(basic_setup());
  InStep in(b);
  in.kernel.violate(Invariant::double_unmap, 1);
  in.kernel.violate(Invariant::unmap_never_mapped, 2);
  CHECK(b.violation() == Violation{Invariant::double_unmap, 1, 0});
}

TEST_CASE("a world at rest: every RPC done, every MR free, nothing mapped") {
  Bench b(basic_setup());
  b.w.rpc(1) = Rpc{};
  b.w.rpc(1).pc = TaskPc::done;
  const RaceModel m(b.setup);
  REQUIRE(m.enabled(b.w).empty());
  CHECK(m.end_when_blocked(b.w) == sim::End::rest);
  CHECK(b.violation() == Violation{});
  SECTION("an MR that was unmapped, or is poisoned, may rest on the free list") {
    b.w.mr(2).dma = DmaState::unmapped;
    b.w.mr(2).fr_state = FrState::flushed_fr;
    CHECK(b.violation() == Violation{});
  }
  SECTION("a mapping is left") {
    b.w.mr(3).dma = DmaState::mapped;
    CHECK(m.end_when_blocked(b.w) == sim::End::violation);
    CHECK(b.violation() == Violation{Invariant::leaked_mapping, 3, 0});
  }
  SECTION("an MR is on no list") {
    b.set_free({1, 2, 4});
    b.in_hand(3);
    CHECK(b.violation() == Violation{Invariant::mr_on_one_list, 3, 0});
  }
  SECTION("an RPC cannot go on: deadlock") {
    b.w.rpc(1).pc = TaskPc::call_status;
    b.w.rpc(1).on_pending = 1;
    CHECK(m.end_when_blocked(b.w) == sim::End::violation);
    CHECK(b.violation() == Violation{Invariant::rpc_finishes, 0, 1});
  }
  SECTION("while somebody can go on, nothing of this is a violation") {
    b.w.mr(3).dma = DmaState::mapped;
    b.complete(Wr(WrKind::send, 1, true));
    CHECK(b.violation() == Violation{});
  }
}

TEST_CASE("every invariant has an entry, in the order of their values") {
  std::size_t value = 0;
  for (const InvariantEntry& entry : invariants()) {
    CHECK(static_cast<std::size_t>(entry.invariant) == ++value);
    CHECK(&entry_of(entry.invariant) == &entry);
    CHECK(may_be(entry.invariant, usual_severities[value]));
  }
  CHECK(value + 1 == invariant_count);
}
