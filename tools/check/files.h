// SPDX-License-Identifier: MIT
//
// Which scenarios a check is about.
#pragma once

#include <string>
#include <vector>

#include "tools/check/check.h"

namespace tools {

/// The scenarios that the user means by folders, files and names, each file once; if
/// there is no word, the scenarios that have a name. Nothing is searched yet. In a
/// folder, not in the folders below it, the files *.json count: one that does not look
/// like a scenario is skipped, one that looks like one and cannot be used is an error,
/// as if it had been named. Throws model::InputError with all of those, one per line.
Check read_check(const std::vector<std::string>& words);

}  // namespace tools
