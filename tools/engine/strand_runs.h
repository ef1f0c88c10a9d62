// SPDX-License-Identifier: MIT
//
// Runs of the race on Boost.Asio strands, recorded: what run and replay show.
#pragma once

#include <cstdint>

#include "model/trace/trace.h"
#include "sim/run_result.h"
#include "sim/schedule.h"
#include "sim/strategies/strategies.h"

namespace tools {

/// Runs one seed. Steps and, if the strategy has a clock, their times go to `recorder`.
sim::RunResult<model::RaceModel> run_on_strands(const model::RaceModel& model,
                                                const sim::StrategySpec& spec, std::uint64_t seed,
                                                std::uint64_t max_steps,
                                                model::TraceRecorder& recorder);

/// Makes the choices of a schedule, one after the other. Throws sim::ScheduleMismatch
/// if one is not possible.
sim::RunResult<model::RaceModel> replay_on_strands(const model::RaceModel& model,
                                                   const sim::Schedule& schedule,
                                                   model::TraceRecorder& recorder);

}  // namespace tools
