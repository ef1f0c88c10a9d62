// SPDX-License-Identifier: MIT
//
// Which violations the model ends in, under which policy, in which function: data, found by
// searching the model and renewed by tools/dev/model_ends.py.
#pragma once

#include <span>
#include <string_view>

namespace tools::triage {

/// Runs of a scenario under a policy that ended in the same violation at the same place.
struct ModelEnd {
  std::string_view scenario;
  std::string_view policy;
  std::string_view invariant;
  std::string_view context;   ///< "MR recovery worker"
  std::string_view function;  ///< "frwr_op_recover_mr"
  unsigned failing;           ///< runs, of as many as the prologue of model_ends.cpp says
  bool reuses_addresses;      ///< the scenario hands out an I/O address again once it is free
  std::string_view needs;     ///< what a log shows of what it takes: loss, map-failed, reset-failed
};

/// All of them, by scenario and policy.
std::span<const ModelEnd> model_ends();

}  // namespace tools::triage
