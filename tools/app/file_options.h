// SPDX-License-Identifier: MIT
//
// Options of the commands that read or write files and search nothing, or one thing only.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "tools/app/commands.h"

namespace tools {

/// Each declares the options of the command of its name.
void add_merge(CLI::App& command, MergeOptions& options);
void add_list(CLI::App& command, ListOptions& options);
void add_validate(CLI::App& command, std::vector<std::string>& files);
void add_new(CLI::App& command, NewOptions& options);
void add_explain_bounds(CLI::App& command, BoundsOptions& options);
void add_stats(CLI::App& command, StatsOptions& options);
void add_audit(CLI::App& command, AuditOptions& options);
void add_triage(CLI::App& command, TriageOptions& options);

}  // namespace tools
