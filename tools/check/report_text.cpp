// SPDX-License-Identifier: MIT
//
// The lines of a check, and its summary.
#include "tools/check/report.h"
#include "tools/compare/comparison.h"
#include "tools/words/compact_number.h"
#include "tools/words/numbers.h"
#include "tools/words/shell.h"

namespace tools {
namespace {

std::string verdict_in_words(const Deviation& verdict) {
  const std::string note = verdict.note.empty() ? "" : " (" + verdict.note + ")";
  if (verdict.found.empty()) {
    return "verdict: expected " + verdict.expected + ", not found out" + note;
  }
  std::string what = "verdict ";
  if (verdict.found == "violated") what = "unexpected failure: ";
  if (verdict.expected == "violated" && verdict.found == "exhausted") what = "unexpected pass: ";
  return what + verdict.expected + " -> " + verdict.found + note;
}

/// "(+1)"
std::string movement(const Deviation& count) {
  const sim::BigInt by = sim::BigInt(count.found) - sim::BigInt(count.expected);
  return std::string("(") + (by > 0 ? "+" : "") + by.str() + ")";
}

std::string found_in_words(const model::Expectation& expected) {
  std::string text(sim::name_of(expected.verdict));
  if (expected.states) text += ", " + plural(*expected.states, "state");
  if (expected.interleavings) {
    text += ", " + compact(sim::BigInt(*expected.interleavings)) + " interleavings";
  }
  if (expected.failing) text += ", " + compact(sim::BigInt(*expected.failing)) + " failing";
  return text;
}

/// The outcome as a word of eight characters.
std::string label(Outcome outcome, const Style& style) {
  switch (outcome) {
    case Outcome::as_expected:
      return style.good("ok      ");
    case Outcome::updated:
      return style.strong("updated ");
    case Outcome::different:
      return style.bad("FAILED  ");
    case Outcome::bound:
      return style.bad("BOUND   ");
    case Outcome::not_run:
      break;
  }
  return "not run ";
}

}  // namespace

std::string in_words(const Deviation& deviation) {
  if (deviation.what == "verdict") return verdict_in_words(deviation);
  if (deviation.found.empty()) {
    return deviation.what + ": expected " + deviation.expected + ", not counted (" +
           deviation.note + ")";
  }
  return deviation.what + " " + deviation.expected + " -> " + deviation.found + " " +
         movement(deviation);
}

std::string in_words(const std::vector<Deviation>& deviations) {
  std::string text;
  for (const Deviation& deviation : deviations) {
    text += (text.empty() ? "" : "; ") + in_words(deviation);
  }
  return text;
}

std::string check_line(const ScenarioCheck& scenario, const PolicyCheck& check,
                       const Style& style) {
  std::string text = label(check.outcome, style) + model::printable(scenario.scenario.name) + ", " +
                     column_name(check.policy);
  if (!check.deviations.empty()) {
    text += ": " + in_words(check.deviations);
  } else if (check.outcome == Outcome::updated) {
    text += ": now " + found_in_words(*check.found);
  } else if (check.found) {
    text += ": " + found_in_words(check.expected);
  }
  return text + "\n";
}

std::string check_summary(const Check& check, const Style& style) {
  std::string text;
  for (const ScenarioCheck& scenario : check.scenarios) {
    for (const PolicyCheck& policy : scenario.policies) {
      if (policy.outcome != Outcome::different && policy.outcome != Outcome::bound) continue;
      text += check_line(scenario, policy, style) + "          frwrsim explore " +
              scenario_arguments(scenario.path, scenario.scenario.never) + " --policy " +
              shell_quoted(policy.policy) + "\n";
    }
  }
  text = (text.empty() ? "\n" : "\n" + style.strong("Not as expected") + "\n" + text + "\n") +
         plural(check.count(), "check") + " of " + plural(check.scenarios.size(), "scenario") +
         " in " + seconds(check.seconds) + ": " + number(check.count(Outcome::as_expected)) +
         " as expected";
  const auto add = [&](Outcome outcome, const std::string& what) {
    if (const std::size_t n = check.count(outcome)) text += ", " + number(n) + " " + what;
  };
  add(Outcome::updated, "updated");
  add(Outcome::different, "not as expected");
  add(Outcome::bound, "ended by a bound");
  add(Outcome::not_run, "not run (interrupted)");
  text += "\n";
  for (const ScenarioCheck& scenario : check.scenarios) {
    if (!scenario.policies.empty()) continue;
    text += model::printable(scenario.path) + ": says of no policy what to expect\n";
  }
  for (const std::string& file : check.skipped) {
    text += model::printable(file) + ": skipped, no scenario\n";
  }
  return text;
}

}  // namespace tools
