// SPDX-License-Identifier: MIT
//
// The functions of frwr_ops.c that race, statement by statement: op_map,
// unmap_safe, recover_mr, the completion handlers (v4.8 to v4.10).
//
// Each test is one sentence about the kernel. What the sentences lead to together
// (the double unmap) is the business of the whole-model tests.
#include "model/kernel/frwr_race.h"

#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

constexpr auto dma_map_fails = static_cast<unsigned>(Fault::dma_map);
constexpr auto map_mr_sg_fails = static_cast<unsigned>(Fault::map_mr_sg);

/// RPC 1 inside op_map at `pc`, with MR 1 in hand.
Bench in_op_map(TaskPc pc, Policy policy = fix) {
  Bench b(basic_setup(policy));
  b.at(1, pc);
  b.in_hand(1);
  b.set_free({2, 3, 4});
  b.w.rpc(1).mr = 1;
  return b;
}

/// The recovery worker about to do `pc` on MR 1, which is VALID and mapped.
Bench in_recovery(RecoverPc pc, FrState snapshot = FrState::is_valid) {
  Bench b(basic_setup());
  b.set_free({2, 3, 4});
  b.in_hand(1);
  b.make_valid(1);
  b.w.recovery = {pc, 1, snapshot};
  return b;
}

}  // namespace

TEST_CASE("op_map takes the first free MR and tests it in a step of its own") {
  Bench b(basic_setup());
  b.at(1, TaskPc::op_map_get);
  b.step(task1);
  CHECK(b.w.rpc(1).mr == 1);
  CHECK(b.free_list() == Mrs{2, 3, 4});
  REQUIRE(b.w.rpc(1).pc == TaskPc::op_map_test);
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::op_map_set_valid);
}

TEST_CASE("op_map without a free MR kicks the refresh worker and fails with -ENOBUFS") {
  Bench b(basic_setup(fix));
  b.setup.refresh_batch = 2;
  b.at(1, TaskPc::op_map_get);
  b.set_free({});
  b.step(task1);
  CHECK(b.w.refresh_scheduled == 1);
  CHECK(b.w.rpc(1).status == Status::nobufs);
  CHECK(b.log.has({.kind = EventKind::marshal_failed,
                   .rpc = 1,
                   .to = static_cast<std::uint8_t>(Status::nobufs)}));
}

TEST_CASE("op_map defers an MR that is not INVALID and takes another") {
  for (const FrState state : {FrState::is_valid, FrState::flushed_fr, FrState::flushed_li}) {
    Bench b(basic_setup());
    b.at(1, TaskPc::op_map_get);
    b.w.mr(1).fr_state = state;
    b.w.mr(1).dma = DmaState::unmapped;
    b.steps(task1, 2);
    REQUIRE(b.w.rpc(1).pc == TaskPc::op_map_defer);
    b.step(task1);
    CHECK(b.stale_list() == Mrs{1});
    CHECK(b.enabled(recovery_actor));  // scheduled at once
    CHECK(b.w.mr(1).fr_state == state);
    CHECK(b.w.mr(1).dma == DmaState::unmapped);  // as recovery will find it
    CHECK(b.w.rpc(1).mr == 0);
    REQUIRE(b.w.rpc(1).pc == TaskPc::op_map_get);
    b.step(task1);
    CHECK(b.w.rpc(1).mr == 2);
  }
}

TEST_CASE("fr_state is VALID before anything is mapped") {
  Bench b = in_op_map(TaskPc::op_map_set_valid);
  b.w.mr(1).dma = DmaState::unmapped;
  b.step(task1);
  CHECK(b.w.mr(1).fr_state == FrState::is_valid);
  CHECK(b.w.mr(1).dma == DmaState::none);  // a new scatterlist, not yet mapped
  CHECK(b.log.count(EventKind::dma_map) == 0);
  REQUIRE(b.w.rpc(1).pc == TaskPc::op_map_dma_map);
  b.step(task1);
  CHECK(b.w.mr(1).dma == DmaState::mapped);
  CHECK(b.w.mr(1).done == Done::unset);  // the callback is set later still
  CHECK(b.w.send_queue.size == 0);
  REQUIRE(b.w.rpc(1).pc == TaskPc::op_map_set_done);
  b.step(task1);
  CHECK(b.w.mr(1).done == Done::wc_fastreg);
  CHECK(b.log.count(EventKind::rkey_bump) == 1);
  CHECK(b.w.send_queue.size == 0);
  REQUIRE(b.w.rpc(1).pc == TaskPc::op_map_post);
  b.step(task1);
  REQUIRE(b.w.send_queue.size == 1);
  CHECK(b.w.send_queue.items[0] == Wr(WrKind::fastreg, 1));
  REQUIRE(b.w.rpc(1).pc == TaskPc::marshal_add);
  CHECK(b.registered(1).empty());
  b.step(task1);
  CHECK(b.registered(1) == Mrs{1});
  CHECK(b.w.rpc(1).mr == 0);
  CHECK(b.w.rpc(1).pc == TaskPc::op_map_get);  // the next of three segments
}

TEST_CASE("faults are offered only while the scenario has any left") {
  Bench b = in_op_map(TaskPc::op_map_dma_map);
  CHECK(b.outcomes(task1) == sim::OutcomeSet::of(0));
  b.w.faults_left.map_mr_sg = 1;
  CHECK(b.outcomes(task1) == sim::OutcomeSet::from_bits(1u | 1u << map_mr_sg_fails));
  b.w.faults_left.dma_map = 1;
  CHECK(b.outcomes(task1).size() == 3);
  b.w.rpc(1).pc = TaskPc::op_map_post;
  CHECK(b.outcomes(task1) == sim::OutcomeSet::of(0));
}

TEST_CASE("a DMA-map failure defers the never mapped MR and is -EIO") {
  Bench b = in_op_map(TaskPc::op_map_dma_map);
  b.w.faults_left.dma_map = 1;
  b.step(task1, dma_map_fails);
  CHECK(b.w.faults_left.dma_map == 0);
  CHECK(b.w.mr(1).dma == DmaState::none);
  REQUIRE(b.w.rpc(1).pc == TaskPc::op_map_error_defer);
  b.step(task1);
  CHECK(b.stale_list() == Mrs{1});
  CHECK(b.w.rpc(1).status == Status::io);
  CHECK(b.w.send_queue.size == 0);
  // Recovery unmaps it all the same.
  b.steps(recovery_actor, 5);
  REQUIRE(b.w.recovery.pc == RecoverPc::dma_unmap);
  b.step(recovery_actor);
  CHECK(b.violation() == Violation{Invariant::unmap_never_mapped, 1, 0});
}

TEST_CASE("an ib_map_mr_sg failure defers an MR that is mapped once and is -EIO") {
  Bench b = in_op_map(TaskPc::op_map_dma_map);
  b.w.faults_left.map_mr_sg = 1;
  b.step(task1, map_mr_sg_fails);
  CHECK(b.w.faults_left.map_mr_sg == 0);
  CHECK(b.w.mr(1).dma == DmaState::mapped);
  b.step(task1);
  CHECK(b.stale_list() == Mrs{1});
  CHECK(b.w.rpc(1).status == Status::io);
  b.steps(recovery_actor, 7);
  CHECK(b.violation() == Violation{});
  CHECK(b.w.mr(1).dma == DmaState::unmapped);
  CHECK(b.free_list() == Mrs{2, 3, 4, 1});
}

TEST_CASE("a rejected FASTREG defers this MR, is -ENOTCONN, and makes no completion") {
  Bench b = in_op_map(TaskPc::op_map_post);
  b.make_valid(1);
  b.w.qp = QpState::error;
  b.step(task1);
  CHECK(b.w.send_queue.size == 0);
  CHECK(b.w.completions.size == 0);
  REQUIRE(b.w.rpc(1).pc == TaskPc::op_map_error_defer);
  b.step(task1);
  CHECK(b.stale_list() == Mrs{1});
  CHECK(b.w.rpc(1).status == Status::notconn);
  CHECK(b.w.mr(1).fr_state == FrState::is_valid);
}

TEST_CASE("on a provider that accepts and flushes, op_map does not notice the loss") {
  Bench b = in_op_map(TaskPc::op_map_post);
  b.setup.provider = Provider::flush;
  b.w.qp = QpState::error;
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::marshal_add);
  CHECK(b.w.send_queue.size == 1);
  b.step(rnic_actor);
  CHECK(b.w.completions.items[0] == Wr(WrKind::fastreg, 1, true));
}

TEST_CASE("a failed marshal: pre-fix hands the request's MRs to recovery, the fix leaves them") {
  struct Row {
    Status status;
    TaskPc then;  // -ENOTCONN drops; -ENOBUFS keeps the transport; -EIO gives it up
  };
  for (const Row row :
       {Row{Status::notconn, TaskPc::drop_connection}, Row{Status::nobufs, TaskPc::call_status},
        Row{Status::io, TaskPc::end_transmit}}) {
    for (const Policy policy : {pre_fix, fix}) {
      Bench b(basic_setup(policy));
      b.at(1, TaskPc::op_map_get);
      b.set_free({4});
      b.set_registered(1, {2, 1});
      b.make_valid(1);
      b.make_valid(2);
      Kernel<Recorder> k{b.setup, b.w, b.log};
      fail_marshal(k, 1, row.status);
      if (policy.failed_marshal == FailedMarshal::unmap_safe) {
        REQUIRE(b.w.rpc(1).pc == TaskPc::unmap_safe_pop);
        b.step(task1);  // the last registered comes first
        CHECK(b.w.rpc(1).mr == 2);
        REQUIRE(b.w.rpc(1).pc == TaskPc::unmap_safe_defer);
        b.steps(task1, 3);
        CHECK(b.stale_list() == Mrs{1, 2});
        CHECK(b.registered(1).empty());
        b.step(task1);
      } else {
        CHECK(b.registered(1) == Mrs{2, 1});
        CHECK(b.stale_list().empty());
      }
      CHECK(b.w.rpc(1).pc == row.then);
      CHECK(b.w.rpc(1).status == row.status);
      CHECK(b.w.rpc(1).segment == 0);
      CHECK(b.w.locked_by == 1);
    }
  }
}

TEST_CASE("preparing the Send can fail only after all FASTREGs were posted: -EIO") {
  Bench b(basic_setup());
  b.setup.rpcs[0] = {.read_list = 1};
  b.w.faults_left.prepare_send = 1;
  b.at(1, TaskPc::op_map_get);
  b.steps(task1, 6);
  REQUIRE(b.w.rpc(1).pc == TaskPc::marshal_add);
  b.step(task1);
  REQUIRE(b.w.rpc(1).pc == TaskPc::prepare_send_sges);
  CHECK(b.w.send_queue.size == 1);
  CHECK(b.outcomes(task1).size() == 2);
  World before = b.w;
  b.step(task1, dma_map_fails);
  CHECK(b.w.rpc(1).status == Status::io);
  CHECK(b.registered(1) == Mrs{1});
  CHECK(b.w.faults_left.prepare_send == 0);
  b.w = before;
  b.step(task1, 0);
  CHECK(b.w.rpc(1).pc == TaskPc::check_cookie);
}

TEST_CASE("preparing the Send can fail for a request without segments, too") {
  // rpcrdma_prepare_send_sges runs for every request (rpc_rdma.c).
  Bench b(basic_setup());
  b.setup.rpcs[0] = {};
  b.w.faults_left.prepare_send = 1;
  b.at(1, TaskPc::send_request);
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::prepare_send_sges);
}

TEST_CASE("recovery takes its snapshot first, unmaps after fr_state = INVALID, frees last") {
  Bench b(basic_setup());
  b.set_free({2, 3, 4});
  b.set_stale({1});
  b.make_valid(1);
  b.enqueue(Wr(WrKind::fastreg, 1));
  b.step(recovery_actor);
  CHECK(b.w.mr(1).place == Place::in_hand);
  b.step(recovery_actor);  // r1
  CHECK(b.w.recovery.snapshot == FrState::is_valid);
  CHECK(b.log.has({.kind = EventKind::observed,
                   .mr = 1,
                   .to = static_cast<std::uint8_t>(Invariant::recovery_of_in_flight_mr)}));
  CHECK_FALSE(b.stopped().has_value());  // observed, not fatal
  b.step(recovery_actor);                // r2
  CHECK(b.log.count(EventKind::dereg) == 1);
  CHECK(b.w.send_queue.items[0].flag());
  b.step(recovery_actor);  // r3
  CHECK(b.log.count(EventKind::alloc) == 1);
  CHECK(b.w.mr(1).fr_state == FrState::is_valid);
  b.step(recovery_actor);  // r4
  CHECK(b.w.mr(1).fr_state == FrState::is_invalid);
  CHECK(b.w.mr(1).dma == DmaState::mapped);
  b.step(recovery_actor);  // r5
  CHECK(b.w.mr(1).dma == DmaState::unmapped);
  CHECK(b.w.mr(1).place == Place::in_hand);
  b.step(recovery_actor);  // r6
  CHECK(b.free_list() == Mrs{2, 3, 4, 1});
  CHECK_FALSE(b.enabled(recovery_actor));
}

TEST_CASE("nothing is observed when recovery finds no FASTREG in flight") {
  Bench b = in_recovery(RecoverPc::snapshot);
  b.step(recovery_actor);
  CHECK(b.log.count(EventKind::observed) == 0);
}

TEST_CASE("recovery skips the unmap exactly if its snapshot was FLUSHED_LI") {
  for (const FrState state :
       {FrState::is_invalid, FrState::is_valid, FrState::flushed_fr, FrState::flushed_li}) {
    Bench b = in_recovery(RecoverPc::snapshot);
    b.w.mr(1).fr_state = state;
    b.steps(recovery_actor, 4);  // r1 to r4
    CHECK(b.w.mr(1).fr_state == FrState::is_invalid);
    CHECK(b.w.recovery.pc ==
          (state == FrState::flushed_li ? RecoverPc::put : RecoverPc::dma_unmap));
  }
}

TEST_CASE("what counts is the snapshot, not what fr_state becomes later") {
  Bench b = in_recovery(RecoverPc::snapshot);
  b.step(recovery_actor);
  b.w.mr(1).fr_state = FrState::flushed_li;
  b.steps(recovery_actor, 3);
  CHECK(b.w.recovery.pc == RecoverPc::dma_unmap);
}

TEST_CASE("where FLUSHED_FR lands: harmless up to r4, after it the MR is poisoned") {
  // `before` is the step before which the handler's write lands.
  for (const RecoverPc before : {RecoverPc::snapshot, RecoverPc::dereg, RecoverPc::alloc,
                                 RecoverPc::set_invalid, RecoverPc::dma_unmap, RecoverPc::put}) {
    Bench b = in_recovery(RecoverPc::snapshot);
    b.complete(Wr(WrKind::fastreg, 1, true));
    b.step(softirq_actor);
    while (b.w.recovery.pc != before) b.step(recovery_actor);
    b.step(softirq_actor);
    while (b.w.recovery.pc != RecoverPc::idle) b.step(recovery_actor);
    const bool poisoned = before == RecoverPc::dma_unmap || before == RecoverPc::put;
    CHECK(b.w.mr(1).fr_state == (poisoned ? FrState::flushed_fr : FrState::is_invalid));
    CHECK(b.w.mr(1).dma == DmaState::unmapped);
    CHECK(b.free_list().back() == 1);
    CHECK(b.violation() == Violation{});  // not yet: it takes the next op_map
  }
}

TEST_CASE("the poisoned MR: op_map defers it, recovery unmaps it a second time") {
  Bench b(basic_setup());
  b.set_free({1});
  b.w.mr(1).fr_state = FrState::flushed_fr;
  b.w.mr(1).dma = DmaState::unmapped;
  b.at(1, TaskPc::op_map_get);
  b.steps(task1, 3);
  b.steps(recovery_actor, 5);
  CHECK(b.violation() == Violation{});
  b.step(recovery_actor);
  CHECK(b.violation() == Violation{Invariant::double_unmap, 1, 0});
}

TEST_CASE("the recovery worker goes on until its list is empty") {
  Bench b(basic_setup());
  b.set_free({3, 4});
  b.set_stale({1, 2});
  b.make_valid(1);
  b.make_valid(2);
  b.steps(recovery_actor, 7);
  CHECK(b.stale_list() == Mrs{2});
  CHECK(b.enabled(recovery_actor));
  b.steps(recovery_actor, 7);
  CHECK(b.free_list() == Mrs{3, 4, 1, 2});
  CHECK_FALSE(b.enabled(recovery_actor));
}
