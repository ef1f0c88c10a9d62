// SPDX-License-Identifier: MIT
//
// One buffer: what is left of it moves to its beginning before more is read.
#include "tools/audit/line_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "model/scenario/input.h"

namespace tools::audit {

LineReader::LineReader(int descriptor, std::string name, std::optional<std::uint64_t> most_bytes)
    : descriptor_(descriptor),
      name_(std::move(name)),
      bytes_left_(most_bytes.value_or(UINT64_MAX)),
      buffer_(longest_line * 4) {}

bool LineReader::fill() {
  if (at_end_) return false;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const auto room =
      static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size() - end_, bytes_left_));
  ssize_t got = 0;
  do {
    got = room == 0 ? 0 : read(descriptor_, buffer_.data() + end_, room);
  } while (got < 0 && errno == EINTR);
  if (got < 0) throw model::InputError(name_ + ": cannot be read: " + std::strerror(errno));
  end_ += static_cast<std::size_t>(got);
  bytes_left_ -= static_cast<std::uint64_t>(got);
  bytes_read_ += static_cast<std::uint64_t>(got);
  at_end_ = got == 0;
  return !at_end_;
}

void LineReader::skip_rest_of_line() {
  do {
    const char* from = buffer_.data() + begin_;
    const auto* newline = static_cast<const char*>(std::memchr(from, '\n', end_ - begin_));
    if (newline != nullptr) {
      begin_ += static_cast<std::size_t>(newline - from) + 1;
      return;
    }
    begin_ = end_;
  } while (fill());
}

bool LineReader::next(std::string_view& line) {
  if (skipping_) skip_rest_of_line();
  skipping_ = false;
  std::size_t searched = 0;
  for (;;) {
    const char* from = buffer_.data() + begin_;
    const std::size_t size = end_ - begin_;
    const auto* newline =
        static_cast<const char*>(std::memchr(from + searched, '\n', size - searched));
    if (newline != nullptr && static_cast<std::size_t>(newline - from) <= longest_line) {
      line = {from, static_cast<std::size_t>(newline - from)};
      begin_ += line.size() + 1;
      break;
    }
    if (size > longest_line) {
      line = {from, longest_line};
      begin_ += longest_line;
      ++cut_lines_;
      skipping_ = true;
      break;
    }
    searched = size;
    if (fill()) continue;
    if (size == 0) return false;
    line = {buffer_.data() + begin_, size};
    begin_ = end_;
    break;
  }
  ++line_number_;
  return true;
}

}  // namespace tools::audit
