// SPDX-License-Identifier: MIT
//
// Positions and ticks.
//
// A position half way between two tenths of a pixel must not depend on the compiler or
// its mathematical library. A logarithm is therefore one of integers, and a linear
// position has no sum after a product, which some processors round once and others
// twice.
#include "tools/study/chart_axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "tools/study/chart_number.h"

namespace tools {
namespace {

constexpr int least_exponent = -22;  // as value_of has them
constexpr int greatest_exponent = 21;
constexpr std::array<int, 3> round_digits{1, 2, 5};
constexpr double forgiven = 1e-9;  // of an end of a range that was computed, as 10^0.5 * 10^0.5

/// The logarithm to base 2 of `value`, times 2^30, less than 10 too small: its binary
/// digits, each by squaring. REQUIRES: value > 0.
std::int64_t log2_times_2_30(double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);                  // exact, from 1/2 to 1
  auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 32));  // 2^31 is 1
  std::int64_t result = exponent - 1;
  for (int i = 0; i < 30; ++i) {
    mantissa = mantissa * mantissa >> 31;
    const std::uint64_t digit = mantissa >> 32;
    mantissa >>= digit;
    result = result * 2 + static_cast<std::int64_t>(digit);
  }
  return result;
}

bool within(double value, const Range& range) {
  const double length = range.logarithmic ? range.low : range.high - range.low;
  const double above = range.logarithmic ? range.high : length;
  return value >= range.low - length * forgiven && value <= range.high + above * forgiven;
}

/// The least of 1, 2 or 5 times a power of ten of which at most `steps` make `length`.
Decimal round_step(double length, double steps) {
  for (int exponent = least_exponent; exponent < greatest_exponent; ++exponent) {
    for (const int digits : round_digits) {
      const Decimal step{digits, exponent};
      if (length / value_of(step) <= steps + forgiven) return step;
    }
  }
  return {1, greatest_exponent};
}

std::vector<Tick> linear_ticks(const Range& range, Unit unit) {
  const Decimal step = round_step(range.high - range.low, 6);
  std::vector<Tick> ticks;
  const double first = std::floor(range.low / value_of(step)) - 1;
  for (auto i = static_cast<std::int64_t>(first);; ++i) {
    const Decimal number{i * step.digits, step.exponent};
    const double value = value_of(number);
    if (within(value, range)) {
      ticks.push_back({value, label_of(number, unit)});
    } else if (value > range.high) {
      return ticks;
    }
  }
}

std::vector<Tick> logarithmic_ticks(const Range& range, Unit unit) {
  std::vector<Tick> powers;
  std::vector<Tick> all;
  for (int exponent = least_exponent; exponent < greatest_exponent; ++exponent) {
    for (const int digits : round_digits) {
      const Decimal number{digits, exponent};
      const Tick tick{value_of(number), label_of(number, unit)};
      if (!within(tick.value, range)) continue;
      all.push_back(tick);
      if (digits == 1) powers.push_back(tick);
    }
  }
  if (powers.size() < 2) return all.size() < 2 ? linear_ticks(range, unit) : all;
  auto power = powers.begin();
  for (Tick& tick : all) {
    if (power != powers.end() && tick.value == power->value) {
      ++power;
    } else {
      tick.label.clear();
    }
  }
  return all;
}

}  // namespace

Tenths Scale::at(double value) const {
  const std::int64_t length = std::abs(to_ - from_);
  std::int64_t offset = length / 2;
  if (range_.logarithmic) {
    const std::int64_t low = log2_times_2_30(range_.low);
    const std::int64_t whole = log2_times_2_30(range_.high) - low;
    const std::int64_t part = log2_times_2_30(value) - low;
    if (whole > 0) offset = (2 * part * length + whole) / (2 * whole);
  } else if (range_.high > range_.low) {
    const double share = (value - range_.low) / (range_.high - range_.low);
    offset = std::llround(share * static_cast<double>(length));
  }
  const auto inside = static_cast<Tenths>(std::clamp<std::int64_t>(offset, 0, length));
  return to_ > from_ ? from_ + inside : from_ - inside;
}

std::vector<Tick> ticks_of(const Range& range, Unit unit) {
  const double magnitude = std::max(std::abs(range.low), std::abs(range.high));
  if (range.high - range.low <= magnitude * forgiven) {
    return {{range.low, label_of(range.low, unit, 6)}};
  }
  return range.logarithmic ? logarithmic_ticks(range, unit) : linear_ticks(range, unit);
}

std::vector<Tick> ticks_from_zero(double highest) {
  const double reached = highest > 0 ? highest : 1;
  const Decimal step = round_step(reached, 6);
  std::vector<Tick> ticks;
  for (std::int64_t i = 0; ticks.empty() || !within(reached, {0, ticks.back().value}); ++i) {
    const Decimal number{i * step.digits, step.exponent};
    ticks.push_back({value_of(number), label_of(number, Unit::probability)});
  }
  return ticks;
}

std::size_t stride_that_fits(const std::vector<Extent>& labels, Tenths gap) {
  const auto fits = [&](std::size_t stride) {
    for (std::size_t i = stride; i < labels.size(); i += stride) {
      const Extent& before = labels[i - stride];
      const Tenths distance = std::abs(labels[i].middle - before.middle);
      if (distance < (labels[i].length + before.length) / 2 + gap) return false;
    }
    return true;
  };
  std::size_t stride = 1;
  while (!fits(stride)) ++stride;
  return stride;
}

}  // namespace tools
