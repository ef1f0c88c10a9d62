// SPDX-License-Identifier: MIT
//
// Numbers short enough for a table, which still do not lie: what is rounded never
// becomes nothing, everything or certain. Counts, shares and odds have this one form in
// every report.
#pragma once

#include <cstddef>
#include <string>

#include "sim/questions/interleavings.h"
#include "sim/questions/probability.h"

namespace tools {

/// "10777", from seven digits on "1.85e34", rounded to the nearest.
std::string compact(const sim::BigInt& n);

/// "1.82e34 of 1.85e34"; "all of 24" only for all; where rounding would hide what
/// is missing "all but 1 of 1.00e40". REQUIRES: 0 <= part <= whole.
std::string compact_share(const sim::BigInt& part, const sim::BigInt& whole);

/// Significant digits of what is rounded, where a reader needs no more.
inline constexpr std::size_t usual_digits = 3;

/// To so many significant digits: "0.25", "3.70e-07". "0" and "1" only for these;
/// ">0.999" if rounding would make it 1; "<1e-33" if that many digits are not certain.
std::string compact(const sim::Probability& probability, std::size_t digits = usual_digits);

/// The same of a share of a sample. REQUIRES: 0 <= share <= 1.
std::string compact_ratio(double share);

}  // namespace tools
