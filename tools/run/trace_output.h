// SPDX-License-Identifier: MIT
//
// Finished runs, written in the format asked for.
#pragma once

#include <string>
#include <vector>

#include "model/trace/trace.h"
#include "sim/verdict.h"
#include "tools/run/report_text.h"

namespace tools {

/// Writes the traces as text, json, ftrace or schedule and returns the exit code for
/// all of them together. In JSON one trace is an object, several are an array. `source`
/// is what the user named.
sim::ExitCode write_traces(const std::vector<model::Trace>& traces, const RunSource& source,
                           const std::string& format, bool every_step, const std::string& output);

}  // namespace tools
