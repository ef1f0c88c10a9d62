// SPDX-License-Identifier: MIT
//
// The best counterexample: the same one for every search.
//
// Of all paths to a failure the canonical one has the fewest preemptions, of those the
// fewest steps, of those the least choices in order of (actor, outcome). That is a
// property of the graph, so it does not depend on how the search was made. It is found
// in two passes. Backwards: what a failure costs at least from every state, for each
// actor that may have run last. Forwards: along the least choice that costs no more.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/questions/outlook.h"
#include "sim/schedule.h"

namespace sim {

/// A path from the initial state to an end.
struct Path {
  Schedule schedule;
  std::vector<StateId> states;  ///< one more than choices
  unsigned preemptions = 0;
};

/// What makes one path better than another; equal ones differ in their choices.
enum class Best : std::uint8_t {
  fewest_preemptions,  ///< then fewest steps
  fewest_steps,
};

/// The best path to an end that `is_wanted`; nothing if there is none. In an incomplete
/// graph it is the best one among the states seen. Throws Stopped.
std::optional<Path> best_path(const StateGraph& graph, const TopologicalOrder& order, Best best,
                              const EndTest& is_wanted, const Limits& limits = {});

/// Preemptions of a path, counted along it.
unsigned preemptions_of(const StateGraph& graph, const Path& path);

}  // namespace sim
