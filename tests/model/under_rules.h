// SPDX-License-Identifier: MIT
//
// The race under orderings besides those of its policy.
#pragma once

#include <vector>

#include "model/race_model.h"

namespace fixture {

inline model::RaceModel under(model::Setup setup, const std::vector<model::Ordering>& orderings) {
  for (const model::Ordering& ordering : orderings) setup.policy.rules.add(ordering);
  return model::RaceModel(setup);
}

}  // namespace fixture
