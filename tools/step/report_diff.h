// SPDX-License-Identifier: MIT
//
// Two runs side by side, as text and for programs.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "model/scenario/scenario.h"
#include "tools/files/output.h"
#include "tools/step/lockstep.h"

namespace tools {

/// What was compared.
struct DiffSource {
  const model::Scenario& scenario;
  std::array<std::string, 2> policies;
  std::string schedule;   ///< token of the decisions
  std::string told_as;    ///< their origin, in words
  std::size_t decisions;  ///< how many
  std::string argument;   ///< what the user named, for use in commands
};

/// One column until the two part, then two, 120 columns wide. Only noteworthy steps and
/// those that differ, unless `every_step`.
std::string diff_text(const Lockstep& runs, const DiffSource& source, bool every_step,
                      const Style& style);

/// "frwrsim-diff/1"
nlohmann::ordered_json diff_to_json(const Lockstep& runs, const DiffSource& source);

/// The token of one side's run.
std::string token_of(const Stepping& run, const DiffSource& source);

/// "cannot: not enabled"; empty for a step that was taken.
std::string cannot_in_words(Followed followed);

}  // namespace tools
