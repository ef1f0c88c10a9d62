// SPDX-License-Identifier: MIT
//
// The run that a command shows: the one that the user names, else the scenario's own
// counterexample.
//
// All commands that explain, draw or teach a failure of a scenario show the same one:
// that with the fewest preemptions, of those with the fewest steps, of those the first
// in order of (actor, outcome). It is the one to which `minimize` reduces any other.
#pragma once

#include <optional>

#include "model/trace/trace.h"
#include "model/trace/trace_json.h"
#include "sim/limits.h"
#include "tools/app/commands.h"

namespace tools {

/// A run, or why there is none.
struct ToldRun {
  model::Replayable what;
  std::optional<model::Trace> trace;    ///< none: nothing fails, or the search was stopped
  sim::Bound bound = sim::Bound::none;  ///< what stopped the search
};

/// `options.what` is a trace or schedule file; a scenario with a token; or a scenario
/// alone, whose counterexample is searched for within `limits`. Throws
/// model::InputError.
ToldRun run_to_tell(const ReplayOptions& options, const LimitOptions& limits);

/// The same for commands that can do nothing without a run. Throws model::InputError
/// also if there is none, and says what to do.
model::Trace needed_run(const ReplayOptions& options, const LimitOptions& limits);

/// The run of the failure with the fewest preemptions; see above.
ToldRun counterexample_to_tell(const model::Scenario& scenario, const std::string& policy,
                               const LimitOptions& limits);

}  // namespace tools
