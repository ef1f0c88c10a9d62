// SPDX-License-Identifier: MIT
//
// Distributions against their laws, and their samples against numbers computed with
// sixty decimal digits.
//
// The golden samples come from the generator and the formulas written once more in
// Python, integers and `decimal` only, so that no double is rounded on the way:
//   unit         u = ((next >> 11) + 1) / 2^53
//   exponential  -mean ln u
//   normal       x = 2u - 1, y = 2u' - 1 until q = x^2 + y^2 < 1; z = x sqrt(-2 ln q / q)
//   lognormal    mean exp(sigma z - sigma^2 / 2)
// rounded to the nearest nanosecond. None is nearer than 0.002 ns to where rounding
// turns, a double is off by 1e-3 ns at most: the nanosecond must agree.
#include "sim/distribution.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

using sim::Distribution;
using sim::Nanoseconds;
using sim::Random;

namespace {

std::vector<Nanoseconds> samples(const Distribution& distribution, std::uint64_t seed,
                                 std::size_t count) {
  Random random(seed);
  std::vector<Nanoseconds> drawn;
  for (std::size_t i = 0; i < count; ++i) drawn.push_back(distribution.sample(random));
  return drawn;
}

/// The share of samples that are at most `limit`, less what it should be, in standard
/// deviations of a binomial.
double excess(const std::vector<Nanoseconds>& drawn, double limit, double expected) {
  const auto n = static_cast<double>(drawn.size());
  const auto count =
      static_cast<double>(std::count_if(drawn.begin(), drawn.end(), [limit](Nanoseconds t) {
        return static_cast<double>(t) <= limit;
      }));
  return (count - n * expected) / std::sqrt(n * expected * (1 - expected));
}

double mean_of(const std::vector<Nanoseconds>& drawn) {
  double sum = 0;
  for (const Nanoseconds t : drawn) sum += static_cast<double>(t);
  return sum / static_cast<double>(drawn.size());
}

/// P(Z <= z) of a standard normal.
double phi(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

constexpr std::size_t many = 200'000;

}  // namespace

TEST_CASE("the logarithm is within 1e-14 of the C library's, over all normal numbers") {
  Random random(1);
  for (int exponent = -1022; exponent <= 1023; ++exponent) {
    for (int i = 0; i < 50; ++i) {
      const double mantissa = 1 + static_cast<double>(random.next() >> 11) * 0x1p-53;
      const double x = std::ldexp(mantissa, exponent);
      CAPTURE(x);
      REQUIRE(std::abs(sim::portable_log(x) / std::log(x) - 1) < 1e-14);
    }
  }
  for (const double x : {0x1p-1022, 0x1p-53, 0.5, 2.0, 10.0, 0x1.fffffffffffffp1023}) {
    CAPTURE(x);
    CHECK(std::abs(sim::portable_log(x) / std::log(x) - 1) < 1e-14);
  }
}

TEST_CASE("the logarithm loses nothing near one, on either side") {
  CHECK(sim::portable_log(1.0) == 0);
  for (int bits = 1; bits <= 52; ++bits) {
    for (const double x : {1 + std::ldexp(1.0, -bits), 1 - std::ldexp(1.0, -bits - 1)}) {
      CAPTURE(x);
      const double error = std::abs(sim::portable_log(x) - std::log(x));
      CHECK(error < 1e-16);
      CHECK(error < 1e-14 * std::abs(std::log(x)));
    }
  }
  // Both sides of the seam where the mantissa is halved.
  double x = std::sqrt(2.0);
  for (int i = 0; i < 4; ++i) x = std::nextafter(x, 0.0);
  for (int i = 0; i < 8; ++i, x = std::nextafter(x, 2.0)) {
    CHECK(std::abs(sim::portable_log(x) / std::log(x) - 1) < 1e-14);
  }
}

TEST_CASE("the exponential is within 1e-14 of the C library's") {
  CHECK(sim::portable_exp(0.0) == 1);
  Random random(2);
  for (int i = 0; i < 200'000; ++i) {
    const double unit = static_cast<double>(random.next() >> 11) * 0x1p-52 - 1;  // -1..1
    const double x = i % 2 == 0 ? 700 * unit : std::ldexp(unit, -(i % 60));
    CAPTURE(x);
    REQUIRE(std::abs(sim::portable_exp(x) / std::exp(x) - 1) < 1e-14);
  }
  for (const double x : {-700.0, 700.0, 0.5 * std::log(2.0), -0.5 * std::log(2.0)}) {
    CHECK(std::abs(sim::portable_exp(x) / std::exp(x) - 1) < 1e-14);
  }
}

TEST_CASE("samples are those that sixty digits give") {
  struct Row {
    Distribution distribution;
    std::uint64_t seed;
    std::vector<Nanoseconds> expected;
  };
  constexpr std::uint64_t last = ~std::uint64_t{0};
  constexpr Nanoseconds s = 1'000'000'000;
  const std::array rows{
      Row{Distribution::uniform(20, 100), 1, {76, 62, 66, 51, 76, 31}},
      Row{Distribution::uniform(20, 100), 42, {26, 50, 75, 94, 100, 82}},
      Row{Distribution::uniform(0, 60 * s), 1, {56'099'279'045, 26'964'544'746, 25'906'791'700}},
      Row{Distribution::uniform(0, 60 * s), last, {22'187'781'384, 37'759'320'109, 3'529'524'894}},
      Row{Distribution::exponential(20'000), 1, {7050, 13062, 11099, 18764, 7214, 38818}},
      Row{Distribution::exponential(20'000), 42, {49571, 19405, 7712, 1566, 165, 5234}},
      Row{Distribution::exponential(100 * s), last, {58'001'011'352, 26'470'138'991}},
      Row{Distribution::lognormal(1'000'000, 100), 1, {3'992'414, 2'230'198, 940'185, 314'336}},
      Row{Distribution::lognormal(1'000'000, 100), 42, {293'400, 757'011, 964'811, 2'654'482}},
      Row{Distribution::lognormal(1500, 30), last, {1587, 1455, 1654, 1188, 2276, 676}},
      Row{Distribution::lognormal(100 * s, 300), 42, {125'746'509, 2'159'848'954, 4'471'402'494}},
      Row{Distribution::lognormal(100 * s, 300), last, {3'070'731'028, 1'288'201'129}}};
  for (const Row& row : rows) {
    CAPTURE(row.seed, row.distribution.low(), row.distribution.sigma_percent());
    CHECK(samples(row.distribution, row.seed, row.expected.size()) == row.expected);
  }
}

TEST_CASE("a constant is constant and draws no random number") {
  Random random(3);
  Random untouched(3);
  for (const Nanoseconds value : {Nanoseconds{0}, Nanoseconds{1}, Distribution::longest_mean}) {
    CHECK(Distribution::constant(value).sample(random) == value);
  }
  CHECK(random.next() == untouched.next());
}

TEST_CASE("uniform: both ends included, every value equally often") {
  const auto drawn = samples(Distribution::uniform(5, 14), 4, many);
  for (Nanoseconds value = 5; value <= 14; ++value) {
    const auto count = static_cast<double>(std::count(drawn.begin(), drawn.end(), value));
    CHECK(std::abs(count - many / 10.0) < 5 * std::sqrt(many * 0.1 * 0.9));
  }
  CHECK(*std::min_element(drawn.begin(), drawn.end()) == 5);
  CHECK(*std::max_element(drawn.begin(), drawn.end()) == 14);
  CHECK(samples(Distribution::uniform(7, 7), 4, 3) == std::vector<Nanoseconds>{7, 7, 7});
}

TEST_CASE("exponential: mean and quantiles") {
  for (const double mean : {1e3, 2e4, 1e9}) {
    const auto drawn = samples(Distribution::exponential(static_cast<Nanoseconds>(mean)), 5, many);
    // The standard deviation of an exponential is its mean.
    CHECK(std::abs(mean_of(drawn) - mean) < 5 * mean / std::sqrt(double{many}));
    for (const double p : {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999}) {
      // A sample is at most t exactly if the value before rounding is below t + 1/2.
      const double limit = std::floor(-mean * std::log(1 - p));
      CAPTURE(mean, p);
      CHECK(std::abs(excess(drawn, limit, 1 - std::exp(-(limit + 0.5) / mean))) < 5);
    }
  }
}

TEST_CASE("lognormal: mean and quantiles, the mean being that of the durations") {
  for (const unsigned percent : {10u, 50u, 100u, 150u}) {
    constexpr double mean = 1e6;
    const double sigma = percent / 100.0;
    const auto drawn = samples(Distribution::lognormal(1'000'000, percent), 6, many);
    // The standard deviation is mean sqrt(exp(sigma^2) - 1).
    CHECK(std::abs(mean_of(drawn) - mean) <
          5 * mean * std::sqrt(std::expm1(sigma * sigma)) / std::sqrt(double{many}));
    for (const double z : {-2.5, -1.5, -0.7, 0.0, 0.7, 1.5, 2.5}) {
      const double limit = std::floor(mean * std::exp(sigma * z - sigma * sigma / 2));
      const double exact = (std::log((limit + 0.5) / mean) + sigma * sigma / 2) / sigma;
      CAPTURE(percent, z);
      CHECK(std::abs(excess(drawn, limit, phi(exact))) < 5);
    }
  }
}

TEST_CASE("no sample is longer than the longest, and that one does occur") {
  // exp(3 z - 4.5) * 100 s exceeds 2^42 ns where z > (ln 43.98 + 4.5) / 3 = 2.7613:
  // one in 347.
  const auto drawn = samples(Distribution::lognormal(Distribution::longest_mean, 300), 7, many);
  constexpr Nanoseconds longest = Distribution::longest_sample;
  CHECK(*std::max_element(drawn.begin(), drawn.end()) == longest);
  const double expected = 1 - phi((std::log(double{longest} / 1e11) + 4.5) / 3);
  const auto capped = static_cast<double>(std::count(drawn.begin(), drawn.end(), longest));
  CHECK(std::abs(capped - many * expected) < 5 * std::sqrt(many * expected));
}

TEST_CASE("a mean of zero is no time at all - a sigma of zero is a constant") {
  for (const Distribution& zero : {Distribution::exponential(0), Distribution::lognormal(0, 300),
                                   Distribution::uniform(0, 0), Distribution::constant(0)}) {
    for (const Nanoseconds t : samples(zero, 8, 1000)) REQUIRE(t == 0);
  }
  for (const Nanoseconds t : samples(Distribution::lognormal(1234, 0), 8, 1000)) REQUIRE(t == 1234);
}

TEST_CASE("a sample depends on the generator alone, not on the sample before") {
  const Distribution curved = Distribution::lognormal(1000, 80);
  Random one(9);
  (void)curved.sample(one);
  Random other = one;
  CHECK(curved.sample(one) == Distribution::lognormal(1000, 80).sample(other));
}

TEST_CASE("the long bounded draw is in range and uniform, whatever the bound") {
  for (const std::uint64_t bound :
       {std::uint64_t{1}, std::uint64_t{10}, std::uint64_t{1} << 32, (std::uint64_t{1} << 32) + 1,
        std::uint64_t{3} << 32, std::uint64_t{1} << 63, (std::uint64_t{1} << 63) + 1,
        ~std::uint64_t{0}}) {
    Random random(10);
    const std::uint64_t tenth = bound / 10;
    std::array<unsigned, 10> seen{};
    for (unsigned i = 0; i < 50'000; ++i) {
      const std::uint64_t number = random.below_long(bound);
      REQUIRE(number < bound);
      if (tenth > 0) ++seen.at(std::min<std::uint64_t>(number / tenth, 9));
    }
    CAPTURE(bound);
    for (const unsigned count : seen) {
      if (tenth > 0) CHECK(std::abs(count - 5000.0) < 5 * std::sqrt(50'000 * 0.1 * 0.9));
    }
  }
}

TEST_CASE("the long bounded draw: short bounds as the short one, long ones masked and rejected") {
  Random one(42);
  Random other(42);
  for (const std::uint32_t bound : {1u, 10u, 3'000'000'000u, ~0u}) {
    for (int i = 0; i < 20; ++i) CHECK(one.below_long(bound) == other.below(bound));
  }
  // The words that sim_random_test has; no bit more is drawn than the bound needs.
  constexpr std::uint64_t half = std::uint64_t{1} << 63;
  Random words(42);
  for (const std::uint64_t word : {0x15780b2e0c2ec716u, 0x6104d9866d113a7eu, 0xae17533239e499a1u}) {
    CHECK(words.below_long(half) == (word & (half - 1)));
  }
  // From the transcription into Python named above.
  struct Row {
    std::uint64_t bound;
    std::array<std::uint64_t, 3> expected;
  };
  for (const Row& row :
       {Row{4'294'967'297, {204'392'214, 1'829'845'630, 971'282'849}},
        Row{12'884'901'888, {8'794'326'806, 10'419'780'222, 9'561'217'441}},
        Row{(std::uint64_t{1} << 63) + 1,
            {1'546'998'764'402'558'742, 6'990'951'692'964'543'102, 5'362'058'279'183'681'893}}}) {
    Random random(42);
    for (const std::uint64_t expected : row.expected) {
      CHECK(random.below_long(row.bound) == expected);
    }
  }
}
