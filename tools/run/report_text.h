// SPDX-License-Identifier: MIT
//
// A run, reported as text.
#pragma once

#include <string>

#include "model/trace/trace.h"
#include "tools/files/output.h"

namespace tools {

/// What the user asked to run: a scenario, by name or path, or a trace or schedule
/// file, which contains its scenario and schedule.
struct RunSource {
  std::string argument;
  bool is_trace_file = false;
};

/// The report of `frwrsim run` and `replay`. A failing run gets the invariant in
/// a sentence, the timeline, the MR's history, the line a kernel would print and
/// the command that replays it. `every_step` shows all steps, not only those
/// that did something noteworthy. `source` is what the user named, to be
/// repeated in commands.
std::string text_report(const model::Trace& trace, const RunSource& source, bool every_step,
                        const Style& style);

/// The header lines all text reports share: scenario, guards, policy.
std::string header_lines(const model::Scenario& scenario, const std::string& policy,
                         const Style& style);

}  // namespace tools
