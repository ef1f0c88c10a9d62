// SPDX-License-Identifier: MIT
//
// How to find a way to a state when no edges were kept.
//
// A breadth-first search numbers states by depth, so a shortest path can be found
// again from the visited states alone: from the target's depth backwards, look in
// the level before for the first state that leads to the one at hand. That takes
// every step of those levels once more, at worst another search without look-ups.
#pragma once

#include <algorithm>

#include "sim/schedule.h"
#include "sim/search/expansion.h"
#include "sim/search/explorer.h"

namespace sim {

/// A schedule that leads to `target` in the fewest steps that the search took; it is a
/// shortest one, unless partial order reduction was on.
/// REQUIRES: target < found.state_count().
template <Model M>
Schedule shortest_schedule(const M& model, const Exploration<M>& found, Reductions reductions,
                           StateId target) {
  using State = typename M::State;
  const Expansion<M> expansion(model, reductions);
  // The choice by which a state leads to `wanted`, if it does.
  const auto step_to = [&](const State& state, const State& wanted, Choice& choice) {
    ActorSet enabled;
    if (expansion.look(state, enabled)) return false;
    for (const unsigned actor : enabled) {
      for (const unsigned outcome : model.outcomes(state, static_cast<ActorId>(actor))) {
        choice = {static_cast<ActorId>(actor), static_cast<Outcome>(outcome)};
        State successor = state;
        expansion.step(successor, choice);
        if (std::memcmp(&successor, &wanted, sizeof wanted) == 0) return true;
      }
    }
    return false;
  };

  Schedule schedule;
  auto level = std::upper_bound(found.levels.begin(), found.levels.end(), target) - 1;
  for (StateId at = target; level != found.levels.begin(); --level) {
    const State wanted = found.state(at);
    Choice choice;
    StateId source = *(level - 1);
    while (!step_to(found.state(source), wanted, choice)) ++source;
    schedule.push_back(choice);
    at = source;
  }
  std::reverse(schedule.begin(), schedule.end());
  return expansion.with_forced_steps(schedule);
}

}  // namespace sim
