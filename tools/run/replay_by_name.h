// SPDX-License-Identifier: MIT
//
// Replaying a trace that another model has written, as far as it fits.
//
// A trace names its actors and outcomes, so its choices can be tried on a model that
// has changed since, or under another policy. The replay makes them until one is not
// possible, and says where the steps taken first differ from those recorded.
#pragma once

#include <string>

#include "model/trace/trace.h"
#include "tools/app/commands.h"

namespace tools {

/// How far a trace fits.
struct NamedReplay {
  model::Trace trace;    ///< of the choices that were possible
  std::string summary;   ///< lines for people: how many fit, where it deviates, why it ends
  bool is_same = false;  ///< all choices fit, and no step differs
};

/// Replays, by its names, the trace file that the options name. Throws
/// model::InputError for a file that is no trace, or whose scenario this program cannot
/// read.
NamedReplay replay_by_name(const ReplayOptions& options);

}  // namespace tools
