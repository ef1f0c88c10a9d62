// SPDX-License-Identifier: MIT
//
// PCT: probabilistic concurrency testing.
//
// Burckhardt, Kothari, Musuvathi, Nagarakatte: "A randomized scheduler with
// probabilistic guarantees of finding bugs", ASPLOS 2010. Every actor gets a
// random priority and the enabled actor of highest priority always runs, except
// that at d-1 random steps the actor about to run is demoted: the i-th of these
// change points gives it priority i, which is below every initial priority.
// A bug of depth d (one that d ordering constraints suffice to show) is found in
// a run with probability at least 1/(n·k^(d-1)), n actors and at most k steps.
//
// It suits this race: the reported bug needs one context, the completion handler, to
// stay behind while a worker does all it has to do. Under priorities that is one lucky
// draw; under uniform random choice it is a long series of them.
//
// Deviations from the paper:
// - An *optional* actor, whose step need not happen at all (a link that may
//   fail), has a random time of arrival (arrivals.h) instead of a priority, and
//   once it has come it runs before all others. As a thread with a priority it
//   could take its step in the middle of another actor's work only by demoting that
//   actor, which would then be late for all that follows. Measured on the scenario this
//   was made for, that costs a factor of forty.
// - Outcomes, which the paper does not have, are uniform.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>

#include "sim/model_concept.h"
#include "sim/random.h"
#include "sim/strategies/arrivals.h"
#include "sim/uniform_outcome.h"

namespace sim {

/// The paper's lower bound of the probability that one run finds a bug of that depth,
/// for `actors` threads and at most `steps` steps. Its theorem knows neither optional
/// actors nor outcomes. REQUIRES: all at least 1.
constexpr double pct_bound(unsigned actors, unsigned steps, unsigned depth) {
  double bound = 1.0 / actors;
  for (unsigned i = 1; i < depth; ++i) bound /= steps;
  return bound;
}

/// Priority-based random strategy with `depth - 1` change points.
/// One object per run.
class PctStrategy {
 public:
  static constexpr unsigned max_depth = 16;

  /// `optional` are the actors whose steps need not happen; `step_bound` the
  /// number of steps a run is expected not to exceed.
  /// REQUIRES: 1 <= depth <= max_depth, actors <= 32, step_bound >= 1.
  PctStrategy(std::uint64_t seed, unsigned actors, ActorSet optional, unsigned step_bound,
              unsigned depth)
      : random_(seed), change_points_(depth - 1) {
    for (unsigned i = 0; i < actors; ++i) {
      // Fisher-Yates: a random permutation of the priorities above all changes.
      const unsigned j = random_.below(i + 1);
      priority_[i] = priority_[j];
      priority_[j] = static_cast<std::uint8_t>(max_depth + i);
    }
    for (unsigned i = 0; i < change_points_; ++i) changes_[i] = {random_.below(step_bound), i};
    std::sort(changes_.begin(), changes_.begin() + change_points_);
    arrivals_ = Arrivals(random_, optional, step_bound);
  }

  ActorId pick_actor(ActorSet enabled) {
    enabled = arrivals_.present(enabled, step_, [&](unsigned who) { priority_[who] = ++top_; });
    while (next_change_ < change_points_ && changes_[next_change_].step == step_) {
      priority_[highest(enabled)] = static_cast<std::uint8_t>(changes_[next_change_].priority);
      ++next_change_;
    }
    ++step_;
    return highest(enabled);
  }
  Outcome pick_outcome(ActorId /*actor*/, OutcomeSet outcomes) {
    return uniform_outcome(random_, outcomes);
  }

 private:
  [[nodiscard]] ActorId highest(ActorSet enabled) const {
    unsigned best = 0;
    for (const unsigned actor : enabled) {
      best = std::max(best, unsigned{priority_[actor]} << 8 | actor);
    }
    return static_cast<ActorId>(best & 0xffu);
  }

  struct Change {
    std::uint32_t step;
    unsigned priority;
    friend constexpr auto operator<=>(const Change&, const Change&) = default;
  };

  Random random_;
  unsigned change_points_;
  unsigned next_change_ = 0;
  std::uint32_t step_ = 0;
  std::uint8_t top_ = max_depth + SmallSet::capacity;  // above every initial priority
  Arrivals arrivals_;
  std::array<std::uint8_t, SmallSet::capacity> priority_{};
  std::array<Change, max_depth> changes_;
};

}  // namespace sim
