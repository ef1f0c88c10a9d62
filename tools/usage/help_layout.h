// SPDX-License-Identifier: MIT
//
// The text of --help: two columns, as wide as the terminal.
//
// CLI11's own layout never breaks a line, and writes the type and the default of an
// option into its name ("--format TEXT:{json,text}=text").
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>

namespace tools {

/// Lays out help. Lines of a footer that begin with a blank stay as they are.
class HelpLayout : public CLI::Formatter {
 public:
  /// For lines of so many columns.
  explicit HelpLayout(std::size_t width) : width_(width) {}

  /// What the program or command does, in lines.
  std::string make_description(const CLI::App* app) const override;
  /// "Usage: frwrsim run SCENARIO [OPTIONS]"
  std::string make_usage(const CLI::App* app, std::string name) const override;
  /// A row for an option or an argument.
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  /// The commands, group by group in the order of command_helps().
  std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode mode) const override;
  /// A row for a command.
  std::string make_subcommand(const CLI::App* command) const override;
  /// What stands at the end, paragraph by paragraph.
  std::string make_footer(const CLI::App* app) const override;

 private:
  [[nodiscard]] std::string row(const std::string& name, const std::string& about) const;

  std::size_t width_;
};

}  // namespace tools
