// SPDX-License-Identifier: MIT
//
// What nearly all strategies make of outcomes: any of them, each as likely.
//
// The papers that strategies are from know threads and no outcomes.
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
