// SPDX-License-Identifier: MIT
//
// Raising what cuts, until nothing does.
#include "tools/bounds/least_budgets.h"

#include <algorithm>

namespace tools {
namespace {

/// The largest value a scenario file may give it.
unsigned largest(const BudgetEntry& entry, const model::Setup& setup) {
  if (entry.budget != model::Budget::refreshes) return model::most_retries;
  return (model::max_mrs - unsigned{setup.pool}) / setup.refresh_batch;
}

}  // namespace

std::vector<BudgetEntry> budgets_of(const model::Scenario& scenario) {
  using model::Budget;
  using model::Budgets;
  std::vector<BudgetEntry> entries{
      {Budget::retransmissions, "retransmissions", &Budgets::retransmissions},
      {Budget::enobufs_retries, "enobufs_retries", &Budgets::enobufs_retries},
      {Budget::reconnects, "reconnects", &Budgets::reconnects}};
  if (scenario.setup.refresh_batch != 0) {
    entries.push_back({Budget::refreshes, "refresh times", &Budgets::refreshes});
  }
  return entries;
}

LeastBudgets least_budgets(const model::Scenario& scenario, const SearchForCuts& search) {
  const std::vector<BudgetEntry> entries = budgets_of(scenario);
  model::Scenario tried = scenario;
  model::Budgets& budgets = tried.setup.budgets;
  // A "refresh" that never finds memory cannot be written.
  for (const BudgetEntry& entry : entries) {
    budgets.*entry.value = entry.budget == model::Budget::refreshes ? 1 : 0;
  }
  LeastBudgets result;
  for (;;) {
    const Findings findings = search(tried);
    BudgetTry now{budgets, findings.states, {}};
    for (const auto& [budget, states] : findings.cut) now.cuts.push_back(budget);
    result.tries.push_back(now);
    result.bound = findings.bound;
    if (result.bound != sim::Bound::none || now.cuts.empty()) return result;
    for (const model::Budget cut : now.cuts) {
      const auto entry = std::find_if(entries.begin(), entries.end(),
                                      [cut](const BudgetEntry& e) { return e.budget == cut; });
      if (entry == entries.end() || budgets.*entry->value >= largest(*entry, tried.setup)) {
        result.unbounded = cut;
        return result;
      }
      ++(budgets.*entry->value);
    }
  }
}

}  // namespace tools
