// SPDX-License-Identifier: MIT
//
// The group and the examples of each command.
//
// They are a table beside the declarations of options, so that the groups can be read in
// one place and a test can run every example.
#pragma once

#include <CLI/CLI.hpp>
#include <array>
#include <span>
#include <string_view>

namespace tools {

/// What --help says of a command besides its options.
struct CommandHelp {
  std::string_view name;
  std::string_view group;
  std::array<std::string_view, 2> examples;  ///< without "frwrsim "
};

/// A row for each command, group by group in the order in which --help lists them. The
/// examples can be carried out in this order in an empty folder.
std::span<const CommandHelp> command_helps();

/// Gives every command of the program its group, and puts its examples before its footer.
void add_groups_and_examples(CLI::App& program);

}  // namespace tools
