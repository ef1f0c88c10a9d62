// SPDX-License-Identifier: MIT
//
// The reply handler and unmap_sync (rpc_rdma.c, frwr_ops.c, v4.8 to v4.10).
//
// One pass to invalidate, one post, one wait, one pass to unmap; both passes walk
// the request's registered list with no lock held.
#include <cstring>

#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

/// RPC 1 sleeps for its reply; MRs 3, 2, 1 are registered in this list order.
Bench awaiting_reply() {
  Bench b(basic_setup());
  b.w.rpc(1).pc = TaskPc::call_status;
  b.w.rpc(1).on_pending = 1;
  b.w.rpc(1).on_receive_list = 1;
  b.w.rpc(1).replies = 1;
  b.set_free({4});
  b.set_registered(1, {3, 2, 1});
  for (const MrId id : Mrs{1, 2, 3}) b.make_valid(id);
  return b;
}

/// Lets RNIC and softirq finish what is queued.
void let_complete(Bench& b) {
  while (b.enabled(rnic_actor)) b.step(rnic_actor);
  while (b.enabled(softirq_actor)) b.step(softirq_actor);
}

/// The same, in the middle of unmap_sync.
Bench handler_at(ReplyPc pc) {
  Bench b = awaiting_reply();
  while (b.w.handler(1).pc != pc) {
    if (b.w.handler(1).pc == ReplyPc::linv_wait) let_complete(b);
    b.step(handler1);
  }
  return b;
}

}  // namespace

TEST_CASE("a reply that matches takes the request off the receive list, the task sleeps on") {
  Bench b = awaiting_reply();
  b.step(handler1);
  CHECK(b.w.rpc(1).on_receive_list == 0);
  CHECK(b.w.rpc(1).replies == 0);
  CHECK(b.w.rpc(1).on_pending == 1);
  CHECK(b.w.rpc(1).reply_received == 0);
  CHECK(b.w.handler(1).pc == ReplyPc::unmap_sync);
}

TEST_CASE("a reply nobody waits for, and a duplicate, are dropped") {
  Bench b = awaiting_reply();
  SECTION("not on the receive list") { b.w.rpc(1).on_receive_list = 0; }
  SECTION("answered before") { b.w.rpc(1).reply_received = 1; }
  SECTION("of an RPC that is done") {
    b.set_registered(1, {});
    b.w.rpc(1) = Rpc{};
    b.w.rpc(1).pc = TaskPc::done;
    b.w.rpc(1).replies = 1;
  }
  World expected = b.w;
  expected.rpc(1).replies = 0;
  b.step(handler1);
  CHECK(same(b.w, expected));
  CHECK_FALSE(b.enabled(handler1));
}

TEST_CASE("a reply to a request without MRs goes straight to the task") {
  Bench b = awaiting_reply();
  b.set_registered(1, {});
  b.set_free({1, 2, 3, 4});
  b.steps(handler1, 2);
  REQUIRE(b.w.handler(1).pc == ReplyPc::complete);
  b.step(handler1);
  CHECK(b.w.rpc(1).reply_received == 1);
  CHECK(b.w.rpc(1).on_pending == 0);
  CHECK(b.w.rpc(1).status == Status::ok);
  CHECK(b.w.handler(1).pc == ReplyPc::idle);
}

TEST_CASE("completing a request takes it off the receive list, if a retransmission put it back") {
  // xprt_complete_rqst: list_del_init(&req->rq_list).
  Bench b = handler_at(ReplyPc::unmap_sync);
  b.set_registered(1, {});
  b.w.rpc(1).on_receive_list = 1;
  b.steps(handler1, 2);
  CHECK(b.w.rpc(1).reply_received == 1);
  CHECK(b.w.rpc(1).on_receive_list == 0);
}

TEST_CASE("unmap_sync: every MR INVALID, a chain in list order, only the last one signalled") {
  Bench b = handler_at(ReplyPc::linv_invalid);
  b.step(handler1);
  CHECK(b.w.mr(3).fr_state == FrState::is_invalid);
  CHECK(b.w.mr(3).done == Done::wc_fastreg);  // the callback is the next statement
  b.step(handler1);
  CHECK(b.w.mr(3).done == Done::wc_localinv);
  CHECK(b.w.mr(2).fr_state == FrState::is_valid);
  b.steps(handler1, 4);
  CHECK(b.w.mr(1).done == Done::wc_localinv);
  REQUIRE(b.w.handler(1).pc == ReplyPc::linv_wake);
  b.w.mr(1).linv_done = 1;  // left from an earlier time: reinit_completion
  b.step(handler1);
  CHECK(b.w.mr(1).done == Done::wc_localinv_wake);
  CHECK(b.w.mr(1).linv_done == 0);
  CHECK(b.w.mr(3).done == Done::wc_localinv);
  CHECK(b.w.send_queue.size == 0);
  b.step(handler1);  // one ib_post_send
  REQUIRE(b.w.send_queue.size == 3);
  CHECK(b.w.send_queue.items[0] == Wr(WrKind::local_inv, 3));
  CHECK(b.w.send_queue.items[1] == Wr(WrKind::local_inv, 2));
  CHECK(b.w.send_queue.items[2] == Wr(WrKind::local_inv_signaled, 1));
  CHECK(b.registered(1) == Mrs{3, 2, 1});
  CHECK_FALSE(b.enabled(handler1));
  for (const MrId id : Mrs{1, 2, 3}) CHECK(b.w.mr(id).linv_next == 0);
}

TEST_CASE("after the wait: unlink, DMA-unmap, free list, one MR at a time, then the task") {
  Bench b = handler_at(ReplyPc::linv_wait);
  b.steps(rnic_actor, 3);
  REQUIRE(b.w.completions.size == 1);  // only the last one is signalled
  b.steps(softirq_actor, 2);
  REQUIRE(b.enabled(handler1));
  b.step(handler1);
  CHECK(b.w.mr(3).dma == DmaState::mapped);
  b.step(handler1);
  CHECK(b.registered(1) == Mrs{2, 1});
  CHECK(b.w.mr(3).place == Place::in_hand);
  CHECK(b.w.mr(3).dma == DmaState::mapped);
  b.step(handler1);
  CHECK(b.w.mr(3).dma == DmaState::unmapped);
  b.step(handler1);
  CHECK(b.free_list() == Mrs{4, 3});
  CHECK(b.registered(1) == Mrs{2, 1});
  b.steps(handler1, 6);
  CHECK(b.free_list() == Mrs{4, 3, 2, 1});
  CHECK(b.w.rpc(1).on_pending == 1);
  b.step(handler1);
  CHECK(b.w.rpc(1).on_pending == 0);
  const ReplyHandler idle{};
  CHECK(std::memcmp(&b.w.handler(1), &idle, sizeof idle) == 0);
  for (const MrId id : Mrs{1, 2, 3}) CHECK(b.w.mr(id).fr_state == FrState::is_invalid);
  CHECK(b.violation() == Violation{});
}

TEST_CASE("flushed LOCAL_INVs: the MRs reach the free list FLUSHED_LI and unmapped") {
  Bench b = handler_at(ReplyPc::linv_wait);
  b.w.qp = QpState::error;
  let_complete(b);
  while (b.enabled(handler1)) b.step(handler1);
  for (const MrId id : Mrs{1, 2, 3}) {
    CHECK(b.w.mr(id).fr_state == FrState::flushed_li);
    CHECK(b.w.mr(id).dma == DmaState::unmapped);
    CHECK(b.w.mr(id).place == Place::free_list);
  }
}

TEST_CASE("a rejected post: disconnect, reset every MR, then the same unmap loop") {
  Bench b = handler_at(ReplyPc::linv_post);
  b.w.qp = QpState::error;
  b.step(handler1);
  CHECK(b.w.send_queue.size == 0);
  REQUIRE(b.w.handler(1).pc == ReplyPc::disconnect);
  b.step(handler1);
  CHECK(b.w.disconnected_upcall == 0);  // it is lost already
  for (const MrId id : Mrs{3, 2, 1}) {
    REQUIRE(b.w.handler(1).pc == ReplyPc::reset_dereg);
    CHECK(b.w.handler(1).mr == id);
    b.w.mr(id).fr_state = FrState::flushed_fr;
    b.step(handler1);
    CHECK(b.log.has({.kind = EventKind::dereg, .mr = id}));
    b.step(handler1);
    CHECK(b.log.has({.kind = EventKind::alloc, .mr = id}));
    b.step(handler1);
    CHECK(b.w.mr(id).fr_state == FrState::is_invalid);
    CHECK(b.w.mr(id).dma == DmaState::mapped);
    CHECK(b.w.mr(id).place == Place::registered);
  }
  while (b.enabled(handler1)) b.step(handler1);
  CHECK(b.free_list() == Mrs{4, 3, 2, 1});
  CHECK(b.w.rpc(1).reply_received == 1);
  CHECK(b.violation() == Violation{});
}

TEST_CASE("rdma_disconnect by the handler takes a live connection down") {
  Bench b = handler_at(ReplyPc::linv_post);
  b.w.qp = QpState::idle;  // rejects with any provider
  b.step(handler1);
  b.w.qp = QpState::rts;  // connected by the time the handler disconnects
  b.step(handler1);
  CHECK(b.w.qp == QpState::error);
  CHECK(b.w.disconnected_upcall == 1);
}

TEST_CASE("a task woken meanwhile may walk the same list: the handler is led astray") {
  // R10. The handler has read ahead to MR 2; the task's unmap_safe has it deferred.
  Bench b = handler_at(ReplyPc::unlink_first);
  b.step(handler1);
  CHECK(b.w.handler(1).next == 2);
  b.steps(handler1, 2);
  SECTION("MR 2 still there: nothing is wrong") {
    b.step(handler1);
    CHECK(b.registered(1) == Mrs{1});
    CHECK(b.violation() == Violation{});
  }
  SECTION("MR 2 in recovery") {
    b.set_registered(1, {1});
    b.set_stale({2});
    b.step(handler1);
    CHECK(b.violation() == Violation{Invariant::mr_on_one_list, 2, 0});
  }
}

TEST_CASE("while unmapping, a walk that is led to another request's list is a violation") {
  // R10 with two requests: MR 2 went through recovery and the free list and is now
  // on RPC 2's list, so there is no MR 2 to unlink on RPC 1's.
  Bench b = handler_at(ReplyPc::unlink_first);
  b.setup.rpc_count = 2;
  b.setup.rpcs[1] = {.read_list = 1};
  b.steps(handler1, 3);
  REQUIRE(b.w.handler(1).pc == ReplyPc::unlink);
  REQUIRE(b.w.handler(1).next == 2);
  b.set_registered(1, {1});
  b.set_registered(2, {2});
  b.step(handler1);
  CHECK(b.violation() == Violation{Invariant::mr_on_one_list, 2, 0});
}

TEST_CASE("while invalidating, a walk that is led to another request's list is a violation") {
  Bench b = handler_at(ReplyPc::linv_done);
  b.setup.rpc_count = 2;
  b.setup.rpcs[1] = {.read_list = 1};
  b.set_registered(1, {2, 1});
  b.set_registered(2, {3});  // the MR the walk stands on
  b.step(handler1);
  CHECK(b.violation() == Violation{Invariant::mr_on_one_list, 3, 0});
}

TEST_CASE(
    "a lost wake-up: the QP goes with the LOCAL_INV's completion, the handler waits for ever") {
  // R11. All that could still happen has happened.
  Bench b = handler_at(ReplyPc::linv_wait);
  b.lost_and_told();
  b.w.send_queue = {};
  b.w.connect = ConnectPc::idle;
  CHECK_FALSE(b.enabled(handler1));
  CHECK(RaceModel(b.setup).enabled(b.w).empty());
  CHECK(b.violation() == Violation{Invariant::rpc_finishes, 0, 1});
}

TEST_CASE("a handler that has matched is not waited for by xprt_rdma_free") {
  // R3, R12: the request's owner may be gone when the handler completes it.
  Bench b = handler_at(ReplyPc::complete);
  b.w.rpc(1) = Rpc{};
  b.w.rpc(1).pc = TaskPc::done;
  b.step(handler1);
  CHECK(b.w.rpc(1).pc == TaskPc::done);
  CHECK(b.w.handler(1).pc == ReplyPc::idle);
}

TEST_CASE("a callback set for a LOCAL_INV outlives somebody else's recovery of the MR") {
  // R10: the handler has prepared its chain, the task has meanwhile handed the MR
  // to recovery, recovery frees it, then the handler posts. In the kernel fr_cqe
  // is the MR's own and stays as the handler set it, so the waiter is woken.
  Bench b(basic_setup());
  b.w.mr(1).place = Place::in_hand;
  b.w.free_head = 2;
  b.w.mr(1).done = Done::wc_localinv_wake;
  b.w.handler(1).pc = ReplyPc::linv_post;
  b.w.handler(1).mr = b.w.handler(1).chain = 1;
  b.w.mr(1).dma = DmaState::mapped;
  b.w.recovery = {RecoverPc::put, 1, FrState::is_invalid};
  b.step(recovery_actor);
  CHECK(b.w.mr(1).place == Place::free_list);
  CHECK(b.w.mr(1).done == Done::wc_localinv_wake);
  b.step(handler1);    // post
  b.step(rnic_actor);  // executed
  b.steps(softirq_actor, 2);
  CHECK(b.enabled(handler1));  // woken
}
