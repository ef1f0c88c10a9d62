// SPDX-License-Identifier: MIT
//
// The order in which a graph's states can be computed: each before its successors.
//
// Every exact count is a sum over successors (or predecessors), which only means
// something if no path comes back. Models promise that (their budgets run out),
// but nobody needs to believe it: the order exists exactly if there is no cycle,
// and if there is one it is handed out, with its choices, as the bug it is.
#pragma once

#include <variant>
#include <vector>

#include "sim/limits.h"
#include "sim/search/state_graph.h"

namespace sim {

/// All states, each before those its edges lead to.
using TopologicalOrder = std::vector<StateId>;

/// States and choices that come back to where they began: choices[i] leads from
/// states[i] to states[i + 1], the last one to states[0].
struct Cycle {
  std::vector<StateId> states;
  std::vector<Choice> choices;
};

/// The order, the same for the same graph, or a cycle (A. B. Kahn, "Topological
/// sorting of large networks", CACM 1962). Throws Stopped.
std::variant<TopologicalOrder, Cycle> topological_order(const StateGraph& graph,
                                                        const Limits& limits = {});

}  // namespace sim
