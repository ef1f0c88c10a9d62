// SPDX-License-Identifier: MIT
//
// Faults a scenario may switch on: a reset that fails, a drain that does not wait,
// signals, minor timeouts (windows R3, R4, R6, R8 of docs/kernel.md).
//
// Each is first what the kernel does at that statement, then what it leads to.
#include <cstring>
#include <set>

#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

constexpr auto reset_fails = static_cast<unsigned>(Fault::reset);
constexpr auto succeeds = static_cast<unsigned>(Fault::none);

Event observed(Invariant invariant, MrId mr) {
  return {.kind = EventKind::observed, .mr = mr, .to = static_cast<std::uint8_t>(invariant)};
}

/// Up to `count` RPCs of one segment, and one fault of each of the new kinds.
Setup with_faults(std::uint8_t count = 1, Policy policy = fix) {
  Setup setup = basic_setup(policy);
  setup.rpc_count = count;
  for (unsigned i = 0; i < count; ++i) setup.rpcs[i] = {.read_list = 1};
  setup.faults.reset = setup.faults.drain_marker = 1;
  setup.faults.signal = setup.faults.timeout = 1;
  return setup;
}

/// MR 1 is being recovered, about to do `pc`: by the recovery worker, or by task 1.
struct Recovering : Bench {
  Recovering(RecoverPc pc, FrState snapshot, bool in_task)
      : Bench(with_faults()), actor(in_task ? task1 : recovery_actor) {
    set_free({2, 3, 4});
    in_hand(1);
    make_valid(1);
    w.mr(1).fr_state = snapshot;
    if (snapshot == FrState::flushed_li) w.mr(1).dma = DmaState::unmapped;
    if (in_task) {
      at(1, TaskPc::unmap_safe_recover);
      w.rpc(1).unmap_for = UnmapFor::free;
    }
    recovery() = {pc, 1, snapshot};
  }
  Recovery& recovery() { return actor == task1 ? w.rpc(1).recovery : w.recovery; }

  sim::ActorId actor;
};

/// RPC `id` asleep in `pc`.
void put_to_sleep(Bench& b, RpcId id, TaskPc pc) {
  b.w.rpc(id).pc = pc;
  switch (pc) {
    case TaskPc::connect_wait:
    case TaskPc::call_status:
      b.w.rpc(id).on_pending = 1;
      break;
    case TaskPc::connect_lock_wait:
    case TaskPc::transmit_lock_wait: {
      unsigned place = 0;
      while (b.w.sending.at(place) != 0) ++place;
      b.w.sending.at(place) = id;
      break;
    }
    default:
      break;
  }
}

const std::set<TaskPc> sleeping{TaskPc::connect_lock_wait, TaskPc::connect_wait,
                                TaskPc::transmit_lock_wait, TaskPc::call_status,
                                TaskPc::enobufs_wait};

/// RPC 1 asleep until its reply comes, with MRs 3, 2, 1 registered.
Bench awaiting_reply(Policy policy = fix) {
  Setup setup = with_faults(1, policy);
  setup.rpcs[0].read_list = 3;
  Bench b(setup);
  put_to_sleep(b, 1, TaskPc::call_status);
  b.w.rpc(1).on_receive_list = 1;
  b.w.rpc(1).cookie_is_current = 1;
  b.set_free({4});
  b.set_registered(1, {3, 2, 1});
  for (const MrId id : Mrs{1, 2, 3}) b.make_valid(id);
  b.enqueue(Wr(WrKind::send, 1));  // or nothing but signal and timer could move
  return b;
}

}  // namespace

TEST_CASE("a reset fails in dereg or alloc: r4 does not run, r5 does, the MR is released") {
  const RecoverPc pc = GENERATE(RecoverPc::dereg, RecoverPc::alloc);
  const bool in_task = GENERATE(false, true);
  const FrState snapshot = GENERATE(FrState::is_invalid, FrState::is_valid, FrState::flushed_fr);
  Recovering b(pc, snapshot, in_task);
  CHECK(b.outcomes(b.actor) == sim::OutcomeSet::from_bits(1u << succeeds | 1u << reset_fails));
  b.step(b.actor, reset_fails);
  CHECK(b.w.faults_left.reset == 0);
  CHECK(b.log.count(EventKind::alloc) == 0);
  CHECK(b.w.mr(1).dma == DmaState::mapped);
  b.step(b.actor);
  CHECK(b.w.mr(1).dma == DmaState::unmapped);
  CHECK(b.w.mr(1).fr_state == snapshot);  // r4 did not run
  CHECK(b.w.mr(1).place == Place::in_hand);
  b.step(b.actor);
  CHECK(b.w.mr(1).place == Place::released);
  CHECK(b.free_list() == Mrs{2, 3, 4});
  CHECK(b.recovery().pc == RecoverPc::idle);
  CHECK(b.recovery().mr == 0);
  if (in_task) CHECK(b.w.rpc(1).pc == TaskPc::unmap_safe_pop);
  CHECK(b.violation() == Violation{});
}

TEST_CASE("a reset fails: an MR whose snapshot was FLUSHED_LI is not unmapped again") {
  const RecoverPc pc = GENERATE(RecoverPc::dereg, RecoverPc::alloc);
  const bool in_task = GENERATE(false, true);
  Recovering b(pc, FrState::flushed_li, in_task);
  b.step(b.actor, reset_fails);
  b.step(b.actor);
  CHECK(b.log.count(EventKind::dma_unmap) == 0);
  CHECK(b.w.mr(1).place == Place::released);
  CHECK(b.violation() == Violation{});
}

TEST_CASE("a reset may fail only in dereg and alloc, and while the scenario has some left") {
  const bool in_task = GENERATE(false, true);
  for (const RecoverPc pc :
       {RecoverPc::snapshot, RecoverPc::dereg, RecoverPc::alloc, RecoverPc::set_invalid,
        RecoverPc::dma_unmap, RecoverPc::put, RecoverPc::orphan_dma_unmap, RecoverPc::release}) {
    Recovering b(pc, FrState::is_valid, in_task);
    const bool resets = pc == RecoverPc::dereg || pc == RecoverPc::alloc;
    CHECK(b.outcomes(b.actor).contains(reset_fails) == resets);
    b.w.faults_left.reset = 0;
    CHECK(b.outcomes(b.actor) == sim::OutcomeSet::of(succeeds));
  }
}

TEST_CASE("a reset that does not fail though it might is as ever") {
  Recovering b(RecoverPc::snapshot, FrState::is_valid, false);
  b.steps(recovery_actor, 6);
  CHECK(b.free_list() == Mrs{2, 3, 4, 1});
  CHECK(b.w.faults_left.reset == 1);
}

TEST_CASE("a released MR's FASTREG completes: use after free") {
  Recovering b(RecoverPc::alloc, FrState::is_valid, false);
  SECTION("it was still queued: its rkey is dead, and its completion an error") {
    const QpState qp = GENERATE(QpState::rts, QpState::error);
    b.enqueue(Wr(WrKind::fastreg, 1, true));
    b.w.qp = qp;
    b.step(recovery_actor, reset_fails);
    b.steps(recovery_actor, 2);
    b.step(rnic_actor);
    CHECK(b.violation() == Violation{});
    b.step(softirq_actor);
    CHECK(b.violation() == Violation{Invariant::use_after_free, 1, 0});
  }
  SECTION("its completion was queued") {
    b.complete(Wr(WrKind::fastreg, 1, true));
    b.step(recovery_actor, reset_fails);
    b.steps(recovery_actor, 2);
    b.step(softirq_actor);
    CHECK(b.violation() == Violation{Invariant::use_after_free, 1, 0});
  }
  SECTION("its handler was about to write") {
    b.complete(Wr(WrKind::fastreg, 1, true));
    b.step(softirq_actor);
    b.step(recovery_actor, reset_fails);
    b.steps(recovery_actor, 2);
    b.step(softirq_actor);
    CHECK(b.violation() == Violation{Invariant::use_after_free, 1, 0});
  }
  SECTION("a LOCAL_INV's handler was about to wake the waiter") {
    b.step(recovery_actor, reset_fails);
    b.steps(recovery_actor, 2);
    b.w.softirq = {SoftirqPc::wake, 1};
    b.step(softirq_actor);
    CHECK(b.violation() == Violation{Invariant::use_after_free, 1, 0});
  }
  SECTION("all was over before the MR was released: nothing is wrong") {
    b.complete(Wr(WrKind::fastreg, 1, true));
    b.steps(softirq_actor, 2);
    b.step(recovery_actor, reset_fails);
    b.steps(recovery_actor, 2);
    CHECK(b.violation() == Violation{});
  }
  SECTION("another MR's completion: nothing is wrong") {
    b.complete(Wr(WrKind::fastreg, 2, true));
    b.w.mr(2).done = Done::wc_fastreg;
    b.step(recovery_actor, reset_fails);
    b.steps(recovery_actor, 2);
    b.steps(softirq_actor, 2);
    CHECK(b.violation() == Violation{});
  }
}

TEST_CASE("deregistering in release: WRs that are queued refer to a dead rkey") {
  Recovering b(RecoverPc::dereg, FrState::is_valid, false);
  b.enqueue(Wr(WrKind::fastreg, 1));
  b.step(recovery_actor, reset_fails);
  b.steps(recovery_actor, 2);
  CHECK(b.w.send_queue.items[0].flag());
}

TEST_CASE("at rest a released MR violates nothing, one released with its mapping leaks") {
  Bench b(with_faults());
  b.w.rpc(1) = Rpc{};
  b.w.rpc(1).pc = TaskPc::done;
  b.set_free({2, 3, 4});
  b.w.mr(1) = Mr{};
  b.w.mr(1).place = Place::released;
  const RaceModel m(b.setup);
  REQUIRE(m.enabled(b.w).empty());
  CHECK(m.end_when_blocked(b.w) == sim::End::rest);
  b.w.mr(1).dma = DmaState::mapped;
  CHECK(b.violation() == Violation{Invariant::leaked_mapping, 1, 0});
}

TEST_CASE("releasing an MR that is mapped leaks its mapping") {
  Recovering b(RecoverPc::release, FrState::is_valid, false);
  b.step(recovery_actor);
  CHECK(b.w.mr(1).place == Place::released);
  CHECK(b.w.mr(1).dma == DmaState::mapped);
}

TEST_CASE("what is released is zero but for its place") {
  Recovering b(RecoverPc::orphan_dma_unmap, FrState::is_valid, false);
  b.setup.iova = IovaChoice::reuse;
  b.w.rare.iova[0] = 1;
  b.w.rare.iovas = {1, 0, {}, {1}};
  b.w.mr(1).linv_done = 1;
  b.steps(recovery_actor, 2);
  Mr expected{};
  expected.place = Place::released;
  CHECK(std::memcmp(&b.w.mr(1), &expected, sizeof expected) == 0);
  CHECK(b.w.rare.iova[0] == 0);
}

TEST_CASE("the drain's marker is rejected: the connect worker goes on at once") {
  Bench b(with_faults());
  b.lost_and_told();
  b.w.connecting = 1;
  b.w.connect = ConnectPc::post_marker;
  put_to_sleep(b, 1, TaskPc::connect_wait);
  b.enqueue(Wr(WrKind::fastreg, 1));
  CHECK(b.outcomes(connect_actor) ==
        sim::OutcomeSet::from_bits(1u << succeeds | 1u << marker_is_rejected));
  SECTION("rejected") {
    b.step(connect_actor, marker_is_rejected);
    CHECK(b.w.faults_left.drain_marker == 0);
    CHECK(b.w.send_queue.size == 1);
    CHECK(b.log.has({.kind = EventKind::post_failed, .wr = Wr(WrKind::drain_marker, 0)}));
    CHECK(b.w.connect == ConnectPc::swap_qp);
    CHECK(b.enabled(connect_actor));
    CHECK(b.w.drained == 0);
  }
  SECTION("accepted") {
    b.step(connect_actor, succeeds);
    CHECK(b.w.faults_left.drain_marker == 1);
    CHECK(b.w.connect == ConnectPc::drain);
    CHECK_FALSE(b.enabled(connect_actor));
  }
  SECTION("none left") {
    b.w.faults_left.drain_marker = 0;
    CHECK(b.outcomes(connect_actor) == sim::OutcomeSet::of(succeeds));
  }
  SECTION("nothing else of the connect worker's can fail so") {
    for (auto pc = static_cast<unsigned>(ConnectPc::clear_connected);
         pc <= static_cast<unsigned>(ConnectPc::finish); ++pc) {
      b.w.connect = static_cast<ConnectPc>(pc);
      CHECK(b.outcomes(connect_actor).contains(marker_is_rejected) ==
            (b.w.connect == ConnectPc::post_marker));
    }
  }
}

TEST_CASE("R6: a handler that is very late marks an MR of the next connection") {
  Bench b(with_faults());
  b.lost_and_told();
  b.w.connecting = 1;
  b.w.connect = ConnectPc::post_marker;
  put_to_sleep(b, 1, TaskPc::connect_wait);
  b.w.softirq = {SoftirqPc::wc_fastreg, 1};
  b.step(connect_actor, marker_is_rejected);
  b.steps(connect_actor, 3);
  b.step(link_actor);
  b.step(upcall_actor);
  b.steps(connect_actor, 2);
  b.step(rep_connect_actor);
  while (b.w.rpc(1).pc != TaskPc::marshal_add) b.step(task1);
  CHECK(b.w.mr(1).fr_state == FrState::is_valid);
  b.step(softirq_actor);
  CHECK(b.w.mr(1).fr_state == FrState::flushed_fr);
  CHECK(b.log.has(observed(Invariant::stale_completion, 1)));
}

TEST_CASE("a signal reaches a task exactly where it sleeps") {
  for (auto value = static_cast<unsigned>(TaskPc::not_started);
       value <= static_cast<unsigned>(TaskPc::done); ++value) {
    const auto pc = static_cast<TaskPc>(value);
    CAPTURE(value);
    Bench b(with_faults(2));
    b.w.locked_by = 2;
    put_to_sleep(b, 1, pc);
    CHECK(b.outcomes(signal_actor).contains(1) == (sleeping.count(pc) != 0));
    if (sleeping.count(pc) == 0) continue;
    b.step(signal_actor, 1);
    CHECK(b.w.faults_left.signal == 0);
    CHECK(b.w.rpc(1).pc == TaskPc::release);
    CHECK(b.w.rpc(1).on_pending == 0);
    CHECK(b.w.rpc(1).status == Status::none);
    CHECK(b.w.sending == std::array<RpcId, max_rpcs>{});
    CHECK(b.log.has(
        {.kind = EventKind::woken, .rpc = 1, .to = static_cast<std::uint8_t>(Status::restartsys)}));
    CHECK_FALSE(b.outcomes(signal_actor).contains(1));
  }
}

TEST_CASE("a task that has been woken, or has been given the lock, is not asleep") {
  for (const TaskPc pc : {TaskPc::connect_wait, TaskPc::call_status}) {
    Bench b(with_faults(2));
    b.w.rpc(1).pc = pc;
    CHECK(b.outcomes(signal_actor).empty());
  }
  for (const TaskPc pc : {TaskPc::connect_lock_wait, TaskPc::transmit_lock_wait}) {
    Bench b(with_faults(2));
    b.at(1, pc);
    CHECK(b.outcomes(signal_actor).empty());
  }
}

TEST_CASE("a task that waits for a completion cannot be killed") {
  // wait_for_completion is uninterruptible.
  Bench b(with_faults(
      2, {.failed_marshal = FailedMarshal::drain_unmap_safe, .give_up = GiveUp::unmap_sync}));
  b.at(1, TaskPc::drain_wait);
  CHECK(b.outcomes(signal_actor).empty());
  b.w.rpc(1).pc = TaskPc::unmap_sync;
  b.w.sync(1) = {ReplyPc::linv_wait, 1, 0, 0};
  CHECK(b.outcomes(signal_actor).empty());
}

TEST_CASE("there are no more signals and timeouts than the scenario has") {
  Bench b = awaiting_reply();
  CHECK(b.enabled(signal_actor));
  CHECK(b.enabled(timer_actor));
  b.w.faults_left.signal = 0;
  CHECK_FALSE(b.enabled(signal_actor));
  CHECK(b.enabled(timer_actor));
  b.w.faults_left.timeout = 0;
  CHECK_FALSE(b.enabled(timer_actor));
}

TEST_CASE("a killed task leaves the queue of those who wait for the lock, the others stay") {
  Bench b(with_faults(3));
  b.at(1, TaskPc::op_map_get);
  put_to_sleep(b, 2, TaskPc::transmit_lock_wait);
  put_to_sleep(b, 3, TaskPc::connect_lock_wait);
  b.step(signal_actor, 2);
  CHECK(b.w.sending == std::array<RpcId, max_rpcs>{3, 0, 0});
  CHECK(b.w.locked_by == 1);
  b.step(task2);
  CHECK(b.w.locked_by == 1);  // not its own to release
  b.w.rpc(1).pc = TaskPc::end_transmit;
  b.step(task1);
  CHECK(b.w.locked_by == 3);
  CHECK(b.enabled(task3));
}

TEST_CASE("the last in the queue may be killed, too") {
  Bench b(with_faults(3));
  b.at(1, TaskPc::op_map_get);
  put_to_sleep(b, 2, TaskPc::transmit_lock_wait);
  put_to_sleep(b, 3, TaskPc::transmit_lock_wait);
  b.step(signal_actor, 3);
  CHECK(b.w.sending == std::array<RpcId, max_rpcs>{2, 0, 0});
}

TEST_CASE("a task killed with the transport lock in its hands gives it up") {
  // Kept over -ENOBUFS; and in xprt_connect, if a connect is under way.
  const TaskPc pc = GENERATE(TaskPc::enobufs_wait, TaskPc::connect_wait);
  Bench b(with_faults(2));
  b.w.connecting = 1;
  b.w.connect = ConnectPc::drain;
  put_to_sleep(b, 1, pc);
  b.w.locked_by = 1;
  put_to_sleep(b, 2, TaskPc::transmit_lock_wait);
  b.w.drained = 1;  // the connect worker can move
  b.step(signal_actor, 1);
  b.step(task1);
  CHECK(b.w.locked_by == 2);
  CHECK(b.w.rpc(1).pc == TaskPc::free_buffer);
}

TEST_CASE("guard reply-pins-request: neither signal nor timer reaches a pinned task") {
  const bool guarded = GENERATE(false, true);
  Bench b = awaiting_reply();
  b.setup.guards.reply_pins_request = guarded;
  CHECK(b.outcomes(signal_actor).contains(1));
  CHECK(b.outcomes(timer_actor).contains(1));
  b.w.rpc(1).replies = 1;  // not yet matched
  CHECK(b.outcomes(signal_actor).contains(1) == !guarded);
  CHECK(b.outcomes(timer_actor).contains(1) == !guarded);
  b.step(handler1);  // matched
  CHECK(b.outcomes(signal_actor).contains(1) == !guarded);
  CHECK(b.outcomes(timer_actor).contains(1) == !guarded);
}

TEST_CASE("xprt_rdma_free of a killed task recovers its MRs inline, or defers them") {
  for (const bool async : {false, true}) {
    Bench b = awaiting_reply();
    b.setup.rpcs[0].async = async;
    b.enqueue(Wr(WrKind::fastreg, 1));
    b.step(signal_actor, 1);
    bool in_flight_seen = false;
    while (b.w.rpc(1).pc != TaskPc::done) {
      b.step(task1);
      in_flight_seen |= b.log.has(observed(Invariant::recovery_of_in_flight_mr, 1));
    }
    CHECK(b.w.rpc(1).on_receive_list == 0);
    if (async) {
      CHECK(b.stale_list() == Mrs{1, 2, 3});
      CHECK(b.free_list() == Mrs{4});
    } else {
      CHECK(b.free_list() == Mrs{4, 3, 2, 1});
      for (const MrId id : Mrs{1, 2, 3}) CHECK(b.w.mr(id).dma == DmaState::unmapped);
    }
    CHECK(in_flight_seen == !async);  // by this task, that is
    CHECK(b.violation() == Violation{});
  }
}

TEST_CASE("a handler that has matched is not waited for by a killed task") {
  Bench b = awaiting_reply();
  b.w.send_queue = {};
  b.w.rpc(1).replies = 1;
  b.steps(handler1, 2);
  REQUIRE(b.w.handler(1).pc == ReplyPc::linv_invalid);
  b.step(signal_actor, 1);
  while (b.w.rpc(1).pc != TaskPc::done) b.step(task1);
  CHECK(b.w.handler(1).pc == ReplyPc::linv_invalid);
  // Its walk stands on an MR that the request no longer has.
  b.steps(handler1, 2);
  CHECK(b.violation() == Violation{Invariant::mr_on_one_list, 3, 0});
}

TEST_CASE("a handler that matched but has not begun finds nothing to do") {
  Bench b = awaiting_reply();
  b.w.rpc(1).replies = 1;
  b.step(handler1);
  b.step(signal_actor, 1);
  while (b.w.rpc(1).pc != TaskPc::done) b.step(task1);
  b.steps(handler1, 2);
  CHECK(b.w.handler(1).pc == ReplyPc::idle);
  CHECK(b.w.rpc(1).pc == TaskPc::done);
  CHECK(b.w.rpc(1).reply_received == 0);
  CHECK(b.violation() == Violation{});
}

TEST_CASE("a reply that comes after the task was killed is dropped") {
  Bench b = awaiting_reply();
  b.w.rpc(1).replies = 1;
  b.step(signal_actor, 1);
  b.step(task1);
  b.step(handler1);
  CHECK(b.w.handler(1).pc == ReplyPc::idle);
  CHECK(b.registered(1) == Mrs{3, 2, 1});
}

TEST_CASE("R3: a signal poisons an MR under the fix, and the next RPC's recovery trips") {
  Setup setup = with_faults(2);
  setup.pool = 1;
  setup.rpcs[1].after = 1;
  Bench b(setup);
  while (b.w.rpc(1).pc != TaskPc::call_status || b.w.rpc(1).on_pending == 0) b.step(task1);
  CHECK(b.w.send_queue.size == 2);  // FASTREG and Send
  b.step(signal_actor, 1);
  while (b.w.rpc(1).pc != TaskPc::done) b.step(task1);
  CHECK(b.free_list() == Mrs{1});
  b.step(rnic_actor);  // its rkey is dead
  CHECK(b.w.qp == QpState::error);
  b.steps(softirq_actor, 2);
  CHECK(b.w.mr(1).fr_state == FrState::flushed_fr);
  while (b.w.rpc(2).pc != TaskPc::enobufs_wait) b.step(task2);
  while (!b.stopped().has_value()) b.step(recovery_actor);
  CHECK(b.violation() == Violation{Invariant::double_unmap, 1, 0});
}

TEST_CASE("a minor timeout reaches a task only while it waits for its reply") {
  for (auto value = static_cast<unsigned>(TaskPc::not_started);
       value <= static_cast<unsigned>(TaskPc::done); ++value) {
    const auto pc = static_cast<TaskPc>(value);
    CAPTURE(value);
    Bench b(with_faults(2));
    b.w.locked_by = 2;
    put_to_sleep(b, 1, pc);
    CHECK(b.outcomes(timer_actor).contains(1) == (pc == TaskPc::call_status));
    b.w.rpc(1).on_pending = 0;
    CHECK(b.outcomes(timer_actor).empty());
  }
}

TEST_CASE("a minor timeout retransmits on the same connection, by way of call_connect") {
  Bench b = awaiting_reply();
  b.step(timer_actor, 1);
  CHECK(b.w.faults_left.timeout == 0);
  CHECK(b.w.rpc(1).on_pending == 0);
  CHECK(b.w.rpc(1).status == Status::timedout);
  CHECK(b.w.rpc(1).pc == TaskPc::call_status);
  CHECK(b.log.has(
      {.kind = EventKind::woken, .rpc = 1, .to = static_cast<std::uint8_t>(Status::timedout)}));
  for (const TaskPc pc : {TaskPc::call_connect, TaskPc::prepare_transmit, TaskPc::transmit,
                          TaskPc::send_request, TaskPc::unmap_safe_pop}) {
    b.step(task1);
    REQUIRE(b.w.rpc(1).pc == pc);
  }
  // R4: unmap_safe and new FASTREGs first, the cookie only afterwards.
  CHECK(b.w.qp == QpState::rts);
  CHECK(b.w.send_queue.size == 1);
  b.w.mr_count = 6;  // a refresh has been
  b.set_free({4, 5, 6});
  while (b.w.rpc(1).pc != TaskPc::check_cookie) b.step(task1);
  CHECK(b.stale_list() == Mrs{1, 2, 3});
  CHECK(b.w.send_queue.size == 4);
  b.step(task1);
  CHECK(b.w.rpc(1).pc == TaskPc::drop_connection);
}

TEST_CASE("after a minor timeout the task connects if the connection was lost meanwhile") {
  Bench b = awaiting_reply();
  b.lost_and_told();
  b.step(timer_actor, 1);
  b.steps(task1, 2);
  CHECK(b.w.rpc(1).pc == TaskPc::connect_lock);
}

TEST_CASE("signal, timer and loss need not happen: alone they keep no world going") {
  Bench b = awaiting_reply();
  b.setup.losses = b.w.losses_left = 1;
  const RaceModel m(b.setup);
  for (const sim::ActorId actor : {signal_actor, timer_actor, link_actor}) {
    CHECK(b.enabled(actor));
    CHECK(m.optional_actors().contains(actor));
    CHECK(m.environment().contains(actor));
  }
  SECTION("a deadlock is one") {
    b.w.send_queue = {};
    CHECK(m.enabled(b.w).empty());
    CHECK(b.violation() == Violation{Invariant::rpc_finishes, 0, 1});
  }
  SECTION("rest is rest") {
    b.w.send_queue = {};
    b.w.rpc(1) = Rpc{};
    b.w.rpc(1).pc = TaskPc::done;
    for (const MrId id : Mrs{1, 2, 3}) b.w.mr(id).dma = DmaState::unmapped;
    b.set_free({1, 2, 3, 4});
    CHECK(m.enabled(b.w).empty());
    CHECK(m.end_when_blocked(b.w) == sim::End::rest);
  }
}

TEST_CASE("a link that may still establish a connection is no mere option") {
  Bench b = awaiting_reply();
  b.w.send_queue = {};
  b.w.qp = QpState::idle;
  b.w.ep = EpState::connecting;
  b.w.connected = 0;
  b.w.connecting = 1;
  b.w.connect = ConnectPc::wait_connected;
  CHECK(b.enabled(link_actor));
  CHECK(b.enabled(signal_actor));
}

TEST_CASE("signal and timer exist only where the scenario has them") {
  struct Row {
    std::uint8_t FaultsLeft::*fault;
    bool interrupts;
  };
  for (const Row row : {Row{&FaultsLeft::dma_map, false}, Row{&FaultsLeft::map_mr_sg, false},
                        Row{&FaultsLeft::prepare_send, false}, Row{&FaultsLeft::reset, false},
                        Row{&FaultsLeft::drain_marker, false}, Row{&FaultsLeft::signal, true},
                        Row{&FaultsLeft::timeout, true}}) {
    Setup setup = basic_setup();
    setup.faults.*row.fault = 1;
    const RaceModel m(setup);
    CHECK(m.actor_count() == (row.interrupts ? 17 : 15));
    CHECK(m.optional_actors().contains(signal_actor) == row.interrupts);
    CHECK(m.optional_actors().contains(timer_actor) == row.interrupts);
    CHECK(m.optional_actors().contains(link_actor));
    World w = m.initial();
    CHECK(w.faults_left.*row.fault == 1);
    w.rpc(1).pc = TaskPc::enobufs_wait;
    CHECK(m.enabled(w).contains(signal_actor) == (row.fault == &FaultsLeft::signal));
    CHECK_FALSE(m.enabled(w).contains(timer_actor));
  }
  CHECK(RaceModel(basic_setup()).actor_count() == 15);
  CHECK(signal_actor == 15);  // behind those that were there before
}

TEST_CASE("the guard reconnect-delay: the connect worker starts when all else is idle") {
  const bool guarded = GENERATE(false, true);
  Bench b(with_faults());
  b.setup.guards.reconnect_delay = guarded;
  b.lost_and_told();
  b.w.connecting = 1;
  b.w.connect = ConnectPc::clear_connected;
  put_to_sleep(b, 1, TaskPc::connect_wait);
  CHECK(b.enabled(connect_actor));
  SECTION("a FASTREG is queued") { b.enqueue(Wr(WrKind::fastreg, 1)); }
  SECTION("a completion is queued") { b.complete(Wr(WrKind::send, 1, true)); }
  SECTION("a handler runs") { b.w.softirq = {SoftirqPc::wc_fastreg, 1}; }
  SECTION("an MR is stale") { b.set_stale({1}); }
  SECTION("an MR is in recovery") { b.w.recovery = {RecoverPc::alloc, 1, FrState::is_valid}; }
  SECTION("a refresh is due") { b.w.refresh_scheduled = 1; }
  CHECK(b.enabled(connect_actor) == !guarded);
  // Once it has begun there is no more delay.
  b.w.connect = ConnectPc::disconnect;
  CHECK(b.enabled(connect_actor));
}

TEST_CASE("the guard reconnect-delay does not wait for other WRs or tasks") {
  Bench b(with_faults(2));
  b.setup.guards.reconnect_delay = true;
  b.lost_and_told();
  b.w.connecting = 1;
  b.w.connect = ConnectPc::clear_connected;
  b.enqueue(Wr(WrKind::send, 2));
  b.enqueue(Wr(WrKind::local_inv, 2));
  b.at(2, TaskPc::op_map_get);
  b.w.handler(1) = {ReplyPc::put, 1, 0, 0};
  CHECK(b.enabled(connect_actor));
}
