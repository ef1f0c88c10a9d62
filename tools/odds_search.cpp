// SPDX-License-Identifier: MIT
//
// A search of everything that keeps only its graph.
#include "tools/odds_search.h"

#include <algorithm>

#include "sim/explorer.h"
#include "tools/search_setup.h"
#include "tools/watch.h"
#include "tools/why_stopped.h"

namespace tools {

sim::OddsTable search_odds(const model::Scenario& scenario, const std::string& policy,
                           const LimitOptions& options) {
  const auto none = [](const std::string& why) {
    return model::InputError("no odds: they need every world that can be reached, and " + why);
  };
  const SearchLimits most = limits_of(options, scenario);
  Watch watch(most.time, "odds");
  sim::ExploreOptions search;
  search.jobs = workers_of(0);
  search.max_states = most.max_states;
  search.max_memory = most.max_memory;
  sim::Progress last;
  try {
    auto found = sim::explore(model_of(scenario, policy), search, [&](const sim::Progress& now) {
      last = now;
      return watch.look(now);
    });
    if (found.bound != sim::Bound::none) throw sim::Stopped{found.bound};
    found.store = sim::StateStore(1);
    const std::uint64_t graph = found.graph.memory();
    const sim::Limits rest{most.max_memory - std::min(most.max_memory, graph),
                           [&] { return watch.look(last); }};
    const auto order = sim::topological_order(found.graph, rest);
    if (std::holds_alternative<sim::Cycle>(order)) {
      throw none("a run can come back to where it was (see explore)");
    }
    return {std::move(found.graph), std::get<sim::TopologicalOrder>(order), sim::is_violation,
            rest};
  } catch (const sim::Stopped& stopped) {
    throw none(why_stopped(stopped.bound));
  }
}

}  // namespace tools
