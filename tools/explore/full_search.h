// SPDX-License-Identifier: MIT
//
// From options to a search of everything, watched: what explore and compare share.
#pragma once

#include <string>

#include "model/scenario/scenario.h"
#include "tools/app/commands.h"
#include "tools/explore/explore.h"

namespace tools {

/// A request with the workers and limits in force, and defaults for all else. A
/// command-line limit has precedence over the scenario's own, and that one over what
/// the machine has.
ExploreRequest limited_request(const FullSearchOptions& options, const model::Scenario& scenario);

/// One scenario under one policy.
struct WatchedSearch {
  const model::Scenario& scenario;
  const std::string& policy;
  std::string title{};  ///< begins the line of progress; may be empty
  Keep keep{};
};

/// explore() under a Watch, which handles the time limit, Ctrl-C and progress.
Findings explore_watched(const WatchedSearch& search, const ExploreRequest& request,
                         const FullSearchOptions& options);
/// The same of a model that is not quite the scenario's.
Findings explore_watched(const model::RaceModel& model, const WatchedSearch& search,
                         ExploreRequest request, const FullSearchOptions& options);

}  // namespace tools
