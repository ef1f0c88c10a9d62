// SPDX-License-Identifier: MIT
//
// From options to a scenario, its models and a strategy: what run and hunt share.
#pragma once

#include <chrono>
#include <optional>

#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "model/trace/trace.h"
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

/// Those asked for, else the scenario's own, else what the machine has.
SearchLimits limits_of(const LimitOptions& options, const model::Scenario& scenario);

/// `jobs`, or if that is 0, one per core.
unsigned workers_of(unsigned jobs);

/// The strategy of that name, ready for runs under that policy. Its step bound is
/// measured under the first policy of the table whatever policy and --max-steps, so
/// that one seed makes the same decisions under every policy until their paths part.
/// Throws model::InputError, also if what it needs to know takes more than there is.
sim::StrategySpec strategy_of(const SearchOptions& options, const std::string& name,
                              const model::Scenario& scenario, const std::string& policy);

/// The same, for a trace's or report's header.
model::Origin origin_of(const sim::StrategySpec& spec);

}  // namespace tools
