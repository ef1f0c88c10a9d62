// SPDX-License-Identifier: MIT
//
// Traces and schedules as JSON, format version 1.
//
// Both carry the whole scenario, so a file attached to a bug report can be replayed by
// a user who has only the program. Writing what was read gives the same bytes. Unknown
// versions and broken references are InputErrors.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "model/trace/trace.h"

namespace model {

/// The trace, as "frwrsim-trace/1".
nlohmann::ordered_json trace_to_json(const Trace& trace);

/// The trace's schedule alone, as "frwrsim-schedule/1".
nlohmann::ordered_json schedule_to_json(const Trace& trace);

/// Reads back what trace_to_json wrote. Throws InputError.
Trace trace_from_json(const nlohmann::json& document, const std::string& source);

/// What a replay needs of a trace or schedule file.
struct Replayable {
  Scenario scenario;
  std::string policy;
  std::string token;
  std::optional<Trace> trace;  ///< what the replay must result in; none for a schedule
};

/// Reads a trace or schedule. Throws InputError.
Replayable replayable_from_json(const nlohmann::json& document, const std::string& source);

}  // namespace model
