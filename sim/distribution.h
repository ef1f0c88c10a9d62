// SPDX-License-Identifier: MIT
//
// How long something takes: four distributions, sampled to the same nanosecond
// by every compiler.
//
// The logarithm and the exponential are our own (distribution.cpp). They consist of
// additions, multiplications and divisions only, which IEEE 754 rounds the same way
// everywhere. Those of two C libraries may differ in the last bit, and one different
// bit makes another run.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/random.h"

namespace sim {

/// Virtual time in nanoseconds.
using Nanoseconds = std::uint64_t;

/// A distribution of durations. A value; const members are thread-safe.
class Distribution {
 public:
  enum class Kind : std::uint8_t { constant, uniform, exponential, lognormal };

  static constexpr Nanoseconds longest_mean = 100'000'000'000;  ///< 100 s
  static constexpr unsigned largest_sigma_percent = 300;
  /// No sample is longer than this; a longer one that is drawn becomes this.
  static constexpr Nanoseconds longest_sample = Nanoseconds{1} << 42;

  /// Always `value`.
  static constexpr Distribution constant(Nanoseconds value) {
    return {Kind::constant, value, value, 0};
  }
  /// Uniform in low..high, both included. REQUIRES: low <= high <= longest_mean.
  static constexpr Distribution uniform(Nanoseconds low, Nanoseconds high) {
    return {Kind::uniform, low, high, 0};
  }
  /// With that mean. REQUIRES: mean <= longest_mean.
  static constexpr Distribution exponential(Nanoseconds mean) {
    return {Kind::exponential, mean, mean, 0};
  }
  /// With that mean; the logarithm has the standard deviation `sigma_percent` / 100.
  /// REQUIRES: mean <= longest_mean, sigma_percent <= largest_sigma_percent.
  static constexpr Distribution lognormal(Nanoseconds mean, unsigned sigma_percent) {
    return {Kind::lognormal, mean, mean, sigma_percent};
  }

  [[nodiscard]] constexpr Kind kind() const { return kind_; }
  /// The mean; of a uniform one the least.
  [[nodiscard]] constexpr Nanoseconds low() const { return low_; }
  /// The mean; of a uniform one the most.
  [[nodiscard]] constexpr Nanoseconds high() const { return high_; }
  [[nodiscard]] constexpr unsigned sigma_percent() const { return sigma_percent_; }
  friend constexpr bool operator==(const Distribution&, const Distribution&) = default;

  /// Draws a duration.
  [[nodiscard]] Nanoseconds sample(Random& random) const {
    if (kind_ == Kind::constant) return low_;
    if (kind_ == Kind::uniform) return low_ + random.below_long(high_ - low_ + 1);
    return sample_curved(random);
  }

 private:
  constexpr Distribution(Kind kind, Nanoseconds low, Nanoseconds high, unsigned sigma_percent)
      : kind_(kind), low_(low), high_(high), sigma_percent_(sigma_percent) {}
  [[nodiscard]] Nanoseconds sample_curved(Random& random) const;

  Kind kind_;
  Nanoseconds low_;
  Nanoseconds high_;
  unsigned sigma_percent_;
};

/// The natural logarithm, relative error below 1e-14, the same bits everywhere.
/// REQUIRES: x is positive and normal.
double portable_log(double x);

/// The exponential function, likewise. REQUIRES: |x| <= 700.
double portable_exp(double x);

}  // namespace sim
