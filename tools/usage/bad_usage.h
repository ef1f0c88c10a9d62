// SPDX-License-Identifier: MIT
//
// What is wrong with a command line, and what was perhaps meant.
//
// CLI11 finds that a line cannot be used; which word is to blame it often does not say, or
// says in reverse order. The words are looked through again here, from the first to the
// last, and the first one that the program does not know is the one reported.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace tools {

/// The command of that name, or null.
const CLI::App* command_named(const CLI::App& program, const std::string& name);

/// The message for a name that no command has.
std::string unknown_command(const CLI::App& program, const std::string& name);

/// The message for a line that could not be parsed, without "frwrsim: " and the line's end.
/// `words` are the arguments of the program.
std::string what_is_wrong(const CLI::App& program, const std::vector<std::string>& words,
                          const CLI::ParseError& error);

}  // namespace tools
