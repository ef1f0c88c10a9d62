// SPDX-License-Identifier: MIT
//
// Escaping, and pipes.
#include "tools/words/markdown.h"

#include <string_view>

#include "model/scenario/input.h"

namespace tools {

std::string markdown_escaped(const std::string& text) {
  const std::string printable = model::printable(text);
  std::string result;
  for (std::size_t i = 0; i < printable.size(); ++i) {
    const char c = printable[i];
    // Underscores within words, as in bound_reached, are no emphasis.
    const bool at_edge = i == 0 || i + 1 == printable.size();
    if (c == '<' || c == '&') {
      result += c == '<' ? "&lt;" : "&amp;";
      continue;
    }
    if (std::string_view("\\|`*[]~").find(c) != std::string_view::npos || (c == '_' && at_edge)) {
      result += '\\';
    }
    result += c;
  }
  return result;
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) text += " " + markdown_escaped(cell) + " |";
  return text + "\n";
}

std::string markdown_head(const std::vector<std::string>& cells) {
  std::string text = markdown_row(cells) + "|";
  for (std::size_t i = 0; i < cells.size(); ++i) text += "---|";
  return text + "\n";
}

}  // namespace tools
