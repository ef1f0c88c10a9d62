// SPDX-License-Identifier: MIT
//
// What an exploration found, reported as text and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "tools/explore/explore.h"
#include "tools/files/output.h"

namespace tools {

/// How reports are made.
struct ExploreReportOptions {
  std::string scenario_argument;  ///< what the user named, for commands
  bool reproducible = false;      ///< leave out times and memory
};

/// The report as text. A failing exploration gets the canonical counterexample of
/// every violated invariant with the command that replays it.
std::string explore_text(const Findings& findings, const model::Scenario& scenario,
                         const ExploreReportOptions& options, const Style& style);

/// The report as JSON, format "frwrsim-exploration/1". Whole numbers that may
/// exceed 2^53 are strings of digits.
nlohmann::ordered_json explore_json(const Findings& findings, const model::Scenario& scenario,
                                    const ExploreReportOptions& options);

/// The command that replays a schedule.
std::string replay_command(const Findings& findings, const model::Scenario& scenario,
                           const ExploreReportOptions& options, const sim::Schedule& schedule);

/// A probability that is known, as JSON. REQUIRES: findings.probability.
nlohmann::ordered_json probability_json(const Findings& findings);

/// What ended the search: "the limit on states (--max-states)"; nothing for none.
std::string bound_in_words(const Findings& findings);

/// "RPC task 1, frwr_op_map: post FASTREG"
std::string in_words(StepName step);

}  // namespace tools
