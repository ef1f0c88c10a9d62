// SPDX-License-Identifier: MIT
//
// Decisions of the policies, one by one: what a step does under each of them.
//
// A policy is a row of decisions (model/policy.h; docs/kernel.md, "Later designs"),
// so a decision is tested by itself, in the kernel of 4.9 with that one changed.
// What the rows come to as a whole is the business of the scenarios.
#include <set>
#include <string>

#include "model/kernel/connection.h"
#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

constexpr auto dma_map_fails = static_cast<unsigned>(Fault::dma_map);
constexpr auto map_mr_sg_fails = static_cast<unsigned>(Fault::map_mr_sg);

constexpr Policy puts_back{.failed_marshal = FailedMarshal::put_back};
constexpr Policy drains_first{.failed_marshal = FailedMarshal::drain_unmap_safe};
constexpr Policy gives_up_in_order{.give_up = GiveUp::unmap_sync};
constexpr Policy posts_with_send{.post_fastreg = PostFastreg::with_send};
constexpr Policy destroys{.recover = Recover::destroy};
constexpr Policy remembers{.mapped = Mapped::by_mr_dir};
constexpr Policy replaces{.connection_end = ConnectionEnd::replaces_mrs};
constexpr Policy worker_locks{.connect_lock = ConnectLock::worker};

/// How a failed marshal goes on: -ENOTCONN drops, -ENOBUFS keeps the transport, -EIO
/// gives it up.
struct Sequel {
  Status status;
  TaskPc then;
};
constexpr Sequel sequels[] = {{Status::notconn, TaskPc::drop_connection},
                              {Status::nobufs, TaskPc::call_status},
                              {Status::io, TaskPc::end_transmit}};

/// RPC 1's marshal fails with MRs 2 and 1 registered, MRs 3 and 4 free.
Bench in_failed_marshal(Policy policy, Status status = Status::io) {
  Bench b(basic_setup(policy));
  b.at(1, TaskPc::op_map_get);
  b.set_free({3, 4});
  b.set_registered(1, {2, 1});
  b.make_valid(1);
  b.make_valid(2);
  Kernel<Recorder> k{b.setup, b.w, b.log};
  fail_marshal(k, 1, status);
  return b;
}

/// Lets RNIC and softirq finish what is queued.
void let_complete(Bench& b) {
  while (b.enabled(rnic_actor)) b.step(rnic_actor);
  while (b.enabled(softirq_actor)) b.step(softirq_actor);
}

/// RPC 1 is about to be marshaled again, or freed, with MRs 3, 2, 1 registered.
Bench about_to_give_up(TaskPc pc, Policy policy) {
  Bench b(basic_setup(policy));
  b.at(1, pc);
  b.set_free({4});
  b.set_registered(1, {3, 2, 1});
  for (const MrId id : Mrs{1, 2, 3}) b.make_valid(id);
  return b;
}

/// The recovery worker has taken MR 1, which is VALID and mapped, off the stale list.
Bench in_recovery(Policy policy, FrState state = FrState::is_valid) {
  Bench b(basic_setup(policy));
  b.set_free({2, 3, 4});
  b.in_hand(1);
  b.make_valid(1);
  b.w.mr(1).fr_state = state;
  b.w.recovery = {RecoverPc::snapshot, 1, FrState{}};
  return b;
}

/// Two RPCs, the connection lost, the connect worker about to do `pc`.
Bench in_connect_worker(ConnectPc pc, Policy policy) {
  Setup setup = basic_setup(policy);
  setup.rpc_count = 2;
  setup.rpcs[1] = {.read_list = 1};
  Bench b(setup);
  b.lost_and_told();
  b.w.connecting = 1;
  b.w.connect = pc;
  for (const RpcId id : {RpcId{1}, RpcId{2}}) {
    b.w.rpc(id).pc = TaskPc::connect_wait;
    b.w.rpc(id).on_pending = 1;
  }
  return b;
}

/// RPC 1 about to map a segment into MR 1, with one fault of each kind left.
Bench about_to_map(Policy policy) {
  Bench b(basic_setup(policy));
  b.at(1, TaskPc::op_map_dma_map);
  b.in_hand(1);
  b.set_free({2, 3, 4});
  b.w.rpc(1).mr = 1;
  b.w.mr(1).fr_state = FrState::is_valid;
  b.w.faults_left.dma_map = b.w.faults_left.map_mr_sg = 1;
  return b;
}

}  // namespace

TEST_CASE("failed_marshal put_back: each MR is unmapped once, INVALID, last on the free list") {
  for (const Sequel& row : sequels) {
    Bench b = in_failed_marshal(puts_back, row.status);
    Mrs free{3, 4};
    for (const MrId id : Mrs{2, 1}) {
      REQUIRE(b.w.rpc(1).pc == TaskPc::put_back_pop);
      b.step(task1);
      CHECK(b.w.mr(id).place == Place::in_hand);
      CHECK(b.w.mr(id).dma == DmaState::mapped);
      b.step(task1);
      CHECK(b.w.mr(id).dma == DmaState::unmapped);
      CHECK(b.log.count(EventKind::dma_unmap) == 1);
      CHECK(b.w.mr(id).fr_state == FrState::is_valid);
      CHECK(b.free_list() == free);
      b.step(task1);
      CHECK(b.w.mr(id).fr_state == FrState::is_invalid);
      free.push_back(id);
      CHECK(b.free_list() == free);
    }
    b.step(task1);
    // As if nothing had been done about them.
    CHECK(b.w.rpc(1).pc == row.then);
    CHECK(b.w.rpc(1).status == row.status);
    CHECK(b.w.rpc(1).unmap_for == UnmapFor::none);
    CHECK(b.w.rpc(1).mr == 0);
    CHECK(b.w.locked_by == 1);
    CHECK(b.registered(1).empty());
    CHECK(b.stale_list().empty());
    CHECK(b.violation() == Violation{});
  }
}

TEST_CASE("failed_marshal put_back waits for no FASTREG: one that is in flight finds no mapping") {
  Bench b = in_failed_marshal(puts_back);
  b.enqueue(Wr(WrKind::fastreg, 1));
  b.steps(task1, 7);
  REQUIRE(b.w.send_queue.size == 1);
  CHECK_FALSE(b.w.send_queue.items[0].flag());  // not deregistered
  b.step(rnic_actor);
  CHECK(b.log.has({.kind = EventKind::observed,
                   .mr = 1,
                   .to = static_cast<std::uint8_t>(Invariant::fastreg_on_live_mr)}));
}

TEST_CASE("failed_marshal drain_unmap_safe: marker, its completion handled, then unmap_safe") {
  for (const Sequel& row : sequels) {
    Bench b = in_failed_marshal(drains_first, row.status);
    b.enqueue(Wr(WrKind::fastreg, 1));
    REQUIRE(b.w.rpc(1).pc == TaskPc::drain_post);
    b.step(task1);
    // ib_drain_sq first moves the QP to error.
    CHECK(b.w.qp == QpState::error);
    CHECK(b.w.disconnected_upcall == 1);
    REQUIRE(b.w.send_queue.size == 2);
    CHECK(b.w.send_queue.items[0] == Wr(WrKind::fastreg, 1));
    CHECK(b.w.send_queue.items[1] == Wr(WrKind::drain_marker, 1));
    CHECK(b.registered(1) == Mrs{2, 1});
    CHECK_FALSE(b.enabled(task1));
    b.steps(rnic_actor, 2);
    CHECK_FALSE(b.enabled(task1));
    b.steps(softirq_actor, 2);
    CHECK(b.w.mr(1).fr_state == FrState::flushed_fr);
    CHECK_FALSE(b.enabled(task1));  // the marker's own completion waits
    b.step(softirq_actor);
    REQUIRE(b.enabled(task1));
    CHECK(b.registered(1) == Mrs{2, 1});
    b.step(task1);
    CHECK(b.w.drained == 0);  // for the next time
    REQUIRE(b.w.rpc(1).pc == TaskPc::unmap_safe_pop);
    b.steps(task1, 5);
    CHECK(b.stale_list() == Mrs{1, 2});
    CHECK(b.w.rpc(1).pc == row.then);
    CHECK(b.w.rpc(1).status == row.status);
    CHECK(b.w.rpc(1).unmap_for == UnmapFor::none);
    CHECK(b.w.locked_by == 1);
  }
}

TEST_CASE("failed_marshal drain_unmap_safe: a QP in error stays so, and takes the marker") {
  for (const Provider provider : {Provider::reject, Provider::flush}) {
    Bench b = in_failed_marshal(drains_first, Status::notconn);
    b.setup.provider = provider;
    b.w.qp = QpState::error;
    b.step(task1);
    CHECK(b.w.qp == QpState::error);
    CHECK(b.w.disconnected_upcall == 0);
    CHECK(b.w.send_queue.size == 1);
    CHECK(b.w.rpc(1).pc == TaskPc::drain_wait);
  }
}

TEST_CASE("the markers of a task and of the connect worker do not satisfy each other") {
  Bench b = in_connect_worker(ConnectPc::drain, drains_first);
  b.at(1, TaskPc::drain_wait);
  b.w.rpc(1).on_pending = 0;
  SECTION("the task's") {
    b.complete(Wr(WrKind::drain_marker, 1, true));
    b.step(softirq_actor);
    CHECK(b.enabled(task1));
    CHECK_FALSE(b.enabled(connect_actor));
    b.step(task1);
    CHECK_FALSE(b.enabled(connect_actor));
  }
  SECTION("the connect worker's") {
    b.complete(Wr(WrKind::drain_marker, 0, true));
    b.step(softirq_actor);
    CHECK_FALSE(b.enabled(task1));
    CHECK(b.enabled(connect_actor));
    b.step(connect_actor);
    CHECK_FALSE(b.enabled(task1));
  }
  SECTION("both, and each forgets its own only") {
    b.complete(Wr(WrKind::drain_marker, 1, true));
    b.complete(Wr(WrKind::drain_marker, 0, true));
    b.steps(softirq_actor, 2);
    b.step(task1);
    CHECK(b.enabled(connect_actor));
    b.step(connect_actor);
    CHECK(b.w.drained == 0);
  }
  SECTION("the same the other way round") {
    b.complete(Wr(WrKind::drain_marker, 0, true));
    b.complete(Wr(WrKind::drain_marker, 1, true));
    b.steps(softirq_actor, 2);
    b.step(connect_actor);
    CHECK(b.enabled(task1));
    b.step(task1);
    CHECK(b.w.drained == 0);
  }
  SECTION("nor those of two tasks") {
    b.w.rpc(2).pc = TaskPc::drain_wait;
    b.w.rpc(2).on_pending = 0;
    b.complete(Wr(WrKind::drain_marker, 2, true));
    b.step(softirq_actor);
    CHECK_FALSE(b.enabled(task1));
    CHECK(b.enabled(task2));
  }
}

TEST_CASE("failed_map put_back: an MR whose DMA mapping failed is not recovered") {
  Bench b = about_to_map({.failed_map = FailedMap::put_back});
  b.set_registered(1, {2});
  b.set_free({3, 4});
  b.make_valid(2);
  b.step(task1, dma_map_fails);
  CHECK(b.w.faults_left.dma_map == 0);
  CHECK(b.w.mr(1).dma == DmaState::none);
  REQUIRE(b.w.rpc(1).pc == TaskPc::op_map_error_put);
  b.step(task1);
  CHECK(b.free_list() == Mrs{3, 4, 1});
  CHECK(b.w.mr(1).fr_state == FrState::is_invalid);
  CHECK(b.stale_list().empty());
  CHECK_FALSE(b.enabled(recovery_actor));
  CHECK(b.w.rpc(1).mr == 0);
  CHECK(b.w.rpc(1).status == Status::io);
  CHECK(b.w.rpc(1).pc == TaskPc::end_transmit);
  CHECK(b.registered(1) == Mrs{2});  // what the others come to is another decision
}

TEST_CASE("failed_map is about the DMA mapping only: ib_map_mr_sg's failure is recovered") {
  for (const FailedMap failed_map : {FailedMap::recover, FailedMap::put_back}) {
    Bench b = about_to_map({.failed_map = failed_map});
    b.step(task1, map_mr_sg_fails);
    REQUIRE(b.w.rpc(1).pc == TaskPc::op_map_error_defer);
    b.step(task1);
    CHECK(b.stale_list() == Mrs{1});
    CHECK(b.w.mr(1).dma == DmaState::mapped);
    CHECK(b.w.rpc(1).status == Status::io);
  }
}

TEST_CASE("failed_map is not about a rejected post either") {
  Bench b = about_to_map({.failed_map = FailedMap::put_back});
  b.make_valid(1);
  b.w.rpc(1).pc = TaskPc::op_map_post;
  b.w.qp = QpState::error;
  b.steps(task1, 2);
  CHECK(b.stale_list() == Mrs{1});
  CHECK(b.w.rpc(1).status == Status::notconn);
}

TEST_CASE("give_up unmap_sync: LOCAL_INVs behind the FASTREGs, a wait, then the free list") {
  struct Row {
    TaskPc pc;
    UnmapFor why;
    TaskPc then;
    bool async;
  };
  for (const Row row : {Row{TaskPc::send_request, UnmapFor::retransmit, TaskPc::op_map_get, false},
                        Row{TaskPc::free_buffer, UnmapFor::free, TaskPc::free_buffer, false},
                        Row{TaskPc::free_buffer, UnmapFor::free, TaskPc::free_buffer, true}}) {
    Bench b = about_to_give_up(row.pc, gives_up_in_order);
    b.setup.rpcs[0].async = row.async;
    b.enqueue(Wr(WrKind::fastreg, 1));
    b.step(task1);
    REQUIRE(b.w.rpc(1).pc == TaskPc::unmap_sync);
    CHECK(b.w.rpc(1).unmap_for == row.why);
    while (b.w.sync(1).pc != ReplyPc::linv_wait) b.step(task1);
    // One chain in list order, behind the FASTREG, the last one signalled.
    REQUIRE(b.w.send_queue.size == 4);
    CHECK(b.w.send_queue.items[0] == Wr(WrKind::fastreg, 1));
    CHECK(b.w.send_queue.items[1] == Wr(WrKind::local_inv, 3));
    CHECK(b.w.send_queue.items[2] == Wr(WrKind::local_inv, 2));
    CHECK(b.w.send_queue.items[3] == Wr(WrKind::local_inv_signaled, 1));
    CHECK_FALSE(b.enabled(task1));
    CHECK(b.registered(1) == Mrs{3, 2, 1});
    CHECK(b.w.handler(1).pc == ReplyPc::idle);  // the walk is the task's own
    b.steps(rnic_actor, 4);
    CHECK_FALSE(b.enabled(task1));
    let_complete(b);
    REQUIRE(b.enabled(task1));
    CHECK(b.free_list() == Mrs{4});
    while (b.w.rpc(1).pc == TaskPc::unmap_sync) b.step(task1);
    CHECK(b.free_list() == Mrs{4, 3, 2, 1});
    CHECK(b.stale_list().empty());
    for (const MrId id : Mrs{1, 2, 3}) {
      CHECK(b.w.mr(id).fr_state == FrState::is_invalid);
      CHECK(b.w.mr(id).dma == DmaState::unmapped);
    }
    CHECK(b.w.rpc(1).pc == row.then);
    CHECK(b.w.rpc(1).unmap_for == UnmapFor::none);
    const ReplyHandler idle{};
    CHECK(std::memcmp(&b.w.sync(1), &idle, sizeof idle) == 0);
    CHECK(b.w.locked_by == 1);  // throughout
    CHECK(b.violation() == Violation{});
    if (row.why == UnmapFor::free) {
      b.step(task1);
      CHECK(b.w.rpc(1).pc == TaskPc::done);
    }
  }
}

TEST_CASE("give_up unmap_sync: nothing registered, nothing given up") {
  Bench b = about_to_give_up(TaskPc::send_request, gives_up_in_order);
  b.set_registered(1, {});
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::op_map_get);
}

TEST_CASE("give_up unmap_sync: a rejected chain disconnects and resets every MR") {
  const TaskPc from = GENERATE(TaskPc::send_request, TaskPc::free_buffer);
  const QpState later = GENERATE(QpState::error, QpState::rts);
  Bench b = about_to_give_up(from, gives_up_in_order);
  b.w.qp = QpState::idle;  // rejects with any provider
  while (b.w.sync(1).pc != ReplyPc::disconnect) b.step(task1);
  CHECK(b.w.send_queue.size == 0);
  b.w.qp = later;  // the connection is up by then, or is not
  b.step(task1);
  CHECK(b.w.qp == QpState::error);
  CHECK(b.w.disconnected_upcall == (later == QpState::rts ? 1 : 0));
  for (const MrId id : Mrs{3, 2, 1}) {
    REQUIRE(b.w.sync(1).pc == ReplyPc::reset_dereg);
    b.step(task1);
    CHECK(b.log.has({.kind = EventKind::dereg, .mr = id}));
    b.step(task1);
    CHECK(b.log.has({.kind = EventKind::alloc, .mr = id}));
    b.step(task1);
    CHECK(b.w.mr(id).fr_state == FrState::is_invalid);
    CHECK(b.w.mr(id).dma == DmaState::mapped);
  }
  while (b.w.rpc(1).pc == TaskPc::unmap_sync) b.step(task1);
  CHECK(b.free_list() == Mrs{4, 3, 2, 1});
  CHECK(b.violation() == Violation{});
}

TEST_CASE("give_up says nothing of a failed marshal before the fix: that is unmap_safe") {
  Bench b = in_failed_marshal(
      {.failed_marshal = FailedMarshal::unmap_safe, .give_up = GiveUp::unmap_sync});
  CHECK(b.w.rpc(1).pc == TaskPc::unmap_safe_pop);
}

TEST_CASE("post_fastreg with_send: nothing is posted before the Send, then all in front of it") {
  Bench b(basic_setup(posts_with_send));
  b.at(1, TaskPc::send_request);
  while (b.w.rpc(1).pc != TaskPc::post_send) {
    CHECK(b.w.send_queue.size == 0);
    b.step(task1);
    CHECK(b.log.count(EventKind::posted) == 0);
  }
  CHECK(b.registered(1) == Mrs{3, 2, 1});
  for (const MrId id : Mrs{1, 2, 3}) {
    CHECK(b.w.mr(id).fr_state == FrState::is_valid);
    CHECK(b.w.mr(id).done == Done::wc_fastreg);
  }
  b.step(task1);
  REQUIRE(b.w.send_queue.size == 4);
  std::set<MrId> registered;
  for (unsigned i = 0; i < 3; ++i) {
    CHECK(b.w.send_queue.items[i].kind() == WrKind::fastreg);
    registered.insert(b.w.send_queue.items[i].subject());
  }
  CHECK(registered == std::set<MrId>{1, 2, 3});
  CHECK(b.w.send_queue.items[3] == Wr(WrKind::send, 1));
  CHECK(b.w.rpc(1).pc == TaskPc::transmit_done);
}

TEST_CASE("post_fastreg with_send: the chain is rejected as a whole, or flushed as a whole") {
  Bench b(basic_setup(posts_with_send));
  b.at(1, TaskPc::send_request);
  while (b.w.rpc(1).pc != TaskPc::post_send) b.step(task1);
  b.w.qp = QpState::error;
  SECTION("rejected") {
    b.step(task1);
    CHECK(b.w.send_queue.size == 0);
    CHECK(b.log.count(EventKind::posted) == 0);
    CHECK(b.w.rpc(1).pc == TaskPc::drop_connection);
    CHECK(b.w.rpc(1).status == Status::notconn);
    CHECK(b.registered(1) == Mrs{3, 2, 1});  // for the retransmission to give up
  }
  SECTION("flushed") {
    b.setup.provider = Provider::flush;
    b.step(task1);
    CHECK(b.w.send_queue.size == 4);
    let_complete(b);
    for (const MrId id : Mrs{1, 2, 3}) CHECK(b.w.mr(id).fr_state == FrState::flushed_fr);
  }
}

TEST_CASE("post_fastreg with_send: a failed marshal has nothing in flight, whatever failed") {
  Setup setup = basic_setup(posts_with_send);
  SECTION("no MR left") { setup.pool = 2; }
  SECTION("the DMA mapping") { setup.faults.dma_map = 1; }
  SECTION("ib_map_mr_sg") { setup.faults.map_mr_sg = 1; }
  SECTION("the Send") { setup.faults.prepare_send = 1; }
  Bench b(setup);
  b.at(1, TaskPc::send_request);
  while (b.w.rpc(1).pc != TaskPc::end_transmit && b.w.rpc(1).pc != TaskPc::call_status) {
    // Fails where it can, but not before something is registered.
    const sim::OutcomeSet outcomes = b.outcomes(task1);
    unsigned outcome = 0;
    for (const unsigned o : outcomes) {
      if (!b.registered(1).empty()) outcome = o;
    }
    b.step(task1, outcome);
    CHECK(b.w.send_queue.size == 0);
  }
  CHECK_FALSE(b.registered(1).empty());
}

TEST_CASE("recover destroy: unmap, deregister, free - nothing is reset, nothing allocated") {
  for (const FrState state : {FrState::is_invalid, FrState::is_valid, FrState::flushed_fr}) {
    Bench b = in_recovery(destroys, state);
    b.enqueue(Wr(WrKind::fastreg, 1));
    b.step(recovery_actor);  // r1, and what it observes, are as ever
    CHECK(b.log.has({.kind = EventKind::observed,
                     .mr = 1,
                     .to = static_cast<std::uint8_t>(Invariant::recovery_of_in_flight_mr)}));
    CHECK(b.w.mr(1).dma == DmaState::mapped);
    b.step(recovery_actor);
    CHECK(b.w.mr(1).dma == DmaState::unmapped);
    CHECK(b.w.mr(1).fr_state == state);
    CHECK_FALSE(b.w.send_queue.items[0].flag());
    b.step(recovery_actor);
    CHECK(b.log.count(EventKind::dereg) == 1);
    CHECK(b.log.count(EventKind::alloc) == 0);
    CHECK(b.w.send_queue.items[0].flag());  // its rkey is dead
    CHECK(b.w.mr(1).place == Place::released);
    CHECK(b.free_list() == Mrs{2, 3, 4});
    CHECK_FALSE(b.enabled(recovery_actor));
    CHECK(b.violation() == Violation{});
  }
}

TEST_CASE("recover destroy: an MR whose LOCAL_INV was flushed is unmapped already") {
  Bench b = in_recovery(destroys, FrState::flushed_li);
  b.w.mr(1).dma = DmaState::unmapped;
  b.steps(recovery_actor, 2);
  CHECK(b.w.mr(1).place == Place::released);
  CHECK_FALSE(b.enabled(recovery_actor));
  CHECK(b.violation() == Violation{});
}

TEST_CASE("recover destroy: a task that frees its request destroys its MRs itself") {
  Bench b = about_to_give_up(TaskPc::free_buffer, destroys);
  while (b.w.rpc(1).pc != TaskPc::done) b.step(task1);
  for (const MrId id : Mrs{1, 2, 3}) CHECK(b.w.mr(id).place == Place::released);
  CHECK(b.free_list() == Mrs{4});
}

TEST_CASE("recover destroy: who finds no MR has new ones made, as often as need be") {
  Setup setup = basic_setup(destroys);
  setup.pool = 2;
  setup.budgets.refreshes = 0;
  Bench b(setup);
  for (int round = 0; round < 5; ++round) {
    for (const MrId id : Mrs{1, 2}) {
      b.in_hand(id);
      b.make_valid(id);
    }
    b.set_free({});
    b.set_stale({1, 2});
    while (b.enabled(recovery_actor)) b.step(recovery_actor);
    CHECK(b.w.mr(1).place == Place::released);
    b.at(1, TaskPc::op_map_get);
    b.step(task1);
    CHECK(b.w.rpc(1).status == Status::nobufs);
    REQUIRE(b.enabled(refresh_actor));
    b.step(refresh_actor);
    CHECK_FALSE(b.stopped().has_value());
    CHECK(b.w.mr_count == 2);
    CHECK(b.free_list().size() == 2);
    for (const MrId id : Mrs{1, 2}) {
      CHECK(b.w.mr(id).fr_state == FrState::is_invalid);
      CHECK(b.w.mr(id).dma == DmaState::none);
      CHECK(b.w.mr(id).done == Done::unset);
    }
    b.at(1, TaskPc::op_map_get);
    b.step(task1);
    CHECK(b.w.rpc(1).mr != 0);
  }
}

TEST_CASE("recover destroy: new MRs go to the head of the free list, and a batch comes on top") {
  Setup setup = basic_setup(destroys);
  setup.refresh_batch = 1;
  Bench b(setup);
  b.set_free({2, 3});
  b.w.mr(1) = Mr{};
  b.w.mr(1).place = Place::released;
  b.w.mr(4) = b.w.mr(1);
  b.w.refresh_scheduled = 1;
  b.step(refresh_actor);
  CHECK(b.w.mr_count == 5);
  REQUIRE(b.free_list().size() == 5);
  CHECK(b.free_list()[3] == 2);
  CHECK(b.free_list()[4] == 3);
}

TEST_CASE("recover destroy: the slot of a freed MR is not used again while a WR names it") {
  Bench b(basic_setup(destroys));
  b.set_free({2, 3, 4});
  b.w.mr(1) = Mr{};
  b.w.mr(1).place = Place::released;
  b.w.refresh_scheduled = 1;
  SECTION("nothing does") {
    b.step(refresh_actor);
    CHECK(b.free_list() == Mrs{1, 2, 3, 4});
  }
  SECTION("on the send queue") {
    b.enqueue(Wr(WrKind::fastreg, 1, true));
    b.step(refresh_actor);
    CHECK(b.w.mr(1).place == Place::released);
  }
  SECTION("as a completion") {
    b.complete(Wr(WrKind::local_inv, 1, true));
    b.step(refresh_actor);
    CHECK(b.w.mr(1).place == Place::released);
  }
  SECTION("in its handler") {
    b.w.softirq = {SoftirqPc::wc_fastreg, 1};
    b.step(refresh_actor);
    CHECK(b.w.mr(1).place == Place::released);
  }
  SECTION("a Send of RPC 1 does not") {
    b.enqueue(Wr(WrKind::send, 1));
    b.step(refresh_actor);
    CHECK(b.free_list() == Mrs{1, 2, 3, 4});
  }
}

TEST_CASE("recover destroy: the slot of a freed MR is not used again while a walk names it") {
  // Place::released: "once nothing refers to it". R10: the handler has read ahead.
  Bench b(basic_setup(destroys));
  b.set_free({3, 4});
  b.w.mr(1) = Mr{};
  b.w.mr(1).place = Place::released;
  b.in_hand(2);
  b.w.refresh_scheduled = 1;
  SECTION("a reply handler's next") { b.w.handler(1) = {ReplyPc::put, 2, 1, 0}; }
  SECTION("a task's own walk") { b.w.sync(1) = {ReplyPc::put, 2, 1, 0}; }
  SECTION("a chain to be posted") { b.w.handler(1) = {ReplyPc::linv_post, 2, 0, 1}; }
  b.step(refresh_actor);
  CHECK(b.w.mr(1).place == Place::released);
}

TEST_CASE("recover destroy: the slot of an MR freed while mapped stays: its mapping is leaked") {
  // A new MR in it would seem to be mapped already.
  Bench b(basic_setup(destroys));
  b.set_free({2, 3, 4});
  b.in_hand(1);
  b.make_valid(1);
  b.w.recovery = {RecoverPc::release, 1, FrState{}};
  b.step(recovery_actor);
  CHECK(b.w.mr(1).place == Place::released);
  CHECK(b.w.mr(1).dma == DmaState::mapped);
  b.w.refresh_scheduled = 1;
  b.step(refresh_actor);
  CHECK(b.w.mr(1).place == Place::released);
}

TEST_CASE("recover reset: who finds no MR has none made unless the scenario has a refresh") {
  Bench b(basic_setup(fix));
  b.set_free({});
  b.at(1, TaskPc::op_map_get);
  b.step(task1);
  CHECK_FALSE(b.enabled(refresh_actor));
}

TEST_CASE("mapped by_mr_dir: who finds an MR unmapped unmaps nothing") {
  Bench b(basic_setup(remembers));
  b.setup.iova = IovaChoice::reuse;
  b.w.mr(1).dma = DmaState::mapped;
  Kernel<Recorder> k{b.setup, b.w, b.log};
  dma_unmap(k, 1);
  CHECK(b.w.mr(1).dma == DmaState::unmapped);
  CHECK(b.log.count(EventKind::dma_unmap) == 1);
  b.log.events.clear();
  const World before = b.w;
  dma_unmap(k, 1);  // a second time
  dma_unmap(k, 2);  // and what was never mapped
  CHECK(same(b.w, before));
  CHECK(b.log.events.empty());
}

TEST_CASE("mapped by_mr_dir: the poisoned MR of the reported bug is recovered in peace") {
  Bench b(basic_setup(remembers));
  b.set_free({1});
  b.w.mr(1).fr_state = FrState::flushed_fr;
  b.w.mr(1).dma = DmaState::unmapped;
  b.at(1, TaskPc::op_map_get);
  b.steps(task1, 3);
  b.steps(recovery_actor, 7);
  CHECK(b.violation() == Violation{});
  CHECK(b.free_list() == Mrs{1});
}

TEST_CASE("flush: what the handler of a flushed WR writes") {
  using enum FrState;
  for (const Flush flush : {Flush::marks, Flush::marks_if_valid, Flush::marks_nothing}) {
    for (const FrState found : {is_invalid, is_valid, flushed_fr, flushed_li}) {
      for (const SoftirqPc pc :
           {SoftirqPc::wc_fastreg, SoftirqPc::wc_localinv, SoftirqPc::wc_localinv_wake}) {
        CAPTURE(static_cast<int>(flush), static_cast<int>(found), static_cast<int>(pc));
        Bench b(basic_setup({.flush = flush}));
        b.w.mr(1).fr_state = found;
        b.w.softirq = {pc, 1};
        b.step(softirq_actor);
        FrState expected = pc == SoftirqPc::wc_fastreg ? flushed_fr : flushed_li;
        if (flush == Flush::marks_nothing) expected = found;
        if (flush == Flush::marks_if_valid && pc == SoftirqPc::wc_fastreg && found != is_valid) {
          expected = found;
        }
        CHECK(b.w.mr(1).fr_state == expected);
        // The waiter is woken whatever is written.
        if (pc == SoftirqPc::wc_localinv_wake) {
          b.step(softirq_actor);
          CHECK(b.w.mr(1).linv_done == 1);
        }
        CHECK_FALSE(b.enabled(softirq_actor));
      }
    }
  }
}

TEST_CASE("connection_end replaces_mrs: after the drain every request gives up its MRs") {
  Bench b = in_connect_worker(ConnectPc::drain, replaces);
  b.set_free({4});
  b.set_registered(1, {2, 1});
  b.set_registered(2, {3});
  for (const MrId id : Mrs{1, 2, 3}) b.make_valid(id);
  CHECK_FALSE(b.enabled(connect_actor));  // not before
  b.w.drained = 1;
  b.step(connect_actor);
  Mrs free{4};
  for (const MrId id : Mrs{2, 1, 3}) {
    REQUIRE(b.w.connect == ConnectPc::reset_pop);
    b.step(connect_actor);
    CHECK(b.w.mr(id).place == Place::in_hand);
    CHECK(b.w.mr(id).dma == DmaState::mapped);
    b.step(connect_actor);
    CHECK(b.w.mr(id).dma == DmaState::unmapped);
    b.step(connect_actor);
    CHECK(b.w.mr(id).fr_state == FrState::is_invalid);
    free.push_back(id);
    CHECK(b.free_list() == free);
  }
  b.step(connect_actor);
  CHECK(b.w.connect == ConnectPc::swap_qp);
  CHECK(b.w.rare.connect_mr == 0);
  CHECK(b.registered(1).empty());
  CHECK(b.registered(2).empty());
  CHECK(b.violation() == Violation{});
}

TEST_CASE("connection_end leaves_mrs: requests keep theirs") {
  Bench b = in_connect_worker(ConnectPc::drain, fix);
  b.set_free({2, 3, 4});
  b.set_registered(1, {1});
  b.make_valid(1);
  b.w.drained = 1;
  b.step(connect_actor);
  CHECK(b.w.connect == ConnectPc::swap_qp);
  CHECK(b.registered(1) == Mrs{1});
}

TEST_CASE("connection_end replaces_mrs: they go even if the drain did not wait") {
  Bench b = in_connect_worker(ConnectPc::post_marker, replaces);
  b.w.faults_left.drain_marker = 1;
  b.step(connect_actor, marker_is_rejected);
  CHECK(b.w.connect == ConnectPc::reset_pop);
}

TEST_CASE("connection_end replaces_mrs: the drain covers replies, with no guard") {
  for (const ConnectionEnd end : {ConnectionEnd::leaves_mrs, ConnectionEnd::replaces_mrs}) {
    const bool covers = end == ConnectionEnd::replaces_mrs;
    Bench b = in_connect_worker(ConnectPc::drain, {.connection_end = end});
    b.w.drained = 1;
    CHECK(b.enabled(connect_actor));
    b.w.rpc(1).replies = 1;
    CHECK(b.enabled(connect_actor) == !covers);
    b.w.rpc(1).replies = 0;
    b.w.handler(2) = {ReplyPc::linv_wait, 1, 0, 0};
    CHECK(b.enabled(connect_actor) == !covers);
    b.w.drained = 0;  // and the marker is waited for as ever
    b.w.handler(2) = {};
    CHECK_FALSE(b.enabled(connect_actor));
  }
}

TEST_CASE("connection_end replaces_mrs: who has an MR in hand is left with freed memory") {
  Bench b = in_connect_worker(ConnectPc::reset_pop, replaces);
  SECTION("a task in op_map") {
    b.w.rpc(2).pc = TaskPc::op_map_test;
    b.w.rpc(2).on_pending = 0;
    b.in_hand(1);
    b.w.rpc(2).mr = 1;
    b.set_free({2, 3, 4});
  }
  SECTION("the recovery worker") {
    b.in_hand(1);
    b.w.recovery = {RecoverPc::alloc, 1, FrState::is_valid};
    b.set_free({2, 3, 4});
  }
  b.step(connect_actor);
  CHECK(b.violation() == Violation{Invariant::use_after_free, 1, 0});
}

TEST_CASE("connection_end replaces_mrs: nobody has one in hand, nothing is wrong") {
  Bench b = in_connect_worker(ConnectPc::reset_pop, replaces);
  b.set_free({2, 3, 4});
  b.w.mr(1) = Mr{};
  b.w.mr(1).place = Place::released;
  b.step(connect_actor);
  CHECK(b.violation() == Violation{});
  CHECK(b.w.connect == ConnectPc::swap_qp);
}

TEST_CASE("connection_end replaces_mrs: free MRs are new ones, too, whatever was marked on them") {
  Bench b = in_connect_worker(ConnectPc::reset_pop, replaces);
  b.w.mr(2).fr_state = FrState::flushed_fr;
  b.w.mr(3).fr_state = FrState::flushed_li;
  b.step(connect_actor);
  CHECK(b.w.connect == ConnectPc::swap_qp);
  CHECK(b.w.mr(2).fr_state == FrState::is_invalid);
  CHECK(b.w.mr(3).fr_state == FrState::is_invalid);
}

TEST_CASE("connect_lock worker: nobody gets the lock before the worker is done") {
  Setup setup = basic_setup(worker_locks);
  setup.rpc_count = 3;
  setup.rpcs[1] = setup.rpcs[2] = {.read_list = 1};
  Bench b(setup);
  b.w.connected = 0;  // dropped, but the connection is alive
  b.at(1, TaskPc::connect_start);
  b.w.rpc(1).on_pending = 1;
  b.step(task1);
  CHECK(b.w.connecting == 1);
  CHECK(b.w.locked_by == connect_owner);
  CHECK(b.w.rpc(1).pc == TaskPc::connect_wait);
  b.w.rpc(2).pc = TaskPc::connect_lock;
  b.w.rpc(3).pc = TaskPc::prepare_transmit;
  b.step(task3);
  b.step(task2);
  CHECK(b.w.rpc(3).pc == TaskPc::transmit_lock_wait);
  CHECK(b.w.rpc(2).pc == TaskPc::connect_lock_wait);
  while (b.w.connect != ConnectPc::finish) {
    CHECK(b.w.locked_by == connect_owner);
    CHECK_FALSE(b.enabled(task2));
    CHECK_FALSE(b.enabled(task3));
    for (const sim::ActorId actor :
         {connect_actor, upcall_actor, rnic_actor, softirq_actor, link_actor}) {
      if (!b.enabled(actor)) continue;
      b.step(actor);
      break;
    }
  }
  b.step(connect_actor);
  // The first who waited.
  CHECK(b.w.locked_by == 3);
  CHECK(b.w.sending[0] == 2);
  CHECK(b.enabled(task3));
  CHECK_FALSE(b.enabled(task2));
}

TEST_CASE("connect_lock worker: nobody waits, the lock is free afterwards") {
  Bench b = in_connect_worker(ConnectPc::finish, worker_locks);
  b.w.locked_by = connect_owner;
  b.step(connect_actor);
  CHECK(b.w.locked_by == 0);
  CHECK(b.w.connecting == 0);
}

TEST_CASE("connect_lock worker: the task that started the connect cannot release the lock") {
  Bench b = in_connect_worker(ConnectPc::drain, worker_locks);
  b.w.locked_by = connect_owner;
  b.w.rpc(1).pc = TaskPc::release;
  b.w.rpc(1).on_pending = 0;
  b.step(task1);
  CHECK(b.w.locked_by == connect_owner);
}

TEST_CASE("connect_lock nobody: the lock goes on while the worker is still at it") {
  Bench b = in_connect_worker(ConnectPc::drain, fix);
  b.at(1, TaskPc::connect_unlock);
  b.w.sending[0] = 2;
  b.step(task1);
  CHECK(b.w.locked_by == 2);
  b.w.locked_by = 0;
  b.w.sending = {};
  b.w.connect = ConnectPc::finish;
  b.step(connect_actor);
  CHECK(b.w.locked_by == 0);
}

TEST_CASE("every policy has a name and an alias of its own, an era and an idea") {
  std::set<std::string_view> names;
  std::size_t i = 0;
  for (const PolicyEntry& entry : policies()) {
    CAPTURE(entry.name);
    CHECK(names.insert(entry.name).second);
    CHECK(names.insert(entry.alias).second);
    CHECK_FALSE(entry.name.empty());
    CHECK_FALSE(entry.alias.empty());
    CHECK((entry.since == "hypothetical" || entry.since.substr(0, 7) == "kernel "));
    CHECK_FALSE(entry.idea.empty());
    CHECK(entry.idea.find('\n') == std::string_view::npos);
    CHECK(find_policy(entry.name) == &entry);
    CHECK(find_policy(entry.alias) == &entry);
    CHECK(policy_names().at(i++) == entry.name);
  }
  CHECK(policy_names().size() == i);
  for (const char* none : {"", "fi", "fixx", "FIX", "kernel 4.9"}) {
    CHECK(find_policy(none) == nullptr);
  }
}

TEST_CASE("each kernel has what its predecessors decided, and one thing more") {
  // docs/kernel.md, "Later designs", from the top; the fix decides nothing.
  struct Design {
    std::string_view alias;
    std::string_view since;
    void (*decide)(Policy&);
  };
  constexpr Design designs[] = {
      {"fix", "kernel 4.9", [](Policy&) {}},
      {"v4.14", "kernel 4.14", [](Policy& p) { p.failed_map = FailedMap::put_back; }},
      {"v4.15", "kernel 4.15", [](Policy& p) { p.give_up = GiveUp::unmap_sync; }},
      {"v4.17", "kernel 4.17", [](Policy& p) { p.post_fastreg = PostFastreg::with_send; }},
      {"v4.20", "kernel 4.20", [](Policy& p) { p.recover = Recover::destroy; }},
      {"v5.0", "kernel 5.0", [](Policy& p) { p.mapped = Mapped::by_mr_dir; }},
      {"v5.3", "kernel 5.3", [](Policy& p) { p.failed_marshal = FailedMarshal::put_back; }},
      {"v5.13", "kernel 5.13",
       [](Policy& p) {
         p.flush = Flush::marks_nothing;
         p.connection_end = ConnectionEnd::replaces_mrs;
       }},
      {"v5.15", "kernel 5.15", [](Policy& p) { p.connect_lock = ConnectLock::worker; }},
  };
  Policy expected;
  for (const Design& design : designs) {
    CAPTURE(design.alias);
    design.decide(expected);
    const PolicyEntry* entry = find_policy(design.alias);
    REQUIRE(entry != nullptr);
    CHECK(entry->since == design.since);
    CHECK(std::memcmp(&entry->policy, &expected, sizeof expected) == 0);
  }
  const PolicyEntry* before = find_policy("pre-fix");
  CHECK(std::memcmp(&before->policy, &pre_fix, sizeof pre_fix) == 0);
}
