// SPDX-License-Identifier: MIT
//
// A comparison as a table of GitHub Flavored Markdown, to be pasted into a page.
#include "model/input.h"
#include "sim/verdict.h"
#include "tools/report_comparison.h"

namespace tools {
namespace {

/// `text` as it is to be read: what Markdown or HTML would take for a command is
/// escaped. Underscores within words, as in bound_reached, are no emphasis there.
std::string escaped(const std::string& text) {
  const std::string printable = model::printable(text);
  std::string result;
  for (std::size_t i = 0; i < printable.size(); ++i) {
    const char c = printable[i];
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

/// "violated, 1.82e34 of 1.85e34, p = 3.70e-07, k = 0, double-unmap"
std::string cell_text(const Findings& cell, const model::Setup& setup) {
  std::string text(sim::name_of(cell.verdict));
  if (cell.interleavings) text += ", " + share_in_words(cell);
  if (cell.probability && cell.probability->low + cell.probability->width != 0) {
    const std::string p = probability_in_words(cell);
    text += p[0] == '<' || p[0] == '>' ? ", p " + p.substr(0, 1) + " " + p.substr(1) : ", p = " + p;
  }
  if (const auto least = least_preemptions(cell)) {
    text += ", k = " + std::to_string(*least);
  }
  const std::string violated = violated_in_words(cell, setup);
  return violated == "none" ? text : text + ", " + violated;
}

std::string row(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) text += " " + escaped(cell) + " |";
  return text + "\n";
}

}  // namespace

std::string comparison_markdown(const Comparison& comparison) {
  std::vector<std::string> head{"scenario", "guards"};
  for (const std::string& policy : comparison.policies) head.push_back(column_name(policy));
  std::string text = row(head) + "|";
  for (std::size_t i = 0; i < head.size(); ++i) text += "---|";
  text += "\n";
  for (const ComparedScenario& line : comparison.scenarios) {
    std::vector<std::string> cells{line.scenario.name, line.scenario.guards_in_force()};
    for (const Findings& cell : line.cells) {
      cells.push_back(cell_text(cell, line.scenario.setup));
    }
    text += row(cells);
  }
  return text + "\n" + std::string(about_cells) + "\n";
}

}  // namespace tools
