// SPDX-License-Identifier: MIT
//
// The shortest way from a world to rest, by breadth-first search.
//
// A run that was made of another run's choices may stop in the middle. What becomes of it
// is shown by continuing it, and the way with the fewest steps adds the least to it.
#pragma once

#include <optional>

#include "model/race_model.h"
#include "sim/limits.h"
#include "sim/schedule.h"
#include "tools/app/search_setup.h"

namespace tools {

/// So many worlds are looked at unless a limit says otherwise: some 500 MB.
inline constexpr std::size_t most_worlds_to_rest = 1'000'000;

/// A way, or why there is none.
struct WayToRest {
  std::optional<sim::Schedule> schedule;
  sim::Bound bound = sim::Bound::none;  ///< what ended the search; none: rest is out of reach
};

/// Of the ways with the fewest steps the first in order of (actor, outcome). It violates
/// nothing and exceeds no budget.
WayToRest way_to_rest(const model::RaceModel& model, const model::World& from,
                      const SearchLimits& limits);

}  // namespace tools
