// SPDX-License-Identifier: MIT
//
// Uniform random: the strategy that everybody tries first.
//
// Uniform over the enabled actors, then uniform over the outcomes of the chosen one.
// This is not uniform over interleavings: short-lived alternatives are favoured, and a
// bug that needs one actor to fall far behind the others is found very rarely. It is
// kept as the measure for the other strategies, and because its exact probabilities can
// be computed.
#pragma once

#include <cstdint>

#include "sim/model_concept.h"
#include "sim/random.h"
#include "sim/uniform_outcome.h"

namespace sim {

/// Uniform random choice of actor, then of outcome. One object per run.
class UniformStrategy {
 public:
  explicit UniformStrategy(std::uint64_t seed) : random_(seed) {}

  ActorId pick_actor(ActorSet enabled) {
    return static_cast<ActorId>(enabled.at(random_.below(enabled.size())));
  }
  Outcome pick_outcome(ActorId /*actor*/, OutcomeSet outcomes) {
    return uniform_outcome(random_, outcomes);
  }

 private:
  Random random_;
};

}  // namespace sim
