// SPDX-License-Identifier: MIT
//
// Side by side for a terminal or a page of 120 columns.
//
// A decision is a row. As long as both sides do the same there is one text for both;
// when they do not, each has a column, and cells are broken between words.
#include "tools/step/report_diff.h"

#include <algorithm>
#include <cstdio>

#include "model/labels.h"
#include "tools/run/report_world.h"
#include "tools/step/report_step.h"
#include "tools/words/numbers.h"
#include "tools/words/shell.h"
#include "tools/words/text_layout.h"
#include "tools/words/words.h"

namespace tools {
namespace {

constexpr std::size_t head_width = 30;
constexpr std::size_t cell_width = 44;
constexpr std::size_t gap = 2;
constexpr std::size_t both_width = 2 * cell_width + gap;

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

/// "    21 !  RPC task 1          "
std::string head_of(std::size_t number, const char* mark, std::string_view who) {
  char head[64];
  std::snprintf(head, sizeof head, "%6zu %-3s%-20s", number, mark, std::string(who).c_str());
  return head;
}

/// A row with one text for both sides.
std::string wide_row(const std::string& head, const std::string& text) {
  std::string rows;
  for (const std::string& line : wrapped_lines(text, both_width)) {
    rows += (rows.empty() ? padded(head, head_width) : std::string(head_width, ' ')) + line + "\n";
  }
  return rows;
}

std::string row_of_two(const std::string& head, const std::array<std::string, 2>& texts) {
  const auto left = wrapped_lines(texts[0], cell_width);
  const auto right = wrapped_lines(texts[1], cell_width);
  // A title longer than the head has a line of its own.
  std::string rows = head.size() > head_width ? head + "\n" : "";
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    std::string row =
        i == 0 && rows.empty() ? padded(head, head_width) : std::string(head_width, ' ');
    row += i < left.size() ? left[i] : "";
    if (i < right.size()) row = padded(row, head_width + cell_width + gap) + right[i];
    rows += row + "\n";
  }
  return rows;
}

/// Tells the rows of two runs.
class Table {
 public:
  Table(const Lockstep& runs, const DiffSource& source, bool every_step, const Style& style)
      : runs_(runs), source_(source), every_step_(every_step), style_(style) {}

  std::string text() {
    text_ = style_.strong(padded("  step    who", head_width) + "under both") + "\n";
    tell_world(0);
    for (std::size_t i = 0; i < runs_.rows.size(); ++i) {
      if (runs_.first_effect == i) tell_parting();
      tell(i);
      tell_world(i + 1);
    }
    return std::move(text_);
  }

 private:
  [[nodiscard]] std::string cell(std::size_t side, const LockstepRow& row, bool in_full) const {
    if (row.followed[side] != Followed::took) return cannot_in_words(row.followed[side]);
    const model::TraceStep& step = runs_.sides[side].steps()[row.steps[side] - 1];
    const std::string what = in_words(step, in_full);
    if (what.empty()) return {};
    return std::string(model::label_of(step.choice.actor, step.step_id).function) + ": " + what;
  }

  void tell(std::size_t i) {
    const LockstepRow& row = runs_.rows[i];
    const std::string_view who = model::long_name(row.decision.actor);
    if (row.differs) {
      const std::string head = head_of(i + 1, runs_.first_effect == i ? "!!" : "!", who);
      text_ += row_of_two(head, {cell(0, row, true), cell(1, row, true)});
      return;
    }
    const bool took = row.followed[0] == Followed::took;
    const std::string what = took || every_step_ ? cell(0, row, every_step_) : std::string();
    if (!what.empty()) text_ += wide_row(head_of(i + 1, "=", who), what);
  }

  void tell_parting() { text_ += style_.strong("The first effect that differs") + "\n" + titles(); }

  void tell_world(std::size_t decisions) {
    if (!runs_.first_world || runs_.first_world->decisions != decisions) return;
    text_ += style_.strong("The worlds differ from here on, first in") + "\n" + titles();
    const model::WorldView view(runs_.sides[0].model());
    std::array<WorldValues, 2> values;
    for (std::size_t side = 0; side < 2; ++side) {
      values[side] = view.values(runs_.world(side, decisions));
    }
    for (const std::size_t field : runs_.first_world->fields) {
      text_ += row_of_two("  " + field_name(view.fields()[field]),
                          {shown(values[0][field]), shown(values[1][field])});
    }
  }

  [[nodiscard]] std::string titles() const {
    return row_of_two("",
                      {policy_in_words(source_.policies[0]), policy_in_words(source_.policies[1])});
  }

  const Lockstep& runs_;
  const DiffSource& source_;
  bool every_step_;
  const Style& style_;
  std::string text_{};
};

/// The status of a side, and the command that replays it.
std::string outcome(const Lockstep& runs, std::size_t side, const DiffSource& source,
                    const Style& style) {
  const Stepping& run = runs.sides[side];
  const std::string words = end_in_words(run);
  const auto end = run.end();
  std::string text = "\n" + style.strong(policy_in_words(source.policies[side])) + "\n  " +
                     (end == sim::End::violation ? style.bad(words)
                      : end == sim::End::rest    ? style.good(words)
                                                 : words) +
                     "\n";
  if (const std::size_t left_out = runs.left_out(side); left_out != 0) {
    text += "  " + plural(left_out, "decision") + " left out\n";
  }
  return text + "  frwrsim replay " + shell_quoted(source.argument) + " --policy " +
         shell_quoted(source.policies[side]) + " --schedule " + token_of(run, source) + "\n";
}

std::string parted(const Lockstep& runs) {
  if (!runs.first_effect) return "nowhere: every decision has the same effects";
  return "at decision " + std::to_string(*runs.first_effect + 1);
}

}  // namespace

std::string cannot_in_words(Followed followed) {
  switch (followed) {
    case Followed::took:
      break;
    case Followed::not_enabled:
      return "cannot: not enabled";
    case Followed::no_outcome:
      return "cannot: outcome not possible";
    case Followed::ended:
      return "the run has ended";
  }
  return {};
}

std::string token_of(const Stepping& run, const DiffSource& source) {
  return sim::to_token(run.schedule(), source.scenario.hash(), sim::schedule_names(run.model()));
}

std::string diff_text(const Lockstep& runs, const DiffSource& source, bool every_step,
                      const Style& style) {
  std::string text =
      line("scenario", style.strong(source.scenario.name) + ": " + source.scenario.title);
  text += line("guards", source.scenario.guards_in_force());
  text += line("policies", policy_in_words(source.policies[0]) + " against " +
                               policy_in_words(source.policies[1]));
  text += line("decisions", number(source.decisions) + ", " + source.told_as);
  text += line("they part", parted(runs)) + "\n";
  text += Table(runs, source, every_step, style).text();
  return text + outcome(runs, 0, source, style) + outcome(runs, 1, source, style);
}

}  // namespace tools
