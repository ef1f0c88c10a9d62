// SPDX-License-Identifier: MIT
//
// The commands that the program prints are meant to be pasted into a shell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tools {

/// `word` as one shell word: unchanged if it is harmless, else in single quotes.
inline std::string shell_quoted(std::string_view word) {
  constexpr std::string_view harmless =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@";
  if (!word.empty() && word.find_first_not_of(harmless) == std::string_view::npos) {
    return std::string(word);
  }
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// The scenario that the user named and the properties that the user added, as the
/// arguments of a command.
inline std::string scenario_arguments(std::string_view argument,
                                      const std::vector<std::string>& never) {
  std::string text = shell_quoted(argument);
  for (const std::string& condition : never) text += " --never " + shell_quoted(condition);
  return text;
}

}  // namespace tools
