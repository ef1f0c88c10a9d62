// SPDX-License-Identifier: MIT
//
// Rounding decimal digits.
#include "tools/words/compact_number.h"

#include <algorithm>
#include <cstdio>

namespace tools {
namespace {

/// A positive number as d.ddd times a power of ten.
struct Scientific {
  std::string digits;  ///< the first is not '0'
  int exponent = 0;
};

/// To the nearest number of so many digits; with fewer it stays as it is.
Scientific rounded(Scientific number, std::size_t digits) {
  if (number.digits.size() <= digits) return number;
  const bool up = number.digits[digits] >= '5';
  number.digits.resize(digits);
  if (!up) return number;
  std::size_t i = digits;
  while (i > 0 && number.digits[i - 1] == '9') number.digits[--i] = '0';
  if (i > 0) {
    ++number.digits[i - 1];
  } else {
    number.digits = "1" + std::string(digits - 1, '0');
    ++number.exponent;
  }
  return number;
}

/// "1.85", "2"
std::string mantissa(const std::string& digits) {
  return digits.substr(0, 1) + (digits.size() > 1 ? "." + digits.substr(1) : "");
}

/// A decimal number above 0 and below 1, written as "0.0025" or "1.25e-07".
Scientific parsed(const std::string& decimal) {
  const std::size_t power = decimal.find('e');
  Scientific number;
  number.digits = decimal.substr(0, power);
  number.digits.erase(std::remove(number.digits.begin(), number.digits.end(), '.'),
                      number.digits.end());
  number.exponent = power == std::string::npos ? 0 : std::stoi(decimal.substr(power + 1));
  const std::size_t zeros = number.digits.find_first_not_of('0');
  number.digits.erase(0, zeros);
  number.exponent -= static_cast<int>(zeros);
  return number;
}

/// A decimal number from 0 to 1, so written.
std::string compact_decimal(const std::string& decimal, std::size_t digits) {
  if (decimal == "0" || decimal == "1") return decimal;
  const Scientific number = rounded(parsed(decimal), digits);
  if (number.exponent >= 0) return ">0." + std::string(digits, '9');
  if (number.exponent >= -4) {
    return "0." + std::string(static_cast<std::size_t>(-number.exponent - 1), '0') + number.digits;
  }
  const std::string power = std::to_string(-number.exponent);
  return mantissa(number.digits) + "e-" + (power.size() < 2 ? "0" : "") + power;
}

}  // namespace

std::string compact(const sim::BigInt& n) {
  std::string digits = n.str();
  constexpr std::size_t exact = 6;
  if (digits.size() <= exact) return digits;
  const Scientific number = rounded({digits, static_cast<int>(digits.size()) - 1}, usual_digits);
  return mantissa(number.digits) + "e" + std::to_string(number.exponent);
}

std::string compact_share(const sim::BigInt& part, const sim::BigInt& whole) {
  const std::string of_whole = " of " + compact(whole);
  if (part == whole && whole != 0) return "all" + of_whole;
  if (part != whole && compact(part) == compact(whole)) {
    return "all but " + compact(whole - part) + of_whole;
  }
  return compact(part) + of_whole;
}

std::string compact(const sim::Probability& probability, std::size_t digits) {
  const sim::BigInt low(probability.low);
  const sim::BigInt width(probability.width);
  // Below that many widths so many digits are not certain.
  const sim::BigInt certain =
      boost::multiprecision::pow(sim::BigInt(10), static_cast<unsigned>(digits));
  if (width != 0 && low < width * certain) {
    return "<" + sim::Probability{0, static_cast<std::uint64_t>(low + width)}.error_bound();
  }
  return compact_decimal(probability.decimal(), digits);
}

std::string compact_ratio(double share) {
  char text[40];
  std::snprintf(text, sizeof text, "%.15g", share);  // what is exact in decimal stays so
  return compact_decimal(text, usual_digits);
}

}  // namespace tools
