// SPDX-License-Identifier: MIT
//
// From options to a scenario, its models and a strategy.
#include "tools/app/search_setup.h"

#include <algorithm>
#include <thread>

#include "model/policy.h"
#include "tools/app/watch.h"
#include "tools/app/whole_graph.h"

namespace tools {

model::RaceModel model_of(const model::Scenario& scenario, const std::string& policy) {
  return model::RaceModel(scenario.with_policy(model::find_policy(policy)->policy));
}

model::World world_after(const model::RaceModel& model, const sim::Schedule& schedule,
                         std::size_t steps) {
  model::World w = model.initial();
  sim::NullSink sink;
  for (std::size_t i = 0; i < steps; ++i) model.step(w, schedule[i], sink);
  return w;
}

unsigned workers_of(unsigned jobs) {
  return jobs != 0 ? jobs : std::max(1u, std::thread::hardware_concurrency());
}

SearchLimits limits_of(const LimitOptions& options, const model::Scenario& scenario) {
  SearchLimits limits;
  const model::SearchBudget& own = scenario.search;
  if (options.max_states != 0) {
    limits.max_states = static_cast<sim::StateId>(options.max_states);
  } else if (own.max_states != 0) {
    limits.max_states = static_cast<sim::StateId>(own.max_states);
  }
  limits.max_memory = options.max_memory != 0   ? options.max_memory
                      : own.max_memory_mib != 0 ? own.max_memory_mib << 20
                                                : default_memory_limit();
  if (options.time_limit_ms != 0) {
    limits.time = std::chrono::milliseconds(options.time_limit_ms);
  } else if (own.time_limit_s != 0) {
    limits.time = std::chrono::seconds(own.time_limit_s);
  }
  return limits;
}

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
    spec.step_bound = sim::measured_step_bound(
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

std::vector<std::string> chosen_policies(const std::vector<std::string>& words) {
  std::vector<std::string> chosen;
  const auto add = [&chosen](std::string_view name) {
    if (std::find(chosen.begin(), chosen.end(), name) == chosen.end()) chosen.emplace_back(name);
  };
  for (const std::string& word : words) {
    if (word == "all") {
      for (const model::PolicyEntry& entry : model::policies()) add(entry.name);
    } else if (const model::PolicyEntry* entry = model::find_policy(word)) {
      add(entry->name);
    } else {
      std::vector<std::string_view> names{"all"};
      for (const model::PolicyEntry& e : model::policies()) {
        names.push_back(e.name);
        names.push_back(e.alias);
      }
      const auto near = model::nearest(word, names);
      throw model::InputError("--policy: there is no '" + model::printable(word) + "'; " +
                              (near ? "did you mean '" + std::string(*near) + "'?"
                                    : "there are " + model::listed(names)));
    }
  }
  if (chosen.empty()) add(model::policies().front().name);
  return chosen;
}

}  // namespace tools
