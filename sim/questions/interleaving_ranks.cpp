// SPDX-License-Identifier: MIT
//
// Counting backwards, with one word more as long as that is not enough.
#include "sim/questions/interleaving_ranks.h"

#include <utility>

namespace sim {
namespace {

/// a += b; whether it fits.
bool add(Words a, ConstWords b) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::uint64_t sum = a[i] + b[i];
    const std::uint64_t with_carry = sum + carry;
    carry = sum < b[i] || with_carry < sum ? 1 : 0;
    a[i] = with_carry;
  }
  return carry == 0;
}

}  // namespace

RankedInterleavings::RankedInterleavings(StateGraph graph, const TopologicalOrder& order,
                                         const Limits& limits)
    : graph_(std::move(graph)) {
  do {
    ++words_;
  } while (!count_backwards(order, limits));
}

bool RankedInterleavings::count_backwards(const TopologicalOrder& order, const Limits& limits) {
  const std::uint64_t size = std::uint64_t{graph_.state_count()} * words_;
  limits.check(size * sizeof(std::uint64_t));
  counts_.clear();
  counts_.resize(size);
  for (const EndState& end : graph_.ends()) counts_[std::uint64_t{end.state} * words_] = 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    if (i % 65536 == 0) limits.check(0);
    const Words sum{counts_.data() + std::uint64_t{order[i]} * words_, words_};
    for (const StateId target : graph_.targets(order[i])) {
      if (!add(sum, count(target))) return false;
    }
  }
  return true;
}

}  // namespace sim
