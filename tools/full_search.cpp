// SPDX-License-Identifier: MIT
//
// From options to a search of everything, watched.
#include "tools/full_search.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "tools/search_setup.h"
#include "tools/watch.h"

namespace tools {
namespace {

std::optional<std::chrono::milliseconds> time_limit_of(const FullSearchOptions& options,
                                                       const model::Scenario& scenario) {
  if (options.time_limit_ms != 0) return std::chrono::milliseconds(options.time_limit_ms);
  if (scenario.search.time_limit_s != 0) return std::chrono::seconds(scenario.search.time_limit_s);
  return std::nullopt;
}

}  // namespace

ExploreRequest limited_request(const FullSearchOptions& options, const model::Scenario& scenario) {
  ExploreRequest request;
  request.jobs =
      options.jobs != 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
  const model::SearchBudget& own = scenario.search;
  if (options.max_states != 0) {
    request.max_states = static_cast<sim::StateId>(options.max_states);
  } else if (own.max_states != 0) {
    request.max_states = static_cast<sim::StateId>(own.max_states);
  }
  request.max_memory = options.max_memory != 0   ? options.max_memory
                       : own.max_memory_mib != 0 ? own.max_memory_mib << 20
                                                 : default_memory_limit();
  return request;
}

Findings explore_watched(const WatchedSearch& search, ExploreRequest request,
                         const FullSearchOptions& options) {
  Watch watch(time_limit_of(options, search.scenario), search.title);
  request.watch = [&watch](const sim::Progress& progress) { return watch.look(progress); };
  return explore(model_of(search.scenario, search.policy), search.policy, request, search.keep);
}

}  // namespace tools
