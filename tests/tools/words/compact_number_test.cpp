// SPDX-License-Identifier: MIT
//
// Numbers for tables: short, and never nothing, all or certain by rounding.
#include "tools/words/compact_number.h"

#include <catch2/catch.hpp>

using sim::BigInt;
using sim::FixedProbability;
using sim::Probability;
using tools::compact;
using tools::compact_share;

namespace {

BigInt power_of_ten(unsigned exponent) { return boost::multiprecision::pow(BigInt(10), exponent); }

const FixedProbability one = FixedProbability(1) << sim::probability_bits;

}  // namespace

TEST_CASE("a whole number: exact up to six digits, then to the nearest of three") {
  CHECK(compact(BigInt(0)) == "0");
  CHECK(compact(BigInt(7)) == "7");
  CHECK(compact(BigInt(999'999)) == "999999");
  CHECK(compact(BigInt(1'000'000)) == "1.00e6");
  CHECK(compact(BigInt(1'234'999)) == "1.23e6");
  CHECK(compact(BigInt(1'235'000)) == "1.24e6");
  CHECK(compact(BigInt(1'299'999)) == "1.30e6");
  CHECK(compact(BigInt(1'999'999)) == "2.00e6");
  CHECK(compact(BigInt(9'994'999)) == "9.99e6");
  CHECK(compact(BigInt(9'995'000)) == "1.00e7");  // one digit more
  CHECK(compact(power_of_ten(40)) == "1.00e40");
  CHECK(compact(BigInt("18529745215271512368846286757442131")) == "1.85e34");
}

TEST_CASE("a share: one of very many is not nothing, all but one are not all") {
  const BigInt many = power_of_ten(40);
  CHECK(compact_share(0, many) == "0 of 1.00e40");
  CHECK(compact_share(1, many) == "1 of 1.00e40");
  CHECK(compact_share(many - 1, many) == "all but 1 of 1.00e40");
  CHECK(compact_share(many - power_of_ten(30), many) == "all but 1.00e30 of 1.00e40");
  CHECK(compact_share(many, many) == "all of 1.00e40");
  // As soon as three digits tell them apart they do.
  CHECK(compact_share(many - power_of_ten(38), many) == "9.90e39 of 1.00e40");
  CHECK(compact_share(BigInt("18152144285788483867028226282640713"),
                      BigInt("18529745215271512368846286757442131")) == "1.82e34 of 1.85e34");
  // Small ones are exact.
  CHECK(compact_share(2, 3) == "2 of 3");
  CHECK(compact_share(999'998, 999'999) == "999998 of 999999");
  CHECK(compact_share(3, 3) == "all of 3");
  CHECK(compact_share(0, 0) == "0 of 0");
}

TEST_CASE("a probability: three digits, 0 and 1 only for these") {
  CHECK(compact(Probability{0, 0}) == "0");
  CHECK(compact(Probability{one, 0}) == "1");
  CHECK(compact(Probability{one / 4, 0}) == "0.25");
  CHECK(compact(Probability{one / 2, 400}) == "0.5");
  CHECK(compact(Probability{one / 3, 400}) == "0.333");
  CHECK(compact(Probability{one / 3 * 2, 400}) == "0.667");
  CHECK(compact(Probability{one / 300, 400}) == "0.00333");
  CHECK(compact(Probability{one / 3000, 400}) == "0.000333");
  CHECK(compact(Probability{one / 30000, 400}) == "3.33e-05");
  CHECK(compact(Probability{one / 3'000'000'000'000, 400}) == "3.33e-13");
  // Rounding that carries: 0.0999999, 0.9996 and the largest below 1.
  CHECK(compact(Probability{one / 10'000'000 * 999'999, 400}) == "0.100");
  CHECK(compact(Probability{one / 10'000 * 9'994, 400}) == "0.999");
  CHECK(compact(Probability{one / 10'000 * 9'996, 400}) == ">0.999");
  CHECK(compact(Probability{one - 1, 400}) == ">0.999");
  CHECK(compact(Probability{one / 100'000'000 * 9'996, 400}) == "0.000100");
  CHECK(compact(Probability{one / 1'000'000'000 * 9'996, 400}) == "1.00e-05");
}

TEST_CASE("a probability too small for three certain digits is below a power of ten") {
  // 2^-120 is 7.5e-37: 0 to 200 units are up to 1.5e-34, 1000 to 1200 up to 9.1e-34.
  CHECK(compact(Probability{0, 200}) == "<1e-33");
  CHECK(compact(Probability{1000, 200}) == "<1e-33");
  CHECK(compact(Probability{1400, 200}) == "<1e-32");
  // From a thousand widths on they are certain; a width of nothing is exact.
  CHECK(compact(Probability{200'000, 200}) == "1.5e-31");
  CHECK(compact(Probability{1, 0}) == "7.52e-37");
}
