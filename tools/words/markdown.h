// SPDX-License-Identifier: MIT
//
// Tables of GitHub Flavored Markdown, to be pasted into a page.
#pragma once

#include <string>
#include <vector>

namespace tools {

/// `text` as it is to be read: what Markdown or HTML would take for a command is
/// escaped, control characters are made visible.
std::string markdown_escaped(const std::string& text);

/// A line of a table, cells escaped.
std::string markdown_row(const std::vector<std::string>& cells);

/// The first line of a table and the rule below it.
std::string markdown_head(const std::vector<std::string>& cells);

}  // namespace tools
