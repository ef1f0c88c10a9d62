// SPDX-License-Identifier: MIT
//
// Runs of the race by a seed, as fast as possible: hunts and estimates consist of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "model/race_model.h"
#include "sim/run_result.h"
#include "sim/strategies/strategies.h"

namespace tools {

/// How a run ended.
using RaceResult = sim::RunResult<model::RaceModel>;

/// Called before each step with the world and the choice that is about to be made.
using StepWatcher = std::function<void(const model::World&, sim::Choice)>;

/// A run by a seed.
struct SeedRun {
  RaceResult result;
  std::optional<std::uint64_t> time_ns;  ///< virtual time of the last step, if there is a clock
};

/// Runs one seed in a loop, without strands; `watcher` may be empty. Thread-safe.
/// Throws what `watcher` throws.
SeedRun run_seed(const model::RaceModel& model, const sim::StrategySpec& spec, std::uint64_t seed,
                 std::uint64_t max_steps, const StepWatcher& watcher = {});

/// The bound on the steps of a run that some strategies need (sim::measured_step_bound).
unsigned measured_step_bound(const model::RaceModel& model, std::uint64_t max_steps);

}  // namespace tools
