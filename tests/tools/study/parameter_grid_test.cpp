// SPDX-License-Identifier: MIT
//
// What a study varies: values worked out by hand, and every complaint.
#include "tools/study/parameter_grid.h"

#include <catch2/catch.hpp>

#include "model/scenario/input.h"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using tools::variation_of;
using Values = std::vector<std::uint64_t>;

namespace {

Values values_of(const std::string& text) { return variation_of(text).values; }

std::string complaint(const std::string& text) {
  try {
    (void)variation_of(text);
  } catch (const model::InputError& error) {
    CHECK_THAT(error.what(), StartsWith("--vary " + model::printable(text) + ": "));
    return error.what();
  }
  FAIL("accepted: " << text);
  return {};
}

}  // namespace

TEST_CASE("logarithmic: equal factors, in nanoseconds") {
  const auto decades = variation_of("timing.softirq.mean=1us..10ms:log:5");
  CHECK(decades.parameter == "softirq.mean");
  CHECK(decades.is_duration);
  CHECK(decades.logarithmic);
  CHECK(decades.values == Values{1000, 10'000, 100'000, 1'000'000, 10'000'000});
  // 100 * sqrt(10) = 316.23, 100 * 10^(1/3) = 215.44, 100 * 10^(2/3) = 464.16.
  CHECK(values_of("timing.softirq.mean=100ns..1us:log:3") == Values{100, 316, 1000});
  CHECK(values_of("timing.softirq.mean=100ns..1us:log:4") == Values{100, 215, 464, 1000});
  // Rounded, not cut: 1 * sqrt(3) = 1.73.
  CHECK(values_of("timing.softirq.mean=1ns..3ns:log:3") == Values{1, 2, 3});
  CHECK(values_of("timing.softirq.mean=7ns..100s:log:2") == Values{7, 100'000'000'000});
}

TEST_CASE("logarithmic: a thousand values ascend and end where they should") {
  const Values values = values_of("timing.softirq.mean=1us..10ms:log:1000");
  REQUIRE(values.size() == 1000);
  CHECK(values.front() == 1000);
  CHECK(values.back() == 10'000'000);
  // A third of 999 steps up is a third of four decades.
  CHECK(values[333] == 21'544);
  CHECK(values[666] == 464'159);
}

TEST_CASE("linear: equal distances") {
  const auto varied = variation_of("timing.loss.max=0..10us:lin:5");
  CHECK_FALSE(varied.logarithmic);
  CHECK(varied.values == Values{0, 2500, 5000, 7500, 10'000});
  CHECK(values_of("timing.loss.max=0ns..10ns:lin:4") == Values{0, 3, 7, 10});  // 3.33, 6.67
}

TEST_CASE("lists and units") {
  CHECK(values_of("timing.loss.max=0,5ns,5us,5ms,5s") ==
        Values{0, 5, 5000, 5'000'000, 5'000'000'000});
  CHECK(values_of("timing.softirq.mean=20us") == Values{20'000});
  CHECK_FALSE(variation_of("timing.softirq.mean=20us,1ms").logarithmic);
}

TEST_CASE("percentages are plain numbers") {
  const auto varied = variation_of("timing.flush.sigma_percent=0,50,300");
  CHECK(varied.parameter == "flush.sigma_percent");
  CHECK_FALSE(varied.is_duration);
  CHECK(varied.values == Values{0, 50, 300});
  CHECK(values_of("timing.flush.sigma_percent=10..30:lin:3") == Values{10, 20, 30});
  CHECK_THAT(complaint("timing.flush.sigma_percent=50us"),
             Contains("expected a whole number, found '50us'"));
}

TEST_CASE("what is no variation") {
  for (const char* text : {"", "timing.softirq.mean", "softirq.mean=1us", "=1us", "Timing.a.b=1us",
                           " timing.softirq.mean=1us"}) {
    CHECK_THAT(complaint(text), Contains("expected timing.LATENCY.PARAMETER=VALUES") &&
                                    Contains("'frwrsim list latencies'"));
  }
  const auto refused = [](const std::string& values) {
    return complaint("timing.softirq.mean=" + values);
  };
  for (const char* word : {"", "20", "20 us", "us", "-1us", "+1us", "1.5us", "20m", "20US", "1e3ns",
                           "20usx", "99999999999999999999s"}) {
    CHECK_THAT(refused(word),
               Contains("expected a duration such as 20us, found '" + std::string(word) + "'"));
  }
  for (const char* list : {"1us,,2us", "1us,", ",1us"}) {
    CHECK_THAT(refused(list), Contains("expected a duration such as 20us, found ''"));
  }
  CHECK_THAT(refused("101s"), Contains("'101s' is too large"));
  CHECK_THAT(refused("18446744073709551615s"), Contains("is too large"));
  for (const char* range : {"1us..1ms", "1us..1ms:log", "1us..1ms:exp:5", "1us..1ms:log:5:6",
                            "1us..2us..3us:log:5", "1us..:log:5:", "1us..2us,3us"}) {
    CHECK_THAT(refused(range), Contains("expected LOW..HIGH:log:COUNT or LOW..HIGH:lin:COUNT"));
  }
  CHECK_THAT(refused("1us..:log:5"), Contains("expected a duration such as 20us, found ''"));
  CHECK_THAT(refused("1us..1ms:log:x"), Contains("expected a whole number, found 'x'"));
  for (const char* range : {"1ms..1us:log:5", "1ms..1000us:lin:5"}) {
    CHECK_THAT(refused(range), Contains("the range is empty"));
  }
  for (const char* count : {"0", "1", "1001"}) {
    CHECK_THAT(refused("1us..1ms:log:" + std::string(count)),
               Contains("expected 2 to 1000 values"));
  }
  CHECK_THAT(refused("0..1ms:log:5"), Contains("a logarithmic range cannot begin at 0"));
  for (const char* values : {"2us,1us", "1us,1us", "1us,1000ns", "1ns..3ns:lin:4"}) {
    CHECK_THAT(refused(values), Contains("values must ascend, and no two be the same"));
  }
  // What is quoted cannot command a terminal.
  CHECK_THAT(refused("\x1b[2J"), Contains("\\x1b") && !Contains("\x1b"));
}

TEST_CASE("a list may be no longer than a range") {
  std::string list = "timing.flush.sigma_percent=0";
  for (int i = 1; i < 1000; ++i) list += "," + std::to_string(i);
  CHECK(values_of(list).size() == 1000);
  CHECK_THAT(complaint(list + ",1000"), Contains("more than 1000 values"));
}

TEST_CASE("cells: the first parameter changes fastest, every pair once") {
  const std::vector<tools::Variation> varied{variation_of("timing.loss.min=1ns,2ns"),
                                             variation_of("timing.loss.max=10ns,20ns,30ns")};
  REQUIRE(tools::cell_count(varied) == 6);
  std::vector<Values> cells;
  for (std::size_t i = 0; i < 6; ++i) cells.push_back(tools::values_of_cell(varied, i));
  CHECK(cells == std::vector<Values>{{1, 10}, {2, 10}, {1, 20}, {2, 20}, {1, 30}, {2, 30}});
  CHECK(tools::cell_count({}) == 1);
  CHECK(tools::values_of_cell({}, 0).empty());
}

TEST_CASE("a hundred thousand cells and no more, without overflow") {
  const auto many = [](const std::string& count) {
    return variation_of("timing.softirq.mean=1us..1s:lin:" + count);
  };
  CHECK(tools::cell_count({many("1000"), many("100")}) == 100'000);
  const auto refused = Contains("--vary: more than 100000 cells");
  CHECK_THROWS_WITH(tools::cell_count({many("1000"), many("101")}), refused);
  CHECK_THROWS_WITH(tools::cell_count(std::vector<tools::Variation>(22, many("1000"))), refused);
}
