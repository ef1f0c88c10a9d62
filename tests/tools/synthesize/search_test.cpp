// SPDX-License-Identifier: MIT
//
// The search for orderings against the reference: every ordering, and every pair,
// as a model of its own, explored the slow way.
#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <set>

#include "model/scenario/scenario.h"
#include "tests/model/under_rules.h"
#include "tests/reference/answers.h"
#include "tools/synthesize/ordering_graph.h"
#include "tools/synthesize/synthesize.h"

using fixture::under;

namespace {

using namespace model;
using tools::Fate;
using tools::Fix;
using tools::Pairs;
using tools::Synthesis;

/// Two segments, one MR, nothing that delays the next attempt: some orderings
/// suffice, and some pairs of others do.
Setup short_pool() {
  Setup setup;
  setup.rpcs[0].read_list = 2;
  setup.pool = 1;
  setup.policy.failed_marshal = model::FailedMarshal::unmap_safe;
  setup.provider = Provider::flush;
  setup.budgets = {.retransmissions = 1, .enobufs_retries = 1, .reconnects = 1, .refreshes = 0};
  return setup;
}

/// The same with a mapping that may fail: some orderings deadlock, some leak.
Setup faulty() {
  Setup setup = short_pool();
  setup.faults.map_mr_sg = 1;
  return setup;
}

/// Three segments, two MRs: names matter.
Setup two_mrs() {
  Setup setup = short_pool();
  setup.rpcs[0].read_list = 3;
  setup.pool = 2;
  setup.guards.enobufs_delay = true;
  return setup;
}

/// One segment, one fault: what is wrong cannot be put in order.
Setup hopeless() {
  Setup setup = short_pool();
  setup.rpcs[0].read_list = 1;
  setup.faults.dma_map = 1;
  return setup;
}

Synthesis synthesized(const Setup& setup, Pairs pairs, unsigned jobs = 1) {
  return tools::synthesize(
      RaceModel(setup), "pre-fix",
      {.pairs = pairs, .jobs = jobs, .max_memory = std::uint64_t{1} << 32, .watch = {}});
}

using RpcEnds = std::set<std::pair<unsigned, bool>>;

/// What the reference says of a model; `ends`: how RPCs end in it.
template <class M>
struct Facts {
  bool violated = false;
  bool deadlock = false;
  bool leak = false;
  RpcEnds ends;
};

/// Walks all worlds of a model; `counts(world, actor)` says which steps' ends count.
template <class M, class Counts>
Facts<M> facts_of(const M& model, Counts counts) {
  Facts<M> facts;
  (void)reference::explore(model, [&](const World& w) {
    facts.violated |= w.violated != Invariant::none;
    if (model.stopped(w)) return false;
    const sim::ActorSet enabled = model.enabled(w);
    for (const unsigned a : enabled) {
      const auto actor = static_cast<sim::ActorId>(a);
      const auto has_reply = ends_with_reply(w, actor);
      if (has_reply && counts(w, actor)) facts.ends.insert({rpc_of(actor), *has_reply});
    }
    if (enabled.empty()) {
      const Invariant invariant = model.violation(w).invariant;
      facts.deadlock |= invariant == Invariant::rpc_finishes;
      facts.leak |=
          invariant == Invariant::leaked_mapping || invariant == Invariant::mr_on_one_list;
    }
    return false;
  });
  return facts;
}

/// How RPCs can end if nothing fails.
RpcEnds good_ends(const RaceModel& model) {
  reference::Answers<RaceModel> answers(model);
  (void)answers.future(model.initial());
  return facts_of(model,
                  [&](const World& w, sim::ActorId actor) {
                    World next = w;
                    sim::NullSink sink;
                    model.step(next, {actor, 0}, sink);
                    return !answers.future(next).inevitable();
                  })
      .ends;
}

bool ever_holds_back(const RaceModel& model, const Ordering& ordering) {
  return reference::explore(model,
                            [&](const World& w) {
                              if (model.stopped(w)) return false;
                              for (const unsigned actor : model.enabled(w)) {
                                if (holds_back(ordering, w, static_cast<sim::ActorId>(actor)))
                                  return true;
                              }
                              return false;
                            })
      .schedule.has_value();
}

Fate reference_fate(const RaceModel& model, const std::vector<Ordering>& orderings,
                    const RpcEnds& good) {
  const RaceModel constrained = under(model.setup(), orderings);
  const auto facts = facts_of(constrained, [](const World&, sim::ActorId) { return true; });
  if (facts.violated) return Fate::fails;
  if (facts.deadlock) return Fate::deadlock;
  if (facts.leak) return Fate::leak;
  return std::includes(facts.ends.begin(), facts.ends.end(), good.begin(), good.end())
             ? Fate::suffices
             : Fate::progress;
}

void check_price(const RaceModel& model, const Fix& fix, const Synthesis& found) {
  const RaceModel constrained = under(model.setup(), fix.orderings);
  reference::Answers<RaceModel> answers(constrained);
  const auto& future = answers.future(constrained.initial());
  CHECK(future.failing == 0);
  CHECK(fix.forbidden == found.interleavings - future.all);
  CHECK(fix.forbidden_good == found.interleavings - found.failing - future.all);
  CHECK(fix.forbidden_good >= 0);
  CHECK(fix.is_cut == (reference::explore(constrained).ending_in(sim::End::cut) > 0));
}

void check_ranked(const std::vector<Fix>& fixes) {
  for (std::size_t i = 0; i < fixes.size(); ++i) {
    if (i > 0) CHECK(fixes[i - 1].forbidden <= fixes[i].forbidden);
    CHECK(fixes[i].same_as <= i);
    CHECK(fixes[fixes[i].same_as].same_as == fixes[i].same_as);
    CHECK(fixes[fixes[i].same_as].forbidden == fixes[i].forbidden);
  }
}

/// Every single ordering of a system, as the reference sees it.
std::set<Fate> check_singles(const Setup& setup) {
  const RaceModel model(setup);
  const Synthesis found = synthesized(setup, Pairs::never);
  reference::Answers<RaceModel> answers(model);
  CHECK(found.interleavings == answers.future(model.initial()).all);
  CHECK(found.failing == answers.future(model.initial()).failing);
  const RpcEnds good = good_ends(model);
  std::set<Fate> fates;
  std::size_t sufficient = 0;
  for (const tools::Trial& trial : found.trials) {
    CAPTURE(static_cast<int>(trial.ordering.pending), static_cast<int>(trial.ordering.waits.role),
            int{trial.ordering.waits.step_id});
    const Fate fate = ever_holds_back(model, trial.ordering)
                          ? reference_fate(model, {trial.ordering}, good)
                          : Fate::idle;
    CHECK(trial.fate == fate);
    fates.insert(fate);
    sufficient += fate == Fate::suffices ? 1 : 0;
  }
  CHECK(found.singles.size() == sufficient);
  for (const Fix& fix : found.singles) check_price(model, fix, found);
  check_ranked(found.singles);
  CHECK(found.pairs.empty());
  CHECK(found.pairs_tried == 0);
  return fates;
}

/// Every pair of orderings that hold something back and do not suffice.
std::size_t check_pairs(const Setup& setup) {
  const RaceModel model(setup);
  const Synthesis found = synthesized(setup, Pairs::always);
  const RpcEnds good = good_ends(model);
  std::vector<Ordering> parts;
  for (const tools::Trial& trial : found.trials) {
    if (trial.fate != Fate::suffices && trial.fate != Fate::idle) parts.push_back(trial.ordering);
  }
  CHECK(found.pairs_tried == parts.size() * (parts.size() - 1) / 2);
  std::set<std::vector<Ordering>> expected;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (std::size_t j = i + 1; j < parts.size(); ++j) {
      const std::vector<Ordering> pair{parts[i], parts[j]};
      if (reference_fate(model, pair, good) == Fate::suffices) expected.insert(pair);
    }
  }
  std::set<std::vector<Ordering>> pairs;
  for (const Fix& fix : found.pairs) {
    pairs.insert(fix.orderings);
    check_price(model, fix, found);
  }
  CHECK(pairs == expected);
  CHECK(pairs.size() == found.pairs.size());
  check_ranked(found.pairs);
  return pairs.size();
}

sim::ExploreOptions by_symmetry() {
  sim::ExploreOptions options;
  options.reductions.symmetry = true;
  return options;
}

/// A system searched and tagged.
struct Tagged {
  explicit Tagged(const Setup& setup)
      : search(sim::explore(RaceModel(setup), by_symmetry())),
        order(std::get<sim::TopologicalOrder>(sim::topological_order(search.graph))),
        graph(std::make_unique<tools::OrderingGraph>(search, order, sim::Limits{})) {}
  sim::Exploration<RaceModel> search;
  sim::TopologicalOrder order;
  std::unique_ptr<tools::OrderingGraph> graph;
};

const Fix* fix_of(const Synthesis& found, const Ordering& ordering) {
  for (const Fix& fix : found.singles) {
    if (fix.orderings == std::vector{ordering}) return &fix;
  }
  return nullptr;
}

Setup upstream_report() {
  return load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/upstream-report.json")
      .with_policy(find_policy("pre-fix")->policy);
}

}  // namespace

TEST_CASE("every single ordering has the fate and the price that the reference finds") {
  CHECK(check_singles(short_pool()) == std::set{Fate::suffices, Fate::idle, Fate::fails});
  CHECK(check_singles(faulty()) ==
        std::set{Fate::suffices, Fate::idle, Fate::fails, Fate::deadlock, Fate::leak});
  check_singles(two_mrs());
  CHECK(check_singles(hopeless()).count(Fate::suffices) == 0);
}

TEST_CASE("the pairs that suffice are those that the reference finds") {
  CHECK(check_pairs(short_pool()) > 0);
  CHECK(check_pairs(hopeless()) == 0);
}

TEST_CASE("pairs that could take too long are left out, which is said, unless asked for") {
  const RaceModel model(short_pool());
  const auto tried = [&](Pairs pairs, std::uint64_t most_visits) {
    return tools::synthesize(model, "pre-fix",
                             {.pairs = pairs,
                              .most_visits = most_visits,
                              .max_memory = std::uint64_t{1} << 32,
                              .watch = {}});
  };
  const Synthesis all = tried(Pairs::always, 0);
  const std::uint64_t visits = all.pairs_tried * all.transitions;
  REQUIRE(visits > 0);
  CHECK(tried(Pairs::automatic, visits).pairs_tried == all.pairs_tried);
  const Synthesis none = tried(Pairs::automatic, visits - 1);
  CHECK(none.pairs_tried == 0);
  CHECK(none.missing.size() == 1);
  CHECK(none.singles.size() == all.singles.size());
}

TEST_CASE("equal prices: the same interleavings are told from others of the same number") {
  for (const Setup& setup : {short_pool(), faulty(), two_mrs()}) {
    const Synthesis found = synthesized(setup, Pairs::always);
    for (const std::vector<Fix>* fixes : {&found.singles, &found.pairs}) {
      for (std::size_t i = 0; i < fixes->size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          const Fix& a = (*fixes)[i];
          const Fix& b = (*fixes)[j];
          // Both at once forbid no more than either exactly if they forbid the same.
          std::vector<Ordering> all = a.orderings;
          all.insert(all.end(), b.orderings.begin(), b.orderings.end());
          const RaceModel model = under(setup, all);
          reference::Answers<RaceModel> answers(model);
          const sim::BigInt left = answers.future(model.initial()).all;
          const bool same = left == found.interleavings - a.forbidden &&
                            left == found.interleavings - b.forbidden;
          CHECK(same == (a.same_as == b.same_as));
        }
      }
    }
  }
}

TEST_CASE("the upstream guarantee is among the orderings that repair the upstream scenario") {
  const Synthesis found = synthesized(upstream_report(), Pairs::automatic);
  CHECK(found.verdict == tools::SynthesisVerdict::repaired);
  const auto flush_before = [](RecoverPc pc) {
    return Ordering{Pending::fastreg, {Role::recovery_worker, static_cast<std::uint8_t>(pc)}};
  };
  // Handled before recovery takes the MR, or before it looks at it.
  for (const RecoverPc pc : {RecoverPc::idle, RecoverPc::snapshot}) {
    const Fix* fix = fix_of(found, flush_before(pc));
    REQUIRE(fix != nullptr);
    CHECK_FALSE(fix->is_cut);
  }
  // After fr_state = INVALID it is too late: what comes then poisons the MR.
  for (const RecoverPc pc : {RecoverPc::dma_unmap, RecoverPc::put}) {
    CHECK(fix_of(found, flush_before(pc)) == nullptr);
  }
}

TEST_CASE("what suffices for the upstream scenario is exhausted as a system of its own") {
  const Setup setup = upstream_report();
  const Synthesis found = synthesized(setup, Pairs::never);
  REQUIRE(!found.singles.empty());
  for (const Fix& fix : found.singles) {
    const auto search = sim::explore(under(setup, fix.orderings), by_symmetry());
    bool any_cut = false;
    for (const sim::EndState& end : search.graph.ends()) {
      CHECK(end.end != sim::End::violation);
      any_cut |= end.end == sim::End::cut;
    }
    CHECK(any_cut == fix.is_cut);
    const auto order = sim::topological_order(search.graph);
    sim::BigInt count = 0;
    sim::count_interleavings(
        search.graph, std::get<sim::TopologicalOrder>(order), false,
        [&](const sim::EndState&, std::span<const sim::BigInt> counts) { count += counts[0]; });
    CHECK(fix.forbidden == found.interleavings - count);
  }
}

TEST_CASE("a walk reaches the worlds of the system under the ordering, no others") {
  // Where an ordering holds up recovery, and the task waits for that, only a loss
  // could move things on.
  Setup loss = two_mrs();
  loss.losses = 1;
  std::uint64_t stuck = 0;
  for (const Setup& setup : {short_pool(), faulty(), loss}) {
    const Tagged tagged(setup);
    for (const Pending pending : pending_kinds) {
      for (const StepKind step : tagged.graph->steps()) {
        const tools::Walk walk = tagged.graph->walk(tagged.graph->held_by({pending, step}),
                                                    tools::OrderingGraph::Until::violating);
        if (walk.violating != sim::no_state) continue;
        stuck += walk.stuck != sim::no_state ? 1 : 0;
        const RaceModel constrained = under(setup, {{pending, step}});
        CHECK(walk.states == sim::explore(constrained, by_symmetry()).state_count());
      }
    }
  }
  CHECK(stuck > 0);
}

TEST_CASE("how RPCs can end, without an ordering, is what the reference finds") {
  Setup either = short_pool();
  either.pool = 2;
  either.faults.prepare_send = 1;
  either.guards.enobufs_delay = true;
  // Without a reply only where failure is inevitable by then.
  const Setup with_reply_only = hopeless();
  for (const Setup& setup : {either, with_reply_only}) {
    const RaceModel model(setup);
    const Tagged tagged(setup);
    RpcEnds found;
    for (const bool has_reply : {false, true}) {
      const unsigned bit = has_reply ? 1 : 0;
      if ((tagged.graph->good_rpc_ends() >> bit & 1u) != 0) found.insert({1, has_reply});
    }
    CHECK(found == good_ends(model));
    CHECK(found.count({1, true}) == 1);
    CHECK(found.count({1, false}) == (setup.faults.prepare_send != 0 ? 1 : 0));
    // A walk misses those that it has not met.
    tools::Walk walk;
    CHECK(tagged.graph->misses_rpc_end(walk));
    walk.rpc_ends = 2;
    CHECK(tagged.graph->misses_rpc_end(walk) == (found.size() == 2));
    walk.rpc_ends = 3;
    CHECK_FALSE(tagged.graph->misses_rpc_end(walk));
  }
}

TEST_CASE("nothing depends on the number of threads, and nothing fails where nothing does") {
  const Setup setup = two_mrs();
  const Synthesis one = synthesized(setup, Pairs::automatic, 1);
  const Synthesis three = synthesized(setup, Pairs::automatic, 3);
  REQUIRE(one.singles.size() == three.singles.size());
  for (std::size_t i = 0; i < one.singles.size(); ++i) {
    CHECK(one.singles[i].orderings == three.singles[i].orderings);
    CHECK(one.singles[i].forbidden == three.singles[i].forbidden);
  }
  Setup fixed = upstream_report();
  fixed.policy = model::Policy{};
  const Synthesis nothing = synthesized(fixed, Pairs::always);
  CHECK(nothing.verdict == tools::SynthesisVerdict::nothing_fails);
  CHECK(nothing.trials.empty());
}
