// SPDX-License-Identifier: MIT
//
// A world, and what changed in it, as text and for programs.
//
// Values are those of a WorldView, by field; what is not there (an empty value) is left
// out.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/trace/world_view.h"
#include "tools/files/output.h"

namespace tools {

/// By field of a WorldView.
using WorldValues = std::vector<std::string>;

/// A value as a report shows it: "(nothing)" if it is empty.
std::string shown(const std::string& value);

/// "MR 1, fr_state"; in a section with only one subject "Connection, QP".
std::string field_name(const model::ViewField& field);

/// The world by section, what differs from `before` with an asterisk.
std::string world_text(const model::WorldView& view, const WorldValues& values,
                       const WorldValues& before, const Style& style);

/// "MR 1, fr_state: INVALID -> VALID", a line for each field that differs. The
/// positions of contexts are left out: they change with every step.
std::vector<std::string> changes_in_words(const model::WorldView& view, const WorldValues& before,
                                          const WorldValues& after);

/// {"Memory regions": {"MR 1/fr_state": "VALID"}, "Connection": {"QP": "RTS"}}
nlohmann::ordered_json world_to_json(const model::WorldView& view, const WorldValues& values);

}  // namespace tools
