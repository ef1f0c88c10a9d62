// SPDX-License-Identifier: MIT
//
// From options to a scenario, its models and a strategy.
#include "tools/search_setup.h"

#include <algorithm>
#include <thread>

#include "model/policy.h"
#include "tools/watch.h"

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

FullSearchLimits limits_of(const FullSearchOptions& options, const model::Scenario& scenario) {
  FullSearchLimits limits;
  limits.jobs =
      options.jobs != 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
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

sim::StrategySpec strategy_of(const SearchOptions& options, const std::string& name,
                              const model::Scenario& scenario) {
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
  if (spec.kind == sim::StrategyKind::pct) {
    spec.step_bound = sim::measured_step_bound(
        model_of(scenario, std::string(model::policies().front().name)), SearchOptions{}.max_steps);
  }
  if (spec.kind == sim::StrategyKind::timed) {
    spec.latencies.assign(scenario.timing.begin(), scenario.timing.end());
  }
  return spec;
}

model::Origin origin_of(const sim::StrategySpec& spec) {
  const bool pct = spec.kind == sim::StrategyKind::pct;
  return {std::string(sim::name_of(spec.kind)), std::nullopt, pct ? spec.depth : 0,
          pct ? spec.step_bound : 0};
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
