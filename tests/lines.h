// SPDX-License-Identifier: MIT
//
// Texts as their lines: most of what is written here is judged line by line.
#pragma once

#include <sstream>
#include <string>
#include <vector>

namespace fixture {

/// The lines of a text.
inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace fixture
