// SPDX-License-Identifier: MIT
//
// The least budgets that cut nothing, found by trying.
//
// A budget only ends runs: it neither enables nor changes a step. So a run that one
// budget cuts is there, and is cut by it, under all budgets of which that one is the same
// and no other is smaller. The tries begin with the smallest budgets and raise by one those
// that cut; each that is raised must be larger in whatever cuts nothing. Where the tries
// end, the budgets are therefore the least, each for itself, and larger ones change not a
// single run.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/scenario/scenario.h"
#include "model/world.h"
#include "tools/explore/explore.h"

namespace tools {

/// A budget that a scenario sets.
struct BudgetEntry {
  model::Budget budget;
  std::string_view key;  ///< as the file has it: "reconnects", "refresh times"
  std::uint8_t model::Budgets::*value;
};

/// Those that matter in this scenario: refreshes only where there are any.
std::vector<BudgetEntry> budgets_of(const model::Scenario& scenario);

/// A search with some budgets.
struct BudgetTry {
  model::Budgets budgets;
  std::uint64_t states = 0;         ///< with all reductions
  std::vector<model::Budget> cuts;  ///< the budgets that ended a run; in the order of the enum
};

/// What the tries came to.
struct LeastBudgets {
  std::vector<BudgetTry> tries;            ///< in order; at least one
  sim::Bound bound = sim::Bound::none;     ///< what ended the last search early
  std::optional<model::Budget> unbounded;  ///< cuts whatever it is set to

  /// Whether the last try cuts nothing.
  [[nodiscard]] bool found() const { return bound == sim::Bound::none && !unbounded; }
  /// Those of the last try. If not found: none that cut nothing are smaller anywhere.
  [[nodiscard]] const model::Budgets& budgets() const { return tries.back().budgets; }
};

/// A full search of a setup for what ends its runs; it may use every reduction.
using SearchForCuts = std::function<Findings(const model::Scenario&)>;

/// Tries budgets. Throws what `search` throws.
LeastBudgets least_budgets(const model::Scenario& scenario, const SearchForCuts& search);

}  // namespace tools
