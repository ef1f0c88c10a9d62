// SPDX-License-Identifier: MIT
//
// A failing run with another cause than those that are known.
//
// The step after which failure was inevitable decides a failing run. Runs with the same
// deciding step, the same statement of the same actor, fail for the same reason, however
// else they differ; a run that another step decides is worth a look.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sim/questions/outlook.h"
#include "tools/explore/explore.h"

namespace tools {

/// What was found.
struct OtherCause {
  std::vector<StepName> known;            ///< what decides the known runs, in their order
  std::optional<sim::Schedule> schedule;  ///< a shortest one; none: there is no other cause
  StepName decisive;                      ///< what decides that one
};

/// A shortest failing run that none of the steps decides which decide the `known` runs.
/// Throws model::InputError if one of those does not fail in this graph, or no step decides
/// it because failure is inevitable from the start. REQUIRES: a complete graph. Throws
/// sim::Stopped.
OtherCause other_cause(const sim::Exploration<model::RaceModel>& found,
                       const sim::TopologicalOrder& order, std::span<const sim::Schedule> known,
                       const sim::Limits& limits);

}  // namespace tools
