// SPDX-License-Identifier: MIT
//
// Steps, choices and odds as text.
#include "tools/step/report_step.h"

#include <array>
#include <cstdio>

#include "model/labels.h"
#include "tools/run/report_text.h"
#include "tools/run/report_world.h"
#include "tools/words/compact_number.h"
#include "tools/words/numbers.h"
#include "tools/words/text_layout.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using model::RaceModel;

constexpr const char* changed_title = "        changed  ";

std::string changes(const Stepping& run, const model::WorldView& view, const Style& style) {
  if (run.steps().empty()) return {};
  const std::string blank(std::string_view(changed_title).size(), ' ');
  std::string text;
  for (const std::string& change : changes_in_words(
           view, view.values(run.world(run.steps().size() - 1)), view.values(run.world()))) {
    text += hanging(text.empty() ? changed_title : blank, change, style.width());
  }
  return text;
}

std::string choices(const Stepping& run, const Style& style) {
  std::string text;
  std::size_t number = 0;
  for (const sim::Choice choice : run.choices()) {
    const std::uint8_t step_id = RaceModel::step_id(run.world(), choice.actor);
    char head[64];
    std::snprintf(head, sizeof head, "%4zu  %-13s", ++number, choice_in_words(run, choice).c_str());
    text += step_row(head, choice.actor, step_id,
                     std::string(model::label_of(choice.actor, step_id).statement), style);
  }
  return text;
}

std::string distance(std::optional<unsigned> steps) {
  return steps ? plural(*steps, "step") : "out of reach";
}

constexpr std::size_t digits_of_odds = 6;

std::string odds_columns(const std::array<std::string, 5>& cells, bool exact) {
  const std::array<std::size_t, 5> columns{17, 12, exact ? 26u : 15u, 16, 0};
  std::string text = "  ";
  for (std::size_t i = 0; i < cells.size(); ++i) text += padded(cells[i], columns[i]);
  return text + "\n";
}

/// "  here         avoidable   0.5  nearest violation ..., nearest clean end ..."
std::string odds_row(const std::string& where, const sim::Odds& odds, bool exact) {
  return odds_columns({where, outlook_in_words(odds.outlook),
                       exact ? odds.failure.decimal() : compact(odds.failure, digits_of_odds),
                       distance(odds.to_failure), distance(odds.to_rest)},
                      exact);
}

}  // namespace

std::string outlook_in_words(sim::Outlook outlook) {
  switch (outlook) {
    case sim::Outlook::safe:
      return "safe";
    case sim::Outlook::avoidable:
      return "avoidable";
    case sim::Outlook::inevitable:
      break;
  }
  return "inevitable";
}

model::RunEnd end_of(const Stepping& run) {
  model::RunEnd end;
  end.kind = run.end().value_or(sim::End::step_limit);
  if (end.kind == sim::End::violation) end.violation = run.model().violation(run.world());
  end.cut = run.world().cut;
  return end;
}

std::string end_in_words(const Stepping& run) {
  const model::RunEnd end = end_of(run);
  model::Trace told;
  told.scenario.setup = run.model().setup();
  told.steps = run.steps();
  told.end = end.kind;
  told.violation = end.violation;
  told.cut = end.cut;
  return end_in_words(told);
}

std::string choice_in_words(const Stepping& run, sim::Choice choice) {
  return sim::choice_text(choice, sim::schedule_names(run.model()));
}

std::string step_line(const Stepping& run, std::size_t step, const Style& style) {
  const model::TraceStep& taken = run.steps()[step - 1];
  char head[32];
  std::snprintf(head, sizeof head, "%6zu  ", step);
  const std::string rows =
      step_row(head, taken.choice.actor, taken.step_id, in_words(taken, true, run.model().setup()), style);
  return violates(taken) ? style.bad_lines(rows) : rows;
}

std::string standing(const Stepping& run, const model::WorldView& view, const Style& style) {
  std::string text = changes(run, view, style);
  const auto end = run.end();
  if (!end) return text + style.strong("choices") + "\n" + choices(run, style);
  const std::string words = end_in_words(run);
  return text + hanging("",
                        "the run ends here: " + (*end == sim::End::violation ? style.bad(words)
                                                 : *end == sim::End::rest    ? style.good(words)
                                                                             : style.strong(words)),
                        style.width());
}

std::string odds_text(const Stepping& run, const sim::OddsTable& table, bool exact,
                      const Style& style) {
  const sim::StateId here = table.after(run.schedule());
  const sim::Odds odds = table.at(here);
  std::string text = hanging("",
                             "Under random scheduling: a uniform choice among the actors that can "
                             "take a step, then among the outcomes of the step. Of " +
                                 plural(table.state_count(), "state") + ".",
                             style.width());
  const std::string titles =
      odds_columns({"", "label", "P(violation)", "to a violation", "to a clean end"}, exact);
  text += style.strong(titles.substr(0, titles.size() - 1)) + "\n" + odds_row("here", odds, exact);
  std::size_t number = 0;
  for (const sim::Choice choice : run.choices()) {
    const std::string where =
        "after " + std::to_string(++number) + " " + choice_in_words(run, choice);
    text += odds_row(where, table.at(table.after(here, choice)), exact);
  }
  if (exact && odds.outlook == sim::Outlook::avoidable) {
    text += "  P(violation) here is off by less than " + odds.failure.error_bound() + "\n";
  }
  return text;
}

}  // namespace tools
