// SPDX-License-Identifier: MIT
//
// From options to a strategy: what run and hunt share.
#pragma once

#include <string>

#include "model/scenario/scenario.h"
#include "model/trace/trace.h"
#include "sim/strategies/strategies.h"
#include "tools/app/commands.h"

namespace tools {

/// The strategy of that name, ready for runs under that policy. Its step bound is
/// measured under the first policy of the table, for any policy and --max-steps, so
/// that one seed makes the same decisions under every policy until their paths part.
/// Throws model::InputError, also if what it needs to know takes more than there is.
sim::StrategySpec strategy_of(const SearchOptions& options, const std::string& name,
                              const model::Scenario& scenario, const std::string& policy);

/// The same, for a trace's or report's header.
model::Origin origin_of(const sim::StrategySpec& spec);

}  // namespace tools
