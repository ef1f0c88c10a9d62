// SPDX-License-Identifier: MIT
//
// Numbers short enough for a table, which still do not lie: what is rounded never
// becomes nothing, everything or certain.
#pragma once

#include <string>

#include "sim/questions/interleavings.h"
#include "sim/questions/probability.h"

namespace tools {

/// "10777", from seven digits on "1.85e34", rounded to the nearest.
std::string compact(const sim::BigInt& n);

/// "1.82e34 of 1.85e34"; "all of 24" only for all; where rounding would hide what
/// is missing "all but 1 of 1.00e40". REQUIRES: 0 <= part <= whole.
std::string compact_share(const sim::BigInt& part, const sim::BigInt& whole);

/// To three significant digits: "0.25", "3.70e-07". "0" and "1" only for these;
/// ">0.999" if rounding would make it 1; "<1e-33" if three digits are not certain.
std::string compact(const sim::Probability& probability);

}  // namespace tools
