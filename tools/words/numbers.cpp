// SPDX-License-Identifier: MIT
//
// Numbers and lines of text reports.
#include "tools/words/numbers.h"

#include <algorithm>
#include <cstdio>

namespace tools {

using sim::BigInt;

std::string line(std::string_view title, const std::string& text) {
  std::string padded(title);
  padded.resize(std::max<std::size_t>(padded.size() + 1, 13), ' ');
  return padded + text + "\n";
}

std::string number(std::uint64_t n) { return std::to_string(n); }

std::string rounded(const BigInt& n) {
  std::string digits = n.str();
  if (digits.size() <= 9) return digits;
  const std::string power = std::to_string(digits.size() - 1);
  return digits.substr(0, 1) + "." + digits.substr(1, 2) + "e+" + power;
}

std::string about(const BigInt& n) {
  const std::string short_form = rounded(n);
  return short_form == n.str() ? std::string() : " (about " + short_form + ")";
}

std::string percent(const BigInt& part, const BigInt& whole) {
  const auto hundredths =
      whole == 0 ? 0u : static_cast<unsigned>((part * 20'000 + whole) / (whole * 2));
  if (part != 0 && hundredths == 0) return "below 0.01 %";
  if (part != whole && hundredths == 10'000) return "above 99.99 %";
  char text[32];
  std::snprintf(text, sizeof text, "%u.%02u %%", hundredths / 100, hundredths % 100);
  return text;
}

std::string plural(std::uint64_t n, const std::string& word) {
  return number(n) + " " + word + (n == 1 ? "" : "s");
}

std::string seconds(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.2f s" : "%.0f s", value);
  return text;
}

}  // namespace tools
