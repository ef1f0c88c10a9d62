// SPDX-License-Identifier: MIT
//
// The odds of every state of a scenario: a search of all of them, then sim/questions/odds.h.
#pragma once

#include <string>

#include "model/scenario/scenario.h"
#include "sim/questions/odds.h"
#include "tools/app/commands.h"

namespace tools {

/// Searches without any reduction, so that the choices of a run can be followed from
/// state to state. Throws model::InputError that says why there are no odds.
sim::OddsTable search_odds(const model::Scenario& scenario, const std::string& policy,
                           const LimitOptions& options);

}  // namespace tools
