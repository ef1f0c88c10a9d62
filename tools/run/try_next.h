// SPDX-License-Identifier: MIT
//
// Commands proposed to a reader: the one that shows a seed, and what to try after a run
// that showed nothing.
//
// "none_found" of one seed says little. Who reads it at a terminal is told which seed does
// fail, if one of the first does, and which commands look further.
#pragma once

#include <cstdint>
#include <string>

#include "model/scenario/scenario.h"
#include "sim/strategies/strategies.h"
#include "tools/app/commands.h"
#include "tools/files/output.h"

namespace tools {

/// "frwrsim run upstream-report --policy fix --seed 7", with the options of the strategy that
/// differ from the usual ones.
std::string run_command_line(const SearchOptions& options, const std::string& policy,
                             const sim::StrategySpec& spec, std::uint64_t seed);

/// So many seeds are tried for one that fails: some tens of milliseconds.
inline constexpr std::uint64_t seeds_tried = 1000;

/// The lines below the report of a run that violated nothing.
std::string what_to_try_next(const SearchOptions& options, const model::Scenario& scenario,
                             const std::string& policy, const sim::StrategySpec& spec,
                             const Style& style);

}  // namespace tools
