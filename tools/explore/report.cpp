// SPDX-License-Identifier: MIT
//
// The text report.
#include "tools/explore/report.h"

#include <algorithm>
#include <cstdio>

#include "model/labels.h"
#include "model/property/properties.h"
#include "model/scenario/names.h"
#include "tools/run/report_text.h"
#include "tools/words/numbers.h"
#include "tools/words/shell.h"
#include "tools/words/words.h"

namespace tools {
namespace {

using sim::BigInt;

std::string reductions_in_words(const Findings& f) {
  const sim::Reductions reductions = f.reductions;
  if (f.partial_order_is_off) {
    return std::string(reductions.symmetry ? "symmetry; " : "none; ") +
           "partial order is off: a property may look at anything";
  }
  if (reductions.symmetry && reductions.partial_order) return "symmetry and partial order";
  if (reductions.symmetry) return "symmetry: states that differ in MR names only count as one";
  if (reductions.partial_order) return "partial order: verdict and ends only";
  return "none";
}

std::string verdict_in_words(const Findings& f) {
  if (f.verdict == sim::Verdict::violated) {
    std::string text;
    for (const auto& [invariant, worlds] : f.violating) {
      if (f.invariant != model::Invariant::none && f.invariant != invariant) continue;
      text += (text.empty() ? "" : ", ") + std::string(model::entry_of(invariant, f.setup).name);
    }
    if (f.bound != sim::Bound::none) text += "; the search was ended by " + bound_in_words(f);
    return text;
  }
  if (f.verdict == sim::Verdict::exhausted) {
    std::string what = "every interleaving was covered, none violates";
    if (f.invariant == model::Invariant::none) return what;
    return what + " " + std::string(model::entry_of(f.invariant, f.setup).name) +
           (f.violating.empty() ? "" : "; those that violate something else end there");
  }
  if (f.cycle) return "a path comes back to where it was";
  std::string text = bound_in_words(f);
  if (f.cut_states() > 0) {
    text += (text.empty() ? "" : "; ") + plural(f.cut_states(), "state") + " cut by a budget";
  }
  return text;
}

std::string ends_in_words(const Findings& f) {
  std::string text = number(f.rest) + " at rest";
  for (const auto& [invariant, worlds] : f.violating) {
    text +=
        ", " + number(worlds) + " violate " + std::string(model::entry_of(invariant, f.setup).name);
  }
  for (const auto& [budget, worlds] : f.cut) {
    text +=
        ", " + number(worlds) + " cut (" + std::string(name_of(model::budget_names, budget)) + ")";
  }
  return text;
}

/// Rows of numbers, each column as wide as its widest, numbers to the right.
std::string columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += "  " + std::string(widths[i] - row[i].size(), ' ') + row[i];
    }
    text += "\n";
  }
  return text;
}

std::string interleavings(const Findings& f, const Style& style) {
  const InterleavingTable& table = *f.interleavings;
  std::string text = "\n" + style.strong("Interleavings") + "\n  in all   " + table.all.str() +
                     about(table.all) + "\n  failing  " + table.failing.str() +
                     about(table.failing) + "\n";
  if (table.failing != 0) {
    text += "           " + percent(table.failing, table.all) +
            " of them, which is not a probability\n";
  }
  const auto& all = table.all_by_preemptions;
  if (all.empty()) return text;
  const bool some_fail = table.failing != 0;
  std::vector<std::vector<std::string>> rows{{"preemptions", "interleavings"}};
  if (some_fail) rows.front().emplace_back("failing");
  const auto add = [&](const std::string& preemptions, const BigInt& of_all,
                       const BigInt& of_failing) {
    rows.push_back({preemptions, of_all.str()});
    if (some_fail) rows.back().push_back(of_failing.str());
  };
  constexpr std::size_t most_rows = 10;
  std::size_t p = 0;
  for (; p < all.size() && rows.size() <= most_rows; ++p) {
    if (all[p] != 0) add(number(p), all[p], table.failing_by_preemptions[p]);
  }
  BigInt rest_all = 0;
  BigInt rest_failing = 0;
  const std::size_t first = p;
  for (; p < all.size(); ++p) {
    rest_all += all[p];
    rest_failing += table.failing_by_preemptions[p];
  }
  if (rest_all != 0) {
    add(number(first) + " to " + number(all.size() - 1), rest_all, rest_failing);
  }
  return text + columns(rows);
}

std::string probability(const Findings& f) {
  std::string value = f.probability->decimal();
  if (!f.fraction.empty()) {
    value = f.fraction + (f.fraction == value ? "" : " = " + value);
  } else if (f.probability->width != 0) {
    value += ", error below " + f.probability->error_bound();
  }
  std::string text = line("probability", value + ": that a uniform random run fails");
  if (f.probability->low != 0) {
    text += line("seeds", number(sim::seeds_for_99_percent(f.probability->value())) +
                              " such runs fail at least once with a chance of 99 %");
  }
  return text;
}

std::string counterexample(const Counterexample& example, const Findings& f,
                           const model::Scenario& scenario, const ExploreReportOptions& options,
                           const Style& style) {
  std::string text = "\n" +
                     style.bad(in_words(example.violation, f.setup) + " at step " +
                               number(example.schedule.size())) +
                     "\n";
  text += example.preemptions
              ? "  canonical counterexample: " + plural(*example.preemptions, "preemption") + ", " +
                    plural(example.schedule.size(), "step")
              : (f.reductions.partial_order ? "  a counterexample: "
                                            : "  a shortest counterexample: ") +
                    plural(example.schedule.size(), "step");
  text += "\n";
  if (example.inevitable_after) {
    if (*example.inevitable_after == 0) {
      text += "  failure was inevitable from the start\n";
    } else {
      text += "  inevitable after step " + number(*example.inevitable_after) + ": " +
              in_words(example.decisive) + "\n  one of these instead would have avoided it:\n";
      for (const StepName step : example.instead) text += "    " + in_words(step) + "\n";
    }
  }
  text += "  replay with\n    " + replay_command(f, scenario, options, example.schedule) + "\n";
  if (example.shortest) {
    text += "  the shortest: " + in_words(example.shortest_violation, f.setup) + " at step " +
            number(example.shortest->size()) + ", " +
            plural(example.shortest_preemptions, "preemption") + "\n    " +
            replay_command(f, scenario, options, *example.shortest) + "\n";
  }
  return text;
}

std::string causes(const Findings& f, const Style& style) {
  std::string text =
      "\n" + style.strong("Failing interleavings by the step that made failure inevitable") + "\n";
  BigInt all = 0;
  for (const Cause& cause : f.causes) all += cause.interleavings;
  std::vector<Cause> sorted = f.causes;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Cause& a, const Cause& b) {
    return a.interleavings > b.interleavings;
  });
  for (const Cause& cause : sorted) {
    text += "  " + std::string(model::entry_of(cause.invariant, f.setup).name) + ": " +
            percent(cause.interleavings, all) + ", " +
            (cause.step ? in_words(*cause.step) : "from the start") + "\n    " +
            cause.interleavings.str() + "\n";
  }
  return text;
}

std::string cycle(const Findings& f, const model::Scenario& scenario,
                  const ExploreReportOptions& options, const Style& style) {
  const model::RaceModel model(scenario.setup);
  sim::Schedule round = f.to_cycle;
  round.insert(round.end(), f.cycle->choices.begin(), f.cycle->choices.end());
  return "\n" + style.bad("A path comes back to where it was: a fault of the model") +
         "\n  after " + plural(f.to_cycle.size(), "step") + ", in " +
         plural(f.cycle->choices.size(), "step") + "\n    " +
         replay_command(f, scenario, options, round) + "\n";
}

std::string measured(const Findings& f) {
  const double rate = f.search_seconds > 0 ? 1e-6 / f.search_seconds : 0;
  char text[160];
  std::snprintf(text, sizeof text,
                "%.2f M states/s, %.2f M transitions/s, %.1f MiB; search %s, in all %s",
                static_cast<double>(f.states) * rate, static_cast<double>(f.transitions) * rate,
                static_cast<double>(f.memory) / (1 << 20), seconds(f.search_seconds).c_str(),
                seconds(f.all_seconds).c_str());
  return line("measured", text);
}

}  // namespace

std::string bound_in_words(const Findings& f) {
  switch (f.bound) {
    case sim::Bound::none:
      break;
    case sim::Bound::states:
      return "the limit on states (--max-states)";
    case sim::Bound::memory:
      return "the limit on memory (--max-memory)";
    case sim::Bound::time:
      return "the time limit (--time-limit)";
    case sim::Bound::interrupted:
      return "interrupted";
  }
  return {};
}

std::string replay_command(const Findings& f, const model::Scenario& scenario,
                           const ExploreReportOptions& options, const sim::Schedule& schedule) {
  const model::RaceModel model(scenario.setup);
  return "frwrsim replay " + scenario_arguments(options.scenario_argument, scenario.never) +
         " --policy " + shell_quoted(f.policy) + " --schedule " +
         sim::to_token(schedule, scenario.hash(), sim::schedule_names(model));
}

std::string in_words(StepName step) {
  const model::Label label = model::label_of(step.actor, step.step_id);
  return std::string(model::long_name(step.actor)) + ", " + std::string(label.function) + ": " +
         std::string(label.statement);
}

std::string explore_text(const Findings& f, const model::Scenario& scenario,
                         const ExploreReportOptions& options, const Style& style) {
  const std::string name(sim::name_of(f.verdict));
  std::string text = line("scenario", style.strong(scenario.name) + ": " + scenario.title);
  text += line("guards", scenario.guards_in_force());
  text += line("policy", policy_in_words(f.policy));
  if (f.reductions.symmetry || f.reductions.partial_order || f.partial_order_is_off) {
    text += line("reduction", reductions_in_words(f));
  }
  if (f.invariant != model::Invariant::none) {
    text += line("invariant", std::string(model::entry_of(f.invariant, f.setup).name) + " only");
  }
  text += line("verdict", (f.verdict == sim::Verdict::violated    ? style.bad(name)
                           : f.verdict == sim::Verdict::exhausted ? style.good(name)
                                                                  : style.strong(name)) +
                              ": " + verdict_in_words(f));
  text += line("states", number(f.states) +
                             (f.bound != sim::Bound::none
                                  ? " so far, " + number(f.states - f.expanded) + " not expanded"
                                  : "") +
                             (f.reductions.partial_order ? ", those between forced steps left out"
                                                         : ", depth " + number(f.depth)));
  text += line("transitions", number(f.transitions));
  text += line("ends", ends_in_words(f));
  for (const VacuousPart& vacuous : f.vacuous) {
    text += line("property", std::string(model::entry_of(vacuous.property, f.setup).name) +
                                 " holds, but \"" + vacuous.part + "\" never became true");
  }
  if (f.outlooks) {
    text += line("labels", number((*f.outlooks)[0]) + " safe, " + number((*f.outlooks)[1]) +
                               " avoidable, " + number((*f.outlooks)[2]) + " inevitable");
  }
  if (f.probability) text += probability(f);
  for (const Counterexample& example : f.counterexamples) {
    text += counterexample(example, f, scenario, options, style);
  }
  if (f.interleavings) text += interleavings(f, style);
  if (!f.causes.empty()) text += causes(f, style);
  if (f.cycle) text += cycle(f, scenario, options, style);
  if (!f.missing.empty()) {
    text += "\n" + style.strong("Not known") + "\n";
    for (const std::string& what : f.missing) text += "  " + what + "\n";
  }
  if (!options.reproducible) text += "\n" + measured(f);
  return text;
}

}  // namespace tools
