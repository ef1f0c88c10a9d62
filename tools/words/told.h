// SPDX-License-Identifier: MIT
//
// A trace told step by step, in sentences: which actor did what, and where.
//
// Steps of one context in one function are told together. Steps that did nothing
// noteworthy are left out; they are in the trace.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/trace/trace.h"

namespace tools {

/// What a run of steps did. Steps are counted from 1.
struct ToldSteps {
  std::size_t first = 0;  ///< the first noteworthy one
  std::size_t last = 0;   ///< the last one, the same or later
  std::string text;       ///< "RPC task 1, in frwr_op_map, DMA-maps MR 1."
};

/// All noteworthy steps of a trace, in order.
std::vector<ToldSteps> told(const model::Trace& trace);

/// "the MR recovery worker", "RPC task 1"
std::string in_sentence(sim::ActorId actor);

/// With a capital letter in front.
std::string capitalised(std::string text);

/// "a", "a and b", "a, b and c"
std::string joined(const std::vector<std::string>& items);

}  // namespace tools
