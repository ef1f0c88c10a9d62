// SPDX-License-Identifier: MIT
//
// Round-robin: each in turn, a step at a time.
//
// L. Kleinrock, "Analysis of a time-shared processor", Naval Research Logistics
// Quarterly 1964, with a step for a quantum. The seed draws the order of the actors;
// from then on the next one in it that can take a step takes one. No actor ever falls
// behind, which makes it the opposite of PCT and the least random strategy. What it
// finds can happen at even progress; what it does not find needs an actor that is late.
//
// Deviations:
// - There is no queue of the enabled actors: a place in the order is kept while its
//   actor is not enabled.
// - An *optional* actor, whose step need not happen at all, has a random time of
//   arrival (arrivals.h) and then runs at once, out of turn; from then on it has its
//   place in the order.
// - Outcomes are uniform.
#pragma once

#include <array>
#include <cstdint>

#include "sim/model_concept.h"
#include "sim/random.h"
#include "sim/strategies/arrivals.h"
#include "sim/uniform_outcome.h"

namespace sim {

/// Turns in a random order. One object per run.
class RoundRobinStrategy {
 public:
  /// `optional` are the actors whose steps need not happen; `step_bound` the number
  /// of steps a run is expected not to exceed.
  /// REQUIRES: 1 <= actors <= 32, step_bound >= 1.
  RoundRobinStrategy(std::uint64_t seed, unsigned actors, ActorSet optional, unsigned step_bound)
      : random_(seed), actors_(actors) {
    for (unsigned i = 0; i < actors; ++i) {
      // Fisher-Yates, inside out.
      const unsigned j = random_.below(i + 1);
      order_[i] = order_[j];
      order_[j] = static_cast<ActorId>(i);
    }
    arrivals_ = Arrivals(random_, optional, step_bound);
  }

  ActorId pick_actor(ActorSet enabled) {
    enabled = arrivals_.present(enabled, step_++, [this](unsigned who) { striking_.insert(who); });
    if (const ActorSet first = enabled & striking_; !first.empty()) {
      striking_.erase(first.first());
      return static_cast<ActorId>(first.first());
    }
    while (!enabled.contains(order_[turn_])) advance();
    const ActorId actor = order_[turn_];
    striking_.erase(actor);
    advance();
    return actor;
  }
  Outcome pick_outcome(ActorId /*actor*/, OutcomeSet outcomes) {
    return uniform_outcome(random_, outcomes);
  }

 private:
  void advance() { turn_ = turn_ + 1 == actors_ ? 0 : turn_ + 1; }

  Random random_;
  unsigned actors_;
  unsigned turn_ = 0;  // position in the order
  std::uint32_t step_ = 0;
  Arrivals arrivals_;
  ActorSet striking_;  // optional ones that have come and not yet taken a step
  std::array<ActorId, SmallSet::capacity> order_{};
};

}  // namespace sim
