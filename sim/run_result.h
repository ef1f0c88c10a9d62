// SPDX-License-Identifier: MIT
//
// What a finished run results in; apart from run.h so that models can speak of results
// without knowing how runs are driven.
#pragma once

#include <cstdint>

#include "sim/model_concept.h"

namespace sim {

/// The end of a run, how long it was, its fingerprint, and the state it ended in.
template <Model M>
struct RunResult {
  End end = End::rest;
  std::uint64_t steps = 0;
  std::uint64_t fingerprint = 0;
  typename M::State state;
};

}  // namespace sim
