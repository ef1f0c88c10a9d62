// SPDX-License-Identifier: MIT
//
// The text report: what happens, why, what would have helped.
#include <algorithm>

#include "tools/explain/report.h"
#include "tools/explain/story.h"
#include "tools/run/report_text.h"
#include "tools/words/compact_number.h"
#include "tools/words/numbers.h"
#include "tools/words/shell.h"
#include "tools/words/text_layout.h"
#include "tools/words/told.h"

namespace tools {
namespace {

class Report {
 public:
  Report(const Explanation& found, const model::Scenario& scenario, const std::string& argument,
         const Style& style)
      : found_(found), scenario_(scenario), argument_(argument), style_(style) {}

  [[nodiscard]] std::string text() const {
    std::string text = header_lines(scenario_, found_.policy, style_);
    const std::string verdict(sim::name_of(found_.verdict));
    text += line("verdict",
                 (found_.trace ? style_.bad(verdict) : style_.strong(verdict)) + ": " +
                     found_.verdict_in_words,
                 style_.width());
    if (!found_.trace) {
      text += line("explained", "nothing: there is no failing run to explain");
      return text + not_known();
    }
    text += line("run", which_run(), style_.width());
    text += what_happens() + step_by_step();
    if (found_.why) text += why();
    if (found_.last_chance) text += last_chance();
    if (found_.nearest_was_sought) text += nearest();
    text += not_known();
    return text + heading("Replay with") + "  " + command(found_.trace->token());
  }

 private:
  [[nodiscard]] std::string entry(const std::string& front, const std::string& text) const {
    return hanging(front, text, style_.width());
  }
  [[nodiscard]] std::string paragraph(const std::string& text) const { return entry("  ", text); }
  [[nodiscard]] std::string heading(const std::string& title) const {
    return "\n" + style_.strong(title) + "\n";
  }
  [[nodiscard]] std::string command(const std::string& token) const {
    return "frwrsim replay " + scenario_arguments(argument_, found_.trace->scenario.never) +
           " --policy " + shell_quoted(found_.policy) + " --schedule " + token + "\n";
  }

  [[nodiscard]] std::string which_run() const {
    const std::string cost = plural(found_.trace->steps.size(), "step") + ", " +
                             plural(found_.preemptions, "preemption");
    if (found_.is_given) return "the one given: " + cost;
    return (found_.is_canonical ? "the failing one with the fewest preemptions, of those the "
                                  "shortest: "
                                : "a failing one, not proved to be the simplest: ") +
           cost;
  }

  [[nodiscard]] std::string what_happens() const {
    std::string text = heading("What happens");
    for (const StoryStop& stop : story_of(*found_.trace)) {
      text += entry(padded("  step " + std::to_string(stop.step), 11), stop.text);
    }
    return text;
  }

  [[nodiscard]] std::string step_by_step() const {
    std::string text = heading("Step by step");
    for (const ToldSteps& steps : told(*found_.trace)) {
      const std::string numbers =
          std::to_string(steps.first) +
          (steps.last == steps.first ? "" : "-" + std::to_string(steps.last));
      text += entry(padded((steps.last == steps.first ? "  step " : "  steps ") + numbers, 16),
                    steps.text);
    }
    return text;
  }

  // --- Why ---

  [[nodiscard]] std::string facts_lines(const ToldFacts& facts) const {
    std::string text;
    for (const PlacedFact& fact : facts.facts) {
      text += entry(text.empty() ? "    " : "    and ",
                    in_words(fact.first) + " (step " + std::to_string(fact.first_step) + ")");
      text += entry("      later ",
                    in_words(fact.later) + " (step " + std::to_string(fact.later_step) + ")");
    }
    return text;
  }

  [[nodiscard]] std::string subject() const {
    if (found_.why->of_the_run) return "in one run";
    return "to one MR, here MR " + std::to_string(found_.trace->violation.mr);
  }

  [[nodiscard]] std::string counts() const {
    const WhyItFails& why = *found_.why;
    std::string text = "Exact, of " + compact(why.failing) + " failing interleavings and " +
                       compact(why.passing) + " passing ones";
    if (why.apart != 0) {
      text += "; " + compact(why.apart) +
              " more are cut by a budget or violate something else, "
              "and show nothing";
    }
    return paragraph(text + ".");
  }

  [[nodiscard]] std::string why() const {
    const WhyItFails& why = *found_.why;
    std::string text = heading("Why");
    if (why.deciding_count == 0) return text + no_decision();
    const std::size_t facts = why.deciding.front().facts.size();
    text += paragraph("All failing interleavings, and no passing one, have " +
                      std::string(facts == 1 ? "this happen " : "these happen ") + subject() + ":");
    text += facts_lines(why.deciding.front()) + counts();
    text += paragraph((facts == 1 ? std::string("This is one of ")
                                  : "No " + fewer(facts) +
                                        " decides it. This "
                                        "is one of ") +
                      number(why.deciding_count) + " ways to say it with " + plural(facts, "fact") +
                      (why.deciding_count == 1 ? "."
                                               : ": the one that is complete first, and closest to "
                                                 "fr_state.") +
                      " " + tried());
    for (std::size_t i = 1; i < why.deciding.size(); ++i) {
      text += paragraph(i == 1 ? "Others:" : "or") + facts_lines(why.deciding[i]);
    }
    return text;
  }

  static std::string fewer(std::size_t facts) {
    return facts == 2 ? "single fact" : "single fact and no pair of facts";
  }

  /// Which facts there are.
  [[nodiscard]] std::string tried() const {
    return "Tried were all facts of two contexts that this run has, and some passing one in the "
           "other order: " +
           number(found_.why->candidates) + ", of which every failing one has " +
           number(found_.why->necessary) + ".";
  }

  [[nodiscard]] std::string no_decision() const {
    const WhyItFails& why = *found_.why;
    std::string text = paragraph(
        "No one, two or three facts of the form \"an A, later a B\" decide it. " + tried() +
        " A failing interleaving ends with its violation: what would come too late in it is not "
        "seen.");
    text += counts();
    for (const ToldFacts& facts : why.best_necessary) {
      text += paragraph("All failing interleavings have these happen " + subject() + ", and " +
                        compact(facts.counts.passing_with) + " passing ones, too (" +
                        percent(facts.counts.passing_with, why.passing) + "):");
      text += facts_lines(facts) + example("The shortest of these", facts.passing_with);
    }
    for (const ToldFacts& facts : why.best_sufficient) {
      text += paragraph("No passing interleaving has these happen, but only " +
                        percent(facts.counts.failing_with, why.failing) +
                        " of the failing ones do, " + compact(facts.counts.failing_with) + "; " +
                        compact(facts.counts.failing_without) + " fail without:");
      text += facts_lines(facts) + example("The shortest of these", facts.failing_without);
    }
    return text;
  }

  [[nodiscard]] std::string example(const std::string& what, const std::string& token) const {
    return token.empty() ? "" : "    " + what + ":\n    " + command(token);
  }

  // --- What would have helped ---

  [[nodiscard]] std::string last_chance() const {
    const LastChance& chance = *found_.last_chance;
    std::string text = heading("The last moment to avoid it");
    if (chance.from_the_start) return text + paragraph("None: every interleaving fails.");
    text += paragraph("Step " + std::to_string(chance.decisive.step) +
                      " made failure inevitable: " + in_words(chance.decisive) +
                      ". One of these instead would have avoided it:");
    for (const NamedStep& step : chance.instead) text += entry("    ", in_words(step));
    return text;
  }

  [[nodiscard]] std::string nearest() const {
    std::string text = heading("The nearest run that passes");
    if (!found_.nearest) {
      return text + paragraph(
                        "No step of this run can be moved past others so that failure is not "
                        "inevitable any more.");
    }
    const NearestRun& near = *found_.nearest;
    const auto step = [](const NamedStep& which) {
      return "step " + std::to_string(which.step) + " (" + in_words(which) + ")";
    };
    const NamedStep& mover = near.first_moves ? near.first : near.second;
    std::string what =
        "Exchange two steps: " + step(near.second) + " before " + step(near.first) + ". ";
    what += "For that " + std::string(near.moving == 1 ? "one step" : plural(near.moving, "step")) +
            " of " + in_sentence(mover.choice.actor) + (near.moving == 1 ? " moves" : " move") +
            (near.first_moves ? " behind it" : " before it") + ", all else stays in order. " +
            (near.is_safe ? "From there nothing can fail any more."
                          : "From there failure is not inevitable.");
    what += " The run follows the failing one up to step " + std::to_string(near.followed) +
            " of " + std::to_string(found_.trace->steps.size()) + ", then ends at rest after " +
            plural(near.steps, "step") + ":";
    return text + paragraph(what) + "    " + command(near.token);
  }

  [[nodiscard]] std::string not_known() const {
    if (found_.missing.empty()) return {};
    std::string text = heading("Not known");
    for (const std::string& what : found_.missing) text += paragraph(what);
    return text;
  }

  const Explanation& found_;
  const model::Scenario& scenario_;
  const std::string& argument_;
  const Style& style_;
};

}  // namespace

std::string explanation_text(const Explanation& found, const model::Scenario& scenario,
                             const std::string& argument, const Style& style) {
  return Report(found, scenario, argument, style).text();
}

}  // namespace tools
