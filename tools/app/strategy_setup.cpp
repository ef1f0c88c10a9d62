// SPDX-License-Identifier: MIT
//
// A strategy by its name. Most need only a bound on the steps of a run; one needs all
// states first.
#include "tools/app/strategy_setup.h"

#include <algorithm>
#include <memory>

#include "model/policy.h"
#include "tools/app/search_setup.h"
#include "tools/app/whole_graph.h"
#include "tools/engine/race_runs.h"

namespace tools {
namespace {

/// All interleavings of a scenario under a policy, by number.
std::shared_ptr<const sim::RankedInterleavings> ranked_interleavings(
    const SearchOptions& options, const model::Scenario& scenario, const std::string& policy) {
  const auto fail = [&](const std::string& why) -> model::InputError {
    return model::InputError("--strategy interleavings needs all states of " +
                             model::printable(scenario.name) + " under " + policy + ", and " + why +
                             "; the other strategies need none, pct for one");
  };
  std::shared_ptr<const sim::RankedInterleavings> ranked;
  const auto none = with_whole_graph(
      model_of(scenario, policy), {.symmetry = true}, options.jobs, limits_of({}, scenario),
      "all interleavings",
      [&ranked](sim::StateGraph graph, const sim::TopologicalOrder& order,
                const sim::Limits& rest) {
        ranked = std::make_shared<sim::RankedInterleavings>(std::move(graph), order, rest);
      });
  if (!none) return ranked;
  if (none->has_cycle) throw fail("a run can come back to where it was (see explore)");
  if (none->bound == sim::Bound::interrupted) throw fail("the search was interrupted");
  throw fail("the search reached its bound on " + std::string(sim::name_of(none->bound)) +
             " after " + std::to_string(none->states) + " states");
}

}  // namespace

sim::StrategySpec strategy_of(const SearchOptions& options, const std::string& name,
                              const model::Scenario& scenario, const std::string& policy) {
  sim::StrategySpec spec;
  const auto entry = std::find_if(sim::strategies.begin(), sim::strategies.end(),
                                  [&name](const sim::StrategyEntry& e) { return e.name == name; });
  if (entry == sim::strategies.end()) {
    std::vector<std::string_view> names;
    for (const sim::StrategyEntry& e : sim::strategies) names.push_back(e.name);
    throw model::InputError("--strategy: there is no '" + model::printable(name) + "'; there are " +
                            model::listed(names));
  }
  spec.kind = entry->kind;
  spec.depth = options.depth;
  spec.preemptions = options.preemptions;
  if (spec.kind == sim::StrategyKind::interleavings) {
    spec.ranked = ranked_interleavings(options, scenario, policy);
  }
  if (sim::has_step_bound(spec.kind)) {
    spec.step_bound = measured_step_bound(
        model_of(scenario, std::string(model::policies().front().name)), SearchOptions{}.max_steps);
  }
  if (spec.kind == sim::StrategyKind::timed) {
    spec.latencies.assign(scenario.timing.begin(), scenario.timing.end());
  }
  return spec;
}

model::Origin origin_of(const sim::StrategySpec& spec) {
  model::Origin origin{.strategy = std::string(sim::name_of(spec.kind)), .seed = std::nullopt};
  if (spec.kind == sim::StrategyKind::pct) origin.depth = spec.depth;
  if (spec.kind == sim::StrategyKind::preemption_bounded) origin.preemptions = spec.preemptions;
  if (sim::has_step_bound(spec.kind)) origin.step_bound = spec.step_bound;
  return origin;
}

}  // namespace tools
