// SPDX-License-Identifier: MIT
//
// Finding scenarios by name.
//
// The program looks in $FRWRSIM_SCENARIOS if it is set, else beside the installed
// program (../share/frwrsim/scenarios), else in the source tree it was built from.
#pragma once

#include <string>
#include <vector>

#include "model/scenario/scenario.h"

namespace tools {

/// The directory in which names are looked up. Throws model::InputError if there is
/// none.
std::string scenario_directory();

/// Names of the scenarios in it, sorted.
std::vector<std::string> scenario_names();

/// The file a user means: a path if the word has a '/' or ends in ".json",
/// otherwise a name. Throws model::InputError, proposing the nearest name.
std::string find_scenario(const std::string& name_or_path);

}  // namespace tools
