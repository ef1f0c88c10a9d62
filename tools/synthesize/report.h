// SPDX-License-Identifier: MIT
//
// What a synthesis found, told to a person and to a program.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "model/scenario/scenario.h"
#include "tools/files/output.h"
#include "tools/synthesize/synthesize.h"

namespace tools {

/// The report as text: the best of what suffices. `argument`: what the user called the
/// scenario. `reproducible`: without times.
std::string synthesis_text(const Synthesis& found, const model::Scenario& scenario,
                           const std::string& argument, bool reproducible, const Style& style);

/// The report as JSON, format "frwrsim-synthesis/1": all that was tried singly, and
/// all that suffices. Numbers of interleavings are strings of digits.
nlohmann::ordered_json synthesis_json(const Synthesis& found, const model::Scenario& scenario,
                                      bool reproducible);

}  // namespace tools
