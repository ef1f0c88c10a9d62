// SPDX-License-Identifier: MIT
//
// Side by side, as wide as the terminal.
//
// A decision is a row. As long as both sides do the same there is one text for both;
// when they do not, each has a column, and cells are broken between words. Where lines are
// short the actor stands in the cells, and not in a column of its own.
#include "tools/step/report_diff.h"

#include <algorithm>
#include <cstdio>

#include "model/labels.h"
#include "tools/app/why_stopped.h"
#include "tools/run/report_world.h"
#include "tools/step/report_step.h"
#include "tools/words/numbers.h"
#include "tools/words/shell.h"
#include "tools/words/text_layout.h"
#include "tools/words/words.h"

namespace tools {
namespace {

constexpr std::size_t gap = 2;

/// The columns of the table.
struct Columns {
  std::size_t head;
  std::size_t cell;
  bool has_actor;  ///< in the head

  [[nodiscard]] std::size_t both() const { return 2 * cell + gap; }
};

Columns columns_for(std::size_t width) {
  constexpr std::size_t widest = 120;    // wider ones are hard to read
  constexpr std::size_t narrowest = 80;  // names of functions do not fit less
  constexpr std::size_t wide = 100;
  const std::size_t all = std::clamp(width, narrowest, widest);
  const bool has_actor = all >= wide;
  const std::size_t head = has_actor ? 30 : 10;
  return {head, (all - head - gap) / 2, has_actor};
}

/// A row with one text for both sides.
std::string wide_row(const std::string& head, const std::string& text, const Columns& columns) {
  return hanging(padded(head, columns.head), text, columns.head + columns.both());
}

std::string row_of_two(const std::string& head, const std::array<std::string, 2>& texts,
                       const Columns& columns) {
  const auto left = wrapped_lines(texts[0], columns.cell);
  const auto right = wrapped_lines(texts[1], columns.cell);
  const std::string blank(columns.head, ' ');
  // A title longer than the head has a line of its own.
  std::string rows = columns_of(head) > columns.head ? head + "\n" : "";
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    std::string row = i == 0 && rows.empty() ? padded(head, columns.head) : blank;
    row += i < left.size() ? left[i] : "";
    if (i < right.size()) row = padded(row, columns.head + columns.cell + gap) + right[i];
    rows += row + "\n";
  }
  return rows;
}

/// Tells the rows of two runs.
class Table {
 public:
  Table(const Lockstep& runs, const DiffSource& source, bool every_step, const Style& style)
      : runs_(runs),
        source_(source),
        every_step_(every_step),
        style_(style),
        columns_(columns_for(style.width())) {}

  std::string text() {
    text_ = style_.strong(columns_.has_actor ? padded("  step    who", columns_.head) + "under both"
                                             : "  step    under both") +
            "\n";
    tell_world(0);
    for (std::size_t i = 0; i < runs_.rows.size(); ++i) {
      if (runs_.first_effect == i) tell_parting();
      tell(i);
      tell_world(i + 1);
    }
    for (std::size_t side = 0; side < 2; ++side) tell_rest(side);
    return std::move(text_);
  }

 private:
  [[nodiscard]] std::string cell(std::size_t side, const LockstepRow& row, bool in_full) const {
    if (row.followed[side] != Followed::took) return cannot_in_words(row.followed[side]);
    return step_in_words(runs_.sides[side].steps()[row.steps[side] - 1], in_full);
  }

  [[nodiscard]] std::string step_in_words(const model::TraceStep& step, bool in_full) const {
    const std::string what = in_words(step, in_full, source_.scenario.setup);
    if (what.empty()) return {};
    const std::string who(model::long_name(step.choice.actor));
    const std::string function(model::label_of(step.choice.actor, step.step_id).function);
    const bool is_said = columns_.has_actor || who == function;
    return (is_said ? "" : who + ", ") + function + ": " + what;
  }

  /// "    21 !  RPC task 1          "
  [[nodiscard]] std::string head_of(std::size_t number, const char* mark,
                                    sim::ActorId actor) const {
    char head[64];
    std::snprintf(head, sizeof head, "%6zu %-3s%s", number, mark,
                  columns_.has_actor ? std::string(model::long_name(actor)).c_str() : "");
    return head;
  }

  /// The steps of a side after the last decision.
  void tell_rest(std::size_t side) {
    const auto& rest = runs_.rest[side].schedule;
    if (!rest || rest->empty()) return;
    const auto& steps = runs_.sides[side].steps();
    text_ += style_.strong(policy_in_words(source_.policies[side]) +
                           " continues, the shortest way to rest") +
             "\n";
    for (std::size_t i = steps.size() - rest->size(); i < steps.size(); ++i) {
      const std::string what = step_in_words(steps[i], every_step_);
      if (what.empty()) continue;
      text_ += wide_row(head_of(i + 1, "+", steps[i].choice.actor), what, columns_);
    }
  }

  void tell(std::size_t i) {
    const LockstepRow& row = runs_.rows[i];
    const sim::ActorId who = row.decision.actor;
    if (row.differs) {
      const std::string head = head_of(i + 1, runs_.first_effect == i ? "!!" : "!", who);
      text_ += row_of_two(head, {cell(0, row, true), cell(1, row, true)}, columns_);
      return;
    }
    const bool took = row.followed[0] == Followed::took;
    const std::string what = took || every_step_ ? cell(0, row, every_step_) : std::string();
    if (!what.empty()) text_ += wide_row(head_of(i + 1, "=", who), what, columns_);
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
                          {shown(values[0][field]), shown(values[1][field])}, columns_);
    }
  }

  [[nodiscard]] std::string titles() const {
    return row_of_two(
        "", {policy_in_words(source_.policies[0]), policy_in_words(source_.policies[1])}, columns_);
  }

  const Lockstep& runs_;
  const DiffSource& source_;
  bool every_step_;
  const Style& style_;
  Columns columns_;
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
  std::string how;
  if (const std::size_t left_out = runs.left_out(side); left_out != 0) {
    how = plural(left_out, "decision") + " left out";
  }
  const WayToRest& rest = runs.rest[side];
  if (rest.schedule && !rest.schedule->empty()) {
    how += (how.empty() ? "" : "; ") + std::string("after the last decision ") +
           plural(rest.schedule->size(), "step") + " of its own, the shortest way to rest";
  } else if (!end) {
    how +=
        (how.empty() ? "" : "; ") + (rest.bound == sim::Bound::none
                                         ? std::string("no way from there leads to rest")
                                         : "no way to rest was found: " + why_stopped(rest.bound));
  }
  if (!how.empty()) text += hanging("  ", how, style.width());
  return text + "  frwrsim replay " + scenario_arguments(source.argument, source.scenario.never) + " --policy " +
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
  const std::size_t width = style.width();
  std::string text =
      line("scenario", style.strong(source.scenario.name) + ": " + source.scenario.title, width);
  text += line("guards", source.scenario.guards_in_force(), width);
  text +=
      line("policies",
           policy_in_words(source.policies[0]) + " against " + policy_in_words(source.policies[1]),
           width);
  text += line("decisions", number(source.decisions) + ", " + source.told_as, width);
  text += line("they part", parted(runs)) + "\n";
  text += Table(runs, source, every_step, style).text();
  return text + outcome(runs, 0, source, style) + outcome(runs, 1, source, style);
}

}  // namespace tools
