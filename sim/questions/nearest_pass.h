// SPDX-License-Identifier: MIT
//
// The passing interleaving nearest to a failing one: two steps exchanged.
//
// A race is two steps in the wrong order. A failing interleaving alone does not say
// which two: most of its steps can be exchanged and it still fails. So every way to
// move a step past others is tried at the place where failure has become inevitable,
// the shortest moves first, until one leads to a state in which it is not inevitable.
// The steps that the same actor takes in between move along, because they cannot be
// taken in another order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "sim/questions/outlook.h"
#include "sim/schedule.h"

namespace sim {

/// A failing interleaving with two steps exchanged, completed to one that passes. Steps
/// are counted from 0.
struct NearestPass {
  std::size_t first = 0;    ///< step of the failing interleaving
  std::size_t second = 0;   ///< a later one, of another actor, which is now before it
  bool first_moves = true;  ///< to just after `second`; else `second` to just before `first`
  std::size_t moving = 1;   ///< steps that move, with those of the same actor in between
  /// Outlook of the state reached with the move; the failing interleaving is in an
  /// inevitable state after as many steps.
  Outlook outlook = Outlook::avoidable;
  std::size_t followed = 0;  ///< choices that are those of the failing one, but for the move
  Schedule schedule;         ///< up to a passing end
};

/// What step a choice is in a state: equal numbers are the same step.
using StepIdentity = std::function<std::uint64_t(StateId, Choice)>;

/// The state that a path is in after each number of its choices; as many as are possible.
std::vector<StateId> states_along(const StateGraph& graph, const Schedule& schedule);

/// Only moves count that leave every step what it was, and that lead to a state from
/// which an end that `passes` can be reached, while the failing interleaving was in an
/// inevitable state after as many steps. Of these it returns one over the fewest steps;
/// of several one to a safe state; of several the latest. After the move, the failing
/// schedule is followed as long as that is possible and a passing end can be reached,
/// then a shortest way. Nothing if there is no such move. REQUIRES: a complete graph
/// with its outlooks, a schedule that leads to a failing end.
/// Throws Stopped.
std::optional<NearestPass> nearest_pass(const StateGraph& graph, const TopologicalOrder& order,
                                        const std::vector<Outlook>& outlooks, const EndTest& passes,
                                        const Schedule& failing, const StepIdentity& step,
                                        const Limits& limits = {});

}  // namespace sim
