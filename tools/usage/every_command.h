// SPDX-License-Identifier: MIT
//
// What holds for every command, whoever declares it: --color, what a repeated option means,
// and `help`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "sim/verdict.h"
#include "tools/files/output.h"

namespace tools {

/// Gives every command of the program --color, whose value is read into `colour`. Of an
/// option that is repeated the last counts, as scripts expect that add to a command line;
/// options that make lists are left as they are.
void add_common_options(CLI::App& app, std::string& colour);

/// What a value of --color means. REQUIRES: it is one.
Colour colour_named(const std::string& name);

/// Declares `help`; the command that it is about is read into `about`.
CLI::App* add_help(CLI::App& app, std::string& about);

/// Prints the help of a command, or, if `about` is empty, of the program. Throws
/// model::InputError.
sim::ExitCode help_command(const CLI::App& app, const std::string& about);

}  // namespace tools
