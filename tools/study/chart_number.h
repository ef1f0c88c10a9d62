// SPDX-License-Identifier: MIT
//
// Numbers of charts, exact in decimal: a tick at 0.3 is where 0.3 is and is called so.
#pragma once

#include <cstdint>
#include <string>

#include "tools/study/chart.h"

namespace tools {

/// digits * 10^exponent
struct Decimal {
  std::int64_t digits = 0;
  int exponent = 0;
};

/// The nearest double. REQUIRES: |digits| < 2^53, |exponent| <= 22.
double value_of(Decimal number);

/// "20 µs", "1.5 s", "0.05 %", "1e-09"; all digits, without zeros at the end.
std::string label_of(Decimal number, Unit unit);

/// As above, rounded to `significant` digits. A probability that is not 1 is not
/// called 100 %, but ">99.9 %". REQUIRES: `value` is finite, 1 <= significant <= 15.
std::string label_of(double value, Unit unit, int significant);

}  // namespace tools
