// SPDX-License-Identifier: MIT
//
// Which latency each step has: of worlds built by hand, with the kernel's reason
// beside those that have one, and on walks over all scenarios, which show that every
// latency is in use and that nobody who has not slept pays for a wake-up.
#include <filesystem>
#include <set>
#include <string>

#include "model/scenario/scenario.h"
#include "model/scenario/timing.h"
#include "sim/run.h"
#include "sim/strategies/uniform.h"
#include "tests/model/model_fixture.h"

using namespace fixture;

namespace {

constexpr bool woken = true;
constexpr bool goes_on = false;

std::string name_of(Latency latency) {
  return std::string(latencies()[static_cast<std::size_t>(latency)].name);
}

/// By name, which Catch can print.
std::string asked(const Bench& bench, sim::ActorId actor, bool is_woken) {
  REQUIRE(bench.enabled(actor));
  return name_of(latency_of(bench.w, actor, is_woken));
}

std::string of_task(TaskPc pc, bool is_woken) {
  Bench bench(basic_setup());
  bench.at(1, pc);
  return asked(bench, task1, is_woken);
}

/// Uniform choices; notes which latencies are met, and by whom.
struct Walker {
  explicit Walker(std::uint64_t seed) : choices(seed) {}

  void see(const RaceModel&, const World& w, sim::ActorSet enabled) {
    for (const unsigned who : enabled) {
      const auto actor = static_cast<sim::ActorId>(who);
      const bool is_woken = slept.contains(actor) && !(moved && last == actor);
      const Latency latency = latency_of(w, actor, is_woken);
      met.insert(latency);
      const bool waits_for_cpu = latency == Latency::softirq ||
                                 latency == Latency::recovery_worker || latency == Latency::wakeup;
      // A task whose wake-up came before it slept is one the world cannot tell apart.
      const bool may_be_told =
          role_of(actor) == Role::task && w.rpc(rpc_of(actor)).pc == TaskPc::connect_wait;
      if (!is_woken && !may_be_told) REQUIRE_FALSE(waits_for_cpu);
      REQUIRE(static_cast<unsigned>(latency) < latency_count);
    }
    awake = enabled;
  }
  sim::ActorId pick_actor(sim::ActorSet enabled) {
    last = choices.pick_actor(enabled);
    moved = true;
    slept = sim::ActorSet::from_bits(slept.bits() | ~awake.bits()) - sim::ActorSet::of(last);
    return last;
  }
  sim::Outcome pick_outcome(sim::ActorId actor, sim::OutcomeSet outcomes) {
    return choices.pick_outcome(actor, outcomes);
  }

  sim::UniformStrategy choices;
  bool moved = false;
  sim::ActorId last = 0;
  sim::ActorSet awake;                                          // could go on when last seen
  sim::ActorSet slept = sim::ActorSet::from_bits(0xffff'ffff);  // since its own last step
  std::set<Latency> met{};
};

}  // namespace

TEST_CASE("a task pays for marshaling, for the RNIC's commands, for being woken, or a statement") {
  for (const TaskPc pc : {TaskPc::op_map_get, TaskPc::op_map_test, TaskPc::op_map_set_valid,
                          TaskPc::op_map_dma_map, TaskPc::op_map_set_done, TaskPc::op_map_post,
                          TaskPc::marshal_add, TaskPc::prepare_send_sges}) {
    CHECK(of_task(pc, goes_on) == "marshal");
  }
  for (const TaskPc pc : {TaskPc::call_connect, TaskPc::connect_lock, TaskPc::transmit,
                          TaskPc::post_send, TaskPc::unmap_safe_pop, TaskPc::free_buffer,
                          TaskPc::op_map_error_put, TaskPc::call_status, TaskPc::release}) {
    CHECK(of_task(pc, goes_on) == "statement");
  }
  CHECK(of_task(TaskPc::call_connect, woken) == "statement");  // it begins
  CHECK(of_task(TaskPc::call_status, woken) == "wakeup");      // a reply, or an error
  CHECK(of_task(TaskPc::release, woken) == "wakeup");          // killed where it slept
  CHECK(of_task(TaskPc::transmit_lock_wait, woken) == "wakeup");
  CHECK(of_task(TaskPc::connect_lock_wait, woken) == "wakeup");
  CHECK(of_task(TaskPc::enobufs_wait, goes_on) == "enobufs_wait");
  CHECK(of_task(TaskPc::enobufs_wait, woken) == "enobufs_wait");

  Bench drained(basic_setup());
  drained.at(1, TaskPc::drain_wait);
  drained.w.drained = 1u << 1;
  CHECK(asked(drained, task1, woken) == "wakeup");
}

TEST_CASE("a task asleep on pending: its timer if nobody is to wake it, else the wake-up") {
  Bench bench(basic_setup());
  bench.at(1, TaskPc::connect_wait);
  bench.w.rpc(1).on_pending = 1;
  CHECK(asked(bench, task1, woken) == "timeout");  // nothing is under way
  bench.w.connect = ConnectPc::connect;
  CHECK_FALSE(bench.enabled(task1));
  bench.w.connect = ConnectPc::idle;
  bench.w.rpc(1).on_pending = 0;
  CHECK(asked(bench, task1, woken) == "wakeup");
}

TEST_CASE("recovery costs two commands of the RNIC, whoever does it - the worker is woken first") {
  Bench bench(basic_setup());
  bench.set_stale({1, 2});
  CHECK(asked(bench, recovery_actor, woken) == "recovery_worker");
  CHECK(asked(bench, recovery_actor, goes_on) == "statement");  // the next one on the list
  for (unsigned pc = 0; pc <= static_cast<unsigned>(RecoverPc::release); ++pc) {
    const auto at = static_cast<RecoverPc>(pc);
    const std::string expected = at == RecoverPc::dereg   ? "dereg_mr"
                                 : at == RecoverPc::alloc ? "alloc_mr"
                                                          : "statement";
    bench.w.recovery = {at, 1, FrState::is_invalid};
    CHECK(asked(bench, recovery_actor, goes_on) == expected);
    bench.at(1, TaskPc::unmap_safe_recover);
    bench.w.rpc(1).recovery = {at, 3, FrState::is_invalid};
    CHECK(asked(bench, task1, goes_on) == expected);
  }
}

TEST_CASE("the softirq waits for its interrupt once, not for every completion") {
  Bench bench(basic_setup());
  bench.complete(Wr(WrKind::fastreg, 1, true));
  CHECK(asked(bench, softirq_actor, woken) == "softirq");
  CHECK(asked(bench, softirq_actor, goes_on) == "statement");
  bench.w.softirq = {SoftirqPc::wc_fastreg, 1};
  CHECK(asked(bench, softirq_actor, goes_on) == "statement");
}

TEST_CASE("the RNIC: by kind of WR where the QP works, else a flush") {
  const auto executes = [](WrKind kind, QpState qp) {
    Bench bench(basic_setup());
    bench.enqueue(Wr(kind, 1));
    bench.w.qp = qp;
    CHECK(asked(bench, rnic_actor, woken) == asked(bench, rnic_actor, goes_on));
    return asked(bench, rnic_actor, woken);
  };
  for (const WrKind kind : {WrKind::fastreg, WrKind::local_inv, WrKind::local_inv_signaled}) {
    CHECK(executes(kind, QpState::rts) == "fastreg");
  }
  for (const WrKind kind : {WrKind::send, WrKind::drain_marker}) {
    CHECK(executes(kind, QpState::rts) == "work_request");
  }
  for (const WrKind kind : {WrKind::fastreg, WrKind::local_inv, WrKind::local_inv_signaled,
                            WrKind::send, WrKind::drain_marker}) {
    CHECK(executes(kind, QpState::error) == "flush");
    CHECK(executes(kind, QpState::idle) == "flush");
  }
  // It is the oldest that counts.
  Bench bench(basic_setup());
  bench.enqueue(Wr(WrKind::send, 1));
  bench.enqueue(Wr(WrKind::fastreg, 1));
  CHECK(asked(bench, rnic_actor, goes_on) == "work_request");
}

TEST_CASE("the reply handler comes from its workqueue, and waits for invalidation") {
  Bench bench(basic_setup());
  bench.w.rpc(1).replies = 1;
  CHECK(asked(bench, handler1, woken) == "workqueue");
  CHECK(asked(bench, handler1, goes_on) == "statement");  // the next reply of the same run
  bench.make_valid(1);
  bench.set_registered(1, {1});
  for (unsigned pc = 1; pc <= static_cast<unsigned>(ReplyPc::complete); ++pc) {
    const auto at = static_cast<ReplyPc>(pc);
    const std::string expected = at == ReplyPc::reset_dereg   ? "dereg_mr"
                                 : at == ReplyPc::reset_alloc ? "alloc_mr"
                                                              : "statement";
    bench.w.handler(1) = {at, 1, 0, 0};
    bench.w.mr(1).linv_done = 1;
    CHECK(asked(bench, handler1, goes_on) == expected);  // linv_wait: it is there already
    bench.at(1, TaskPc::unmap_sync);
    bench.w.sync(1) = {at, 1, 0, 0};
    CHECK(asked(bench, task1, goes_on) == expected);
    if (at != ReplyPc::linv_wait) continue;
    CHECK(asked(bench, handler1, woken) == "wakeup");
    CHECK(asked(bench, task1, woken) == "wakeup");
  }
}

TEST_CASE("the connect worker: its delay, and a wake-up only where it had to wait") {
  Bench bench(basic_setup());
  const auto at = [&bench](ConnectPc pc, bool is_woken) {
    bench.w.connect = pc;
    return asked(bench, connect_actor, is_woken);
  };
  CHECK(at(ConnectPc::clear_connected, woken) == "reconnect_delay");
  for (const ConnectPc pc :
       {ConnectPc::disconnect, ConnectPc::post_marker, ConnectPc::reset_pop, ConnectPc::swap_qp,
        ConnectPc::destroy_qp, ConnectPc::connect, ConnectPc::wake_failed, ConnectPc::finish}) {
    CHECK(at(pc, goes_on) == "statement");
  }
  bench.lost_and_told();
  bench.w.drained = 1;
  for (const ConnectPc pc : {ConnectPc::wait_upcall, ConnectPc::drain, ConnectPc::wait_connected}) {
    CHECK(at(pc, woken) == "wakeup");
    CHECK(at(pc, goes_on) == "statement");  // wait_event returns at once
  }
}

TEST_CASE("link, upcall, server, signal, timer, the other workers") {
  Setup setup = basic_setup();
  setup.losses = 1;
  setup.faults.signal = 1;
  setup.faults.timeout = 1;
  Bench bench(setup);
  CHECK(asked(bench, link_actor, woken) == "loss");
  bench.w.disconnected_upcall = 1;
  CHECK(asked(bench, upcall_actor, woken) == "loss_upcall");
  bench.w.established_upcall = 1;  // that comes first
  CHECK(asked(bench, upcall_actor, goes_on) == "workqueue");
  bench.w.rpc(1).at_server = 1;
  CHECK(asked(bench, server_actor, woken) == "server_reply");
  bench.w.refresh_scheduled = 1;
  bench.w.rep_connect_scheduled = 1;
  CHECK(asked(bench, refresh_actor, woken) == "workqueue");
  CHECK(asked(bench, rep_connect_actor, woken) == "workqueue");
  bench.at(1, TaskPc::call_status);
  bench.w.rpc(1).on_pending = 1;
  CHECK(asked(bench, signal_actor, woken) == "signal");
  CHECK(asked(bench, timer_actor, woken) == "timeout");
  bench.w.qp = QpState::idle;
  bench.w.ep = EpState::connecting;
  bench.w.connect = ConnectPc::wait_connected;
  CHECK(asked(bench, link_actor, woken) == "connect");
}

TEST_CASE("over all scenarios every latency is met, and no wake-up of one who did not sleep") {
  std::set<Latency> met;
  for (const auto& file : std::filesystem::directory_iterator(FRWRSIM_SCENARIO_DIR)) {
    const std::string path = file.path().string();
    if (path.find(".schema.") != std::string::npos) continue;
    const Scenario scenario = load_scenario(path);
    for (const PolicyEntry& policy : policies()) {
      CAPTURE(scenario.name, policy.name);
      const RaceModel model(scenario.with_policy(policy.policy));
      for (std::uint64_t seed = 0; seed < 40; ++seed) {
        Walker walker(seed);
        sim::NullObserver nobody;
        (void)sim::run_directly(model, walker, 5000, nobody);
        met.merge(walker.met);
      }
    }
  }
  for (unsigned i = 0; i < latency_count; ++i) {
    CAPTURE(latencies()[i].name);
    CHECK(met.count(static_cast<Latency>(i)) == 1);
  }
}
