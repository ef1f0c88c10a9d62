// SPDX-License-Identifier: MIT
//
// A check as a page: its result, what was not as expected, a line for each scenario.
#include "model/scenario/names.h"
#include "tools/check/report.h"
#include "tools/compare/comparison.h"
#include "tools/words/markdown.h"

namespace tools {
namespace {

std::string count_in_words(std::size_t part, std::size_t whole) {
  return std::to_string(part) + " of " + std::to_string(whole);
}

std::string deviation_table(const Check& check) {
  std::string rows;
  for (const ScenarioCheck& scenario : check.scenarios) {
    for (const PolicyCheck& policy : scenario.policies) {
      if (policy.deviations.empty()) continue;
      rows += markdown_row({scenario.scenario.name, column_name(policy.policy),
                            std::string(model::name_of(outcome_names, policy.outcome)),
                            in_words(policy.deviations)});
    }
  }
  if (rows.empty()) return "";
  return markdown_head({"scenario", "policy", "outcome", "what"}) + rows + "\n";
}

}  // namespace

std::string check_markdown(const Check& check) {
  const std::size_t good = check.count(Outcome::as_expected);
  const std::size_t not_run = check.count(Outcome::not_run);
  std::string text = "## frwrsim check: " + count_in_words(good, check.count()) + " as expected" +
                     (not_run != 0 ? ", interrupted" : "") + "\n\n";
  text += deviation_table(check);
  text += markdown_head({"scenario", "title", "as expected"});
  for (const ScenarioCheck& scenario : check.scenarios) {
    text += markdown_row(
        {scenario.scenario.name, scenario.scenario.title,
         count_in_words(scenario.count(Outcome::as_expected), scenario.policies.size())});
  }
  text += "\n";
  if (const std::size_t n = check.count(Outcome::updated)) {
    text += std::to_string(n) + " updated.\n\n";
  }
  if (not_run != 0) text += std::to_string(not_run) + " not run.\n\n";
  for (const std::string& file : check.skipped) {
    text += "Skipped, no scenario: " + markdown_escaped(file) + "\n\n";
  }
  return text +
         "Expected counts are earlier answers of this program: they notice a change, and do not "
         "say which answer is right.\n";
}

}  // namespace tools
