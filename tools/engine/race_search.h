// SPDX-License-Identifier: MIT
//
// Searches of the race: all states, and the cheapest failure.
#pragma once

#include <functional>
#include <optional>

#include "model/race_model.h"
#include "sim/questions/cheapest_failure.h"
#include "sim/questions/simplify.h"
#include "sim/search/explorer.h"

namespace tools {

/// What a search of the race found.
using RaceExploration = sim::Exploration<model::RaceModel>;

/// Asked regularly whether to continue; a bound other than none ends the search. If it
/// is empty, the search continues. Called by the searching thread only.
using SearchWatch = std::function<sim::Bound(const sim::Progress&)>;

/// Receives what was found after every round that no bound ended; may be empty.
using SearchKeeper = std::function<void(const RaceExploration&)>;

/// All states (sim::explore). `begun`, if given, is the search to continue. Throws
/// std::bad_alloc, and what `watch` and `keep` throw.
RaceExploration search_states(const model::RaceModel& model, const sim::ExploreOptions& options,
                              const SearchWatch& watch = {}, const SearchKeeper& keep = {},
                              std::optional<RaceExploration> begun = std::nullopt);

/// The failure with the fewest preemptions, then steps (sim::cheapest_failure). Throws
/// std::bad_alloc, and what `watch` throws.
sim::CheapestFailure search_cheapest_failure(const model::RaceModel& model,
                                             const sim::EndTest& wanted,
                                             const sim::CheapestOptions& options,
                                             const SearchWatch& watch = {});

/// The schedule made cheaper by trying (sim::simplified).
sim::CountedSchedule simplified(const model::RaceModel& model, const sim::Schedule& schedule,
                                const sim::EndTest& fails, const sim::Limits& limits = {});

}  // namespace tools
