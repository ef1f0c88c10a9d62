// SPDX-License-Identifier: MIT
//
// Which build of the program this is.
//
// What one build has kept of its work another must not go on with: its model may
// differ where no version number says so.
#pragma once

#include <string>

namespace tools {

/// The version and a digest of the program's own file: "0.1.0 1f3a...". Read once.
/// Throws model::InputError where the file cannot be read.
const std::string& program_hash();

}  // namespace tools
