// SPDX-License-Identifier: MIT
//
// From options to a search of everything, watched: what explore and compare share.
#pragma once

#include <string>

#include "model/scenario/scenario.h"
#include "tools/app/commands.h"
#include "tools/explore/explore.h"

namespace tools {

/// A request with the workers and limits in force, all else as by default: a
/// command-line limit counts more than the scenario's own, that more than what the
/// machine has.
ExploreRequest limited_request(const FullSearchOptions& options, const model::Scenario& scenario);

/// One scenario under one policy.
struct WatchedSearch {
  const model::Scenario& scenario;
  const std::string& policy;
  std::string title{};  ///< begins the line of progress; may be empty
  Keep keep{};
};

/// explore() under a Watch, which sees to the time limit, Ctrl-C and progress.
Findings explore_watched(const WatchedSearch& search, ExploreRequest request,
                         const FullSearchOptions& options);

}  // namespace tools
