// SPDX-License-Identifier: MIT
//
// Sampling, with functions that are the same everywhere.
//
// This file must be compiled without contraction of a*b+c to one rounding
// (-ffp-contract=off in CMakeLists.txt), or machines that can do that would differ
// from those that cannot.
#include "sim/distribution.h"

#include <array>
#include <bit>
#include <cmath>

namespace sim {
namespace {

constexpr int mantissa_bits = 52;
constexpr int exponent_bias = 1023;
constexpr double ln2 = 0.693147180559945309417232121458176568;

/// 1 / (2 i + 1): the series of artanh.
constexpr auto artanh_terms = [] {
  std::array<double, 12> terms{};
  for (std::size_t i = 0; i < terms.size(); ++i)
    terms[i] = 1.0 / (2.0 * static_cast<double>(i) + 1);
  return terms;
}();

/// 1 / i!: the series of exp.
constexpr auto exp_terms = [] {
  std::array<double, 15> terms{1};
  for (std::size_t i = 1; i < terms.size(); ++i) terms[i] = terms[i - 1] / static_cast<double>(i);
  return terms;
}();

/// The polynomial with these coefficients, the constant one first.
template <std::size_t count>
double polynomial(const std::array<double, count>& terms, double x) {
  double sum = 0;
  for (std::size_t i = count; i-- > 0;) sum = sum * x + terms[i];
  return sum;
}

/// Uniform in (0, 1].
double unit(Random& random) {
  constexpr double ulp = 0x1p-53;
  return static_cast<double>((random.next() >> 11) + 1) * ulp;
}

/// Standard normal, by Marsaglia's polar method ("A convenient method for generating
/// normal variables", SIAM Review 1964). The second value that it yields is not kept:
/// a sample must not depend on the one before.
double standard_normal(Random& random) {
  for (;;) {
    const double x = 2 * unit(random) - 1;
    const double y = 2 * unit(random) - 1;
    const double square = x * x + y * y;
    if (square >= 1 || square < 0x1p-100) continue;
    return x * std::sqrt(-2 * portable_log(square) / square);  // IEEE 754 fixes sqrt, too
  }
}

}  // namespace

double portable_log(double x) {
  // x = m 2^e with m in [1/sqrt 2, sqrt 2); log m = 2 artanh((m - 1) / (m + 1)).
  const auto bits = std::bit_cast<std::uint64_t>(x);
  constexpr std::uint64_t mantissa_mask = (std::uint64_t{1} << mantissa_bits) - 1;
  int exponent = static_cast<int>(bits >> mantissa_bits) - exponent_bias;
  double m =
      std::bit_cast<double>((bits & mantissa_mask) | std::uint64_t{exponent_bias} << mantissa_bits);
  constexpr double sqrt2 = 1.41421356237309504880168872420969808;
  if (m >= sqrt2) {
    m /= 2;
    ++exponent;
  }
  const double s = (m - 1) / (m + 1);
  const double square = s * s;  // at most 0.0295: twelve terms reach the last bit
  return exponent * ln2 + 2 * s * polynomial(artanh_terms, square);
}

double portable_exp(double x) {
  // x = n log 2 + r, |r| <= log 2 / 2. Splitting log 2 keeps r exact.
  constexpr double ln2_high = 0x1.62e42fefp-1;  // few enough bits that n * ln2_high is exact
  constexpr double ln2_low =
      7.44061711001239671613e-11;  // not ln2 - ln2_high: that has lost its last bits
  const double n = std::floor(x / ln2 + 0.5);
  const double r = (x - n * ln2_high) - n * ln2_low;
  const auto exponent = static_cast<std::uint64_t>(static_cast<std::int64_t>(n) + exponent_bias);
  return polynomial(exp_terms, r) * std::bit_cast<double>(exponent << mantissa_bits);
}

Nanoseconds Distribution::sample_curved(Random& random) const {
  const auto mean = static_cast<double>(low_);
  double value = 0;
  if (kind_ == Kind::exponential) {
    value = -mean * portable_log(unit(random));
  } else {
    // The mean of exp(sigma Z) is exp(sigma^2 / 2).
    const double sigma = sigma_percent_ / 100.0;
    value = mean * portable_exp(sigma * standard_normal(random) - sigma * sigma / 2);
  }
  constexpr auto most = static_cast<double>(longest_sample);
  return value >= most ? longest_sample : static_cast<Nanoseconds>(std::llround(value));
}

}  // namespace sim
