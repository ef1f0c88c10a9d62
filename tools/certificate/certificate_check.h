// SPDX-License-Identifier: MIT
//
// Whether every claim of a certificate holds.
//
// docs/certificate.md has the format and the argument why what is checked here
// suffices.
#pragma once

#include <string>

#include "tools/certificate/certificate_file.h"

namespace tools {

/// Checks the bytes of a certificate; what was verified, in words. Throws Refuted
/// where a claim does not hold, and model::InputError where there is none to check.
std::string check_certificate(Bytes file);

}  // namespace tools
