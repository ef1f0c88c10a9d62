// SPDX-License-Identifier: MIT
//
// The cheapest failure found in order of cost is the one that a search of everything
// finds, and what is tried on the way there still fails and costs no more.
//
// Held against best_path() on complete graphs, on programs with loops against a queue
// of whole schedules, and against answers worked out by hand.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "model/policy.h"
#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "sim/questions/cheapest_failure.h"
#include "sim/questions/counterexample.h"
#include "sim/questions/simplify.h"
#include "sim/questions/topological_order.h"
#include "sim/search/explorer.h"
#include "sim/strategies/strategies.h"
#include "tests/reference/explorer.h"
#include "tests/sim/models/random_models.h"
#include "tests/sim/models/textbook_models.h"

using sim::Choice;
using sim::Cost;
using sim::End;
using sim::EndState;
using sim::Schedule;
using textbook::ProgramGenerator;
using textbook::RandomProgram;
using Renamed = textbook::RenamedCells<RandomProgram>;

namespace {

constexpr Cost any_cost{1'000'000, 1'000'000};

sim::EndTest violates(unsigned detail) {
  return
      [detail](const EndState& end) { return end.end == End::violation && end.detail == detail; };
}

/// Failing schedules of uniform random runs by what they violate, up to `most` of each.
template <class M>
std::map<unsigned, std::vector<Schedule>> failing_runs(const M& model, unsigned seeds,
                                                       std::size_t most,
                                                       const sim::StrategySpec& spec = {
                                                           sim::StrategyKind::uniform}) {
  struct Recorder : sim::NullSink {
    Schedule schedule;
    void before_step(const M&, const typename M::State&, Choice choice) {
      schedule.push_back(choice);
    }
  };
  std::map<unsigned, std::vector<Schedule>> found;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Recorder recorder;
    const auto result = sim::with_strategy(spec, model, seed, [&](auto& strategy) {
      return sim::run_directly(model, strategy, 500, recorder);
    });
    if (result.end != End::violation) continue;
    auto& schedules = found[model.end_detail(result.state)];
    if (schedules.size() < most) schedules.push_back(recorder.schedule);
  }
  return found;
}

/// How a schedule ends. It has to be possible.
template <class M>
std::optional<EndState> end_of(const M& model, const Schedule& schedule) {
  sim::CountedRun<M> run(model);
  for (const Choice choice : schedule) {
    REQUIRE(run.is_possible(choice));
    run.take(choice);
  }
  return run.end();
}

/// Simplified, a schedule still fails, at a cost that is no higher and truly its own.
template <class M>
sim::CountedSchedule check_simplified(const M& model, const Schedule& schedule, unsigned detail) {
  const auto result = sim::simplified(model, schedule, violates(detail));
  const auto end = end_of(model, result.schedule);
  REQUIRE(end);
  CHECK(violates(detail)(*end));
  CHECK(result.cost == sim::cost_of(model, result.schedule));
  CHECK(result.cost <= sim::cost_of(model, schedule));
  CHECK(result.cost.steps == result.schedule.size());
  return result;
}

/// Minimizing comes to this schedule, with and without a bound to start from.
template <class M>
void check_cheapest(const M& model, unsigned detail, Cost bound, const Schedule& expected) {
  for (const Cost most : {bound, any_cost, sim::cost_of(model, expected)}) {
    const auto found = sim::cheapest_failure(model, violates(detail), {.most = most});
    REQUIRE(found.bound == sim::Bound::none);
    REQUIRE(found.schedule);
    CHECK(*found.schedule == expected);
  }
}

/// All failing runs of a model come to what best_path finds in its graph. The number
/// of schedules that were looked at.
template <class M>
unsigned check_against_graph(const M& model, unsigned seeds, std::size_t most,
                             const sim::StrategySpec& spec = {sim::StrategyKind::uniform}) {
  const auto found = sim::explore(model);
  REQUIRE(found.graph.complete());
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(found.graph));
  unsigned checked = 0;
  for (const auto& [detail, schedules] : failing_runs(model, seeds, most, spec)) {
    CAPTURE(detail);
    const auto best =
        sim::best_path(found.graph, order, sim::Best::fewest_preemptions, violates(detail));
    REQUIRE(best);
    CHECK(sim::cost_of(model, best->schedule) ==
          Cost{best->preemptions, static_cast<unsigned>(best->schedule.size())});
    for (const Schedule& schedule : schedules) {
      const auto simple = check_simplified(model, schedule, detail);
      check_cheapest(model, detail, simple.cost, best->schedule);
      ++checked;
    }
  }
  return checked;
}

/// The least schedule by (preemptions, steps, choices): whole schedules in a queue, in
/// that order. Slow and obvious.
template <class M>
std::optional<Schedule> least_schedule(const M& model, unsigned detail) {
  using Choices = std::vector<std::pair<unsigned, unsigned>>;
  using Entry = std::tuple<unsigned, std::size_t, Choices>;
  std::set<Entry> queue{{0, 0, {}}};
  std::set<std::pair<std::string, unsigned>> seen;
  while (!queue.empty()) {
    const auto [preemptions, steps, choices] = *queue.begin();
    queue.erase(queue.begin());
    typename M::State state = model.initial();
    constexpr unsigned none = 99;
    unsigned last = none;
    sim::NullSink sink;
    Schedule schedule;
    for (const auto& [actor, outcome] : choices) {
      schedule.push_back({static_cast<sim::ActorId>(actor), static_cast<sim::Outcome>(outcome)});
      model.step(state, schedule.back(), sink);
      if (!model.environment().contains(actor)) last = actor;
      if (!model.enabled(state).contains(last)) last = none;
    }
    std::optional<End> end = model.stopped(state);
    if (!end && model.enabled(state).empty()) end = model.end_when_blocked(state);
    if (end == End::violation && model.end_detail(state) == detail) return schedule;
    if (end || !seen.insert({std::string(reference::bytes_of(state)), last}).second) {
      continue;
    }
    for (const unsigned actor : model.enabled(state)) {
      const bool preempts = last != none && last != actor && !model.environment().contains(actor);
      for (const unsigned outcome : model.outcomes(state, static_cast<sim::ActorId>(actor))) {
        Choices more = choices;
        more.emplace_back(actor, outcome);
        queue.insert({preemptions + (preempts ? 1 : 0), steps + 1, more});
      }
    }
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("random programs: minimized schedules are the canonical counterexamples") {
  unsigned checked = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next();
    checked += check_against_graph(program, 50, 4);
    // The names of what is shared make no difference.
    CHECK(check_against_graph(Renamed(program), 10, 1) <= checked);
  }
  CHECK(checked > 300);
}

TEST_CASE("random programs with loops: the same, where there is no order to count along") {
  unsigned checked = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next({.loops = true});
    for (const auto& [detail, schedules] : failing_runs(program, 30, 2)) {
      const auto expected = least_schedule(program, detail);
      REQUIRE(expected);
      for (const Schedule& schedule : schedules) {
        const auto simple = check_simplified(program, schedule, detail);
        check_cheapest(program, detail, simple.cost, *expected);
        ++checked;
      }
    }
  }
  CHECK(checked > 100);
}

TEST_CASE("random programs: what cannot be had is not found") {
  unsigned none = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next({.loops = seed % 2 == 0});
    for (unsigned detail = 1; detail <= 8; ++detail) {
      const auto expected = least_schedule(program, detail);
      const auto found = sim::cheapest_failure(program, violates(detail), {.most = any_cost});
      CHECK(found.schedule == expected);
      if (!expected) ++none;
      // A bound that is too low is one that nothing meets.
      if (!expected || expected->empty()) continue;
      Cost cost = sim::cost_of(program, *expected);
      --cost.steps;
      const auto below = sim::cheapest_failure(program, violates(detail), {.most = cost});
      CHECK_FALSE(below.schedule);
      CHECK(below.bound == sim::Bound::none);
    }
  }
  CHECK(none > 100);
}

TEST_CASE("textbook programs: minimized schedules, worked out by hand") {
  using namespace textbook;
  // t0 reads, t1 reads and writes, t0 writes: one preemption. t0 t1 t0 t1 would be as
  // short, with two; of t0 t1 t1 t0 and t1 t0 t0 t1 the first is less.
  const Schedule lost{{0, 0}, {1, 0}, {1, 0}, {0, 0}};
  for (const Schedule& failing :
       {Schedule{{0, 0}, {1, 0}, {0, 0}, {1, 0}}, Schedule{{1, 0}, {0, 0}, {0, 0}, {1, 0}}, lost}) {
    const auto simple = check_simplified(LostUpdate{}, failing, 1);
    CHECK(simple.cost == Cost{1, 4});
    check_cheapest(LostUpdate{}, 1, simple.cost, lost);
  }
  // t1 has to come between t0's steps 40 and 41; afterwards t0 goes on to its end.
  // Preempting t1 is not possible, it has one step.
  using Far = Window<60, 40>;
  Schedule far(40, Choice{0, 0});
  far.push_back({1, 0});
  far.insert(far.end(), 20, Choice{0, 0});
  check_cheapest(Far{}, 1, any_cost, far);
  CHECK(check_simplified(Far{}, far, 1).schedule == far);
  // One lock each, then both wait: the preemption is after the first one.
  check_cheapest(TwoLocks<true>{}, 1, any_cost, {{0, 0}, {1, 0}});
  CHECK_FALSE(sim::cheapest_failure(TwoLocks<false>{}, violates(1), {.most = any_cost}).schedule);
}

TEST_CASE("fewest preemptions count more than steps, and the environment preempts nobody") {
  // t0 takes the lock twice; only the environment, t2, gives it back. See
  // sim/search/explorer_property_test.cpp for the two ways in which t1's check may fail.
  using namespace textbook;
  constexpr unsigned mutex = 0, state = 1;
  const RandomProgram program = RandomProgram({{put(state, 2), lock(mutex), lock(mutex)},
                                               {lock(mutex), check(state, 0)},
                                               {unlock(mutex)}})
                                    .with_environment(sim::ActorSet::of(2));
  const Schedule shorter{{0, 0}, {1, 0}, {1, 0}};
  const Schedule cheaper{{0, 0}, {0, 0}, {2, 0}, {1, 0}, {1, 0}};
  CHECK(sim::cost_of(program, shorter) == Cost{1, 3});
  CHECK(sim::cost_of(program, cheaper) == Cost{0, 5});
  check_cheapest(program, 5, {1, 3}, cheaper);
  // Simplifying finds a way without preemptions only if it is near. Whatever it comes
  // to, the bound it gives does not hide what is cheaper.
  const auto simple = check_simplified(program, shorter, 5);
  CHECK(simple.cost <= Cost{1, 3});
  check_cheapest(program, 5, simple.cost, cheaper);
}

TEST_CASE("simplifying removes what does not matter and joins what was torn apart") {
  // x is 1 for a while; t1 checks that it is 0. t2 has nothing to do with it.
  using namespace textbook;
  const RandomProgram program({{put(0, 1), put(1, 1), put(0, 0)},
                               {branch(1, 0, 1, 1), check(0, 0)},
                               {put(2, 1), put(2, 0), put(2, 1)}});
  const Schedule torn{{2, 0}, {1, 0}, {2, 0}, {0, 0}, {2, 0}, {1, 0}};
  REQUIRE(sim::cost_of(program, torn) == Cost{4, 6});  // t2 is not preempted at its end
  // t0 has to be left before its end: one preemption at least, and three steps. After
  // t1 t0 t1 there would be two.
  const Schedule simple{{0, 0}, {1, 0}, {1, 0}};
  CHECK(check_simplified(program, torn, 5).schedule == simple);
  check_cheapest(program, 5, {4, 6}, simple);
}

TEST_CASE("states of equal hash are told apart") {
  // The index keeps 36 bits of a hash: of a million states some have the same.
  sim::StateStore store(1);
  std::vector<std::pair<std::uint64_t, unsigned>> kept;
  bool numbered = true;
  for (std::uint64_t state = 0; state < 1u << 20; ++state) {
    const std::uint64_t hash = sim::hash_of(&state, 1);
    kept.emplace_back(hash >> 32, sim::StateStore::shard_of(hash));
    numbered &= store.find_or_add(&state) == state;
  }
  std::ranges::sort(kept);
  CHECK(std::ranges::adjacent_find(kept) != kept.end());
  CHECK(numbered);
  for (std::uint64_t state = 0; state < 1u << 20; ++state) {
    numbered &= store.find_or_add(&state) == state;
  }
  CHECK(numbered);
  CHECK(store.size() == 1u << 20);
}

TEST_CASE("a search that is stopped says by what, and claims no more than it has seen") {
  using Wide = textbook::Window<200, 150>;  // the failure costs 1 preemption, 201 steps
  const auto search = [](const sim::CheapestOptions& options) {
    return sim::cheapest_failure(Wide{}, violates(1), options);
  };
  const auto whole = search({.most = any_cost});
  REQUIRE(whole.schedule);
  CHECK(sim::cost_of(Wide{}, *whole.schedule) == Cost{1, 201});
  CHECK(whole.at_least == Cost{1, 201});
  // States: t0 at 0..200, with t1 done or not, and where t1 is done, hit or not.
  CHECK(whole.nodes <= 3 * 201 * 2);
  const auto few = search({.most = any_cost, .max_nodes = 50});
  CHECK(few.bound == sim::Bound::states);
  CHECK(few.nodes >= 50);
  CHECK(few.nodes <= 52);  // one state is expanded to its end
  CHECK_FALSE(few.schedule);
  CHECK(few.at_least <= Cost{1, 201});
  CHECK(few.at_least > Cost{0, 10});
  CHECK(search({.most = any_cost, .max_nodes = 50}).at_least == few.at_least);
  Cost known_before;
  for (sim::StateId most = 1; most < whole.nodes; most += 7) {
    const auto part = search({.most = any_cost, .max_nodes = most});
    CHECK(part.at_least <= Cost{1, 201});
    CHECK(part.at_least >= known_before);
    known_before = part.at_least;
  }
  CHECK(known_before > Cost{1, 150});
  // Of a search that may not go beyond what is known.
  const auto known = search({.most = {1, 201}});
  CHECK(known.at_least == Cost{1, 201});

  // Several threads with much to do, so that it takes more than a few nodes.
  using Large = textbook::Readers<14>;
  const auto nothing = [](const EndState&) { return false; };
  const sim::CheapestOptions all{.most = any_cost, .max_memory = 1u << 20};
  const auto small = sim::cheapest_failure(Large{}, nothing, all);
  CHECK(small.bound == sim::Bound::memory);
  CHECK(small.memory < 2u << 20);
  unsigned asked = 0;
  const auto stop = [&asked](const sim::Progress& progress) {
    CHECK(progress.states >= progress.expanded);
    return ++asked == 3 ? sim::Bound::interrupted : sim::Bound::none;
  };
  const auto interrupted = sim::cheapest_failure(Large{}, nothing, {.most = any_cost}, stop);
  CHECK(interrupted.bound == sim::Bound::interrupted);
  CHECK(asked == 3);
}

TEST_CASE("simplifying that is stopped keeps what it has") {
  using namespace textbook;
  const Schedule torn{{0, 0}, {1, 0}, {0, 0}, {1, 0}};
  const sim::Limits at_once{.ask = [] { return sim::Bound::time; }};
  const auto result = sim::simplified(LostUpdate{}, torn, violates(1), at_once);
  CHECK(result.schedule == torn);
  CHECK(result.cost == Cost{2, 4});
}

TEST_CASE("what fails from the start takes no step") {
  // One thread that waits for a lock which nobody will give back: after its first step.
  using namespace textbook;
  const RandomProgram program({{lock(0), lock(0)}});
  check_cheapest(program, 1, any_cost, {{0, 0}});
  // And one that is wrong before anything is done.
  const RandomProgram at_once = RandomProgram(std::vector<Code>{{}}).expecting(0, 1);
  check_cheapest(at_once, 2, any_cost, {});
  CHECK(check_simplified(at_once, {}, 2).schedule.empty());
}

TEST_CASE("the race: minimized schedules of random runs are the canonical counterexamples") {
  unsigned checked = 0;
  std::set<std::string> failing;
  for (const auto& file : std::filesystem::directory_iterator(FRWRSIM_SCENARIO_DIR)) {
    const std::string name = file.path().stem().string();
    if (name == "scenario.schema") continue;
    const auto scenario = model::load_scenario(file.path().string());
    for (const char* policy : {"pre-fix", "fix"}) {
      CAPTURE(name, policy);
      const model::RaceModel race(scenario.with_policy(model::find_policy(policy)->policy));
      if (sim::explore(race, {.keep_graph = false, .max_states = 150'000}).bound !=
          sim::Bound::none) {
        continue;
      }
      const sim::StrategySpec pct{sim::StrategyKind::pct, 3,
                                  sim::measured_step_bound(race, 100'000)};
      const unsigned here = check_against_graph(race, 3000, 3, pct);
      if (here > 0) failing.insert(name);
      checked += here;
    }
  }
  CHECK(checked > 20);
  CHECK(failing.count("upstream-report") == 1);
}
