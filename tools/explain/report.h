// SPDX-License-Identifier: MIT
//
// An explanation, reported as text and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tools/explain/explanation.h"
#include "tools/files/output.h"

namespace tools {

/// The report as text. `argument` is the scenario as the user named it, for use in
/// commands.
std::string explanation_text(const Explanation& found, const model::Scenario& scenario,
                             const std::string& argument, const Style& style);

/// The report as JSON, format "frwrsim-explanation/1". Whole numbers that may exceed 2^53
/// are strings of digits.
nlohmann::ordered_json explanation_json(const Explanation& found, const model::Scenario& scenario);

}  // namespace tools
