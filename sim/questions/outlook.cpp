// SPDX-License-Identifier: MIT
//
// One pass from the ends to the beginning.
#include "sim/questions/outlook.h"

#include <cassert>

namespace sim {

std::vector<Outlook> outlooks(const StateGraph& graph, const TopologicalOrder& order,
                              const EndTest& fails, const Limits& limits) {
  assert(graph.complete());
  limits.check(order.size() * 2);
  constexpr std::uint8_t can_fail = 1;
  constexpr std::uint8_t can_pass = 2;
  std::vector<std::uint8_t> future(order.size());
  for (const EndState& end : graph.ends()) future[end.state] = fails(end) ? can_fail : can_pass;
  for (std::size_t i = order.size(); i-- > 0;) {
    for (const StateId target : graph.targets(order[i])) future[order[i]] |= future[target];
  }
  std::vector<Outlook> result(order.size());
  for (std::size_t s = 0; s < order.size(); ++s) {
    result[s] = future[s] == can_fail   ? Outlook::inevitable
                : future[s] == can_pass ? Outlook::safe
                                        : Outlook::avoidable;
  }
  return result;
}

}  // namespace sim
