// SPDX-License-Identifier: MIT
//
// The commands that the program prints are meant to be pasted into a shell.
#pragma once

#include <string>
#include <string_view>

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

}  // namespace tools
