// SPDX-License-Identifier: MIT
//
// The order in which a graph's states can be computed: each before its successors.
//
// Every exact count is a sum over successors (or predecessors), which has a meaning
// only if no path leads back to a state it has left. Models promise that (their budgets
// run out), and it is checked here: the order exists exactly if there is no cycle. If
// there is one, it is returned, with its choices, because it is a bug of the model.
#pragma once

#include <variant>
#include <vector>

#include "sim/limits.h"
#include "sim/search/state_graph.h"

namespace sim {

/// All states, each before the states its edges lead to.
using TopologicalOrder = std::vector<StateId>;

/// A cycle: choices[i] leads from states[i] to states[i + 1], the last one from the
/// last state to states[0].
struct Cycle {
  std::vector<StateId> states;
  std::vector<Choice> choices;
};

/// The order, the same for the same graph, or a cycle (A. B. Kahn, "Topological
/// sorting of large networks", CACM 1962). Throws Stopped.
std::variant<TopologicalOrder, Cycle> topological_order(const StateGraph& graph,
                                                        const Limits& limits = {});

}  // namespace sim
