// SPDX-License-Identifier: MIT
//
// How almost all strategies choose an outcome: each possible one is equally likely.
//
// The papers that describe the strategies have threads and no outcomes.
#pragma once

#include "sim/model_concept.h"
#include "sim/random.h"

namespace sim {

/// One of `outcomes`; draws nothing where there is no choice. REQUIRES: not empty.
inline Outcome uniform_outcome(Random& random, OutcomeSet outcomes) {
  if (outcomes.is_single()) return static_cast<Outcome>(outcomes.first());
  return static_cast<Outcome>(outcomes.at(random.below(outcomes.size())));
}

}  // namespace sim
