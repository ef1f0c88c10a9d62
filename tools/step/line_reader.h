// SPDX-License-Identifier: MIT
//
// Lines from standard input; at a terminal with editing and history, by libedit if the
// program was built with it.
#pragma once

#include <optional>
#include <string>

namespace tools {

/// Reads lines. There is one at a time: the history is the program's. Not thread-safe.
class LineReader {
 public:
  /// `is_terminal`: whether a person types, who gets a prompt.
  explicit LineReader(bool is_terminal) : is_terminal_(is_terminal) {}

  /// The next line, without its end; nothing at the end of input. It can be brought back
  /// with the up key.
  std::optional<std::string> next(const std::string& prompt);
  /// A line that is an answer, and not worth bringing back. REQUIRES: a person types.
  std::optional<std::string> answer(const std::string& question);

 private:
  bool is_terminal_;
};

/// Writes `text` to standard output; with a person at `reader`, and more lines than the
/// terminal has, a screen at a time, until that person has seen enough.
void write_in_pages(const std::string& text, LineReader* reader);

}  // namespace tools
