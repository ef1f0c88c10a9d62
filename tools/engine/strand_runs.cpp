// SPDX-License-Identifier: MIT
//
// The one place where strands and the race meet.
#include "tools/engine/strand_runs.h"

#include "sim/strategies/replay.h"
#include "sim/strategies/strand_scheduler.h"

namespace tools {

sim::RunResult<model::RaceModel> run_on_strands(const model::RaceModel& model,
                                                const sim::StrategySpec& spec, std::uint64_t seed,
                                                std::uint64_t max_steps,
                                                model::TraceRecorder& recorder) {
  sim::StrandScheduler scheduler(model::actor_count);
  return sim::with_strategy(spec, model, seed, [&](auto& strategy) {
    recorder.follow(strategy);
    return scheduler.run(model, strategy, max_steps, recorder);
  });
}

sim::RunResult<model::RaceModel> replay_on_strands(const model::RaceModel& model,
                                                   const sim::Schedule& schedule,
                                                   model::TraceRecorder& recorder) {
  sim::StrandScheduler scheduler(model::actor_count);
  sim::ReplayStrategy strategy(schedule);
  return scheduler.run(model, strategy, schedule.size(), recorder);
}

}  // namespace tools
