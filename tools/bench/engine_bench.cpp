// SPDX-License-Identifier: MIT
//
// How fast runs are: the same runs stepped directly and on Boost.Asio strands.
//
// One benchmark run is a whole simulated run of one scenario, seed after seed. The
// counters are steps and runs per second. Do not compare figures from different
// machines, or from one machine at different times: take ratios within one invocation,
// medians of several repetitions (docs/benchmarks.md has the command).
#include <benchmark/benchmark.h>

#include "model/policy.h"
#include "model/scenario/timing.h"
#include "model/trace/trace.h"
#include "sim/strategies/strand_scheduler.h"
#include "sim/strategies/strategies.h"

namespace {

using model::RaceModel;

RaceModel model_of(const char* scenario, const char* policy) {
  const model::Scenario loaded =
      model::load_scenario(std::string(FRWRSIM_SOURCE_SCENARIOS) + "/" + scenario + ".json");
  return RaceModel(loaded.with_policy(model::find_policy(policy)->policy));
}

constexpr std::uint64_t max_steps = 100'000;

/// Calls `one_run(seed)`, which returns its number of steps, for as long as it takes.
template <class OneRun>
void measure(benchmark::State& state, OneRun one_run) {
  std::uint64_t steps = 0;
  std::uint64_t seed = 0;
  for (auto _ : state) steps += one_run(seed++);
  state.counters["steps/s"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsRate);
  state.counters["runs/s"] =
      benchmark::Counter(static_cast<double>(seed), benchmark::Counter::kIsRate);
}

sim::StrategySpec spec_of(const RaceModel& model, sim::StrategyKind kind) {
  sim::StrategySpec spec;
  spec.kind = kind;
  spec.step_bound = sim::measured_step_bound(model, max_steps);
  const model::Timing timing = model::usual_timing();
  spec.latencies.assign(timing.begin(), timing.end());
  return spec;
}

void directly(benchmark::State& state, const char* scenario, const char* policy,
              sim::StrategyKind kind) {
  const RaceModel model = model_of(scenario, policy);
  const sim::StrategySpec spec = spec_of(model, kind);
  measure(state, [&](std::uint64_t seed) {
    sim::NullObserver observer;
    return sim::with_strategy(spec, model, seed, [&](auto& strategy) {
      return sim::run_directly(model, strategy, max_steps, observer).steps;
    });
  });
}

void on_strands(benchmark::State& state, const char* scenario, const char* policy,
                sim::StrategyKind kind) {
  const RaceModel model = model_of(scenario, policy);
  const sim::StrategySpec spec = spec_of(model, kind);
  sim::StrandScheduler scheduler(model::actor_count);
  measure(state, [&](std::uint64_t seed) {
    sim::NullObserver observer;
    return sim::with_strategy(spec, model, seed, [&](auto& strategy) {
      return scheduler.run(model, strategy, max_steps, observer).steps;
    });
  });
}

void recorded(benchmark::State& state, const char* scenario, const char* policy) {
  const RaceModel model = model_of(scenario, policy);
  const sim::StrategySpec spec = spec_of(model, sim::StrategyKind::pct);
  measure(state, [&](std::uint64_t seed) {
    model::TraceRecorder recorder;
    return sim::with_strategy(spec, model, seed, [&](auto& strategy) {
      return sim::run_directly(model, strategy, max_steps, recorder).steps;
    });
  });
}

constexpr auto pct = sim::StrategyKind::pct;
constexpr auto uniform = sim::StrategyKind::uniform;
constexpr auto timed = sim::StrategyKind::timed;

BENCHMARK_CAPTURE(directly, upstream_report_fix_pct, "upstream-report", "fix", pct);
BENCHMARK_CAPTURE(directly, upstream_report_pre_fix_pct, "upstream-report", "pre-fix", pct);
BENCHMARK_CAPTURE(directly, upstream_report_fix_uniform, "upstream-report", "fix", uniform);
BENCHMARK_CAPTURE(directly, upstream_report_fix_timed, "upstream-report", "fix", timed);
BENCHMARK_CAPTURE(directly, upstream_report_pre_fix_timed, "upstream-report", "pre-fix", timed);
BENCHMARK_CAPTURE(directly, two_rpcs_fix_pct, "two-rpcs", "fix", pct);
BENCHMARK_CAPTURE(on_strands, upstream_report_fix_pct, "upstream-report", "fix", pct);
BENCHMARK_CAPTURE(on_strands, upstream_report_fix_uniform, "upstream-report", "fix", uniform);
BENCHMARK_CAPTURE(recorded, upstream_report_fix_pct, "upstream-report", "fix");

}  // namespace

BENCHMARK_MAIN();
