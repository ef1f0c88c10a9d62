// SPDX-License-Identifier: MIT
//
// Prose in lines of a given width.
//
// What counts is columns on a terminal: a character outside ASCII is one, an escape
// sequence for colour is none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tools {

/// The width of output that is for no terminal, or for one that does not say how wide it is.
inline constexpr std::size_t usual_width = 80;

/// Columns that a text without line breaks takes.
std::size_t columns_of(std::string_view text);

/// `text` with blanks behind it, so that it takes at least so many columns.
std::string padded(std::string text, std::size_t columns);

/// `text` in lines of at most `width` columns, broken at blanks but not beside "->". What
/// cannot be broken and is longer has a line of its own. No line for no words.
std::vector<std::string> wrapped_lines(const std::string& text, std::size_t width);

/// `text` behind `front`, in lines of at most `width` columns; further lines begin below
/// the text, or with four blanks if there is little room there. Each line ends with '\n';
/// for no words it is `front` alone, without the blanks at its end.
std::string hanging(const std::string& front, const std::string& text, std::size_t width);

/// `text` with so many more spaces at the beginning of every line but the first.
std::string lines_below_indented(std::string text, std::size_t spaces);

}  // namespace tools
