// SPDX-License-Identifier: MIT
//
// The run a user wants told: the one that is named, else the scenario's own
// counterexample.
//
// Whoever explains, draws or teaches a failure of a scenario shows the same one: that
// with the fewest preemptions, of those with the fewest steps, of those the first in
// order of (actor, outcome). It is what `minimize` proves any other to come down to.
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
/// alone, whose counterexample is looked for within `limits`. Throws model::InputError.
ToldRun run_to_tell(const ReplayOptions& options, const LimitOptions& limits);

/// The same where nothing can be done without a run. Throws model::InputError also where
/// there is none, and says what to do.
model::Trace needed_run(const ReplayOptions& options, const LimitOptions& limits);

/// The run of the failure with the fewest preemptions; see above.
ToldRun counterexample_to_tell(const model::Scenario& scenario, const std::string& policy,
                               const LimitOptions& limits);

}  // namespace tools
