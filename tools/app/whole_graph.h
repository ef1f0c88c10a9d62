// SPDX-License-Identifier: MIT
//
// A search of everything, made only for its graph.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "model/scenario/scenario.h"
#include "sim/questions/topological_order.h"
#include "sim/search/explorer.h"
#include "tools/app/search_setup.h"

namespace tools {

/// Why there is no whole graph.
struct NoWholeGraph {
  bool has_cycle = false;               ///< a run can come back to a state it has left
  sim::Bound bound = sim::Bound::none;  ///< what ended the search, or the use of it
  std::uint64_t states = 0;             ///< seen until then
};

/// Receives a complete graph, its order, and the limits that are left for what comes
/// next; may throw sim::Stopped when they say so.
using UseGraph =
    std::function<void(sim::StateGraph, const sim::TopologicalOrder&, const sim::Limits&)>;

/// Searches everything within `limits`, under a Watch with that title, and gives the
/// graph to `use`. Returns nothing if that was done. Throws what `use` throws but
/// sim::Stopped.
std::optional<NoWholeGraph> with_whole_graph(const model::RaceModel& model,
                                             sim::Reductions reductions, unsigned jobs,
                                             const SearchLimits& limits, const std::string& title,
                                             const UseGraph& use);

}  // namespace tools
