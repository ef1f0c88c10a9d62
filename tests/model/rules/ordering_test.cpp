// SPDX-License-Identifier: MIT
//
// Orderings: what is pending, what a step is about, and a system that waits.
#include "model/rules/ordering.h"

#include "model/kernel/mr_lists.h"
#include "model/labels.h"
#include "sim/questions/interleavings.h"
#include "sim/search/explorer.h"
#include "tests/model/model_fixture.h"
#include "tests/model/under_rules.h"
#include "tests/reference/answers.h"

using namespace fixture;

namespace {

MrSet set_of(std::initializer_list<unsigned> mrs) {
  MrSet set;
  for (const unsigned mr : mrs) set.insert(mr);
  return set;
}

constexpr StepKind recovery_step(RecoverPc pc) {
  return {Role::recovery_worker, static_cast<std::uint8_t>(pc)};
}
constexpr StepKind task_step_kind(TaskPc pc) { return {Role::task, static_cast<std::uint8_t>(pc)}; }

/// One request of two segments for which there is one MR: the marshal fails and,
/// before the fix, hands over an MR whose FASTREG is on its way.
Setup short_pool() {
  Setup setup;
  setup.rpcs[0].read_list = 2;
  setup.pool = 1;
  setup.policy = pre_fix;
  setup.provider = Provider::flush;
  setup.budgets = {.retransmissions = 1, .enobufs_retries = 1, .reconnects = 1, .refreshes = 0};
  return setup;
}

/// MRs that a step has told of. Not those whose WRs went with their QP, nor new ones.
MrSet told_of(const std::vector<Event>& events) {
  MrSet set;
  for (const Event& event : events) {
    if (event.kind == EventKind::dropped) continue;
    if (event.mr != 0) set.insert(event.mr);
    if (names_mr(event.wr)) set.insert(event.wr.subject());
  }
  return set;
}

}  // namespace

TEST_CASE("a FASTREG is pending from its post until its flush is handled") {
  Bench b(basic_setup());
  b.make_valid(1);
  b.enqueue(Wr(WrKind::fastreg, 1));
  b.enqueue(Wr(WrKind::send, 2));  // names an RPC
  CHECK(pending(b.w, Pending::fastreg) == set_of({1}));
  b.w.qp = QpState::error;
  b.step(rnic_actor);
  CHECK(b.w.completions.size == 1);
  CHECK(pending(b.w, Pending::fastreg) == set_of({1}));
  b.step(softirq_actor);
  CHECK(b.w.completions.size == 0);
  CHECK(pending(b.w, Pending::fastreg) == set_of({1}));
  b.step(softirq_actor);
  CHECK(pending(b.w, Pending::fastreg).empty());
}

TEST_CASE("a FASTREG that succeeds makes no completion and is no longer pending") {
  Bench b(basic_setup());
  b.enqueue(Wr(WrKind::fastreg, 2));
  CHECK(pending(b.w, Pending::fastreg) == set_of({2}));
  b.step(rnic_actor);
  CHECK(pending(b.w, Pending::fastreg).empty());
}

TEST_CASE("LOCAL_INVs, signaled or not, are pending until the waiter is woken") {
  Bench b(basic_setup());
  b.w.mr(2).done = Done::wc_localinv_wake;
  b.enqueue(Wr(WrKind::local_inv, 1));
  b.enqueue(Wr(WrKind::local_inv_signaled, 2));
  CHECK(pending(b.w, Pending::local_inv) == set_of({1, 2}));
  CHECK(pending(b.w, Pending::fastreg).empty());
  b.step(rnic_actor);
  CHECK(pending(b.w, Pending::local_inv) == set_of({2}));
  b.step(rnic_actor);
  b.step(softirq_actor);
  CHECK(b.w.softirq.pc == SoftirqPc::wake);
  CHECK(pending(b.w, Pending::local_inv) == set_of({2}));
  b.step(softirq_actor);
  CHECK(pending(b.w, Pending::local_inv).empty());
}

TEST_CASE("a completion in a handler is what the handler takes it for") {
  Bench b(basic_setup());
  b.w.mr(1).done = Done::wc_localinv;  // overwritten since the FASTREG was posted
  b.complete(Wr(WrKind::fastreg, 1, true));
  CHECK(pending(b.w, Pending::fastreg) == set_of({1}));
  b.step(softirq_actor);
  CHECK(pending(b.w, Pending::fastreg).empty());
  CHECK(pending(b.w, Pending::local_inv) == set_of({1}));
}

TEST_CASE("a recovery is pending from the stale list to the free list, also inline") {
  Bench b(basic_setup());
  b.set_free({4});
  b.set_stale({2, 1});
  b.in_hand(3);
  b.make_valid(2);
  CHECK(pending(b.w, Pending::recovery) == set_of({1, 2}));
  CHECK(mrs_of_step(b.w, recovery_actor) == set_of({2}));
  for (unsigned step = 0; step < 6; ++step) {
    b.step(recovery_actor);
    CHECK(pending(b.w, Pending::recovery) == set_of({1, 2}));
    CHECK(mrs_of_step(b.w, recovery_actor) == set_of({2}));
  }
  b.step(recovery_actor);
  CHECK(pending(b.w, Pending::recovery) == set_of({1}));
  b.w.rpc(1).recovery = {RecoverPc::dereg, 3, FrState{}};
  b.at(1, TaskPc::unmap_safe_recover);
  CHECK(pending(b.w, Pending::recovery) == set_of({1, 3}));
  CHECK(mrs_of_step(b.w, task1) == set_of({3}));
}

TEST_CASE("what a step is about: heads of lists and queues, hands, chains") {
  Bench b(basic_setup());
  b.set_free({3, 4});
  b.set_registered(1, {2, 1});
  b.at(1, TaskPc::op_map_get);
  CHECK(mrs_of_step(b.w, task1) == set_of({3}));
  b.set_free({});
  CHECK(mrs_of_step(b.w, task1).empty());
  b.at(1, TaskPc::unmap_safe_pop);
  CHECK(mrs_of_step(b.w, task1) == set_of({2}));
  b.at(1, TaskPc::free_buffer);  // asks only whether there is one
  CHECK(mrs_of_step(b.w, task1).empty());
  b.w.rpc(1).mr = 4;
  b.at(1, TaskPc::op_map_post);
  CHECK(mrs_of_step(b.w, task1) == set_of({4}));

  b.w.handler(1) = {ReplyPc::linv_post, 1, 0, 2};
  b.w.mr(2).linv_next = 1;
  CHECK(mrs_of_step(b.w, handler1) == set_of({1, 2}));
  b.w.mr(1).linv_next = 2;  // never ending
  CHECK(mrs_of_step(b.w, handler1) == set_of({1, 2}));
  b.w.handler(1) = {ReplyPc::unlink, 0, 1, 0};
  CHECK(mrs_of_step(b.w, handler1) == set_of({1}));
  b.w.handler(1) = {ReplyPc::unlink_first, 0, 0, 0};
  CHECK(mrs_of_step(b.w, handler1) == set_of({2}));

  b.enqueue(Wr(WrKind::send, 1));
  CHECK(mrs_of_step(b.w, rnic_actor).empty());
  b.w.send_queue = {};
  b.enqueue(Wr(WrKind::fastreg, 4));
  CHECK(mrs_of_step(b.w, rnic_actor) == set_of({4}));
  b.complete(Wr(WrKind::local_inv, 1, true));
  CHECK(mrs_of_step(b.w, softirq_actor) == set_of({1}));
  b.w.softirq = {SoftirqPc::wc_fastreg, 3};
  CHECK(mrs_of_step(b.w, softirq_actor) == set_of({3}));
}

TEST_CASE("in every reachable world: no step does anything to an MR that it is not about") {
  Setup loss = short_pool();
  loss.pool = 2;
  loss.losses = 1;
  loss.provider = Provider::reject;
  Setup inline_recovery = loss;
  inline_recovery.faults.dma_map = 1;
  inline_recovery.faults.prepare_send = 1;
  inline_recovery.faults.reset = 1;
  Setup refresh = short_pool();
  refresh.refresh_batch = 1;
  refresh.budgets.refreshes = 1;
  std::uint64_t told = 0;
  std::vector<Setup> setups{short_pool(), loss, inline_recovery, refresh};
  for (const PolicyEntry& entry : policies()) {
    setups.push_back(inline_recovery);
    setups.back().policy = entry.policy;
  }
  for (const Setup& setup : setups) {
    const RaceModel model(setup);
    sim::ExploreOptions options;
    options.max_states = 20'000;
    options.reductions.symmetry = true;
    const auto search = sim::explore(model, options);
    for (sim::StateId s = 0; s < search.expanded; ++s) {
      const World w = search.state(s);
      if (model.stopped(w)) continue;
      for (const unsigned a : model.enabled(w)) {
        const auto actor = static_cast<sim::ActorId>(a);
        if (role_of(actor) == Role::refresh_worker) continue;
        const bool posts_chain =
            role_of(actor) == Role::task && w.rpc(rpc_of(actor)).pc == TaskPc::post_send;
        if (posts_chain) continue;  // about its RPC, whatever it posts in front of the Send
        for (const unsigned outcome : model.outcomes(w, actor)) {
          Recorder log;
          World next = w;
          model.step(next, {actor, static_cast<sim::Outcome>(outcome)}, log);
          const MrSet mrs = told_of(log.events);
          told += mrs.size();
          if ((mrs - mrs_of_step(w, actor)).empty()) continue;
          FAIL(short_name(actor) << ", " << label_of(actor, RaceModel::step_id(w, actor)).name
                                 << ": " << mrs.bits() << " " << mrs_of_step(w, actor).bits());
        }
      }
    }
  }
  CHECK(told > 10'000);
}

TEST_CASE("the names of roles, and that every kind of step has words") {
  CHECK(role_name(Role::task) == "RPC task");
  CHECK(role_name(Role::reply_handler) == "reply handler");
  CHECK(role_name(Role::recovery_worker) == "MR recovery worker");
  CHECK(role_name(Role::server) == "server");
  CHECK(some_actor(Role::reply_handler) == handler1);
}

TEST_CASE("an ordering holds a step back as long as it says, for that MR only") {
  Bench b(basic_setup());
  b.set_free({});
  b.set_stale({2, 1});
  b.enqueue(Wr(WrKind::fastreg, 1));
  const RaceModel model = under(b.setup, {{Pending::fastreg, recovery_step(RecoverPc::idle)}});
  CHECK(model.enabled(b.w).contains(recovery_actor));  // MR 2 is first
  b.set_stale({1, 2});
  CHECK(RaceModel(b.setup).enabled(b.w).contains(recovery_actor));
  CHECK_FALSE(model.enabled(b.w).contains(recovery_actor));
  b.step(rnic_actor);
  CHECK(model.enabled(b.w).contains(recovery_actor));
}

TEST_CASE("two orderings hold back what either does - none, nothing") {
  Bench b(basic_setup());
  b.set_free({});
  b.set_stale({1});
  b.w.rpc(1).mr = 2;
  b.at(1, TaskPc::op_map_post);
  b.enqueue(Wr(WrKind::fastreg, 1));
  b.enqueue(Wr(WrKind::local_inv, 2));
  const Ordering first{Pending::fastreg, recovery_step(RecoverPc::idle)};
  const Ordering second{Pending::local_inv, task_step_kind(TaskPc::op_map_post)};
  const sim::ActorSet all = RaceModel(b.setup).enabled(b.w);
  const auto held = [&](const std::vector<Ordering>& orderings) {
    return all - under(b.setup, orderings).enabled(b.w);
  };
  CHECK(held({}).empty());
  CHECK(held({first}) == sim::ActorSet::of(recovery_actor));
  CHECK(held({second}) == sim::ActorSet::of(task1));
  CHECK(held({first, second}).size() == 2);
}

TEST_CASE("where only a loss could move things on, the ordering has made a deadlock") {
  Setup setup = basic_setup();
  setup.guards.enobufs_delay = true;
  setup.losses = 1;
  Bench b(setup);
  b.set_free({2, 3, 4});
  b.set_stale({1});
  b.at(1, TaskPc::enobufs_wait);  // waits for the recovery
  REQUIRE(RaceModel(setup).enabled(b.w).bits() ==
          (sim::ActorSet::of(recovery_actor).bits() | sim::ActorSet::of(link_actor).bits()));
  const RaceModel model = under(setup, {{Pending::recovery, recovery_step(RecoverPc::idle)}});
  CHECK(model.enabled(b.w).empty());
  CHECK(model.end_when_blocked(b.w) == sim::End::violation);
  CHECK(model.violation(b.w) == Violation{Invariant::rpc_finishes, 0, 1});
  CHECK(model.end_detail(b.w) == static_cast<unsigned>(Invariant::rpc_finishes));
}

TEST_CASE("held back for ever is no rest, even if every RPC is done") {
  Bench b(basic_setup());
  b.w.rpcs[0] = Rpc{};
  b.w.rpcs[0].pc = TaskPc::done;
  const Ordering flush{Pending::fastreg, {Role::rnic, 0}};
  const Ordering take{Pending::recovery, recovery_step(RecoverPc::idle)};
  CHECK(under(b.setup, {flush}).end_when_blocked(b.w) == sim::End::rest);

  Bench queued = b;
  queued.enqueue(Wr(WrKind::fastreg, 1));
  const RaceModel waits = under(b.setup, {flush});
  REQUIRE(waits.enabled(queued.w).empty());
  CHECK(waits.violation(queued.w).invariant == Invariant::rpc_finishes);

  Bench stale = b;
  stale.set_free({2, 3, 4});
  stale.set_stale({1});
  const RaceModel keeps = under(b.setup, {take});
  REQUIRE(keeps.enabled(stale.w).empty());
  CHECK(keeps.violation(stale.w) == Violation{Invariant::mr_on_one_list, 1, 0});
  stale.make_valid(1);
  CHECK(keeps.violation(stale.w) == Violation{Invariant::leaked_mapping, 1, 0});
}

TEST_CASE("an ordering that is too weak is refuted, and the counterexample keeps to it") {
  // The flush may still come between recovery's fr_state = INVALID and its DMA unmap.
  const Ordering weak{Pending::fastreg, recovery_step(RecoverPc::dma_unmap)};
  const RaceModel model = under(short_pool(), {weak});
  const auto found = reference::explore(
      model, [](const World& w) { return w.violated == Invariant::double_unmap; });
  REQUIRE(found.schedule);
  World w = model.initial();
  for (const sim::Choice choice : *found.schedule) {
    REQUIRE(model.enabled(w).contains(choice.actor));
    CHECK_FALSE(holds_back(weak, w, choice.actor));
    sim::NullSink sink;
    model.step(w, choice, sink);
  }
  CHECK(model.violation(w) == Violation{Invariant::double_unmap, 1, 0});
}

TEST_CASE("the upstream guarantee: no violation is left, and symmetry changes no count") {
  Setup setup = short_pool();
  setup.pool = 2;
  setup.rpcs[0].read_list = 3;
  const auto violations = [](const RaceModel& model) {
    return reference::explore(model).ending_in(sim::End::violation);
  };
  CHECK(violations(under(setup, {})) > 0);
  const RaceModel model = under(setup, {{Pending::fastreg, recovery_step(RecoverPc::snapshot)}});
  CHECK(violations(model) == 0);
  reference::Answers<RaceModel> answers(model);
  const auto& future = answers.future(model.initial());
  for (const bool symmetry : {false, true}) {
    sim::ExploreOptions options;
    options.reductions.symmetry = symmetry;
    const auto search = sim::explore(model, options);
    const auto order = sim::topological_order(search.graph);
    sim::BigInt count = 0;
    sim::count_interleavings(
        search.graph, std::get<sim::TopologicalOrder>(order), false,
        [&](const sim::EndState&, std::span<const sim::BigInt> counts) { count += counts[0]; });
    CHECK(count == future.all);
    for (const sim::EndState& end : search.graph.ends()) CHECK(end.end != sim::End::violation);
  }
}
