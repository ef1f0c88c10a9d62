// SPDX-License-Identifier: MIT
//
// Rows and paragraphs of --help.
#include "tools/usage/help_layout.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include "tools/usage/command_help.h"
#include "tools/words/text_layout.h"

namespace tools {
namespace {

constexpr std::size_t name_columns = 26;

/// What stands for the value: of "TEXT:{json,text}" the values, of "UINT:N" the N.
std::string value_of(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return {};
  const std::string type = option.get_type_name();
  return type.substr(type.find(':') + 1);
}

/// What it is, with the default in brackets behind it unless the text says it.
std::string about(const CLI::Option& option) {
  std::string text = option.get_description();
  if (option.get_required()) text += " (required)";
  const std::string value = option.get_default_str();
  if (!value.empty() && option.get_items_expected_max() != 0) text += " [" + value + "]";
  for (const CLI::Option* needed : option.get_needs()) text += "; needs " + needed->get_name();
  for (const CLI::Option* other : option.get_excludes()) text += "; not with " + other->get_name();
  return text;
}

std::string paragraph(const std::string& text, std::size_t width) {
  std::string result;
  for (const std::string& line : wrapped_lines(text, width)) result += line + "\n";
  return result;
}

}  // namespace

std::string HelpLayout::row(const std::string& name, const std::string& about) const {
  const std::string front = "  " + name;
  if (columns_of(front) + 2 <= name_columns) {
    return hanging(padded(front, name_columns), about, width_);
  }
  return front + "\n" + hanging(std::string(name_columns, ' '), about, width_);
}

std::string HelpLayout::make_description(const CLI::App* app) const {
  return paragraph(app->get_description(), width_);
}

std::string HelpLayout::make_usage(const CLI::App* app, std::string name) const {
  std::string text = "Usage: " + name;
  if (app->get_parent() == nullptr) return text + " COMMAND [OPTIONS]\n";
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_positional()) text += " " + make_option_usage(option);
  }
  return text + " [OPTIONS]\n";
}

std::string HelpLayout::make_option(const CLI::Option* option, bool is_positional) const {
  if (is_positional) return row(option->get_name(true, false), about(*option));
  const std::string value = value_of(*option);
  return row(option->get_name(false, true) + (value.empty() ? "" : " " + value), about(*option));
}

std::string HelpLayout::make_subcommands(const CLI::App* app, CLI::AppFormatMode) const {
  std::vector<std::string> groups;
  const auto add = [&groups](std::string group) {
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) {
      groups.push_back(std::move(group));
    }
  };
  for (const CommandHelp& help : command_helps()) add(std::string(help.group));
  const std::vector<const CLI::App*> commands = app->get_subcommands({});
  for (const CLI::App* command : commands) add(command->get_group());
  std::string text;
  for (const std::string& group : groups) {
    std::string rows;
    for (const CLI::App* command : commands) {
      if (command->get_group() == group) rows += make_subcommand(command);
    }
    if (!rows.empty()) text += "\n" + group + ":\n" + rows;
  }
  return text;
}

std::string HelpLayout::make_subcommand(const CLI::App* command) const {
  return row(command->get_name(), command->get_description());
}

std::string HelpLayout::make_footer(const CLI::App* app) const {
  std::string text;
  std::istringstream lines(app->get_footer());
  for (std::string line; std::getline(lines, line);) {
    const bool is_as_it_is = line.empty() || line.front() == ' ';
    text += is_as_it_is ? line + "\n" : paragraph(line, width_);
  }
  return text;
}

}  // namespace tools
