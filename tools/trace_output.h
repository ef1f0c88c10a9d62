// SPDX-License-Identifier: MIT
//
// Finished runs, written in the format asked for.
#pragma once

#include <string>
#include <vector>

#include "model/trace.h"
#include "sim/verdict.h"

namespace tools {

/// Writes the traces as text, json, ftrace or schedule and returns the exit code
/// that speaks for all of them. In JSON one trace is an object, several are an
/// array. `scenario_argument` is how the user named the scenario.
sim::ExitCode write_traces(const std::vector<model::Trace>& traces,
                           const std::string& scenario_argument, const std::string& format,
                           bool every_step, const std::string& output);

}  // namespace tools
