// SPDX-License-Identifier: MIT
//
// The options of the commands that judge what a real kernel wrote.
#pragma once

#include <CLI/CLI.hpp>

#include "tools/app/commands.h"

namespace tools {

/// Each function declares the options of the command of its name.
void add_audit(CLI::App& command, AuditOptions& options);
void add_triage(CLI::App& command, TriageOptions& options);

}  // namespace tools
