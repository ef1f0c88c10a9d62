// SPDX-License-Identifier: MIT
//
// The share of failing runs in a sample, and how far the truth may be from it.
//
// Wilson's score interval ("Probable inference, the law of succession, and
// statistical inference", JASA 1927): unlike the textbook's p +- 2 sigma it stays
// within 0..1 and says something useful when nothing, or everything, failed.
#pragma once

#include <cstdint>
#include <string>

namespace tools {

/// An interval that covers the true probability in 95 of 100 samples.
struct Interval {
  double low = 0;
  double high = 1;
};

/// Wilson's interval for `failing` of `runs`. REQUIRES: failing <= runs. Of no runs it
/// is 0 to 1.
Interval wilson_interval(std::uint64_t failing, std::uint64_t runs);

/// "0.0000900 (95 %: 0.0000474 to 0.000171), 1 run in 11111"
std::string share_with_interval(std::uint64_t failing, std::uint64_t runs);

}  // namespace tools
