// SPDX-License-Identifier: MIT
//
// A comparison as a table of GitHub Flavored Markdown, to be pasted into a page.
#include "tools/words/markdown.h"

#include "sim/verdict.h"
#include "tools/compare/report.h"

namespace tools {
namespace {

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

}  // namespace

std::string comparison_markdown(const Comparison& comparison) {
  std::vector<std::string> head{"scenario", "guards"};
  for (const std::string& policy : comparison.policies) head.push_back(column_name(policy));
  std::string text = markdown_head(head);
  for (const ComparedScenario& line : comparison.scenarios) {
    std::vector<std::string> cells{line.scenario.name, line.scenario.guards_in_force()};
    for (const Findings& cell : line.cells) {
      cells.push_back(cell_text(cell, line.scenario.setup));
    }
    text += markdown_row(cells);
  }
  return text + "\n" + std::string(about_cells) + "\n";
}

}  // namespace tools
