// SPDX-License-Identifier: MIT
//
// The search; the memory of its states is freed before the graph is used.
#include "tools/app/whole_graph.h"

#include <algorithm>

#include "tools/app/watch.h"
#include "tools/engine/race_search.h"

namespace tools {

std::optional<NoWholeGraph> with_whole_graph(const model::RaceModel& model,
                                             sim::Reductions reductions, unsigned jobs,
                                             const SearchLimits& limits, const std::string& title,
                                             const UseGraph& use) {
  Watch watch(limits.time, title);
  sim::ExploreOptions search{.reductions = reductions};
  search.jobs = workers_of(jobs);
  search.max_states = limits.max_states;
  search.max_memory = limits.max_memory;
  sim::Progress last;
  try {
    auto found = search_states(model, search, [&](const sim::Progress& now) {
      last = now;
      return watch.look(now);
    });
    last.states = found.state_count();
    if (found.bound != sim::Bound::none) throw sim::Stopped{found.bound};
    found.store = sim::StateStore(1);
    const std::uint64_t graph = found.graph.memory();
    const sim::Limits rest{limits.max_memory - std::min(limits.max_memory, graph),
                           [&] { return watch.look(last); }};
    const auto order = sim::topological_order(found.graph, rest);
    if (std::holds_alternative<sim::Cycle>(order)) {
      return NoWholeGraph{true, sim::Bound::none, last.states};
    }
    use(std::move(found.graph), std::get<sim::TopologicalOrder>(order), rest);
    return std::nullopt;
  } catch (const sim::Stopped& stopped) {
    return NoWholeGraph{false, stopped.bound, last.states};
  }
}

}  // namespace tools
