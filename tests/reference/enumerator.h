// SPDX-License-Identifier: MIT
//
// All interleavings of a tiny model, one after the other.
//
// Recursion over choices from the initial state, no state ever recognised: the
// count of complete paths that everything cleverer must agree with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/model_concept.h"

namespace reference {

/// Complete paths by how they end, indexed by sim::End.
using PathCounts = std::array<std::uint64_t, 4>;

template <sim::Model M>
void count_paths(const M& model, const typename M::State& state, PathCounts& counts) {
  const auto ends_here = [&](sim::End end) { ++counts.at(static_cast<std::size_t>(end)); };
  if (const auto stop = model.stopped(state)) return ends_here(*stop);
  const sim::ActorSet enabled = model.enabled(state);
  if (enabled.empty()) return ends_here(model.end_when_blocked(state));
  for (const unsigned actor : enabled) {
    for (const unsigned outcome : model.outcomes(state, static_cast<sim::ActorId>(actor))) {
      typename M::State successor = state;
      sim::NullSink sink;
      model.step(successor, {static_cast<sim::ActorId>(actor), static_cast<sim::Outcome>(outcome)},
                 sink);
      count_paths(model, successor, counts);
    }
  }
}

/// Every interleaving of `model`. REQUIRES: there are few, and none is endless.
template <sim::Model M>
PathCounts count_paths(const M& model) {
  PathCounts counts{};
  count_paths(model, model.initial(), counts);
  return counts;
}

}  // namespace reference
