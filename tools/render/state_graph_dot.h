// SPDX-License-Identifier: MIT
//
// The state graph that a run is a path of, for Graphviz.
#pragma once

#include <string>

#include "model/trace/trace.h"
#include "tools/app/commands.h"

namespace tools {

/// How much of a graph is searched and drawn.
struct StateGraphOptions {
  LimitOptions limits;         ///< of the search
  unsigned most_nodes = 2000;  ///< to draw
  unsigned around = 0;         ///< only states at most so many steps from the run; 0: all
};

/// The graph of the trace's scenario and policy, the run bold. States that differ only
/// in the names of MRs are drawn once. Of interleavings that partial order reduction
/// takes for equal, one is drawn (with `around`, all are). A step that decides nothing
/// is not a node. REQUIRES: the trace's choices are possible.
/// Throws model::InputError if the graph is too large to search or to draw.
std::string state_graph_dot(const model::Trace& trace, const StateGraphOptions& options);

}  // namespace tools
