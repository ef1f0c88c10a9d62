// SPDX-License-Identifier: MIT
//
// Losing and remaking the connection (verbs.c: rpcrdma_conn_upcall,
// rpcrdma_ep_connect; rpc_rdma.c: rpcrdma_connect_worker; ib_drain_sq; v4.9).
//
// The drain is what the upstream fix stands on, so its tests are the ones to look
// at first: the marker goes behind everything queued, and the worker waits for it.
#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

Bench two_tasks() {
  Setup setup = basic_setup();
  setup.rpc_count = 2;
  setup.rpcs[1] = {.read_list = 1};
  setup.losses = 1;
  return Bench(setup);
}

/// The connect worker about to do `pc`; the connection is lost, all are told.
Bench in_connect_worker(ConnectPc pc) {
  Bench b = two_tasks();
  b.lost_and_told();
  b.w.connecting = 1;
  b.w.connect = pc;
  return b;
}

void sleep_on_pending(Bench& b, RpcId id, TaskPc pc = TaskPc::call_status) {
  b.w.rpc(id).pc = pc;
  b.w.rpc(id).on_pending = 1;
}

}  // namespace

TEST_CASE("a loss takes the QP to error and tells nobody but the connection manager") {
  Bench b = two_tasks();
  b.w.rpc(1).at_server = 1;
  b.w.rpc(2).replies = 1;
  b.enqueue(Wr(WrKind::fastreg, 1));
  World expected = b.w;
  expected.qp = QpState::error;
  expected.disconnected_upcall = 1;
  expected.losses_left = 0;
  expected.rpc(1).at_server = 0;  // a reply already received is not lost
  b.step(link_actor);
  CHECK(same(b.w, expected));
  CHECK_FALSE(b.enabled(link_actor));
}

TEST_CASE("when a loss may happen") {
  Bench b = two_tasks();
  CHECK(RaceModel(b.setup).optional_actors().contains(link_actor));
  SECTION("while an RPC is unfinished") { CHECK(b.enabled(link_actor)); }
  SECTION("not more often than the scenario says") {
    b.w.losses_left = 0;
    CHECK_FALSE(b.enabled(link_actor));
  }
  SECTION("not on a connection that is lost") {
    b.w.qp = QpState::error;
    CHECK_FALSE(b.enabled(link_actor));
  }
  SECTION("after the last RPC only while a WR or a completion is outstanding") {
    b.w.rpc(1).pc = b.w.rpc(2).pc = TaskPc::done;
    CHECK_FALSE(b.enabled(link_actor));
    b.enqueue(Wr(WrKind::send, 1));
    CHECK(b.enabled(link_actor));
    b.w.send_queue = {};
    b.complete(Wr(WrKind::local_inv_signaled, 1));
    CHECK(b.enabled(link_actor));
  }
}

TEST_CASE("a loss window ends when the named RPC's Send is posted") {
  for (const RpcId named : {RpcId{1}, RpcId{2}}) {
    Bench b = two_tasks();
    b.setup.loss_before_send_of = named;
    b.at(1, TaskPc::post_send);
    CHECK(b.enabled(link_actor));
    b.step(task1);
    CHECK(b.enabled(link_actor) == (named != 1));
    CHECK(b.w.rpc(1).send_was_posted == (named == 1 ? 1 : 0));
  }
  Bench b = two_tasks();  // a Send that was rejected was not posted
  b.setup.loss_before_send_of = 1;
  b.at(1, TaskPc::post_send);
  b.w.qp = QpState::error;
  b.step(task1);
  CHECK(b.w.rpc(1).send_was_posted == 0);
}

TEST_CASE("an upcall sets the endpoint's state and schedules the rep_connect worker") {
  Bench b = two_tasks();
  b.w.qp = QpState::error;
  b.w.disconnected_upcall = 1;
  b.step(upcall_actor);
  CHECK(b.w.ep == EpState::lost);
  CHECK(b.w.rep_connect_scheduled == 1);
  CHECK(b.w.connected == 1);  // it is the worker that tells the transport
  CHECK_FALSE(b.enabled(upcall_actor));
}

TEST_CASE("upcalls come in the order in which things happened") {
  // Of the two, a connection is established before it is lost.
  Bench b = two_tasks();
  b.w.ep = EpState::connecting;
  b.w.established_upcall = b.w.disconnected_upcall = 1;
  b.step(upcall_actor);
  CHECK(b.w.ep == EpState::connected);
  CHECK(b.w.disconnected_upcall == 1);
  b.step(upcall_actor);
  CHECK(b.w.ep == EpState::lost);
}

TEST_CASE("the rep_connect worker flips CONNECTED and wakes those who sleep on pending") {
  struct Row {
    EpState ep;
    bool connected;
    Status woken_with;  // none: nobody is woken
  };
  // test_and_set / test_and_clear: no change, no wake-up.
  for (const Row row :
       {Row{EpState::connected, false, Status::ok}, Row{EpState::connected, true, Status::none},
        Row{EpState::lost, true, Status::notconn}, Row{EpState::lost, false, Status::none},
        Row{EpState::connecting, true, Status::notconn},
        Row{EpState::connecting, false, Status::none}}) {
    Bench b = two_tasks();
    b.w.ep = row.ep;
    b.w.connected = row.connected ? 1 : 0;
    b.w.rep_connect_scheduled = 1;
    b.w.rpc(1).cookie_is_current = b.w.rpc(2).cookie_is_current = 1;
    sleep_on_pending(b, 1);
    sleep_on_pending(b, 2, TaskPc::connect_wait);
    b.step(rep_connect_actor);
    CHECK((b.w.connected != 0) == (row.ep == EpState::connected));
    for (const RpcId id : {RpcId{1}, RpcId{2}}) {
      CHECK(b.w.rpc(id).on_pending == (row.woken_with == Status::none ? 1 : 0));
      CHECK(b.w.rpc(id).status == row.woken_with);
      CHECK(b.w.rpc(id).cookie_is_current == 0);  // every run bumps the cookie
    }
    CHECK_FALSE(b.enabled(rep_connect_actor));
  }
}

TEST_CASE("a task that does not sleep on pending is not woken") {
  Bench b = two_tasks();
  b.w.ep = EpState::lost;
  b.w.rep_connect_scheduled = 1;
  b.at(1, TaskPc::op_map_get);
  b.w.rpc(2).pc = TaskPc::transmit_lock_wait;
  b.step(rep_connect_actor);
  CHECK(b.w.rpc(1).status == Status::none);
  CHECK(b.w.rpc(2).status == Status::none);
}

TEST_CASE("the connect worker's order") {
  Bench b = two_tasks();
  b.w.connecting = 1;
  b.w.connect = ConnectPc::clear_connected;  // the old connection is alive
  sleep_on_pending(b, 1, TaskPc::connect_wait);
  b.w.rpc(2).pc = TaskPc::done;
  b.enqueue(Wr(WrKind::fastreg, 1));
  b.w.mr(1).done = Done::wc_fastreg;

  b.step(connect_actor);
  CHECK(b.w.connected == 0);
  CHECK(b.w.rpc(1).on_pending == 1);  // xprt_clear_connected wakes nobody
  b.step(connect_actor);              // rdma_disconnect
  CHECK(b.w.qp == QpState::error);
  CHECK(b.w.ep == EpState::connected);
  CHECK_FALSE(b.enabled(connect_actor));  // waits for the upcall
  b.step(upcall_actor);
  CHECK(b.enabled(connect_actor));
  b.step(connect_actor);
  b.step(connect_actor);  // ib_drain_sq: the marker, behind what is queued
  REQUIRE(b.w.send_queue.size == 2);
  CHECK(b.w.send_queue.items[0] == Wr(WrKind::fastreg, 1));
  CHECK(b.w.send_queue.items[1].kind() == WrKind::drain_marker);

  CHECK_FALSE(b.enabled(connect_actor));
  b.steps(rnic_actor, 2);
  CHECK_FALSE(b.enabled(connect_actor));  // flushed, but not handled
  b.step(softirq_actor);
  CHECK_FALSE(b.enabled(connect_actor));
  b.step(softirq_actor);
  CHECK(b.w.mr(1).fr_state == FrState::flushed_fr);
  CHECK_FALSE(b.enabled(connect_actor));  // the marker's own completion waits
  b.step(softirq_actor);
  CHECK(b.enabled(connect_actor));
  b.step(connect_actor);
  CHECK(b.w.qp == QpState::error);
  CHECK(b.w.drained == 0);  // for the next time
  b.step(connect_actor);
  CHECK(b.w.qp == QpState::idle);
  REQUIRE(b.w.connect == ConnectPc::destroy_qp);
  b.step(connect_actor);
  b.step(connect_actor);
  CHECK(b.w.ep == EpState::connecting);
  CHECK_FALSE(b.enabled(connect_actor));

  b.step(link_actor);  // established
  CHECK(b.w.qp == QpState::rts);
  CHECK(b.w.losses_left == 1);
  CHECK_FALSE(b.enabled(connect_actor));
  b.step(upcall_actor);
  b.step(connect_actor);
  CHECK(b.w.connecting == 1);
  CHECK(b.w.connected == 0);
  b.step(connect_actor);
  CHECK(b.w.connecting == 0);
  CHECK_FALSE(b.enabled(connect_actor));
  b.step(rep_connect_actor);
  CHECK(b.w.connected == 1);
  CHECK(b.w.rpc(1).status == Status::ok);
}

TEST_CASE("a connection that is lost already is not disconnected again") {
  Bench b = in_connect_worker(ConnectPc::disconnect);
  b.step(connect_actor);
  CHECK(b.w.disconnected_upcall == 0);
  CHECK(b.enabled(connect_actor));  // and there is no upcall to wait for
}

TEST_CASE("the marker is queued behind posts that came first and before those that come after") {
  // A task that still believes in the connection may post behind it (R5).
  Bench b = in_connect_worker(ConnectPc::post_marker);
  b.setup.provider = Provider::flush;
  b.at(1, TaskPc::op_map_post);
  b.in_hand(1);
  b.set_free({2, 3, 4});
  b.make_valid(1);
  b.w.rpc(1).mr = 1;
  b.step(connect_actor);
  b.step(task1);
  REQUIRE(b.w.send_queue.size == 2);
  CHECK(b.w.send_queue.items[0].kind() == WrKind::drain_marker);
  b.step(rnic_actor);
  b.step(softirq_actor);
  b.steps(connect_actor, 3);  // drained, swapped, destroyed: its completion never comes
  CHECK(b.w.send_queue.size == 0);
  CHECK(b.w.completions.size == 0);
  CHECK(b.log.has({.kind = EventKind::dropped, .wr = Wr(WrKind::fastreg, 1)}));
}

TEST_CASE("a QP takes its queued completions along, but not the one being handled") {
  Bench b = in_connect_worker(ConnectPc::destroy_qp);
  b.w.qp = QpState::idle;
  b.w.softirq = {SoftirqPc::wc_fastreg, 2};
  b.complete(Wr(WrKind::fastreg, 1, true));
  b.enqueue(Wr(WrKind::local_inv_signaled, 3));
  b.step(connect_actor);
  CHECK(b.w.completions.size == 0);
  CHECK(b.w.send_queue.size == 0);
  CHECK(b.log.count(EventKind::dropped) == 2);
  CHECK(b.w.softirq.mr == 2);
}

TEST_CASE("guard drain-covers-replies: the drain also waits for replies queued or handled") {
  const bool guarded = GENERATE(false, true);
  Bench b = in_connect_worker(ConnectPc::drain);
  b.setup.guards.drain_covers_replies = guarded;
  CHECK_FALSE(b.enabled(connect_actor));  // the marker comes first
  b.w.drained = 1;
  CHECK(b.enabled(connect_actor));
  b.w.handler(2) = {ReplyPc::linv_wait, 1, 0, 0};
  CHECK(b.enabled(connect_actor) == !guarded);
  b.w.handler(2) = {};
  CHECK(b.enabled(connect_actor));
  b.w.rpc(1).replies = 1;
  CHECK(b.enabled(connect_actor) == !guarded);
}

TEST_CASE("a connection that is lost while it is made: tasks are woken, the worker ends") {
  Bench b = in_connect_worker(ConnectPc::wait_connected);
  sleep_on_pending(b, 1, TaskPc::connect_wait);
  b.steps(connect_actor, 2);
  CHECK(b.w.rpc(1).on_pending == 0);
  CHECK(b.w.connecting == 1);
  b.step(connect_actor);
  CHECK(b.w.connecting == 0);
}

TEST_CASE("the link establishes only what is being connected") {
  Bench b = in_connect_worker(ConnectPc::connect);
  b.w.qp = QpState::idle;
  CHECK_FALSE(b.enabled(link_actor));
  b.step(connect_actor);
  CHECK(b.enabled(link_actor));
  b.step(link_actor);
  CHECK(b.w.established_upcall == 1);
  CHECK(b.enabled(link_actor));  // it may be lost at once
}

TEST_CASE("a task asleep in xprt_connect that nobody will wake is woken by its timer") {
  Bench b = two_tasks();
  sleep_on_pending(b, 1, TaskPc::connect_wait);
  CHECK(b.enabled(task1));
  b.w.rep_connect_scheduled = 1;
  CHECK_FALSE(b.enabled(task1));
  b.w.rep_connect_scheduled = 0;
  b.w.connect = ConnectPc::drain;
  CHECK_FALSE(b.enabled(task1));
  b.w.connect = ConnectPc::idle;
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::call_connect);
  CHECK(b.w.rpc(1).on_pending == 0);
}

TEST_CASE("an -ENOTCONN while waiting for a connection ends the RPC with -EIO") {
  // xprt_connect_status: of the errors a wake-up may bring only some lead to
  // another try; the rep_connect worker's -ENOTCONN is not among them.
  Bench b = two_tasks();
  b.w.rpc(1).pc = TaskPc::connect_wait;
  b.w.rpc(1).status = Status::notconn;
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::release);
}
