// SPDX-License-Identifier: MIT
//
// Locks: who takes, holds and releases them, who waits, and what they make impossible.
#include "model/rules/locks.h"

#include <set>

#include "model/labels.h"
#include "model/scenario/policy_text.h"
#include "sim/search/explorer.h"
#include "tests/model/model_fixture.h"
#include "tests/reference/answers.h"

using namespace fixture;

namespace {

constexpr StepKind task_statement(TaskPc pc) { return {Role::task, static_cast<std::uint8_t>(pc)}; }
constexpr StepKind connect_statement(ConnectPc pc) {
  return {Role::connect_worker, static_cast<std::uint8_t>(pc)};
}
constexpr StepKind recovery_statement(RecoverPc pc) {
  return {Role::recovery_worker, static_cast<std::uint8_t>(pc)};
}

const Exclusion give_up_against_reset{
    {task_statement(TaskPc::unmap_safe_pop), task_statement(TaskPc::unmap_safe_defer)},
    {connect_statement(ConnectPc::reset_pop), connect_statement(ConnectPc::reset_put)},
    LockScope::request};

Setup setup_with(const Exclusion& lock, unsigned rpcs = 1) {
  Setup setup = basic_setup();
  setup.rpc_count = static_cast<std::uint8_t>(rpcs);
  for (unsigned i = 0; i < rpcs; ++i) setup.rpcs[i].read_list = 2;
  setup.policy = read_policy("v5.13").policy;
  setup.policy.rules.add(lock);
  return setup;
}

/// A task that is about to give up MR 1 of its request, and a connect worker that is about
/// to reset the requests.
Bench both_come(const Exclusion& lock) {
  Bench b(setup_with(lock));
  b.set_free({3, 4});
  b.make_valid(1);
  b.make_valid(2);
  b.set_registered(1, {1, 2});
  b.at(1, TaskPc::unmap_safe_pop);
  b.w.rpc(1).unmap_for = UnmapFor::free;
  b.setup.rpcs[0].async = true;
  b.w.connect = ConnectPc::reset_pop;
  b.w.qp = QpState::error;
  plan_lock_steps(b.setup.policy.rules, b.w);
  return b;
}

}  // namespace

TEST_CASE("a lock is taken and released in steps of its own, and the other waits in between") {
  Bench b = both_come(give_up_against_reset);
  CHECK(label_of(task1, step_id(b.w, task1)).name == "take_lock_1");
  CHECK(label_of(connect_actor, step_id(b.w, connect_actor)).name == "take_lock_1");
  CHECK(b.enabled(task1));
  CHECK(b.enabled(connect_actor));

  b.step(task1);
  REQUIRE(b.log.events.size() == 1);
  CHECK(b.log.events[0] == Event{.kind = EventKind::lock_taken, .rpc = 1, .to = 1});
  CHECK(b.w.rpc(1).pc == TaskPc::unmap_safe_pop);  // nothing else has happened
  CHECK_FALSE(b.enabled(connect_actor));
  b.step(task1);  // takes MR 1 off the list
  CHECK(b.w.rpc(1).pc == TaskPc::unmap_safe_defer);
  CHECK_FALSE(b.enabled(connect_actor));
  b.step(task1);  // defers it: the region's last statement
  CHECK(b.w.rpc(1).pc == TaskPc::unmap_safe_pop);
  CHECK(label_of(task1, step_id(b.w, task1)).name == "release_lock_1");
  CHECK_FALSE(b.enabled(connect_actor));
  b.step(task1);
  REQUIRE(b.log.events.size() == 1);
  CHECK(b.log.events[0] == Event{.kind = EventKind::lock_released, .rpc = 1, .to = 1});
  CHECK(b.enabled(connect_actor));

  b.step(connect_actor);  // it is of request 1, whose MR 2 comes next
  CHECK_FALSE(b.enabled(task1));
  b.step(connect_actor);
  CHECK(b.w.rare.connect_mr == 2);
}

TEST_CASE("a region that is left in another way gives its lock back, too") {
  Bench b = both_come(give_up_against_reset);
  b.set_registered(1, {});
  plan_lock_steps(b.setup.policy.rules, b.w);
  b.step(task1);  // takes the lock of its request
  b.step(task1);  // finds nothing to give up: free_buffer is outside the region
  CHECK(b.w.rpc(1).pc == TaskPc::free_buffer);
  CHECK(label_of(task1, step_id(b.w, task1)).name == "release_lock_1");
  b.step(task1);
  CHECK(b.w.rare.locks.held[0][task1] == 0);
}

TEST_CASE("a step that is about no request takes no lock of a request") {
  Bench b = both_come(give_up_against_reset);
  b.set_registered(1, {});
  plan_lock_steps(b.setup.policy.rules, b.w);
  CHECK(lock_step_of(b.w, connect_actor) == LockStep{});
  CHECK(instance_of(give_up_against_reset, b.w, task1) == 1);
}

TEST_CASE("there is a lock for each request, and one for the transport") {
  for (const LockScope scope : {LockScope::request, LockScope::transport}) {
    Exclusion lock = give_up_against_reset;
    lock.scope = scope;
    Bench b(setup_with(lock, 2));
    b.set_free({});
    b.set_registered(1, {1, 2});
    b.set_registered(2, {3, 4});
    for (const RpcId id : {RpcId{1}, RpcId{2}}) {
      b.at(id, TaskPc::unmap_safe_pop);
      b.w.rpc(id).unmap_for = UnmapFor::free;
    }
    plan_lock_steps(b.setup.policy.rules, b.w);
    b.step(task1);
    CHECK(b.enabled(task_of(2)) == (scope == LockScope::request));
  }
}

TEST_CASE("a lock of an MR goes with the MR's name") {
  Exclusion lock{{task_statement(TaskPc::op_map_get), task_statement(TaskPc::op_map_post)},
                 {recovery_statement(RecoverPc::idle), recovery_statement(RecoverPc::put)},
                 LockScope::mr};
  Bench b(setup_with(lock));
  b.set_free({3});
  b.set_stale({1});
  b.at(1, TaskPc::op_map_get);
  plan_lock_steps(b.setup.policy.rules, b.w);
  CHECK(instance_of(lock, b.w, task1) == (lock_names_mr | 3));
  CHECK(instance_of(lock, b.w, recovery_actor) == (lock_names_mr | 1));
  b.step(task1);
  CHECK(b.enabled(recovery_actor));  // another MR's
  const World before = b.w;
  RaceModel::canonical(b.w);
  // The free list is met first: MR 3 is MR 1 from now on.
  CHECK(b.w.free_head == 1);
  CHECK(b.w.rare.locks.held[0][task1] == (lock_names_mr | 1));
  CHECK(before.rare.locks.held[0][task1] == (lock_names_mr | 3));
}

TEST_CASE("two locks taken in opposite order are a deadlock, which is found") {
  // A failed marshal gives up two MRs, while the first is recovered.
  const auto deadlocks = [](const Exclusion& first, const Exclusion& second) {
    Setup setup;
    setup.rpcs[0].read_list = 2;
    setup.pool = 2;
    setup.provider = Provider::flush;
    setup.faults.prepare_send = 1;
    setup.budgets = {.retransmissions = 1, .enobufs_retries = 1, .reconnects = 1, .refreshes = 0};
    setup.policy = read_policy("pre-fix").policy;
    setup.policy.rules.add(first);
    setup.policy.rules.add(second);
    const RaceModel model(setup);
    std::uint64_t count = 0;
    reference::explore(model, [&](const World& w) {
      count += model.violation(w).invariant == Invariant::rpc_finishes ? 1 : 0;
      return false;
    });
    return count;
  };
  const StepKind pop = task_statement(TaskPc::unmap_safe_pop);
  const StepKind defer = task_statement(TaskPc::unmap_safe_defer);
  const StepKind snapshot = recovery_statement(RecoverPc::snapshot);
  const StepKind put = recovery_statement(RecoverPc::put);
  const auto transport = LockScope::transport;
  // The task holds the first and wants the second, the worker holds the second and wants
  // the first.
  CHECK(deadlocks({{pop, defer}, {put, put}, transport},
                  {{defer, defer}, {snapshot, put}, transport}) > 0);
  // In the same order they only wait.
  CHECK(deadlocks({{pop, defer}, {snapshot, put}, transport},
                  {{defer, defer}, {put, put}, transport}) == 0);
}

TEST_CASE("under a lock no two contexts are in its regions, and symmetry changes no count") {
  Setup setup;
  setup.rpcs[0].read_list = 2;
  setup.pool = 2;
  setup.faults.prepare_send = 1;
  setup.provider = Provider::flush;
  setup.budgets = {.retransmissions = 1, .enobufs_retries = 1, .reconnects = 1, .refreshes = 0};
  setup.policy = read_policy("pre-fix").policy;
  const Exclusion lock{
      {task_statement(TaskPc::op_map_get), task_statement(TaskPc::marshal_add)},
      {recovery_statement(RecoverPc::snapshot), recovery_statement(RecoverPc::put)},
      LockScope::transport};
  setup.policy.rules.add(lock);
  const RaceModel model(setup);
  std::uint64_t both = 0;
  const auto full = reference::explore(model, [&](const World& w) {
    const TaskPc pc = w.rpc(1).pc;
    const bool task = pc > TaskPc::op_map_get && pc <= TaskPc::marshal_add;
    const bool worker = w.recovery.pc > RecoverPc::snapshot;
    both += task && worker ? 1 : 0;
    return false;
  });
  CHECK(both == 0);
  sim::ExploreOptions options;
  options.reductions.symmetry = false;
  const auto searched = sim::explore(model, options);
  CHECK(searched.state_count() == full.states);
  options.reductions.symmetry = true;
  options.reductions.partial_order = true;
  const auto reduced = sim::explore(model, options);
  const auto violations = [](const auto& search) {
    std::set<unsigned> details;
    for (const sim::EndState& end : search.graph.ends()) {
      if (end.end == sim::End::violation) details.insert(end.detail);
    }
    return details;
  };
  CHECK(violations(searched) == violations(reduced));
}
