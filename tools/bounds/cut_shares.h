// SPDX-License-Identifier: MIT
//
// How much each budget of a scenario cuts: how many states, and of the interleavings.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "tools/explore/explore.h"
#include "tools/explore/full_search.h"

namespace tools {

/// What ended the interleavings of a scenario under a policy.
struct CutShares {
  Findings findings;                           ///< without counts by preemptions
  std::map<model::Budget, sim::BigInt> cut{};  ///< interleavings, by budget
  /// Whether `cut` is known, that is, the search was complete and they could be counted.
  bool counted = false;
};

/// Searches without reduction, as `explore` does. Throws std::bad_alloc.
CutShares cut_shares(const model::Scenario& scenario, const std::string& policy,
                     const FullSearchOptions& options);

}  // namespace tools
