// SPDX-License-Identifier: MIT
//
// Steps, choices and odds as text.
#include "tools/step/report_step.h"

#include <cstdio>

#include "model/labels.h"
#include "tools/run/report_world.h"
#include "tools/words/numbers.h"
#include "tools/words/text_layout.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using model::Label;
using model::RaceModel;

constexpr std::size_t line_width = 100;
constexpr const char* changed_title = "        changed  ";

Label next_label(const Stepping& run, sim::ActorId actor) {
  return model::label_of(actor, RaceModel::step_id(run.world(), actor));
}

std::string changes(const Stepping& run, const model::WorldView& view) {
  if (run.steps().empty()) return {};
  const std::string title(changed_title);
  const std::string blank(title.size(), ' ');
  std::string text;
  for (const std::string& change : changes_in_words(
           view, view.values(run.world(run.steps().size() - 1)), view.values(run.world()))) {
    std::string indent;
    for (const std::string& line : wrapped_lines(change, line_width - title.size() - 2)) {
      text.append(text.empty() ? title : blank).append(indent).append(line).append("\n");
      indent = "  ";
    }
  }
  return text;
}

std::string choices(const Stepping& run) {
  std::string text;
  std::size_t number = 0;
  for (const sim::Choice choice : run.choices()) {
    const Label label = next_label(run, choice.actor);
    char head[128];
    std::snprintf(
        head, sizeof head, "%4zu  %-13s%-20s%-28s", ++number, choice_in_words(run, choice).c_str(),
        std::string(model::long_name(choice.actor)).c_str(), std::string(label.function).c_str());
    text += head + std::string(label.statement) + "\n";
  }
  return text;
}

std::string distance(std::optional<unsigned> steps) {
  return steps ? plural(*steps, "step") : "out of reach";
}

/// "  here         avoidable   0.5  nearest violation ..., nearest clean end ..."
std::string odds_row(const std::string& where, const sim::Odds& odds) {
  char head[128];
  std::snprintf(head, sizeof head, "  %-17s%-12s%-26s", where.c_str(),
                outlook_in_words(odds.outlook).c_str(), odds.failure.decimal().c_str());
  char tail[96];
  std::snprintf(tail, sizeof tail, "%-16s%s", distance(odds.to_failure).c_str(),
                distance(odds.to_rest).c_str());
  return head + std::string(tail) + "\n";
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
  told.steps = run.steps();
  told.end = end.kind;
  told.violation = end.violation;
  told.cut = end.cut;
  return end_in_words(told);
}

std::string choice_in_words(const Stepping& run, sim::Choice choice) {
  return sim::choice_text(choice, sim::schedule_names(run.model()));
}

std::string step_line(const Stepping& run, std::size_t step) {
  const model::TraceStep& taken = run.steps()[step - 1];
  const Label label = model::label_of(taken.choice.actor, taken.step_id);
  char head[128];
  std::snprintf(head, sizeof head, "%6zu  %-20s%-28s", step,
                std::string(model::long_name(taken.choice.actor)).c_str(),
                std::string(label.function).c_str());
  return head + in_words(taken, true) + "\n";
}

std::string standing(const Stepping& run, const model::WorldView& view, const Style& style) {
  std::string text = changes(run, view);
  const auto end = run.end();
  if (!end) return text + style.strong("choices") + "\n" + choices(run);
  const std::string words = end_in_words(run);
  return text + "the run ends here: " +
         (*end == sim::End::violation ? style.bad(words)
          : *end == sim::End::rest    ? style.good(words)
                                      : style.strong(words)) +
         "\n";
}

std::string odds_text(const Stepping& run, const sim::OddsTable& table, const Style& style) {
  const sim::StateId here = table.after(run.schedule());
  const sim::Odds odds = table.at(here);
  std::string text =
      "Under random scheduling: a uniform choice among the actors that can take a step, then\n"
      "among the outcomes of the step. Of " +
      plural(table.state_count(), "state") + ".\n";
  char titles[128];
  std::snprintf(titles, sizeof titles, "  %-17s%-12s%-26s%-16s%s", "", "label", "P(violation)",
                "to a violation", "to a clean end");
  text += style.strong(titles) + "\n";
  text += odds_row("here", odds);
  std::size_t number = 0;
  for (const sim::Choice choice : run.choices()) {
    const std::string where =
        "after " + std::to_string(++number) + " " + choice_in_words(run, choice);
    text += odds_row(where, table.at(table.after(here, choice)));
  }
  if (odds.outlook == sim::Outlook::avoidable) {
    text += "  P(violation) here is off by less than " + odds.failure.error_bound() + "\n";
  }
  return text;
}

}  // namespace tools
