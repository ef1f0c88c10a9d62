// SPDX-License-Identifier: MIT
//
// Which build of the program this is.
//
// One build must not continue work that another one kept: its model may differ although
// no version number says so.
#pragma once

#include <string>

namespace tools {

/// The version and a digest of the program's own file: "0.1.0 1f3a...". Read once.
/// Throws model::InputError if the file cannot be read.
const std::string& program_hash();

}  // namespace tools
