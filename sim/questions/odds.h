// SPDX-License-Identifier: MIT
//
// What can follow a state: its outlook, the probability of failure from there, and how
// near a failure and an end at rest are.
//
// For a user in the middle of a run. Everything is computed once, for all states, from
// the ends to the beginning. Looking up a state then costs nothing.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sim/questions/probability.h"

namespace sim {

/// What can follow a state.
struct Odds {
  Outlook outlook = Outlook::safe;
  Probability failure;                 ///< under uniform random choice from here on
  std::optional<unsigned> to_failure;  ///< fewest steps; none: no failure can be reached
  std::optional<unsigned> to_rest;     ///< likewise to an end at rest
};

/// The odds of every state of a graph. Immutable; may be used by several threads.
class OddsTable {
 public:
  /// `order` is the graph's. REQUIRES: graph.complete(). Throws Stopped.
  OddsTable(StateGraph graph, const TopologicalOrder& order, const EndTest& fails,
            const Limits& limits = {});

  /// States of the graph.
  [[nodiscard]] StateId state_count() const { return graph_.state_count(); }
  /// Where a choice leads. REQUIRES: it is possible in that state.
  [[nodiscard]] StateId after(StateId state, Choice choice) const;
  /// Where choices lead from the initial state. REQUIRES: each is possible.
  [[nodiscard]] StateId after(std::span<const Choice> choices) const;
  [[nodiscard]] Odds at(StateId state) const;

 private:
  /// By state, in steps.
  struct Distances {
    unsigned to_failure;
    unsigned to_rest;
    unsigned longest;  ///< to any end
  };

  void measure(const TopologicalOrder& order, const EndTest& fails);

  StateGraph graph_;
  std::vector<Outlook> outlooks_;
  std::vector<FixedProbability> failure_;
  std::vector<Distances> distances_;
};

}  // namespace sim
