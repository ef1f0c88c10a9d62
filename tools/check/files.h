// SPDX-License-Identifier: MIT
//
// Which scenarios a check is about.
#pragma once

#include <string>
#include <vector>

#include "tools/check/check.h"

namespace tools {

/// What the user means by folders, files and names of scenarios, each file once; the
/// scenarios that have a name if there is no word. Nothing is searched yet. Of a
/// folder, not of those in it, the files *.json count: one that does not look like a
/// scenario is skipped, one that does and cannot be used is an error like a file that
/// was named. Throws model::InputError with all of those, one a line.
Check read_check(const std::vector<std::string>& words);

}  // namespace tools
