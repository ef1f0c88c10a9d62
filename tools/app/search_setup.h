// SPDX-License-Identifier: MIT
//
// From options to a scenario's models and to the limits of a search.
#pragma once

#include <chrono>
#include <optional>

#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "sim/schedule.h"
#include "sim/search/state_graph.h"
#include "tools/app/commands.h"

namespace tools {

/// The model of a scenario under a policy given by name.
model::RaceModel model_of(const model::Scenario& scenario, const std::string& policy);

/// The world after the first `steps` choices of a schedule.
/// REQUIRES: they are possible one after the other.
model::World world_after(const model::RaceModel& model, const sim::Schedule& schedule,
                         std::size_t steps);

/// Bounds of a search of interleavings.
struct SearchLimits {
  sim::StateId max_states = static_cast<sim::StateId>(sim::most_states);
  std::uint64_t max_memory = 0;  ///< bytes
  std::optional<std::chrono::milliseconds> time;
};

/// The limits asked for, else the scenario's own, else what the machine has.
SearchLimits limits_of(const LimitOptions& options, const model::Scenario& scenario);

/// `jobs`, or if that is 0, one per core.
unsigned workers_of(unsigned jobs);

}  // namespace tools
