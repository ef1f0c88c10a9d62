// SPDX-License-Identifier: MIT
//
// What a table needs to know of a cell.
#include "tools/compare/comparison.h"

#include <algorithm>

#include "model/policy.h"
#include "model/property/properties.h"
#include "model/scenario/names.h"
#include "model/scenario/policy_text.h"
#include "tools/explore/report.h"
#include "tools/words/compact_number.h"

namespace tools {
namespace {

/// "the time limit (--time-limit) after 123456 states", "cut by reconnects"
std::string why_unknown(const Findings& cell) {
  if (cell.cycle) return "a path comes back to where it was";
  std::string text = bound_in_words(cell);
  if (!text.empty()) text += " after " + std::to_string(cell.states) + " states";
  std::string budgets;
  for (const auto& [budget, worlds] : cell.cut) {
    budgets += (budgets.empty() ? "cut by " : ", ") +
               std::string(model::name_of(model::budget_names, budget));
  }
  return text + (text.empty() || budgets.empty() ? "" : "; ") + budgets;
}

}  // namespace

Standing standing_of(const Findings& cell, model::Invariant invariant) {
  if (cell.violating.count(invariant) != 0) return Standing::violated;
  const bool saw_everything = cell.bound == sim::Bound::none && cell.cut.empty() && !cell.cycle;
  return saw_everything ? Standing::holds : Standing::unknown;
}

std::optional<unsigned> least_preemptions(const Findings& cell) {
  // A number that is not known could be the least.
  std::optional<unsigned> least;
  for (const Counterexample& example : cell.counterexamples) {
    if (!example.preemptions) return std::nullopt;
    least = std::min(least.value_or(*example.preemptions), *example.preemptions);
  }
  return least;
}

std::string violated_in_words(const Findings& cell, const model::Setup& setup) {
  std::string violated;
  bool is_known = true;
  for (const model::Invariant rule : model::rules_of(setup)) {
    const model::InvariantEntry entry = model::entry_of(rule, setup);
    if (setup.severity(entry.invariant) != model::Severity::fatal) continue;
    const Standing standing = standing_of(cell, entry.invariant);
    if (standing == Standing::unknown) is_known = false;
    if (standing == Standing::violated) {
      violated += (violated.empty() ? "" : ", ") + std::string(entry.name);
    }
  }
  if (!is_known) {
    violated += (violated.empty() ? "unknown: " : "; others unknown: ") + why_unknown(cell);
  }
  std::string text = violated.empty() ? "none" : violated;
  if (cell.bound == sim::Bound::none && !cell.cycle) {
    for (const std::string& what : cell.missing) text += "; not known: " + what;
  }
  return text;
}

std::string share_in_words(const Findings& cell) {
  if (!cell.interleavings) return "?";
  return compact_share(cell.interleavings->failing, cell.interleavings->all);
}

std::string probability_in_words(const Findings& cell) {
  return cell.probability ? compact(*cell.probability) : "?";
}

std::string column_name(const std::string& policy) {
  return model::short_name_of(model::read_policy(policy));
}

}  // namespace tools
