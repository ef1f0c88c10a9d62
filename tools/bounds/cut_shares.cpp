// SPDX-License-Identifier: MIT
//
// Interleavings, counted by the budget that cuts them.
#include "tools/bounds/cut_shares.h"

#include "sim/questions/interleavings.h"

namespace tools {

CutShares cut_shares(const model::Scenario& scenario, const std::string& policy,
                     const FullSearchOptions& options) {
  CutShares shares;
  WatchedSearch search{scenario, policy, "the scenario's own budgets"};
  search.keep = [&shares](const auto& found, const auto& order, const sim::Limits& limits) {
    std::map<model::Budget, sim::BigInt> cut;
    sim::count_interleavings(
        found.graph, order, false,
        [&cut](const sim::EndState& end, std::span<const sim::BigInt> counts) {
          if (end.end == sim::End::cut) cut[static_cast<model::Budget>(end.detail)] += counts[0];
        },
        limits);
    shares.cut = std::move(cut);
    shares.counted = true;
  };
  ExploreRequest request = limited_request(options, scenario);
  request.preemptions = CountPreemptions::never;
  shares.findings = explore_watched(search, request, options);
  shares.counted = shares.counted && shares.findings.interleavings.has_value();
  return shares;
}

}  // namespace tools
