// SPDX-License-Identifier: MIT
//
// Kahn's algorithm; where it gets stuck, the cycle.
#include "sim/questions/topological_order.h"

#include <algorithm>
#include <numeric>

namespace sim {
namespace {

/// Every state with unmet predecessors has one among them: going back comes to a state
/// for the second time in the end.
Cycle find_cycle(const StateGraph& graph, const std::vector<std::uint32_t>& unmet) {
  struct Origin {
    StateId source = no_state;
    Choice choice{};
  };
  std::vector<Origin> origins(graph.state_count());
  for (StateId s = 0; s < graph.state_count(); ++s) {
    if (unmet[s] == 0) continue;
    for (std::size_t i = 0; i < graph.targets(s).size(); ++i) {
      const StateId target = graph.targets(s)[i];
      if (target != no_state && unmet[target] != 0 && origins[target].source == no_state) {
        origins[target] = {s, graph.choices(s)[i]};
      }
    }
  }
  auto at = static_cast<StateId>(
      std::find_if(unmet.begin(), unmet.end(), [](std::uint32_t n) { return n != 0; }) -
      unmet.begin());
  std::vector<bool> passed(graph.state_count());
  while (!passed[at]) {
    passed[at] = true;
    at = origins[at].source;
  }
  Cycle cycle;
  const StateId last = at;
  do {
    cycle.choices.push_back(origins[at].choice);
    at = origins[at].source;
    cycle.states.push_back(at);
  } while (at != last);
  std::reverse(cycle.states.begin(), cycle.states.end());
  std::reverse(cycle.choices.begin(), cycle.choices.end());
  return cycle;
}

}  // namespace

std::variant<TopologicalOrder, Cycle> topological_order(const StateGraph& graph,
                                                        const Limits& limits) {
  const StateId count = graph.state_count();
  limits.check(std::uint64_t{count} * 2 * sizeof(StateId));
  std::vector<std::uint32_t> unmet(count);  // predecessors not yet in the order
  bool ids_are_in_order = true;
  for (StateId s = 0; s < graph.expanded(); ++s) {
    for (const StateId target : graph.targets(s)) {
      if (target == no_state) continue;
      ++unmet[target];
      ids_are_in_order &= target > s;
    }
  }
  TopologicalOrder order;
  if (ids_are_in_order) {
    order.resize(count);
    std::iota(order.begin(), order.end(), StateId{0});
    return order;
  }
  order.reserve(count);
  for (StateId s = 0; s < count; ++s) {
    if (unmet[s] == 0) order.push_back(s);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i % 1'000'000 == 0) limits.check(0);
    for (const StateId target : graph.targets(order[i])) {
      if (target != no_state && --unmet[target] == 0) order.push_back(target);
    }
  }
  if (order.size() < count) return find_cycle(graph, unmet);
  return order;
}

}  // namespace sim
