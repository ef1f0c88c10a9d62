// SPDX-License-Identifier: MIT
//
// An RPC task between send_request and xprt_rdma_free: what it sends, what it does
// about errors, what it gives back (transport.c; net/sunrpc/clnt.c, xprt.c, v4.9).
//
// The transport lock and the connection are in transport_test.cpp.
#include <cstring>

#include "tests/model/model_fixture.h"

using namespace fixture;

TEST_CASE("a connected transport, nothing in the way: the steps of one RPC in order") {
  Setup setup = basic_setup();
  setup.rpcs[0] = {.read_list = 1};
  Bench b(setup);
  for (const TaskPc pc :
       {TaskPc::call_connect, TaskPc::prepare_transmit, TaskPc::transmit, TaskPc::send_request,
        TaskPc::op_map_get, TaskPc::op_map_test, TaskPc::op_map_set_valid, TaskPc::op_map_dma_map,
        TaskPc::op_map_set_done, TaskPc::op_map_post, TaskPc::marshal_add, TaskPc::check_cookie,
        TaskPc::post_send, TaskPc::transmit_done, TaskPc::end_transmit}) {
    REQUIRE(b.w.rpc(1).pc == pc);
    b.step(task1);
  }
  CHECK(b.w.rpc(1).pc == TaskPc::call_status);
  CHECK(b.w.rpc(1).on_pending == 1);
  CHECK_FALSE(b.enabled(task1));
  CHECK(b.w.locked_by == 0);
  CHECK(b.w.rpc(1).on_receive_list == 1);
  CHECK(b.w.send_queue.items[0] == Wr(WrKind::fastreg, 1));
  CHECK(b.w.send_queue.items[1] == Wr(WrKind::send, 1));
}

TEST_CASE("all three kinds of segments are registered, one MR each") {
  Setup setup = basic_setup();
  setup.rpcs[0] = {.read_list = 1, .write_list = 1, .reply_chunk = 1};
  Bench b(setup);
  b.at(1, TaskPc::send_request);
  while (b.w.rpc(1).pc != TaskPc::check_cookie) b.step(task1);
  CHECK(b.registered(1) == Mrs{3, 2, 1});  // list_add at the head
  CHECK(b.w.send_queue.size == 3);
  CHECK(b.w.rpc(1).segment == 0);
}

TEST_CASE("send_request on retransmit first defers what is still registered") {
  for (const bool async : {false, true}) {
    Bench b(basic_setup());
    b.setup.rpcs[0].async = async;  // makes no difference here
    b.at(1, TaskPc::send_request);
    b.set_free({4});
    b.set_registered(1, {3, 2, 1});
    for (const MrId id : Mrs{1, 2, 3}) b.make_valid(id);
    b.step(task1);
    REQUIRE(b.w.rpc(1).pc == TaskPc::unmap_safe_pop);
    b.steps(task1, 6);
    CHECK(b.stale_list() == Mrs{1, 2, 3});
    CHECK(b.w.mr(1).dma == DmaState::mapped);  // deferred, not recovered here
    b.step(task1);
    CHECK(b.w.rpc(1).pc == TaskPc::op_map_get);
    CHECK(b.w.rpc(1).unmap_for == UnmapFor::none);
  }
}

TEST_CASE("unmap_safe and new FASTREGs come before the connect cookie is looked at") {
  Setup setup = basic_setup();
  setup.rpcs[0] = {.read_list = 1};
  Bench b(setup);
  b.at(1, TaskPc::send_request);
  b.set_free({2, 3, 4});
  b.set_registered(1, {1});
  b.make_valid(1);
  b.w.rpc(1).cookie_is_current = 1;
  while (b.w.rpc(1).pc != TaskPc::check_cookie) b.step(task1);
  CHECK(b.stale_list() == Mrs{1});
  CHECK(b.w.send_queue.items[0] == Wr(WrKind::fastreg, 2));
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::drop_connection);
  CHECK(b.w.send_queue.size == 1);  // no Send
}

TEST_CASE("send_request notes the connection it sends on, before it posts the Send") {
  // rl_connect_cookie is set right behind the test, whatever ep_post says then.
  for (const QpState qp : {QpState::rts, QpState::error}) {
    Bench b(basic_setup());
    b.at(1, TaskPc::check_cookie);
    b.w.qp = qp;
    b.steps(task1, 2);  // the test, the post
    CHECK(b.w.rpc(1).cookie_is_current == 1);
  }
}

TEST_CASE("only sending makes the connect cookie current, waiting for a connection does not") {
  // xprt_connect sets rq_connect_cookie; xprt_rdma_send_request tests another
  // field, rl_connect_cookie.
  Bench b(basic_setup());
  b.lost_and_told();
  b.at(1, TaskPc::connect_sleep);
  b.step(task1);
  CHECK(b.w.rpc(1).cookie_is_current == 0);
}

TEST_CASE("a Send that is rejected drops the connection") {
  Bench b(basic_setup());
  b.at(1, TaskPc::post_send);
  b.w.qp = QpState::error;
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::drop_connection);
  CHECK(b.w.rpc(1).status == Status::notconn);
  CHECK(b.w.connected == 1);
}

TEST_CASE("a drop clears CONNECTED, wakes the others with -EAGAIN, neither closes nor drains") {
  Setup setup = basic_setup();
  setup.rpc_count = 3;
  setup.rpcs[1] = setup.rpcs[2] = {.read_list = 1};
  Bench b(setup);
  b.at(1, TaskPc::drop_connection);
  b.w.rpc(1).status = Status::notconn;
  b.w.rpc(2).pc = TaskPc::call_status;  // waits for its reply
  b.w.rpc(2).on_pending = 1;
  b.w.rpc(3).pc = TaskPc::prepare_transmit;  // awake
  b.enqueue(Wr(WrKind::fastreg, 1));
  World expected = b.w;
  expected.connected = 0;
  expected.rpc(1).pc = TaskPc::call_status;
  expected.rpc(2).on_pending = 0;
  expected.rpc(2).status = Status::again;
  b.step(task1);
  CHECK(same(b.w, expected));
  SECTION("the dropping task goes to connect, holding the transport") {
    b.step(task1);
    CHECK(b.w.rpc(1).pc == TaskPc::call_connect);
    CHECK(b.w.locked_by == 1);
  }
  SECTION("-EAGAIN goes straight to transmit: no connect, no test of CONNECTED") {
    b.w.locked_by = 0;
    b.step(task2);
    CHECK(b.w.rpc(2).pc == TaskPc::prepare_transmit);
    b.steps(task2, 2);
    CHECK(b.w.rpc(2).pc == TaskPc::send_request);
  }
}

TEST_CASE("xprt_transmit tests CONNECTED once more after the Send was posted") {
  Bench b(basic_setup());
  b.at(1, TaskPc::transmit_done);
  SECTION("connected: sleep on pending, give up the transport") {
    b.steps(task1, 2);
    CHECK(b.w.rpc(1).on_pending == 1);
    CHECK(b.w.locked_by == 0);
  }
  SECTION("connected, replied already: no sleep") {
    b.w.rpc(1).reply_received = 1;
    b.steps(task1, 2);
    CHECK(b.w.rpc(1).on_pending == 0);
    CHECK(b.enabled(task1));
  }
  SECTION("not connected: -ENOTCONN, the transport is kept") {
    b.w.connected = 0;
    b.step(task1);
    CHECK(b.w.rpc(1).pc == TaskPc::call_status);
    CHECK(b.w.rpc(1).status == Status::notconn);
    CHECK(b.w.locked_by == 1);
    b.step(task1);
    CHECK(b.w.rpc(1).pc == TaskPc::call_connect);
    CHECK(b.w.locked_by == 1);
  }
}

TEST_CASE(
    "after -ENOBUFS a task waits with the transport held, then sends again without connecting") {
  Bench b(basic_setup());
  b.at(1, TaskPc::call_status);
  b.w.rpc(1).status = Status::nobufs;
  b.lost_and_told();  // not even then
  b.step(task1);
  REQUIRE(b.w.rpc(1).pc == TaskPc::enobufs_wait);
  CHECK(b.w.locked_by == 1);
  b.steps(task1, 3);
  CHECK(b.w.rpc(1).pc == TaskPc::send_request);
  CHECK(b.w.locked_by == 1);
  CHECK(b.w.rpc(1).enobufs_left == 2);
  SECTION("how often is a budget of its own") {
    const unsigned sends = b.w.rpc(1).sends_left;
    b.step(task1);
    CHECK(b.w.rpc(1).sends_left == sends - 1);
    CHECK(b.w.rpc(1).sends_left == 1 + b.setup.budgets.retransmissions);
    b.at(1, TaskPc::enobufs_wait);
    b.w.rpc(1).enobufs_left = 0;
    b.step(task1);
    CHECK(b.stopped() == sim::End::cut);
    CHECK(b.w.cut == Budget::enobufs_retries);
  }
}

TEST_CASE("without the guard the -ENOBUFS delay outlasts nothing, with it all local machinery") {
  Bench b(basic_setup());
  b.at(1, TaskPc::enobufs_wait);
  b.set_free({2, 3, 4});
  b.in_hand(1);
  SECTION("idle") {
    b.setup.guards.enobufs_delay = true;
    b.enqueue(Wr(WrKind::send, 1));  // an un-ACKed Send may stay queued
    CHECK(b.enabled(task1));
    return;
  }
  SECTION("a FASTREG is queued") { b.enqueue(Wr(WrKind::fastreg, 1)); }
  SECTION("a completion waits") { b.complete(Wr(WrKind::send, 1, true)); }
  SECTION("a handler runs") { b.w.softirq = {SoftirqPc::wc_fastreg, 1}; }
  SECTION("recovery is due") { b.set_stale({1}); }
  SECTION("recovery runs") { b.w.recovery = {RecoverPc::put, 1, FrState{}}; }
  SECTION("refresh is due") { b.w.refresh_scheduled = 1; }
  CHECK(b.enabled(task1));
  b.setup.guards.enobufs_delay = true;
  CHECK_FALSE(b.enabled(task1));
}

TEST_CASE("an -EIO gives up the transport and ends the RPC") {
  Bench b(basic_setup());
  b.at(1, TaskPc::end_transmit);
  b.set_free({2, 3, 4});
  b.set_registered(1, {1});
  b.make_valid(1);
  b.w.rpc(1).status = Status::io;
  b.w.rpc(1).on_receive_list = 1;
  b.step(task1);
  CHECK(b.w.locked_by == 0);
  b.steps(task1, 2);
  CHECK(b.w.rpc(1).on_receive_list == 0);
  CHECK(b.w.rpc(1).pc == TaskPc::free_buffer);
}

TEST_CASE("a reply ends the RPC whatever it was woken with") {
  for (const Status status : {Status::ok, Status::again, Status::notconn, Status::nobufs}) {
    Bench b(basic_setup());
    b.w.rpc(1).pc = TaskPc::call_status;
    b.w.rpc(1).status = status;
    b.w.rpc(1).reply_received = 1;
    b.step(task1);
    CHECK(b.w.rpc(1).pc == TaskPc::release);
  }
}

TEST_CASE("a task with its reply does not send: neither in prepare_transmit nor in transmit") {
  Bench b(basic_setup());
  b.w.rpc(1).reply_received = 1;
  SECTION("xprt_prepare_transmit") {
    b.w.rpc(1).pc = TaskPc::prepare_transmit;
    b.step(task1);
    CHECK(b.w.rpc(1).pc == TaskPc::call_status);
    CHECK(b.w.locked_by == 0);
  }
  SECTION("xprt_transmit") {
    b.at(1, TaskPc::transmit);
    b.step(task1);
    CHECK(b.w.rpc(1).pc == TaskPc::end_transmit);
    CHECK(b.w.rpc(1).on_receive_list == 0);
  }
}

TEST_CASE("retransmissions are a budget") {
  Bench b(basic_setup());
  CHECK(b.w.rpc(1).sends_left == 4);  // one send and three more
  b.at(1, TaskPc::send_request);
  b.w.rpc(1).sends_left = 0;
  b.step(task1);
  CHECK(b.stopped() == sim::End::cut);
  CHECK(b.w.cut == Budget::retransmissions);
}

TEST_CASE("xprt_rdma_free recovers inline, unless the task is async") {
  Bench b(basic_setup());
  b.w.rpc(1).pc = TaskPc::free_buffer;
  b.set_free({3, 4});
  b.set_registered(1, {2, 1});
  b.make_valid(1);
  b.make_valid(2);
  SECTION("sync: one MR after the other, without the worker") {
    b.steps(task1, 2);
    REQUIRE(b.w.rpc(1).pc == TaskPc::unmap_safe_recover);
    CHECK(b.w.rpc(1).recovery.mr == 2);
    b.steps(task1, 6);  // r1 to r6
    CHECK(b.free_list() == Mrs{3, 4, 2});
    CHECK(b.w.mr(2).dma == DmaState::unmapped);
    CHECK_FALSE(b.enabled(recovery_actor));
    b.steps(task1, 7);
    CHECK(b.free_list() == Mrs{3, 4, 2, 1});
  }
  SECTION("async: deferred") {
    b.setup.rpcs[0].async = true;
    b.steps(task1, 5);
    CHECK(b.stale_list() == Mrs{1, 2});
  }
  while (b.enabled(task1)) b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::done);
}

TEST_CASE("a done RPC leaves nothing behind but what others still have of it") {
  Bench b(basic_setup());
  b.w.rpc(1).pc = TaskPc::free_buffer;
  b.w.rpc(1).cookie_is_current = 1;
  b.w.rpc(1).at_server = 1;
  b.w.rpc(1).replies = 1;
  Rpc expected{};
  expected.pc = TaskPc::done;
  expected.at_server = 1;
  expected.replies = 1;
  b.step(task1);
  CHECK(std::memcmp(&b.w.rpc(1), &expected, sizeof expected) == 0);
}

TEST_CASE("an RPC that comes after another starts when that one is done, not earlier") {
  Setup setup = basic_setup();
  setup.rpc_count = 3;
  setup.rpcs[1] = {.read_list = 1, .after = 1};
  setup.rpcs[2] = {.read_list = 1, .after = 2};
  Bench b(setup);
  CHECK(b.w.rpc(2).pc == TaskPc::not_started);
  CHECK_FALSE(b.enabled(task2));
  CHECK_FALSE(b.enabled(task3));
  b.w.rpc(1).pc = TaskPc::free_buffer;
  b.step(task1);
  CHECK(b.w.rpc(2).pc == TaskPc::call_connect);
  CHECK(b.enabled(task2));
  CHECK_FALSE(b.enabled(task3));
}
