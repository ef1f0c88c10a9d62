// SPDX-License-Identifier: MIT
//
// What a user wants replayed, found, read, and replayed: what `replay` and `minimize`
// share.
#pragma once

#include <string>

#include "model/trace/trace.h"
#include "model/trace/trace_json.h"
#include "sim/strategies/replay.h"
#include "tools/app/commands.h"

namespace tools {

/// Reads what the options name: a trace or schedule file, or with a token the scenario
/// it belongs to, which may be that of such a file. Where no token is needed, a scenario
/// alone will do, and the result has none. Throws model::InputError.
model::Replayable what_to_replay(const ReplayOptions& options, bool needs_token = true);

/// Largest trace or schedule file that is read, in bytes.
inline constexpr std::size_t largest_trace = std::size_t{1} << 30;

/// "it asks for rec (MR recovery worker), which cannot take a step; ...", and what is
/// possible there instead. REQUIRES: the first `mismatch.step` choices are possible.
std::string misfit_in_words(const sim::ScheduleMismatch& mismatch, const model::RaceModel& model,
                            const sim::Schedule& schedule);

/// The choices of the token, whether they fit or not. Throws model::InputError for a
/// token that cannot be read or belongs to another scenario.
sim::Schedule choices_of(const model::Replayable& what, const model::RaceModel& model);

/// Makes the choices again, all of them. A trace must be come to event by event; `file`
/// is where it is from. Throws model::InputError, which says where the schedule stops
/// fitting.
model::Trace replayed(const model::Replayable& what, const std::string& file);

}  // namespace tools
