// SPDX-License-Identifier: MIT
//
// Decimal numbers and their texts.
#include "tools/study/chart_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tools {
namespace {

/// 10^exponent, exactly. REQUIRES: 0 <= exponent <= 22.
double power_of_ten(int exponent) {
  double power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

/// std::to_chars knows no locale and rounds what the double is, not an approximation.
Decimal rounded(double value, int significant) {
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value,
                                     std::chars_format::scientific, significant - 1);
  const std::string_view all(text.data(), static_cast<std::size_t>(written.ptr - text.data()));
  const std::size_t power = all.find('e');
  std::string digits(all.substr(0, power));
  digits.erase(std::remove(digits.begin(), digits.end(), '.'), digits.end());
  return {std::stoll(digits), std::stoi(std::string(all.substr(power + 1))) - significant + 1};
}

/// "0.005", "1500", "1.5e+12"
std::string written(std::string digits, int exponent) {
  while (digits.size() > 1 && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  const int count = static_cast<int>(digits.size());
  const int before_point = count + exponent;
  if (before_point < -5 || before_point > 9) {
    if (count > 1) digits.insert(1, ".");
    const std::string power = std::to_string(std::abs(before_point - 1));
    return digits + (before_point < 1 ? "e-" : "e+") + (power.size() < 2 ? "0" : "") + power;
  }
  if (before_point <= 0) {
    return "0." + std::string(static_cast<std::size_t>(-before_point), '0') + digits;
  }
  if (exponent >= 0) return digits + std::string(static_cast<std::size_t>(exponent), '0');
  return digits.insert(static_cast<std::size_t>(before_point), ".");
}

/// In the largest unit in which it is at least 1.
std::string duration(const std::string& digits, int exponent) {
  constexpr std::array<const char*, 4> units{" ns", " µs", " ms", " s"};
  const int before_point = static_cast<int>(digits.size()) + exponent;
  const int unit = std::clamp((before_point - 1) / 3, 0, 3);
  return written(digits, exponent - 3 * unit) + units[static_cast<std::size_t>(unit)];
}

}  // namespace

double value_of(Decimal number) {
  const auto digits = static_cast<double>(number.digits);
  return number.exponent < 0 ? digits / power_of_ten(-number.exponent)
                             : digits * power_of_ten(number.exponent);
}

std::string label_of(Decimal number, Unit unit) {
  if (number.digits == 0) return unit == Unit::probability ? "0 %" : "0";
  const std::string sign = number.digits < 0 ? "−" : "";
  const std::string digits = std::to_string(std::abs(number.digits));
  switch (unit) {
    case Unit::nanoseconds:
      return sign + duration(digits, number.exponent);
    case Unit::probability:
      return sign + written(digits, number.exponent + 2) + " %";
    case Unit::number:
      break;
  }
  return sign + written(digits, number.exponent);
}

std::string label_of(double value, Unit unit, int significant) {
  Decimal number = rounded(value, significant);
  const bool hides_the_rest =
      unit == Unit::probability && value > 0.5 && value < 1 && value_of(number) == 1;
  if (!hides_the_rest) return label_of(number, unit);
  --number.digits;  // 1.00 here, 0.999 there
  number.digits = number.digits * 10 + 9;
  --number.exponent;
  return ">" + label_of(number, unit);
}

}  // namespace tools
