// SPDX-License-Identifier: MIT
//
// Numbers, ticks and positions on the axes of charts.
#include "tools/study/chart_axis.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tools/study/chart_number.h"

using tools::Decimal;
using tools::Range;
using tools::Scale;
using tools::Unit;

namespace {

using Labels = std::vector<std::string>;

Labels labels_of(const std::vector<tools::Tick>& ticks) {
  Labels labels;
  for (const tools::Tick& tick : ticks) labels.push_back(tick.label);
  return labels;
}

}  // namespace

TEST_CASE("a number is written with all its digits and no others") {
  CHECK(label_of(Decimal{0, 0}, Unit::number) == "0");
  CHECK(label_of(Decimal{5, -1}, Unit::number) == "0.5");
  CHECK(label_of(Decimal{150, -2}, Unit::number) == "1.5");
  CHECK(label_of(Decimal{-25, -1}, Unit::number) == "−2.5");
  CHECK(label_of(Decimal{12, 4}, Unit::number) == "120000");
  CHECK(label_of(Decimal{12, 12}, Unit::number) == "1.2e+13");
  CHECK(label_of(Decimal{3, -9}, Unit::number) == "3e-09");
}

TEST_CASE("a duration is written in the largest unit in which it is at least 1") {
  CHECK(label_of(Decimal{0, 0}, Unit::nanoseconds) == "0");
  CHECK(label_of(Decimal{5, -1}, Unit::nanoseconds) == "0.5 ns");
  CHECK(label_of(Decimal{999, 0}, Unit::nanoseconds) == "999 ns");
  CHECK(label_of(Decimal{1, 3}, Unit::nanoseconds) == "1 µs");
  CHECK(label_of(Decimal{1, 5}, Unit::nanoseconds) == "100 µs");
  CHECK(label_of(Decimal{999'999, 0}, Unit::nanoseconds) == "999.999 µs");
  CHECK(label_of(Decimal{1, 7}, Unit::nanoseconds) == "10 ms");
  CHECK(label_of(Decimal{15, 8}, Unit::nanoseconds) == "1.5 s");
  CHECK(label_of(Decimal{36, 11}, Unit::nanoseconds) == "3600 s");
}

TEST_CASE("a rounded number: the unit after rounding, nothing becomes certain") {
  CHECK(label_of(2154.43469, Unit::nanoseconds, 3) == "2.15 µs");
  CHECK(label_of(999'999.0, Unit::nanoseconds, 3) == "1 ms");
  CHECK(label_of(0.1 + 0.2, Unit::number, 6) == "0.3");
  CHECK(label_of(0.005, Unit::probability, 3) == "0.5 %");
  CHECK(label_of(0.0, Unit::probability, 3) == "0 %");
  CHECK(label_of(1.0, Unit::probability, 3) == "100 %");
  CHECK(label_of(0.9994, Unit::probability, 3) == "99.9 %");
  CHECK(label_of(0.9996, Unit::probability, 3) == ">99.9 %");
  CHECK(label_of(0.996, Unit::probability, 2) == ">99 %");
  CHECK(label_of(1e-30, Unit::probability, 3) == "1e-28 %");
}

TEST_CASE("a logarithmic axis has powers of ten, and ticks at 2 and 5 between them") {
  // The ends as a sweep computes them, not quite what they are meant to be.
  const auto ticks = ticks_of({1000 * (1 + 1e-15), 1e7 * (1 - 1e-15), true}, Unit::nanoseconds);
  CHECK(labels_of(ticks) ==
        Labels{"1 µs", "", "", "10 µs", "", "", "100 µs", "", "", "1 ms", "", "", "10 ms"});
  const std::vector<double> values{1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7};
  REQUIRE(ticks.size() == values.size());
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(ticks[i].value == values[i]);
}

TEST_CASE("a logarithmic axis without two powers of ten has others") {
  CHECK(labels_of(ticks_of({15, 600, true}, Unit::number)) ==
        Labels{"20", "50", "100", "200", "500"});
  CHECK(labels_of(ticks_of({2.1, 2.3, true}, Unit::number)) ==
        Labels{"2.1", "2.15", "2.2", "2.25", "2.3"});
}

TEST_CASE("a linear axis has multiples of 1, 2 or 5 times a power of ten") {
  CHECK(labels_of(ticks_of({0, 1}, Unit::number)) == Labels{"0", "0.2", "0.4", "0.6", "0.8", "1"});
  CHECK(labels_of(ticks_of({0, 0.3}, Unit::number)) ==
        Labels{"0", "0.05", "0.1", "0.15", "0.2", "0.25", "0.3"});
  CHECK(labels_of(ticks_of({-7, 12}, Unit::number)) == Labels{"−5", "0", "5", "10"});
  CHECK(labels_of(ticks_of({0, 1.9e6}, Unit::nanoseconds)) ==
        Labels{"0", "500 µs", "1 ms", "1.5 ms"});
  CHECK(ticks_of({0, 0.3}, Unit::number).back().value == 0.3);
}

TEST_CASE("one value has one tick") {
  for (const bool logarithmic : {false, true}) {
    CHECK(labels_of(ticks_of({12'345, 12'345, logarithmic}, Unit::nanoseconds)) ==
          Labels{"12.345 µs"});
    const double next = std::nextafter(12'345.0, 1e9);
    CHECK(ticks_of({12'345, next, logarithmic}, Unit::nanoseconds).size() == 1);
  }
  CHECK(labels_of(ticks_of({0, 0}, Unit::nanoseconds)) == Labels{"0"});
}

TEST_CASE("a probability's axis ends at the first round value that is not below") {
  const auto end_of = [](double highest) { return labels_of(tools::ticks_from_zero(highest)); };
  CHECK(end_of(0.098) == Labels{"0 %", "2 %", "4 %", "6 %", "8 %", "10 %"});
  CHECK(end_of(0.3).back() == "30 %");
  CHECK(end_of(0.00037) == Labels{"0 %", "0.01 %", "0.02 %", "0.03 %", "0.04 %"});
  CHECK(end_of(1) == Labels{"0 %", "20 %", "40 %", "60 %", "80 %", "100 %"});
  CHECK(end_of(0.97).back() == "100 %");
  CHECK(end_of(0).back() == "100 %");
  for (double highest = 1; highest > 1e-19; highest /= 1.37) {
    const auto ticks = tools::ticks_from_zero(highest);
    CHECK(ticks.back().value >= highest);
    CHECK(ticks.back().value <= 1);
    CHECK(ticks[ticks.size() - 2].value < highest);
    CHECK(ticks.size() <= 7);
  }
}

TEST_CASE("positions on a logarithmic scale are those of the logarithm") {
  for (const auto& [low, high] : {std::pair(1e3, 1e7), {0.3, 0.7}, {1e-20, 1e20}, {7.0, 7.001}}) {
    const Scale scale({low, high, true}, 600, 7000);
    CHECK(scale.at(low) == 600);
    CHECK(scale.at(high) == 7000);
    for (int i = 0; i <= 1000; ++i) {
      const double value = low * std::pow(high / low, i / 1000.0);
      const double exact = 600 + 6400 * std::log(value / low) / std::log(high / low);
      CHECK(std::abs(scale.at(value) - exact) <= (high / low < 1.01 ? 1.0 : 0.501));
    }
  }
}

TEST_CASE("a scale is linear, may run either way, and stays within its ends") {
  const Scale right({0, 10}, 100, 600);
  CHECK(right.at(0) == 100);
  CHECK(right.at(2.5) == 225);
  CHECK(right.at(10) == 600);
  CHECK(right.at(10.1) == 600);
  const Scale up({0, 10}, 600, 100);
  CHECK(up.at(2.5) == 475);
  CHECK(Scale({3, 3}, 100, 600).at(3) == 350);
  CHECK(Scale({3, 3, true}, 600, 100).at(3) == 350);
}

TEST_CASE("labels that would touch are left out evenly") {
  const std::vector<tools::Extent> labels{{0, 30}, {40, 30}, {80, 30}, {120, 30}, {160, 30}};
  CHECK(stride_that_fits(labels, 10) == 1);
  CHECK(stride_that_fits(labels, 11) == 2);
  CHECK(stride_that_fits(labels, 51) == 3);
  CHECK(stride_that_fits(labels, 1000) == 5);
  CHECK(tools::stride_that_fits({}, 10) == 1);
}
