// SPDX-License-Identifier: MIT
//
// Prose in lines of a given width.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tools {

/// `text` in lines of at most `width` characters, broken at blanks. A word that is
/// longer has a line of its own. No line for no words.
std::vector<std::string> wrapped_lines(const std::string& text, std::size_t width);

}  // namespace tools
