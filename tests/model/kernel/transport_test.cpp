// SPDX-License-Identifier: MIT
//
// The transport lock and who sleeps where (net/sunrpc/xprt.c, clnt.c, v4.9).
//
// XPRT_LOCKED admits one send_request at a time. A task keeps it over -ENOBUFS and
// -ENOTCONN and gives it up in xprt_connect, if it is the one that starts the
// connect worker; waiters are served first come, first served.
#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

Bench three_tasks() {
  Setup setup = basic_setup();
  setup.rpc_count = 3;
  setup.rpcs[1] = setup.rpcs[2] = {.read_list = 1};
  return Bench(setup);
}

}  // namespace

TEST_CASE("the transport is passed on first come, first served") {
  Bench b = three_tasks();
  for (RpcId id = 1; id <= 3; ++id) b.w.rpc(id).pc = TaskPc::prepare_transmit;
  b.step(task2);
  CHECK(b.w.locked_by == 2);
  b.step(task3);
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::transmit_lock_wait);
  CHECK_FALSE(b.enabled(task1));
  CHECK_FALSE(b.enabled(task3));
  b.w.rpc(2).pc = TaskPc::end_transmit;
  b.step(task2);
  CHECK(b.w.locked_by == 3);  // asked before task 1 did
  CHECK(b.enabled(task3));
  CHECK_FALSE(b.enabled(task1));
  CHECK(b.w.sending == std::array<RpcId, max_rpcs>{1, 0, 0});
  b.w.rpc(3).pc = TaskPc::end_transmit;
  b.step(task3);
  CHECK(b.w.locked_by == 1);
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::transmit);
}

TEST_CASE("a task that does not hold the transport cannot release it") {
  Bench b = three_tasks();
  b.w.locked_by = 2;
  b.w.rpc(1).pc = TaskPc::release;
  b.step(task1);
  CHECK(b.w.locked_by == 2);
}

TEST_CASE("a task that ends with the transport passes it on") {
  Bench b = three_tasks();
  b.at(1, TaskPc::release);
  b.w.sending = {3, 0, 0};
  b.w.rpc(3).pc = TaskPc::transmit_lock_wait;
  b.step(task1);
  CHECK(b.w.locked_by == 3);
}

TEST_CASE("the task that starts the connect worker gives up the transport, then sleeps") {
  Bench b = three_tasks();
  b.lost_and_told();
  b.at(1, TaskPc::call_connect);
  b.steps(task1, 3);
  REQUIRE(b.w.rpc(1).pc == TaskPc::connect_sleep);
  b.step(task1);
  CHECK(b.w.rpc(1).on_pending == 1);
  CHECK(b.w.connecting == 0);
  b.step(task1);
  CHECK(b.w.connecting == 1);
  CHECK(b.w.connect == ConnectPc::clear_connected);
  CHECK(b.w.reconnects_left == 2);
  CHECK(b.w.locked_by == 1);
  b.step(task1);
  CHECK(b.w.locked_by == 0);
  CHECK(b.w.rpc(1).pc == TaskPc::connect_wait);
  CHECK_FALSE(b.enabled(task1));
}

TEST_CASE("a task that finds a connect under way sleeps with the transport held") {
  Bench b = three_tasks();
  b.lost_and_told();
  b.w.connecting = 1;
  b.w.connect = ConnectPc::drain;
  b.at(1, TaskPc::connect_start);
  b.w.rpc(1).on_pending = 1;
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::connect_wait);
  CHECK(b.w.locked_by == 1);
  CHECK(b.w.connect == ConnectPc::drain);
  CHECK(b.w.reconnects_left == 3);
  CHECK_FALSE(b.enabled(task1));
}

TEST_CASE("xprt_connect finds the transport connected after all") {
  Bench b = three_tasks();
  b.at(1, TaskPc::connect_test);
  b.steps(task1, 2);
  CHECK(b.w.locked_by == 0);
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::prepare_transmit);
  CHECK(b.w.connecting == 0);
}

TEST_CASE("a task queued in xprt_connect starts over once it has the transport") {
  Bench b = three_tasks();
  b.w.connected = 0;
  b.at(2, TaskPc::op_map_get);
  b.w.rpc(1).pc = TaskPc::connect_lock;
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::connect_lock_wait);
  CHECK_FALSE(b.enabled(task1));
  b.w.rpc(2).pc = TaskPc::end_transmit;
  b.step(task2);
  CHECK(b.w.locked_by == 1);
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::call_connect);
}

TEST_CASE("reconnects are a budget") {
  Bench b = three_tasks();
  b.at(1, TaskPc::connect_start);
  b.w.reconnects_left = 0;
  b.step(task1);
  CHECK(b.stopped() == sim::End::cut);
  CHECK(b.w.cut == Budget::reconnects);
}

TEST_CASE("a task that waited for a connection goes on as it was woken") {
  Bench b = three_tasks();
  b.w.rpc(1).pc = TaskPc::connect_wait;
  SECTION("0: connected, transmit") {
    b.w.rpc(1).status = Status::ok;
    b.step(task1);
    CHECK(b.w.rpc(1).pc == TaskPc::prepare_transmit);
  }
  SECTION("-EAGAIN: look again") {
    b.w.rpc(1).status = Status::again;
    b.step(task1);
    CHECK(b.w.rpc(1).pc == TaskPc::call_connect);
  }
  CHECK(b.w.rpc(1).status == Status::none);
}

TEST_CASE("a task waiting for its reply, woken by a new connection, connects and sends again") {
  Bench b = three_tasks();
  b.w.rpc(1).pc = TaskPc::call_status;
  b.w.rpc(1).status = Status::ok;
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::call_connect);
}

TEST_CASE("guard wake-means-reconnect: CONNECTED is tested once the transport is there") {
  const TaskPc pc = GENERATE(TaskPc::prepare_transmit, TaskPc::transmit_lock_wait);
  const bool guarded = GENERATE(false, true);
  const bool connected = GENERATE(false, true);
  Bench b = three_tasks();
  b.setup.guards.wake_means_reconnect = guarded;
  b.at(1, pc);
  b.w.connected = connected ? 1 : 0;
  b.step(task1);
  CHECK(b.w.rpc(1).pc == (guarded && !connected ? TaskPc::call_connect : TaskPc::transmit));
  CHECK(b.w.locked_by == 1);
}

TEST_CASE(
    "guard reply-pins-request: a task whose reply is at hand is not woken and does not send") {
  const bool guarded = GENERATE(false, true);
  Bench b = three_tasks();
  b.setup.guards.reply_pins_request = guarded;
  SECTION("asleep") {
    b.w.rpc(1).pc = TaskPc::call_status;
    b.w.rpc(1).on_pending = 1;
    b.at(2, TaskPc::drop_connection);
    SECTION("its reply is queued") { b.w.rpc(1).replies = 1; }
    SECTION("its reply is handled") { b.w.handler(1).pc = ReplyPc::dma_unmap; }
    b.step(task2);
    CHECK(b.w.rpc(1).on_pending == (guarded ? 1 : 0));
  }
  SECTION("about to send") {
    b.w.rpc(1).pc = TaskPc::prepare_transmit;
    b.w.handler(1).pc = ReplyPc::dma_unmap;
    CHECK(b.enabled(task1) == !guarded);
    b.w.rpc(1).reply_received = 1;
    CHECK(b.enabled(task1));
  }
  SECTION("another RPC's reply pins nobody") {
    b.w.rpc(1).pc = TaskPc::prepare_transmit;
    b.w.handler(2).pc = ReplyPc::dma_unmap;
    CHECK(b.enabled(task1));
  }
}

TEST_CASE("xprt_connect does not look at CONNECTED again before it sleeps") {
  // The gap between its test and rpc_sleep_on: a connection that comes up in it
  // wakes nobody, and is taken down by the connect worker this task then starts.
  const bool guarded = GENERATE(false, true);
  Bench b = three_tasks();
  b.setup.guards.no_spurious_reconnect = guarded;
  b.at(1, TaskPc::connect_sleep);
  REQUIRE(b.w.connected == 1);
  b.step(task1);
  if (guarded) {
    b.steps(task1, 2);
    CHECK(b.w.rpc(1).pc == TaskPc::prepare_transmit);
    CHECK(b.w.locked_by == 0);
    CHECK(b.w.connecting == 0);
  } else {
    b.steps(task1, 2);
    CHECK(b.w.connecting == 1);
    CHECK_FALSE(b.enabled(task1));
  }
}
