// SPDX-License-Identifier: MIT
//
// The one place where all strategies are compiled for runs in a loop.
#include "tools/engine/race_runs.h"

#include "sim/run.h"

namespace tools {
namespace {

/// Tells the watcher which choice is about to be made; events are ignored.
struct Observer : sim::NullSink {
  explicit Observer(const StepWatcher& watcher) : watcher_(watcher) {}

  void before_step(const model::RaceModel&, const model::World& w, sim::Choice choice) const {
    watcher_(w, choice);
  }

 private:
  const StepWatcher& watcher_;
};

template <class Observer>
SeedRun run_observed(const model::RaceModel& model, const sim::StrategySpec& spec,
                     std::uint64_t seed, std::uint64_t max_steps, Observer observer) {
  return sim::with_strategy(spec, model, seed, [&](auto& strategy) {
    SeedRun run{sim::run_directly(model, strategy, max_steps, observer), std::nullopt};
    if constexpr (requires { strategy.now(); }) run.time_ns = strategy.now();
    return run;
  });
}

}  // namespace

SeedRun run_seed(const model::RaceModel& model, const sim::StrategySpec& spec, std::uint64_t seed,
                 std::uint64_t max_steps, const StepWatcher& watcher) {
  return watcher ? run_observed(model, spec, seed, max_steps, Observer(watcher))
                 : run_observed(model, spec, seed, max_steps, sim::NullObserver{});
}

unsigned measured_step_bound(const model::RaceModel& model, std::uint64_t max_steps) {
  return sim::measured_step_bound(model, max_steps);
}

}  // namespace tools
