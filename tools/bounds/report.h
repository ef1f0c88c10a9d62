// SPDX-License-Identifier: MIT
//
// What budgets cut and which would not, as text and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tools/bounds/cut_shares.h"
#include "tools/bounds/least_budgets.h"
#include "tools/files/output.h"

namespace tools {

/// A scenario's budgets under one policy.
struct BoundsReport {
  std::string policy;
  CutShares own;       ///< what those of the file cut
  LeastBudgets least;  ///< which would not
  double seconds = 0;  ///< of all searches
};

/// The report as text, without times if it is to be reproducible.
std::string bounds_text(const BoundsReport& report, const model::Scenario& scenario,
                        bool reproducible, const Style& style);

/// The same, format "frwrsim-bounds/1". Numbers of interleavings are strings of digits.
nlohmann::ordered_json bounds_json(const BoundsReport& report, const model::Scenario& scenario,
                                   bool reproducible);

/// The budgets that cut nothing under any of the policies reported, as lines to paste into
/// the scenario file. REQUIRES: all were found, and there is one.
std::string budgets_for_all(const std::vector<BoundsReport>& reports,
                            const model::Scenario& scenario);

}  // namespace tools
