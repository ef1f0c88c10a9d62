// SPDX-License-Identifier: MIT
//
// Wilson's interval.
#include "tools/words/share.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tools/words/compact_number.h"

namespace tools {

Interval wilson_interval(std::uint64_t failing, std::uint64_t runs) {
  if (runs == 0) return {};
  constexpr double z = 1.959963984540054;  // 97.5 % of a standard normal lie below
  const auto n = static_cast<double>(runs);
  const double p = static_cast<double>(failing) / n;
  const double centre = p + z * z / (2 * n);
  const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  // What rounding leaves beyond 0 and 1 is cut off.
  return {failing == 0 ? 0 : std::max(0.0, (centre - reach) / scale),
          failing == runs ? 1 : std::min(1.0, (centre + reach) / scale)};
}

std::string share_with_interval(std::uint64_t failing, std::uint64_t runs) {
  const double share = static_cast<double>(failing) / static_cast<double>(runs);
  const Interval interval = wilson_interval(failing, runs);
  std::string text = compact_ratio(share) + " (95 %: " + compact_ratio(interval.low) + " to " +
                     compact_ratio(interval.high) + ")";
  if (failing == 0) return text;
  char one_in[64];
  std::snprintf(one_in, sizeof one_in, share > 0.1 ? ", 1 run in %.2f" : ", 1 run in %.0f",
                1 / share);
  return text + one_in;
}

}  // namespace tools
