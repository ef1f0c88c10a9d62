// SPDX-License-Identifier: MIT
//
// A run, told to a person.
#pragma once

#include <string>

#include "model/trace.h"
#include "tools/output.h"

namespace tools {

/// The report of `frwrsim run` and `replay`. A failing run gets the invariant in
/// a sentence, the timeline, the MR's history, the line a kernel would print and
/// the command that replays it. `every_step` shows all steps, not only those
/// that did something noteworthy. `scenario_argument` is how the user named the
/// scenario, to be repeated in commands.
std::string text_report(const model::Trace& trace, const std::string& scenario_argument,
                        bool every_step, const Style& style);

/// The header lines all text reports share: scenario, guards, policy.
std::string header_lines(const model::Scenario& scenario, const std::string& policy,
                         const Style& style);

}  // namespace tools
