// SPDX-License-Identifier: MIT
//
// The one place where the searches are compiled for the race.
#include "tools/engine/race_search.h"

#include <utility>

namespace tools {
namespace {

struct Monitor {
  const SearchWatch& watch;
  const SearchKeeper& keeper;

  sim::Bound operator()(const sim::Progress& progress) const {
    return watch ? watch(progress) : sim::Bound::none;
  }
  void keep(const RaceExploration& found) const {
    if (keeper) keeper(found);
  }
};

}  // namespace

RaceExploration search_states(const model::RaceModel& model, const sim::ExploreOptions& options,
                              const SearchWatch& watch, const SearchKeeper& keep,
                              std::optional<RaceExploration> begun) {
  return sim::explore(model, options, Monitor{watch, keep}, std::move(begun));
}

sim::CheapestFailure search_cheapest_failure(const model::RaceModel& model,
                                             const sim::EndTest& wanted,
                                             const sim::CheapestOptions& options,
                                             const SearchWatch& watch) {
  return sim::cheapest_failure(model, wanted, options, Monitor{watch, {}});
}

sim::CountedSchedule simplified(const model::RaceModel& model, const sim::Schedule& schedule,
                                const sim::EndTest& fails, const sim::Limits& limits) {
  return sim::simplified(model, schedule, fails, limits);
}

}  // namespace tools
