// SPDX-License-Identifier: MIT
//
// A run as a picture, in the forms that other programs show. All have the same lanes,
// messages and MRs (lanes.h) and are the same bytes with every compiler and locale. If
// `only` leaves out steps, the picture says how many, at the place where they would be.
//
// REQUIRES of every trace: its choices are possible, as in any that `replayed` returns.
#pragma once

#include <string>

#include "model/trace/trace.h"
#include "tools/render/only.h"

namespace tools {

/// Lanes side by side with arrows between them, in plain ASCII, for terminals and commit
/// messages: 80 columns, more where there are more than four kinds of contexts.
std::string text_lanes(const model::Trace& trace, bool every_step, const Only& only = {});

/// A sequenceDiagram of Mermaid, as GitHub renders it. An arrow is drawn where a message
/// is sent; Mermaid cannot show when it is taken.
std::string mermaid_sequence(const model::Trace& trace, bool every_step, const Only& only = {});

/// The trace-event format that ui.perfetto.dev and chrome://tracing open: all steps,
/// messages as flows, MRs as threads of a process of their own. Times are microseconds of
/// virtual time; a trace without a clock has one for each step.
std::string perfetto_trace(const model::Trace& trace);

/// Lanes, messages from where they are sent to where they are taken, and MRs as bands: an
/// SVG that stands alone.
std::string sequence_svg(const model::Trace& trace, bool every_step, const Only& only = {});

}  // namespace tools
