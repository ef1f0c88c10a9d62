// SPDX-License-Identifier: MIT
//
// Moves in order of their length.
#include "sim/questions/nearest_pass.h"

#include <algorithm>
#include <limits>

namespace sim {
namespace {

constexpr std::uint32_t no_way = std::numeric_limits<std::uint32_t>::max();

/// Steps to the nearest end that passes, by state.
std::vector<std::uint32_t> steps_to_pass(const StateGraph& graph, const TopologicalOrder& order,
                                         const EndTest& passes) {
  std::vector<std::uint32_t> steps(graph.state_count(), no_way);
  for (const EndState& end : graph.ends()) {
    if (passes(end)) steps[end.state] = 0;
  }
  for (std::size_t i = order.size(); i-- > 0;) {
    for (const StateId target : graph.targets(order[i])) {
      if (steps[target] != no_way) steps[order[i]] = std::min(steps[order[i]], steps[target] + 1);
    }
  }
  return steps;
}

/// The steps of the failing schedule from `first` to `second`, by number, in their new
/// order.
std::vector<std::size_t> exchanged(const Schedule& failing, std::size_t first, std::size_t second,
                                   bool first_moves) {
  std::vector<std::size_t> steps;
  for (std::size_t i = first; i <= second; ++i) steps.push_back(i);
  std::stable_partition(steps.begin(), steps.end(), [&](std::size_t i) {
    return first_moves ? failing[i].actor != failing[first].actor
                       : failing[i].actor == failing[second].actor;
  });
  return steps;
}

}  // namespace

std::vector<StateId> states_along(const StateGraph& graph, const Schedule& schedule) {
  std::vector<StateId> states{0};
  for (const Choice choice : schedule) {
    const StateId next = graph.after(states.back(), choice);
    if (next == no_state) break;
    states.push_back(next);
  }
  return states;
}

std::optional<NearestPass> nearest_pass(const StateGraph& graph, const TopologicalOrder& order,
                                        const std::vector<Outlook>& outlooks, const EndTest& passes,
                                        const Schedule& failing, const StepIdentity& step,
                                        const Limits& limits) {
  limits.check(graph.state_count() * sizeof(std::uint32_t));
  const std::vector<StateId> states = states_along(graph, failing);
  const std::vector<std::uint32_t> to_pass = steps_to_pass(graph, order, passes);
  std::vector<std::uint64_t> steps;
  for (std::size_t i = 0; i < failing.size(); ++i) steps.push_back(step(states[i], failing[i]));

  std::optional<NearestPass> best;
  StateId reached = no_state;
  const auto try_move = [&](std::size_t first, std::size_t second, bool first_moves) {
    StateId state = states[first];
    std::size_t moving = 0;
    for (const std::size_t i : exchanged(failing, first, second, first_moves)) {
      const StateId next = graph.after(state, failing[i]);
      if (next == no_state || outlooks[next] == Outlook::inevitable) return;
      if (step(state, failing[i]) != steps[i]) return;
      state = next;
      if (failing[i].actor == failing[first_moves ? first : second].actor) ++moving;
    }
    if (to_pass[state] == no_way) return;
    if (best && best->outlook == Outlook::safe && outlooks[state] != Outlook::safe) return;
    best = {first, second, first_moves, moving, outlooks[state], second + 1, {}};
    reached = state;
  };
  for (std::size_t distance = 1; distance < failing.size() && !best; ++distance) {
    limits.check(0);
    for (std::size_t first = 0; first + distance < failing.size(); ++first) {
      const std::size_t second = first + distance;
      if (failing[first].actor == failing[second].actor) continue;
      if (outlooks[states[second + 1]] != Outlook::inevitable) continue;
      // Over one step both moves are the same.
      if (distance > 1) try_move(first, second, false);
      try_move(first, second, true);
    }
  }
  if (!best) return std::nullopt;

  const auto begin = failing.begin();
  best->schedule.assign(begin, begin + static_cast<std::ptrdiff_t>(best->first));
  for (const std::size_t i : exchanged(failing, best->first, best->second, best->first_moves)) {
    best->schedule.push_back(failing[i]);
  }
  while (best->followed < failing.size()) {
    const StateId next = graph.after(reached, failing[best->followed]);
    if (next == no_state || to_pass[next] == no_way) break;
    best->schedule.push_back(failing[best->followed++]);
    reached = next;
  }
  while (to_pass[reached] != 0) {
    std::size_t e = 0;
    while (to_pass[graph.targets(reached)[e]] != to_pass[reached] - 1) ++e;
    best->schedule.push_back(graph.choices(reached)[e]);
    reached = graph.targets(reached)[e];
  }
  return best;
}

}  // namespace sim
