// SPDX-License-Identifier: MIT
//
// Wilson's interval against published values: R. G. Newcombe, "Two-sided
// confidence intervals for the single proportion: comparison of seven methods",
// Statistics in Medicine 17 (1998), table I, method 3 (Wilson's, 95 %).
#include "tools/words/share.h"

#include <catch2/catch.hpp>

#include "tools/words/compact_number.h"

using tools::compact_ratio;
using tools::wilson_interval;

TEST_CASE("Wilson's interval: the published examples") {
  struct Example {
    std::uint64_t failing, runs;
    double low, high;
  };
  for (const Example& e : {Example{81, 263, 0.2553, 0.3662}, Example{15, 148, 0.0624, 0.1605},
                           Example{0, 20, 0, 0.1611}, Example{1, 29, 0.0061, 0.1718}}) {
    CAPTURE(e.failing, e.runs);
    const auto interval = wilson_interval(e.failing, e.runs);
    CHECK(interval.low == Approx(e.low).margin(0.00005));
    CHECK(interval.high == Approx(e.high).margin(0.00005));
    // Failing and passing are the same question.
    const auto mirrored = wilson_interval(e.runs - e.failing, e.runs);
    CHECK(mirrored.low == Approx(1 - e.high).margin(0.00005));
    CHECK(mirrored.high == Approx(1 - e.low).margin(0.00005));
  }
}

TEST_CASE("Wilson's interval: nothing, everything, no runs, very many") {
  CHECK(wilson_interval(0, 20).low == 0);
  CHECK(wilson_interval(20, 20).high == 1);
  CHECK(wilson_interval(0, 0).low == 0);
  CHECK(wilson_interval(0, 0).high == 1);
  // For many runs it is the textbook's p +- 1.96 sigma.
  const auto many = wilson_interval(250'000'000, 1'000'000'000);
  const double reach = 1.959964 * 0.4330127 / 31622.7766;
  CHECK(many.low == Approx(0.25 - reach).epsilon(1e-7));
  CHECK(many.high == Approx(0.25 + reach).epsilon(1e-7));
}

TEST_CASE("a share in digits: what is rounded never becomes nothing or everything") {
  CHECK(compact_ratio(0) == "0");
  CHECK(compact_ratio(1) == "1");
  CHECK(compact_ratio(0.25) == "0.25");
  CHECK(compact_ratio(0.00973) == "0.00973");
  CHECK(compact_ratio(3.7e-07) == "3.7e-07");
  CHECK(compact_ratio(0.99961) == ">0.999");
  CHECK(compact_ratio(0.9994) == "0.999");
  CHECK(compact_ratio(1.0 / 3) == "0.333");
  CHECK(compact_ratio(2.0 / 3e6) == "6.67e-07");
  CHECK(compact_ratio(0.00005) == "5e-05");
  CHECK(tools::share_with_interval(15, 148) == "0.101 (95 %: 0.0624 to 0.160), 1 run in 9.87");
  CHECK(tools::share_with_interval(0, 20) == "0 (95 %: 0 to 0.161)");
}
