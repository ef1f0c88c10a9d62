// SPDX-License-Identifier: MIT
//
// Which policies a user means.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/policy.h"

namespace tools {

/// The policies the user asked for: names or aliases, rows of decisions, files, those of
/// `own` (the scenario's), "all", none for the first. By the text to keep
/// (model/scenario/policy_text.h). Throws model::InputError, proposing the nearest name.
std::vector<std::string> chosen_policies(const std::vector<std::string>& words,
                                         std::span<const model::PolicyEntry> own = {});

/// Whether one of the words may mean a policy of a scenario's own.
bool may_name_own_policies(const std::vector<std::string>& words);

/// The policies that these scenarios, by name or path, have of their own. Throws
/// model::InputError.
std::vector<model::PolicyEntry> own_policies(std::span<const std::string> scenarios);

}  // namespace tools
