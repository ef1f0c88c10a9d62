// SPDX-License-Identifier: MIT
//
// Whether every claim of a certificate holds.
//
// docs/certificate.md has the format and the argument why it is sufficient to check
// what is checked here.
#pragma once

#include <string>

#include "tools/certificate/certificate_file.h"

namespace tools {

/// Checks the bytes of a certificate; returns what was verified, in words. Throws
/// Refuted if a claim does not hold, and model::InputError if there is none to check.
std::string check_certificate(Bytes file);

}  // namespace tools
