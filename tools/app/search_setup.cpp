// SPDX-License-Identifier: MIT
//
// A scenario's models, and the limits of a search.
#include "tools/app/search_setup.h"

#include <algorithm>
#include <thread>

#include "model/policy.h"
#include "model/scenario/policy_text.h"
#include "tools/app/watch.h"

namespace tools {

model::RaceModel model_of(const model::Scenario& scenario, const std::string& policy) {
  return model::RaceModel(scenario.with_policy(model::read_policy(policy).policy));
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

}  // namespace tools
