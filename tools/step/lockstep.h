// SPDX-License-Identifier: MIT
//
// The same decisions made under two policies, one after the other, side by side.
//
// A side leaves out a decision that it cannot carry out, and continues with the next
// one. As long as both can follow, each step is compared with its counterpart. After
// they have parted, their steps are still reported side by side. A side that has not ended
// with the last decision continues by itself, the shortest way to rest.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "model/trace/world_view.h"
#include "tools/run/stepping.h"
#include "tools/step/way_to_rest.h"

namespace tools {

/// What a side did with a decision.
enum class Followed : std::uint8_t {
  took,         ///< the step was taken
  not_enabled,  ///< its actor could not take a step
  no_outcome,   ///< its step could not have that outcome
  ended,        ///< the run had ended
};

/// A decision and its effect.
struct LockstepRow {
  sim::Choice decision;
  std::array<Followed, 2> followed;
  /// By side: steps taken up to here, including that of this decision.
  std::array<std::size_t, 2> steps;
  /// One side could follow and the other could not, or their steps differ in label or
  /// events.
  bool differs = false;
};

/// Fields of the view that differ, after so many decisions.
struct WorldDifference {
  std::size_t decisions = 0;
  std::vector<std::size_t> fields;  ///< by number in WorldView::fields()
};

/// Everything about both runs.
struct Lockstep {
  std::array<Stepping, 2> sides;
  std::vector<LockstepRow> rows;            ///< up to where both runs have ended
  std::optional<std::size_t> first_effect;  ///< the first row that differs
  std::optional<WorldDifference> first_world;
  std::array<WayToRest, 2> rest{};  ///< by side: how it continued after the decisions

  /// The world of a side after so many decisions.
  [[nodiscard]] const model::World& world(std::size_t side, std::size_t decisions) const;
  /// Decisions that a side left out before its run ended.
  [[nodiscard]] std::size_t left_out(std::size_t side) const;
};

/// Makes the decisions under both models. REQUIRES: the models differ in policy only.
Lockstep in_lockstep(const std::array<model::RaceModel, 2>& models, const sim::Schedule& decisions);

/// Continues each side that has not ended, the shortest way to rest, if there is one and
/// `limits` are not reached before it is found.
void continue_to_rest(Lockstep& runs, const SearchLimits& limits);

}  // namespace tools
