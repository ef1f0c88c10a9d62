// SPDX-License-Identifier: MIT
//
// Preemption bounding: never more than N, and nothing with at most N out of reach.
//
// Preemptions are counted along the schedule by sim/questions/counterexample.h on the state
// graph of small models, and in the race by the definition of docs/semantics.md.
#include "sim/strategies/preemption_bounded.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "model/policy.h"
#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "sim/questions/counterexample.h"
#include "sim/strategies/strategies.h"
#include "tests/sim/models/random_models.h"
#include "tests/sim/strategies/strategy_fixture.h"

using namespace fixture;
using sim::ActorSet;
using sim::PreemptionBoundedStrategy;

namespace {

template <class M>
PreemptionBoundedStrategy strategy_for(const M& model, std::uint64_t seed, unsigned bound,
                                       unsigned preemptions) {
  return {seed, model.environment(), model.optional_actors(), bound, preemptions};
}

/// Preemptions of a run, counted on the graph of all.
unsigned counted(const sim::StateGraph& graph, const Steps& steps) {
  sim::Path path;
  path.states.push_back(0);
  for (const auto& [actor, outcome] : steps) {
    const sim::Choice choice{static_cast<sim::ActorId>(actor), static_cast<sim::Outcome>(outcome)};
    const auto choices = graph.choices(path.states.back());
    const auto edge = std::find(choices.begin(), choices.end(), choice) - choices.begin();
    path.schedule.push_back(choice);
    path.states.push_back(graph.targets(path.states.back())[static_cast<std::size_t>(edge)]);
  }
  return sim::preemptions_of(graph, path);
}

/// Counts preemptions while a run goes on.
struct PreemptionCounter : sim::NullSink {
  unsigned last = sim::nobody;
  unsigned count = 0;
  template <class M>
  void before_step(const M& model, const typename M::State& state, sim::Choice choice) {
    if (!model.enabled(state).contains(last)) last = sim::nobody;
    if (model.environment().contains(choice.actor)) return;
    count += last != sim::nobody && choice.actor != last;
    last = choice.actor;
  }
};

}  // namespace

TEST_CASE("preemption-bounded: at most N preemptions on random programs, and sometimes N") {
  textbook::ProgramGenerator generator(73);
  std::array<unsigned, 5> reached{};  // runs with exactly N
  for (unsigned i = 0; i < 300; ++i) {
    const auto program = generator.next();
    const auto found = sim::explore(program);
    for (unsigned bound = 0; bound < reached.size(); ++bound) {
      for (std::uint64_t seed = 0; seed < 50; ++seed) {
        auto strategy = strategy_for(program, seed, 12, bound);
        const unsigned count = counted(found.graph, steps_of_run(program, strategy));
        CAPTURE(i, bound, seed);
        REQUIRE(count <= bound);
        reached.at(bound) += count == bound;
      }
    }
  }
  for (const unsigned runs : reached) CHECK(runs > 0);
}

TEST_CASE("preemption-bounded: everything with at most N preemptions can be drawn") {
  textbook::ProgramGenerator generator(74);
  unsigned used = 0;
  std::array<unsigned, 3> most{};  // interleavings that have to be drawn, at most
  while (used < 30) {
    const auto program = generator.next({.variables = 2, .instructions = 6});
    const AllInterleavings all(program);
    if (all.preemptions().size() < 6 || all.preemptions().size() > 150) continue;
    ++used;
    std::size_t length = 0;
    for (const auto& run : all.preemptions()) length = std::max(length, run.first.size());
    for (unsigned bound = 0; bound < most.size(); ++bound) {
      std::set<Steps> missing;
      for (const auto& [steps, preemptions] : all.preemptions()) {
        if (preemptions <= bound) missing.insert(steps);
      }
      most.at(bound) = std::max(most.at(bound), static_cast<unsigned>(missing.size()));
      for (std::uint64_t seed = 0; seed < 300'000 && !missing.empty(); ++seed) {
        auto strategy = strategy_for(program, seed, static_cast<unsigned>(length), bound);
        missing.erase(steps_of_run(program, strategy));
      }
      CAPTURE(used, bound);
      CHECK(missing.empty());
    }
  }
  CHECK(most[0] > 2);
  CHECK(most[1] > most[0]);
  CHECK(most[2] > most[1]);
}

TEST_CASE("preemption-bounded: at most N preemptions in the race") {
  const model::RaceModel race(
      model::load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/upstream-report.json")
          .with_policy(model::find_policy("pre-fix")->policy));
  for (const unsigned bound : {0u, 1u, 2u, 5u, 16u}) {
    unsigned most = 0;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
      auto strategy = strategy_for(race, seed, 94, bound);
      PreemptionCounter counter;
      (void)sim::run_directly(race, strategy, 10'000, counter);
      most = std::max(most, counter.count);
      REQUIRE(counter.count <= bound);
    }
    CHECK(most >= std::min(bound, 5u));
  }
}

TEST_CASE("preemption-bounded: where the preemption comes, worked out by hand") {
  // Two threads of 4 steps, both always able to go on, one preemption before a step
  // 0..9: before step 0 nobody runs; before 1, 2 and 3 the other takes over and comes to
  // its end; from step 4 on nobody is left who could take over.
  textbook::Program<2, 1> program(
      {textbook::Code(4, textbook::load(0)), textbook::Code(4, textbook::load(0))});
  std::map<std::string, unsigned> seen;
  constexpr unsigned runs = 40'000;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    auto strategy = strategy_for(program, seed, 10, 1);
    std::string order;
    for (const auto& step : steps_of_run(program, strategy)) {
      order += step.first == 0 ? 'a' : 'b';
    }
    ++seen[order];
  }
  // Each of the two goes first with probability 1/2; 7 of 10 points change nothing.
  const std::map<std::string, double> expected{
      {"abbbbaaa", 0.05}, {"aabbbbaa", 0.05}, {"aaabbbba", 0.05}, {"aaaabbbb", 0.35},
      {"baaaabbb", 0.05}, {"bbaaaabb", 0.05}, {"bbbaaaab", 0.05}, {"bbbbaaaa", 0.35}};
  for (const auto& [order, share] : expected) {
    CAPTURE(order);
    CHECK(std::abs(seen[order] - runs * share) < 4 * std::sqrt(runs * share * (1 - share)));
  }
  CHECK(seen.size() == expected.size());
}

TEST_CASE("preemption-bounded: environment goes in between for free, an optional actor at once") {
  // Thread 1 is environment: without preemptions thread 0 takes its steps, and before
  // each of them thread 1 goes with probability 1/2 if it can.
  textbook::Program<2, 1> program({textbook::Code(3, textbook::load(0)), {textbook::load(0)}});
  const auto with_nic = program.with_environment(ActorSet::of(1));
  std::array<unsigned, 4> after{};  // thread 1 after so many steps of thread 0
  std::array<unsigned, 4> arrived{};
  constexpr unsigned runs = 16'000;
  const auto place = [](const Steps& steps) {
    unsigned at = 0;
    while (steps.at(at).first != 1) ++at;
    return at;
  };
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    auto strategy = strategy_for(with_nic, seed, 4, 0);
    ++after.at(place(steps_of_run(with_nic, strategy)));
    PreemptionBoundedStrategy optional(seed, ActorSet::of(1), ActorSet::of(1), 4, 0);
    ++arrived.at(place(steps_of_run(with_nic, optional)));
  }
  const std::array<double, 4> shares{0.5, 0.25, 0.125, 0.125};
  for (unsigned i = 0; i < 4; ++i) {
    CHECK(std::abs(after.at(i) - runs * shares.at(i)) <
          4 * std::sqrt(runs * shares.at(i) * (1 - shares.at(i))));
    CHECK(std::abs(arrived.at(i) - runs / 4.0) < 4 * std::sqrt(runs * 3 / 16.0));  // flat
  }
}
