// SPDX-License-Identifier: MIT
//
// What a search for a state or an order of events has found, as text and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tools/find/question.h"
#include "tools/run/report_text.h"

namespace tools {

/// How reports are made.
struct FindReportOptions {
  std::string scenario_argument;  ///< what the user named, for commands
  bool every_step = false;        ///< text: all steps, not only the noteworthy ones
  bool fewest_preemptions = false;
};

/// The report as text.
std::string find_text(const Answer& answer, const model::Scenario& scenario, const Sought& sought,
                      const FindReportOptions& options, const Style& style);

/// The report as JSON, format "frwrsim-find/1".
nlohmann::ordered_json find_json(const Answer& answer, const model::Scenario& scenario,
                                 const Sought& sought);

}  // namespace tools
