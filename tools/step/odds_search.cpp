// SPDX-License-Identifier: MIT
//
// A search of everything that keeps only its graph.
#include "tools/step/odds_search.h"

#include <optional>

#include "tools/app/search_setup.h"
#include "tools/app/whole_graph.h"
#include "tools/app/why_stopped.h"

namespace tools {

sim::OddsTable search_odds(const model::Scenario& scenario, const std::string& policy,
                           const LimitOptions& options) {
  std::optional<sim::OddsTable> odds;
  const auto none = with_whole_graph(
      model_of(scenario, policy), {}, 0, limits_of(options, scenario), "odds",
      [&odds](sim::StateGraph graph, const sim::TopologicalOrder& order, const sim::Limits& rest) {
        odds.emplace(std::move(graph), order, sim::is_violation, rest);
      });
  if (!none) return *std::move(odds);
  throw model::InputError("no odds: they need every state that can be reached, and " +
                          (none->has_cycle ? "a run can come back to where it was (see explore)"
                                           : why_stopped(none->bound)));
}

}  // namespace tools
