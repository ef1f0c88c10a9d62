// SPDX-License-Identifier: MIT
//
// Lines of a file or pipe of any size, in memory of one size.
//
// A trace may have ten gigabytes, a line that never ends, or a writer that is faster than
// its reader. So a line is cut at a limit, and of a regular file no more is read than it
// had when it was opened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tools::audit {

/// Reads lines one after the other. Not thread-safe.
class LineReader {
 public:
  /// The longest line that is given whole, in bytes.
  static constexpr std::size_t longest_line = std::size_t{1} << 16;

  /// Reads from a file descriptor that stays the caller's, at most `most_bytes` of it.
  /// `name` is for errors.
  LineReader(int descriptor, std::string name, std::optional<std::uint64_t> most_bytes = {});

  /// The next line, without its newline; false at the end. It is valid until the next call.
  /// Throws model::InputError if reading fails.
  bool next(std::string_view& line);

  /// The number of the last line, from 1.
  [[nodiscard]] std::uint64_t line_number() const { return line_number_; }
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  /// Lines of which only the beginning was given.
  [[nodiscard]] std::uint64_t cut_lines() const { return cut_lines_; }

 private:
  bool fill();
  void skip_rest_of_line();

  int descriptor_;
  std::string name_;
  std::uint64_t bytes_left_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what was not yet given
  std::size_t end_ = 0;
  bool at_end_ = false;
  bool skipping_ = false;  // the rest of the last line
  std::uint64_t line_number_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t cut_lines_ = 0;
};

}  // namespace tools::audit
