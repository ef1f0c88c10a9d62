// SPDX-License-Identifier: MIT
//
// Breaking lines.
#include "tools/words/text_layout.h"

#include <algorithm>
#include <sstream>

namespace tools {
namespace {

/// Room for text that is worth having beside a front.
constexpr std::size_t least_room = 24;

/// Words, "a -> b" as one of them unless it is wider than a line.
std::vector<std::string> pieces(const std::string& text, std::size_t width) {
  std::vector<std::string> pieces;
  std::istringstream words(text);
  bool is_open = false;  // the last piece ends with an arrow
  for (std::string word; words >> word;) {
    const bool is_arrow = word == "->";
    if (!pieces.empty() && (is_arrow || is_open) &&
        columns_of(pieces.back()) + 1 + columns_of(word) <= width) {
      pieces.back() += " " + word;
    } else {
      pieces.push_back(word);
    }
    is_open = is_arrow;
  }
  return pieces;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  bool in_escape = false;
  for (const char c : text) {
    if (c == '\033') in_escape = true;
    const bool continues = (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;  // UTF-8
    if (!in_escape && !continues) ++columns;
    if (c == 'm') in_escape = false;
  }
  return columns;
}

std::string padded(std::string text, std::size_t columns) {
  const std::size_t taken = columns_of(text);
  if (taken < columns) text.append(columns - taken, ' ');
  return text;
}

std::vector<std::string> wrapped_lines(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string& piece : pieces(text, width)) {
    if (lines.empty() || columns_of(lines.back()) + 1 + columns_of(piece) > width) {
      lines.push_back(piece);
    } else {
      lines.back() += " " + piece;
    }
  }
  return lines;
}

std::string hanging(const std::string& front, const std::string& text, std::size_t width) {
  const std::size_t beside = columns_of(front);
  const bool fits = beside + least_room <= width;
  constexpr std::size_t little_indent = 4;
  const std::string indent(fits ? beside : little_indent, ' ');
  const std::vector<std::string> lines =
      wrapped_lines(text, width > indent.size() ? width - indent.size() : 1);
  if (lines.empty() || !fits) {
    std::string alone = front.substr(0, front.find_last_not_of(' ') + 1) + "\n";
    for (const std::string& line : lines) alone += indent + line + "\n";
    return alone;
  }
  std::string result;
  for (const std::string& line : lines) {
    result += (result.empty() ? front : indent) + line + "\n";
  }
  return result;
}

std::string lines_below_indented(std::string text, std::size_t spaces) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += spaces + 1) {
    text.insert(at + 1, spaces, ' ');
  }
  return text;
}

}  // namespace tools
