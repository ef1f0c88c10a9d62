// SPDX-License-Identifier: MIT
//
// What a user wants replayed, found, read, and replayed: what `replay` and `minimize`
// share.
#pragma once

#include <string>

#include "model/trace.h"
#include "model/trace_json.h"
#include "tools/commands.h"

namespace tools {

/// Reads what the options name: a trace or schedule file, or with a token the scenario
/// it belongs to, which may be that of such a file. Throws model::InputError.
model::Replayable what_to_replay(const ReplayOptions& options);

/// Makes the choices again, all of them. A trace must be come to event by event; `file`
/// is where it is from. Throws model::InputError, which says where the schedule stops
/// fitting.
model::Trace replayed(const model::Replayable& what, const std::string& file);

}  // namespace tools
