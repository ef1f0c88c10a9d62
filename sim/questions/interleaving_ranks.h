// SPDX-License-Identifier: MIT
//
// Interleavings by number.
//
// Every state of the acyclic graph has a number of paths to an end: an end has one, any
// other state has the sum over its edges. With these counts, a number below that of the
// initial state stands for exactly one interleaving: at each state the number falls to
// one of the edges, whose paths follow those of the edges before it. (Nijenhuis and
// Wilf, "Combinatorial Algorithms", 2nd ed. 1978, draw combinatorial objects this way.)
//
// Counts are numbers of a fixed length, of as many words as the largest needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/questions/topological_order.h"
#include "sim/search/huge_array.h"

namespace sim {

/// Natural number, its lowest 64 bits first. All those of one graph are equally long.
using Words = std::span<std::uint64_t>;
using ConstWords = std::span<const std::uint64_t>;

/// a < b
inline bool less(ConstWords a, ConstWords b) {
  for (std::size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}
/// a -= b. REQUIRES: !less(a, b).
inline void subtract(Words a, ConstWords b) {
  bool borrow = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::uint64_t less_b = a[i] - b[i];
    const bool below = a[i] < b[i] || (borrow && less_b == 0);
    a[i] = less_b - (borrow ? 1 : 0);
    borrow = below;
  }
}

/// A graph with the number of paths from each of its states. Immutable, so
/// thread-safe.
class RankedInterleavings {
 public:
  /// REQUIRES: graph.complete(), and `order` is its order. Throws Stopped.
  RankedInterleavings(StateGraph graph, const TopologicalOrder& order, const Limits& limits = {});

  [[nodiscard]] const StateGraph& graph() const { return graph_; }
  /// How many interleavings continue from a state; for the initial state, all.
  [[nodiscard]] ConstWords count(StateId state) const {
    return {counts_.data() + std::uint64_t{state} * words_, words_};
  }

 private:
  bool count_backwards(const TopologicalOrder& order, const Limits& limits);

  StateGraph graph_;
  std::size_t words_ = 0;  // of a count
  HugeArray<std::uint64_t> counts_;
};

}  // namespace sim
