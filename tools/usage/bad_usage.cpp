// SPDX-License-Identifier: MIT
//
// The words of a command line, looked through once more.
#include "tools/usage/bad_usage.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include "model/scenario/input.h"

namespace tools {
namespace {

using Words = std::vector<std::string>;

std::string quoted(const std::string& word) { return "'" + model::printable(word) + "'"; }

std::string listed(const Words& words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  return model::listed(views);
}

std::optional<std::string> nearest(const std::string& word, const Words& known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  const auto near = model::nearest(word, views);
  return near ? std::optional<std::string>(*near) : std::nullopt;
}

/// The names of a command's options, "--policy" and "-p".
Words option_names(const CLI::App& command) {
  Words names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

/// The option that a word names, which may have its value behind it.
const CLI::Option* option_named(const CLI::App& command, const std::string& word) {
  const std::string name =
      word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
  return command.get_option_no_throw(name);
}

bool has_value_behind_it(const std::string& word) {
  return word.starts_with("--") ? word.find('=') != std::string::npos : word.size() > 2;
}

bool is_option(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

/// The option with a name like `word`: spelled nearly so, or, for one letter, beginning
/// with it.
std::optional<std::string> meant(const std::string& word, const Words& known) {
  if (word.size() == 2) {
    const auto begins = [&](const std::string& name) { return name.starts_with("-" + word); };
    const auto found = std::find_if(known.begin(), known.end(), begins);
    return found == known.end() ? std::nullopt : std::optional(*found);
  }
  return nearest(word, known);
}

/// The commands that have the option.
std::string owners(const CLI::App& program, const std::string& name) {
  Words commands;
  for (const CLI::App* command : program.get_subcommands({})) {
    if (command->get_option_no_throw(name) != nullptr) commands.push_back(command->get_name());
  }
  return listed(commands);
}

std::string unknown_option(const CLI::App& program, const CLI::App& command,
                           const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const auto near = meant(name, option_names(command));
  const bool is_program = &command == &program;
  const std::string whose = owners(program, name);
  std::string text =
      is_program ? "there is no option " + quoted(name) + (whose.empty() ? "" : " before a command")
                 : command.get_name() + " has no option " + quoted(name);
  if (near) text += "; did you mean '" + *near + "'?";
  if (whose.empty()) return text;
  return text + (near ? " (" : "; ") + name + " is an option of " + whose + (near ? ")" : "");
}

/// `option`, if there is one, stands before the first of the words.
std::string unexpected(const CLI::App& command, const Words& words, const CLI::Option* option) {
  std::string text = command.get_name() + " does not expect ";
  for (std::size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : ", ") + quoted(words[i]);
  if (option == nullptr) return text;
  return text + "; " + option->get_name() +
         (option->get_items_expected_max() == 0 ? " takes no value" : " takes one value each time");
}

std::string see_help(const CLI::App& command) {
  return "; see 'frwrsim help " + command.get_name() + "'";
}

/// The first option that the command does not have; else the arguments that are too many.
std::optional<std::string> unknown_word(const CLI::App& program, const CLI::App& command,
                                        std::span<const std::string> words) {
  std::size_t room = 0;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) {
      room += static_cast<std::size_t>(option->get_items_expected_max());
    }
  }
  Words too_many;
  const CLI::Option* behind = nullptr;  // the option before the first of them
  const CLI::Option* last_option = nullptr;
  bool only_arguments = false;  // behind "--"
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--" && !only_arguments) {
      only_arguments = true;
    } else if (is_option(word) && !only_arguments) {
      const CLI::Option* option = option_named(command, word);
      if (option == nullptr) return unknown_option(program, command, word);
      last_option = option;
      if (option->get_items_expected_max() != 0 && !has_value_behind_it(word)) ++i;
    } else if (room > 0) {
      --room;
      last_option = nullptr;
    } else {
      if (too_many.empty()) behind = last_option;
      too_many.push_back(word);
    }
  }
  if (too_many.empty()) return std::nullopt;
  return unexpected(command, too_many, behind);
}

}  // namespace

const CLI::App* command_named(const CLI::App& program, const std::string& name) {
  for (const CLI::App* command : program.get_subcommands({})) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

std::string unknown_command(const CLI::App& program, const std::string& name) {
  Words names;
  for (const CLI::App* command : program.get_subcommands({})) names.push_back(command->get_name());
  const auto near = nearest(name, names);
  return "there is no command " + quoted(name) + "; " +
         (near ? "did you mean '" + *near + "'?" : "there are " + listed(names)) +
         " ('frwrsim help' lists them)";
}

std::string what_is_wrong(const CLI::App& program, const std::vector<std::string>& words,
                          const CLI::ParseError& error) {
  if (words.empty()) return "a command is missing ('frwrsim help' lists them)";
  const std::string& first = words.front();
  if (is_option(first)) {
    if (program.get_option_no_throw(first) != nullptr) return error.what();
    return unknown_option(program, program, first) + "; see 'frwrsim help'";
  }
  const CLI::App* command = command_named(program, first);
  if (command == nullptr) return unknown_command(program, first);
  const std::span<const std::string> rest(words.data() + 1, words.size() - 1);
  if (const auto wrong = unknown_word(program, *command, rest)) return *wrong + see_help(*command);
  return error.what() + see_help(*command);
}

}  // namespace tools
