// SPDX-License-Identifier: MIT
//
// Choosing a strategy by name at run time.
//
// Strategies are plain types without a common base, so that a run's inner loop
// is compiled for each; the choice is made once per run, here.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "sim/run.h"
#include "sim/strategies/interleavings.h"
#include "sim/strategies/pct.h"
#include "sim/strategies/pos.h"
#include "sim/strategies/preemption_bounded.h"
#include "sim/strategies/round_robin.h"
#include "sim/strategies/timed.h"
#include "sim/strategies/uniform.h"

namespace sim {

enum class StrategyKind : std::uint8_t {
  pct,
  uniform,
  pos,
  interleavings,
  round_robin,
  preemption_bounded,
  timed,
};

/// A strategy as users see it.
struct StrategyEntry {
  StrategyKind kind;
  std::string_view name;
  std::string_view idea;
};

/// The strategies that choose by a seed.
inline constexpr std::array<StrategyEntry, 7> strategies{{
    {StrategyKind::pct, "pct",
     "priorities and a few random change points (Burckhardt et al., ASPLOS 2010); the default"},
    {StrategyKind::uniform, "uniform", "uniform over the enabled actors, then over the outcomes"},
    {StrategyKind::pos, "pos",
     "priorities of steps, drawn anew after each conflict (Yuan, Yang, Gu, CAV 2018)"},
    {StrategyKind::interleavings, "interleavings",
     "every interleaving exactly as likely as every other; searches all states first"},
    {StrategyKind::round_robin, "round-robin",
     "a step each in turn, in a random order of the actors (Kleinrock, NRLQ 1964)"},
    {StrategyKind::preemption_bounded, "preemption-bounded",
     "random walk with few preemptions (Musuvathi, Qadeer, PLDI 2007)"},
    {StrategyKind::timed, "timed",
     "virtual time: the step whose latency is over first (the scenario's \"timing\")"},
}};

/// Its name on the command line.
constexpr std::string_view name_of(StrategyKind kind) {
  return strategies[static_cast<std::size_t>(kind)].name;
}

/// A strategy with its parameters.
struct StrategySpec {
  StrategyKind kind = StrategyKind::pct;
  unsigned depth = 3;        ///< of PCT, 1..PctStrategy::max_depth
  unsigned step_bound = 1;   ///< if has_step_bound: see measured_step_bound
  unsigned preemptions = 2;  ///< of preemption-bounded, 0..most_preemptions
  /// For interleavings: those of the model that is run.
  std::shared_ptr<const RankedInterleavings> ranked{};
  std::vector<Distribution> latencies{};  ///< of timed: what the model's latency() refers to
};

/// Whether a strategy has to know how long runs are.
constexpr bool has_step_bound(StrategyKind kind) {
  return kind != StrategyKind::uniform && kind != StrategyKind::interleavings &&
         kind != StrategyKind::timed;
}

/// Calls `use` with a fresh strategy object for one run of `model`. `spec` must outlive
/// that run. REQUIRES: a model that the strategy can be used with; for interleavings,
/// those of `model`.
template <Model M, class Use>
auto with_strategy(const StrategySpec& spec, const M& model, std::uint64_t seed, Use use) {
  const auto actors = static_cast<unsigned>(model.actor_count());
  const ActorSet optional = model.optional_actors();
  if (spec.kind == StrategyKind::uniform) {
    UniformStrategy strategy(seed);
    return use(strategy);
  }
  if (spec.kind == StrategyKind::pos) {
    PosStrategy strategy(seed, optional, spec.step_bound);
    return use(strategy);
  }
  if (spec.kind == StrategyKind::interleavings) {
    InterleavingsStrategy strategy(seed, *spec.ranked);
    return use(strategy);
  }
  if (spec.kind == StrategyKind::round_robin) {
    RoundRobinStrategy strategy(seed, actors, optional, spec.step_bound);
    return use(strategy);
  }
  if (spec.kind == StrategyKind::preemption_bounded) {
    PreemptionBoundedStrategy strategy(seed, model.environment(), optional, spec.step_bound,
                                       spec.preemptions);
    return use(strategy);
  }
  if constexpr (TimedModel<M>) {
    if (spec.kind == StrategyKind::timed) {
      TimedStrategy strategy(seed, spec.latencies);
      return use(strategy);
    }
  }
  PctStrategy strategy(seed, actors, optional, spec.step_bound, spec.depth);
  return use(strategy);
}

/// The bound on the steps of a run, measured: the longest of 64 uniform random
/// runs with fixed seeds. Depends on the model alone.
template <Model M>
unsigned measured_step_bound(const M& model, std::uint64_t max_steps) {
  std::uint64_t longest = 1;
  for (std::uint64_t seed = 1; seed <= 64; ++seed) {
    UniformStrategy strategy(seed);
    NullObserver observer;
    longest = std::max(longest, run_directly(model, strategy, max_steps, observer).steps);
  }
  return static_cast<unsigned>(longest);
}

}  // namespace sim
