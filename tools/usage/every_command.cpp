// SPDX-License-Identifier: MIT
//
// Options and help that all commands have.
#include "tools/usage/every_command.h"

#include "model/scenario/input.h"
#include "tools/usage/bad_usage.h"

namespace tools {

void add_common_options(CLI::App& app, std::string& colour) {
  for (CLI::App* command : app.get_subcommands({})) {
    command->add_option("--color", colour, "auto: on a terminal, unless NO_COLOR is set [auto]")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    for (CLI::Option* option : command->get_options()) {
      if (option->nonpositional() && option->get_items_expected_max() == 1) {
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
      }
    }
  }
}

Colour colour_named(const std::string& name) {
  if (name == "auto") return Colour::automatic;
  return name == "always" ? Colour::always : Colour::never;
}

CLI::App* add_help(CLI::App& app, std::string& about) {
  CLI::App* help = app.add_subcommand("help", "what a command does, and its options");
  help->add_option("COMMAND", about, "a command [all, with a line each]");
  help->footer("Exit codes: 0; 2 there is no such command.");
  return help;
}

sim::ExitCode help_command(const CLI::App& app, const std::string& about) {
  const CLI::App* command = command_named(app, about);
  if (command == nullptr && !about.empty()) {
    throw model::InputError(unknown_command(app, about));
  }
  // App::help() of the program would be that of `help` itself, the command in use.
  write_output(command != nullptr ? command->help(app.get_name())
                                  : app.get_formatter()->make_help(&app, app.get_name(),
                                                                   CLI::AppFormatMode::Normal),
               "");
  return sim::exit_clean;
}

}  // namespace tools
