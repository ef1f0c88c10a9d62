// SPDX-License-Identifier: MIT
//
// When events come that need not happen.
//
// A link that may fail is no thread: it does nothing until it fails, and then it waits
// for no other actor. A strategy that orders threads gives it a random time of arrival
// instead of a place among them. Before that time it is not there, unless no other
// actor is enabled; at that time it takes its step.
#pragma once

#include <array>
#include <cstdint>

#include "sim/model_concept.h"
#include "sim/random.h"

namespace sim {

/// The optional actors of a model that have not come yet. One object per run.
class Arrivals {
 public:
  /// No actor is optional.
  Arrivals() = default;
  /// Draws for each of `optional` the step before which it comes, uniform in
  /// 0..step_bound-1. REQUIRES: step_bound > 0.
  Arrivals(Random& random, ActorSet optional, unsigned step_bound) : absent_(optional) {
    for (const unsigned actor : optional) time_[actor] = random.below(step_bound);
  }

  /// `enabled` without the actors that have not come by `step`, or all of it if no
  /// other actor is there. Calls `has_come(actor)` once for each that has come by now.
  template <class HasCome>
  ActorSet present(ActorSet enabled, std::uint32_t step, HasCome has_come) {
    if (absent_.empty()) return enabled;
    for (const unsigned actor : absent_) {
      if (time_[actor] > step) continue;
      absent_.erase(actor);
      has_come(actor);
    }
    const ActorSet present = enabled - absent_;
    return present.empty() ? enabled : present;
  }

 private:
  ActorSet absent_;
  std::array<std::uint32_t, SmallSet::capacity> time_;
};

}  // namespace sim
