// SPDX-License-Identifier: MIT
//
// A comparison for a terminal. Policies are lines, not columns: for any number of
// policies, a line has room for all that is known of a cell. The overview at the end
// has room for one character per cell. Titles are short, to leave room for the last
// column.
#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>

#include "model/scenario/input.h"
#include "sim/verdict.h"
#include "tools/compare/report.h"
#include "tools/explore/report.h"
#include "tools/words/numbers.h"
#include "tools/words/text_layout.h"
#include "tools/words/words.h"

namespace tools {
namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t columns = 6;
constexpr std::size_t verdict_column = 1;

using Row = std::array<std::string, columns>;
/// Width of every column but the last, which has what is left of a line.
using Widths = std::array<std::size_t, columns - 1>;

const Row head{"policy", "verdict", "n of N fail", "p", "k", "violated"};

Row row_of(const Findings& cell, const model::Setup& setup) {
  const auto least = least_preemptions(cell);
  const bool none_fails = cell.verdict == sim::Verdict::exhausted ||
                          (cell.interleavings && cell.interleavings->failing == 0);
  return {column_name(cell.policy),
          std::string(sim::name_of(cell.verdict)),
          share_in_words(cell),
          probability_in_words(cell),
          least        ? std::to_string(*least)
          : none_fails ? "-"
                       : "?",
          violated_in_words(cell, setup)};
}

Widths widths_of(const Comparison& comparison) {
  Widths widths{};
  const auto widen = [&widths](const Row& row) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  };
  widen(head);
  for (const ComparedScenario& row : comparison.scenarios) {
    for (const Findings& cell : row.cells) widen(row_of(cell, row.scenario.setup));
  }
  return widths;
}

std::string coloured(sim::Verdict verdict, const std::string& text, const Style& style) {
  if (verdict == sim::Verdict::violated) return style.bad(text);
  return verdict == sim::Verdict::exhausted ? style.good(text) : style.strong(text);
}

/// "  a   b   c": the last one continues below itself if it is too long.
std::string line_of(const Row& row, const Widths& widths,
                    const std::function<std::string(const std::string&)>& show_verdict) {
  std::string text;
  std::size_t used = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    text += "  " + (i == verdict_column ? show_verdict(row[i]) : row[i]) +
            std::string(widths[i] - row[i].size(), ' ');
    used += 2 + widths[i];
  }
  constexpr std::size_t least_room = 24;
  const std::size_t room = std::max(least_room, line_width - std::min(line_width, used + 2));
  const std::vector<std::string> lines = wrapped_lines(row.back(), room);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += (i == 0 ? "  " : std::string(used + 2, ' ')) + lines[i] + "\n";
  }
  return text;
}

/// "title     text", which continues below itself.
std::string header(const std::string& title, const std::string& text) {
  constexpr std::size_t indent = 13;
  std::string result;
  for (const std::string& line : wrapped_lines(text, line_width - indent)) {
    std::string start = result.empty() ? title : "";
    start.resize(indent, ' ');
    result += start + line + "\n";
  }
  return result;
}

std::string block(const ComparedScenario& row, const Widths& widths, const Style& style) {
  const auto plain = [](const std::string& text) { return text; };
  std::string text =
      header("scenario",
             style.strong(model::printable(row.scenario.name)) + ": " + row.scenario.title) +
      header("guards", row.scenario.guards_in_force()) + line_of(head, widths, plain);
  for (const Findings& cell : row.cells) {
    text += line_of(row_of(cell, row.scenario.setup), widths, [&](const std::string& verdict) {
      return coloured(cell.verdict, verdict, style);
    });
  }
  return text;
}

std::string mark(sim::Verdict verdict) {
  if (verdict == sim::Verdict::violated) return "V";
  return verdict == sim::Verdict::exhausted ? "." : "?";
}

/// A character for each cell. Columns have numbers where names do not fit.
std::string overview(const Comparison& comparison, const Style& style) {
  std::size_t first = 0;
  for (const ComparedScenario& row : comparison.scenarios) {
    first = std::max(first, model::printable(row.scenario.name).size());
  }
  std::vector<std::string> names;
  std::string legend;
  std::size_t width = 2 + first;
  for (const std::string& policy : comparison.policies) {
    names.push_back(column_name(policy));
    legend += (legend.empty() ? "" : ", ") + std::to_string(names.size()) + " " + names.back();
    width += 2 + names.back().size();
  }
  const bool numbered = width > line_width;
  std::string text = style.strong("Overview") + "\n  " + std::string(first, ' ');
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (numbered) names[i] = std::to_string(i + 1);
    text += "  " + names[i];
  }
  text += "\n";
  for (const ComparedScenario& row : comparison.scenarios) {
    std::string name = "  " + model::printable(row.scenario.name);
    name.resize(2 + first, ' ');
    std::string gap = "  ";
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const sim::Verdict verdict = row.cells[i].verdict;
      name += gap + coloured(verdict, mark(verdict), style);
      gap.assign(1 + names[i].size(), ' ');
    }
    text += name + "\n";
  }
  text += "  V violated, . exhausted, ? bound_reached\n";
  if (numbered) {
    for (const std::string& line : wrapped_lines(legend, line_width - 2))
      text += "  " + line + "\n";
  }
  return text;
}

std::string measured(const Comparison& comparison) {
  std::uint64_t searches = 0;
  std::uint64_t states = 0;
  std::uint64_t memory = 0;
  for (const ComparedScenario& row : comparison.scenarios) {
    for (const Findings& cell : row.cells) {
      ++searches;
      states += cell.states;
      memory = std::max(memory, cell.memory);
    }
  }
  char most[40];
  std::snprintf(most, sizeof most, "%.1f MiB", static_cast<double>(memory) / (1 << 20));
  return header("measured", std::to_string(searches) + " searches, " + std::to_string(states) +
                                " states, at most " + most + "; " + seconds(comparison.seconds));
}

}  // namespace

std::string comparison_text(const Comparison& comparison, bool reproducible, const Style& style) {
  std::string policies;
  for (const std::string& policy : comparison.policies) {
    policies += (policies.empty() ? "" : ", ") + policy_in_words(policy);
  }
  std::string text = header("policies", policies);
  const Widths widths = widths_of(comparison);
  for (const ComparedScenario& row : comparison.scenarios) text += "\n" + block(row, widths, style);
  if (comparison.scenarios.size() > 1 && comparison.policies.size() > 1) {
    text += "\n" + overview(comparison, style);
  }
  text += "\n";
  for (const std::string& line : wrapped_lines(std::string(about_cells), line_width)) {
    text += line + "\n";
  }
  if (!reproducible) text += "\n" + measured(comparison);
  return text;
}

}  // namespace tools
