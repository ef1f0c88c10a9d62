// SPDX-License-Identifier: MIT
//
// A triage for people and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tools/files/output.h"
#include "tools/triage/triage.h"

namespace tools::triage {

/// Each line that matters, what it is, what the model knows of it; and what to enable.
std::string triage_text(const Triage& triage, const Style& style);

/// Format frwrsim-triage/1: docs/manual/triage.md.
nlohmann::ordered_json triage_json(const Triage& triage);

/// "fits", "may-fit", ...
std::string_view name_of(Fit fit);
std::string_view name_of(Part part);

}  // namespace tools::triage
