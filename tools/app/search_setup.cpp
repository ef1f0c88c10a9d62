// SPDX-License-Identifier: MIT
//
// A scenario's models, the limits of a search, and which policies are meant.
#include "tools/app/search_setup.h"

#include <algorithm>
#include <thread>

#include "model/policy.h"
#include "tools/app/watch.h"

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
