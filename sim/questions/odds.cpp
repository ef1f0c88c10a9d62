// SPDX-License-Identifier: MIT
//
// Distances beside what outlook.h and probability.h compute.
#include "sim/questions/odds.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace sim {
namespace {

constexpr unsigned unreachable = std::numeric_limits<unsigned>::max();

std::optional<unsigned> steps(unsigned distance) {
  if (distance == unreachable) return std::nullopt;
  return distance;
}

/// The distance of a state, one step of which leads to a state with distance
/// `of_target`.
void approach(unsigned& distance, unsigned of_target) {
  if (of_target != unreachable) distance = std::min(distance, of_target + 1);
}

}  // namespace

OddsTable::OddsTable(StateGraph graph, const TopologicalOrder& order, const EndTest& fails,
                     const Limits& limits)
    : graph_(std::move(graph)) {
  limits.check(order.size() * (sizeof(Outlook) + sizeof(FixedProbability) + sizeof(Distances)));
  outlooks_ = outlooks(graph_, order, fails, limits);
  failure_ = failure_probabilities(graph_, order, fails, limits);
  measure(order, fails);
}

void OddsTable::measure(const TopologicalOrder& order, const EndTest& fails) {
  distances_.assign(order.size(), {unreachable, unreachable, 0});
  for (const EndState& end : graph_.ends()) {
    if (fails(end)) distances_[end.state].to_failure = 0;
    if (is_rest(end)) distances_[end.state].to_rest = 0;
  }
  for (std::size_t i = order.size(); i-- > 0;) {
    Distances& here = distances_[order[i]];
    for (const StateId target : graph_.targets(order[i])) {
      approach(here.to_failure, distances_[target].to_failure);
      approach(here.to_rest, distances_[target].to_rest);
      here.longest = std::max(here.longest, distances_[target].longest + 1);
    }
  }
}

StateId OddsTable::after(StateId state, Choice choice) const {
  assert(graph_.edge_by(state, choice));
  return graph_.after(state, choice);
}

StateId OddsTable::after(std::span<const Choice> choices) const {
  StateId state = 0;
  for (const Choice choice : choices) state = after(state, choice);
  return state;
}

Odds OddsTable::at(StateId state) const {
  Odds odds;
  odds.outlook = outlooks_[state];
  // What never or always fails is a mean of equal values, of which rounding takes nothing.
  const bool is_open = odds.outlook == Outlook::avoidable;
  odds.failure = {failure_[state], is_open ? 2 * std::uint64_t{distances_[state].longest} : 0};
  odds.to_failure = steps(distances_[state].to_failure);
  odds.to_rest = steps(distances_[state].to_rest);
  return odds;
}

}  // namespace sim
