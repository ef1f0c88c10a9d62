// SPDX-License-Identifier: MIT
//
// Numbers and lines of text reports.
#include "tools/words/numbers.h"

#include <algorithm>
#include <cstdio>

#include "tools/words/compact_number.h"
#include "tools/words/text_layout.h"

namespace tools {

using sim::BigInt;

namespace {

std::string front_of_line(std::string_view title) {
  constexpr std::size_t columns = 13;
  return padded(std::string(title) + " ", columns);
}

}  // namespace

std::string line(std::string_view title, const std::string& text) {
  return front_of_line(title) + text + "\n";
}

std::string line(std::string_view title, const std::string& text, std::size_t width) {
  return hanging(front_of_line(title), text, width);
}

std::string number(std::uint64_t n) { return std::to_string(n); }

std::string about(const BigInt& n) {
  const std::string digits = n.str();
  constexpr std::size_t read_at_a_glance = 9;
  return digits.size() <= read_at_a_glance ? std::string() : " (about " + compact(n) + ")";
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
