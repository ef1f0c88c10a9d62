// SPDX-License-Identifier: MIT
//
// From options to a search of everything, watched.
#include "tools/explore/full_search.h"

#include "tools/app/search_setup.h"
#include "tools/app/watch.h"

namespace tools {

ExploreRequest limited_request(const FullSearchOptions& options, const model::Scenario& scenario) {
  const SearchLimits limits = limits_of(options, scenario);
  ExploreRequest request;
  request.jobs = workers_of(options.jobs);
  request.max_states = limits.max_states;
  request.max_memory = limits.max_memory;
  return request;
}

Findings explore_watched(const model::RaceModel& model, const WatchedSearch& search,
                         ExploreRequest request, const FullSearchOptions& options) {
  Watch watch(limits_of(options, search.scenario).time, search.title);
  request.watch = [&watch](const sim::Progress& progress) { return watch.look(progress); };
  return explore(model, search.policy, request, search.keep);
}

Findings explore_watched(const WatchedSearch& search, const ExploreRequest& request,
                         const FullSearchOptions& options) {
  return explore_watched(model_of(search.scenario, search.policy), search, request, options);
}

}  // namespace tools
