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

/// The steps of a run, or those that did something noteworthy: who, where, what.
std::string timeline_text(const model::Trace& trace, bool every_step, const Style& style);

/// Columns of the name of an actor in a row.
inline constexpr std::size_t actor_columns = 20;

/// "    17  RPC task 1          frwr_op_map: what": a step in lines as wide as the style says;
/// `front` is what stands before the actor.
std::string step_row(const std::string& front, sim::ActorId actor, std::uint8_t step_id,
                     const std::string& what, const Style& style);

/// Whether the step violated an invariant.
bool violates(const model::TraceStep& step);

/// The header lines all text reports share: scenario, guards, policy.
std::string header_lines(const model::Scenario& scenario, const std::string& policy,
                         const Style& style);

}  // namespace tools
