// SPDX-License-Identifier: MIT
//
// What a user wants to replay: found, read, and replayed. `replay` and `minimize` share
// this.
#pragma once

#include <string>

#include "model/trace/trace.h"
#include "model/trace/trace_json.h"
#include "sim/strategies/replay.h"
#include "tools/app/commands.h"

namespace tools {

/// Reads what the options name: a trace or schedule file; or with a token the scenario
/// it belongs to, which may be the scenario of such a file. If no token is needed, a
/// scenario alone is enough, and the result has no schedule. Throws model::InputError.
model::Replayable what_to_replay(const ReplayOptions& options, bool needs_token = true);

/// Largest trace or schedule file that is read, in bytes.
inline constexpr std::size_t largest_trace = std::size_t{1} << 30;

/// "it asks for rec (MR recovery worker), which cannot take a step; ...", and what is
/// possible there instead. REQUIRES: the first `mismatch.step` choices are possible.
std::string misfit_in_words(const sim::ScheduleMismatch& mismatch, const model::RaceModel& model,
                            const sim::Schedule& schedule);

/// The choices of the token, also if they are not possible. Throws model::InputError
/// for a token that cannot be read or belongs to another scenario.
sim::Schedule choices_of(const model::Replayable& what, const model::RaceModel& model);

/// Makes the choices again, all of them. If it is given a trace, every event must occur
/// again; `file` is where the trace is from. Throws model::InputError, which says where
/// the schedule stops fitting.
model::Trace replayed(const model::Replayable& what, const std::string& file);

}  // namespace tools
