// SPDX-License-Identifier: MIT
//
// What a state's future holds: failure never, perhaps, or for certain.
//
// Computed backwards from the ends: a state can fail if a successor can, and can pass
// if a successor can. Along a path the outlook changes only from avoidable to one of
// the others, so every failing path has one step that made failure inevitable.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/questions/topological_order.h"

namespace sim {

enum class Outlook : std::uint8_t {
  safe,        ///< no failure is reachable
  avoidable,   ///< both a failure and another end are
  inevitable,  ///< every continuation fails
};

/// Which ends count as failures.
using EndTest = std::function<bool(const EndState&)>;

/// The outlook of every state. REQUIRES: graph.complete(). Throws Stopped.
std::vector<Outlook> outlooks(const StateGraph& graph, const TopologicalOrder& order,
                              const EndTest& fails, const Limits& limits = {});

}  // namespace sim
