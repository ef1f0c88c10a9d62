// SPDX-License-Identifier: MIT
//
// Charts: what a reader sees of the data, and that the picture stands alone.
#include "tools/study/chart.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <locale>
#include <set>
#include <sstream>
#include <stdexcept>

#include "tests/tools/svg_fixture.h"
#include "tools/study/heat_colour.h"
#include "tools/words/svg.h"

using svg_fixture::Element;
using svg_fixture::elements_of;
using svg_fixture::Point;
using svg_fixture::points_of;
using tools::Curve;
using tools::CurveChart;
using tools::CurvePoint;
using tools::HeatMap;
using tools::svg_of;
using tools::Unit;

namespace {

/// Probabilities from a little above 0 to `highest`, at 13 values from 1 µs to 10 ms.
Curve rising(const std::string& name, double highest) {
  Curve curve{name, {}};
  for (int i = 0; i < 13; ++i) {
    const double p = highest * (i + 1) / 13;
    curve.points.push_back({1000 * std::pow(10, i / 3.0), p * 0.9, p, p + (1 - p) * 0.02});
  }
  return curve;
}

Curve never(const std::string& name) {
  Curve curve = rising(name, 0);
  for (CurvePoint& point : curve.points) point.high = 0.0025;
  return curve;
}

CurveChart chart_of(std::vector<Curve> curves) {
  return {"Double unmap",
          "upstream-report; 1500 seeds",
          {"Mean delay", Unit::nanoseconds},
          true,
          "Runs that fail",
          std::move(curves)};
}

HeatMap map_of(std::vector<double> xs, std::vector<double> ys, std::vector<double> values) {
  return {"Double unmap",
          "upstream-report; 1500 seeds",
          {"Delay", Unit::nanoseconds},
          {"Budget", Unit::number},
          std::move(xs),
          std::move(ys),
          std::move(values),
          "Fails"};
}

HeatMap big_map(std::size_t columns, std::size_t rows) {
  HeatMap map = map_of({}, {}, {});
  for (std::size_t i = 0; i < columns; ++i) map.xs.push_back(1000 * std::pow(10, double(i) / 6));
  for (std::size_t j = 0; j < rows; ++j) map.ys.push_back(double(j));
  for (std::size_t k = 0; k < columns * rows; ++k) {
    map.values.push_back(double(k) / double(columns * rows));
  }
  return map;
}

const std::string long_text =
    "The probability of a double DMA unmap of an MR whose FASTREG is in flight, as it depends on "
    "the MEAN DELAY OF THE SOFTIRQ, with " +
    std::string(300, 'W') + " and what follows";

CurveChart wordy_chart() {
  CurveChart chart = chart_of({rising(long_text, 0.4), never(long_text), rising("short", 0.1)});
  chart.title = chart.subtitle = chart.x.title = chart.y_title = long_text;
  return chart;
}

HeatMap wordy_map() {
  HeatMap map = big_map(13, 9);
  map.title = map.subtitle = map.x.title = map.y.title = map.value_title = long_text;
  return map;
}

/// What is to be true of any picture is checked of these.
std::vector<std::string> pictures() {
  std::vector<Curve> many;
  for (int i = 0; i < 25; ++i) many.push_back(rising("policy " + std::to_string(i), i / 30.0));
  CurveChart linear = chart_of({rising("a", 0.2), rising("b", 0.9)});
  linear.logarithmic = false;
  CurveChart from_zero = linear;
  from_zero.curves = {{"a", {{0, 0, 0, 0}, {1, 0, 0, 0}}}};
  return {svg_of(chart_of({rising("pre-fix", 0.08), never("upstream-fix")})),
          svg_of(chart_of({never("a"), never("b"), never("c")})),
          svg_of(chart_of(many)),
          svg_of(linear),
          svg_of(from_zero),
          svg_of(chart_of({{"one", {{20'000, 0.1, 0.2, 0.3}}}})),
          svg_of(chart_of({{"same", {{7, 0, 0, 1}, {7, 1, 1, 1}, {7, 0, 1, 1}}}})),
          svg_of(chart_of({{"two", {{2000, 0, 0.1, 1}, {5000, 0, 0.3, 1}}}})),
          svg_of(chart_of({{"far", {{1e-20, 0, 0.1, 1}, {1e20, 0, 0.3, 1}}}})),
          svg_of(wordy_chart()),
          svg_of(wordy_map()),
          svg_of(big_map(13, 9)),
          svg_of(big_map(60, 100)),
          svg_of(map_of({1000}, {2}, {0.03})),
          svg_of(map_of({0, 0}, {0}, {0, 0}))};
}

std::vector<Element> named(const std::vector<Element>& elements, const std::string& name) {
  std::vector<Element> result;
  for (const Element& element : elements) {
    if (element.name == name) result.push_back(element);
  }
  return result;
}

std::vector<Element> bands_of(const std::vector<Element>& elements) {
  std::vector<Element> bands;
  for (const Element& element : named(elements, "polygon")) {
    if (element.attributes.count("fill-opacity") > 0) bands.push_back(element);
  }
  return bands;
}

struct Area {
  double left = 1e9;
  double top = 1e9;
  double right = -1e9;
  double bottom = -1e9;
};

/// What the lines of the grid span.
Area plot_area(const std::vector<Element>& elements) {
  Area area;
  for (const Element& line : named(elements, "line")) {
    if (!line.has("class", "grid-stroke")) continue;
    area.left = std::min(area.left, line.number("x1"));
    area.right = std::max(area.right, line.number("x2"));
    area.top = std::min(area.top, line.number("y1"));
    area.bottom = std::max(area.bottom, line.number("y2"));
  }
  return area;
}

/// Around a text, by the program's own estimate of its width.
Area area_of(const Element& text) {
  using tools::Font;
  const std::map<std::string, Font> fonts{
      {"17", Font::title}, {"13", Font::subtitle}, {"12", Font::label}, {"11", Font::small}};
  const std::string& size = text.attributes.at("font-size");
  const double width = tools::text_width(text.text, fonts.at(size)) / 10.0;
  double left = text.number("x");
  if (text.has("text-anchor", "middle")) left -= width / 2;
  if (text.has("text-anchor", "end")) left -= width;
  const double base = text.number("y");
  return {left, base - 0.75 * std::stod(size), left + width, base + 0.2 * std::stod(size)};
}

std::set<std::string> texts_of(const std::string& svg) {
  std::set<std::string> texts;
  for (const Element& text : named(elements_of(svg), "text")) texts.insert(text.text);
  return texts;
}

/// WCAG 2's relative luminance.
double luminance(const std::array<int, 3>& channels) {
  std::array<double, 3> linear{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double c = channels[i] / 255.0;
    linear[i] = c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  }
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

double contrast(const std::array<int, 3>& a, const std::array<int, 3>& b) {
  const auto [dark, light] = std::minmax({luminance(a), luminance(b)});
  return (light + 0.05) / (dark + 0.05);
}

std::array<int, 3> channels_of(std::string_view colour) {
  std::array<int, 3> channels{};
  for (std::size_t i = 0; i < 3; ++i) {
    channels[i] = std::stoi(std::string(colour.substr(1 + 2 * i, 2)), nullptr, 16);
  }
  return channels;
}

}  // namespace

TEST_CASE("a picture is one SVG element that says its size and what it shows") {
  for (const std::string& svg : pictures()) {
    const auto elements = elements_of(svg);
    const Element& root = elements.front();
    CHECK(root.name == "svg");
    CHECK(root.has("xmlns", "http://www.w3.org/2000/svg"));
    CHECK(root.has("version", "1.1"));
    CHECK(root.has("role", "img"));
    CHECK(root.has("viewBox",
                   "0 0 " + root.attributes.at("width") + " " + root.attributes.at("height")));
    CHECK(elements[1].name == "title");
    CHECK(elements[2].name == "desc");
    for (const char* bad : {"nan", "inf", "<script", "href", "url(", "@import", "var("}) {
      CHECK(svg.find(bad) == std::string::npos);
    }
  }
}

TEST_CASE("a picture has its own background, and colours for light and for dark pages") {
  for (const std::string& svg : pictures()) {
    const auto elements = elements_of(svg);
    const Element background = named(elements, "rect").front();
    CHECK(background.has("class", "page-fill"));
    CHECK(background.attributes.at("width") == elements[0].attributes.at("width"));
    CHECK(background.attributes.at("height") == elements[0].attributes.at("height"));
    const std::string style = named(elements, "style").at(0).text;
    CHECK(style.find("@media (prefers-color-scheme: dark) {") == 0);
    for (const Element& element : elements) {
      const auto classes = element.attributes.find("class");
      if (classes == element.attributes.end()) continue;
      std::istringstream words(classes->second);
      for (std::string word; words >> word;) {
        const std::string property = word.substr(word.rfind('-') + 1);
        CHECK(style.find("\n." + word + "{" + property + ":#") != std::string::npos);
        CHECK(element.attributes.at(property)[0] == '#');
      }
    }
  }
}

TEST_CASE("texts are on the page and do not overlap") {
  for (const std::string& svg : pictures()) {
    const auto elements = elements_of(svg);
    std::vector<Area> areas;
    for (const Element& text : named(elements, "text")) {
      INFO(text.text);
      const Area area = area_of(text);
      CHECK(area.left >= 0);
      CHECK(area.right <= elements[0].number("width"));
      CHECK(area.bottom <= elements[0].number("height"));
      CHECK(std::none_of(areas.begin(), areas.end(), [&](const Area& other) {
        return area.left < other.right && other.left < area.right && area.top < other.bottom &&
               other.top < area.bottom;
      }));
      areas.push_back(area);
    }
  }
}

TEST_CASE("a text is not longer than it is taken for") {
  // Advances of DejaVu Sans, in ems: digits and micro 0.636, blank and point 0.318, s 0.521,
  // W 0.989, percent 0.950, < 0.838.
  CHECK(tools::text_width("100 µs", tools::Font::label) >= 120 * (3 * 0.636 + 0.318 + 1.157));
  CHECK(tools::text_width("WWWW", tools::Font::label) >= 120 * 4 * 0.989);
  CHECK(tools::text_width("0.5 %", tools::Font::label) >= 120 * (2 * 0.636 + 2 * 0.318 + 0.950));
  CHECK(tools::text_width("<0.01", tools::Font::label) >= 120 * (0.838 + 3 * 0.636 + 0.318));
  CHECK(tools::text_width("100 µs", tools::Font::label) <= 120 * 4);
  CHECK(tools::shortened("µµµµµµ", tools::Font::label, 300) == "µµ…");
}

TEST_CASE("what XML takes for markup is text") {
  CurveChart chart = chart_of({never("a<b"), never("\"c\" & 'd'")});
  chart.title = "p < 1 && \"q\" > 0 </title><script>";
  chart.subtitle =
      "line\x01"
      "feed";
  const std::string svg = svg_of(chart);
  const auto elements = elements_of(svg);
  CHECK(elements[1].text == chart.title);
  CHECK(elements[2].text ==
        "line\\x01"
        "feed");
  CHECK(texts_of(svg).count("a<b") == 1);
  CHECK(texts_of(svg).count("\"c\" & 'd'") == 1);
  CHECK(named(elements, "script").empty());
}

TEST_CASE("a curve rises to the right and up, within the plot and within its band") {
  for (const bool logarithmic : {false, true}) {
    CurveChart chart = chart_of({rising("a", 0.08), never("b")});
    chart.logarithmic = logarithmic;
    const auto elements = elements_of(svg_of(chart));
    const Area area = plot_area(elements);
    const auto curves = named(elements, "polyline");
    const auto bands = bands_of(elements);
    REQUIRE(curves.size() == 2);
    REQUIRE(bands.size() == 2);
    for (std::size_t c = 0; c < 2; ++c) {
      const auto line = points_of(curves[c]);
      const auto around = points_of(bands[c]);
      REQUIRE(line.size() == 13);
      REQUIRE(around.size() == 26);
      for (std::size_t i = 0; i < line.size(); ++i) {
        const Point& high = around[i];
        const Point& low = around[25 - i];
        CHECK(high.x == line[i].x);
        CHECK(low.x == line[i].x);
        CHECK(high.y < line[i].y);
        CHECK(low.y >= line[i].y);
        CHECK(line[i].x > area.left);
        CHECK(line[i].x < area.right);
        CHECK(high.y >= area.top);
        CHECK(low.y <= area.bottom);
        if (i > 0) CHECK(line[i].x > line[i - 1].x);
        if (i > 0 && c == 0) CHECK(line[i].y < line[i - 1].y);
        if (c == 1) CHECK(line[i].y == area.bottom);
      }
    }
    // 13 values of equal ratios: equal distances on one axis, 3 in the first tenth of
    // the last power of ten on the other.
    const auto line = points_of(curves[0]);
    const double whole = line[12].x - line[0].x;
    CHECK(std::abs(line[6].x - line[0].x - whole * (logarithmic ? 0.5 : 0.009901)) < 0.2);
  }
}

TEST_CASE("the axes of a chart are labelled with round values") {
  const auto texts = texts_of(svg_of(chart_of({rising("a", 0.07)})));
  // The highest end of an interval is 0.07 + 0.93 * 0.02 = 0.0886.
  for (const char* label : {"1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "0 %", "2 %", "4 %", "6 %",
                            "8 %", "10 %", "Mean delay", "Runs that fail"}) {
    INFO(label);
    CHECK(texts.count(label) == 1);
  }
  CHECK(texts.count("12 %") == 0);
}

TEST_CASE("names are at the ends of curves that end apart, else in a legend") {
  const auto place_of = [](const std::string& svg, const std::string& name) {
    for (const Element& text : named(elements_of(svg), "text")) {
      if (text.text == name) return Point{text.number("x"), text.number("y")};
    }
    return Point{-1, -1};
  };
  const std::string apart = svg_of(chart_of({rising("a", 0.08), never("b")}));
  CHECK(place_of(apart, "a").x > plot_area(elements_of(apart)).right);
  CHECK(place_of(apart, "a").y < place_of(apart, "b").y);
  const std::string together = svg_of(chart_of({never("a"), never("b")}));
  CHECK(place_of(together, "a").y < plot_area(elements_of(together)).top);
  CHECK(place_of(together, "b").x > place_of(together, "a").x);
  CHECK(place_of(svg_of(chart_of({never("a")})), "a").x == -1);
  // One ends in the middle of the plot.
  Curve half = rising("half", 0.3);
  half.points.resize(6);
  const std::string early = svg_of(chart_of({half, never("b")}));
  CHECK(place_of(early, "half").y < plot_area(elements_of(early)).top);
}

TEST_CASE("a heat map's rows grow upwards and its columns to the right") {
  const HeatMap map = map_of({1000, 2000, 5000}, {1, 2}, {0.01, 0.02, 0.03, 0.04, 0.05, 0.06});
  const auto elements = elements_of(svg_of(map));
  std::map<std::string, Element> cells;
  for (const Element& rect : named(elements, "rect")) {
    if (elements[rect.parent].name != "g") continue;
    for (const Element& title : named(elements, "title")) {
      if (title.parent == rect.parent) cells.emplace(title.text, rect);
    }
  }
  REQUIRE(cells.size() == 6);
  const Element& first = cells.at("1 µs, 1: 1 %");
  const Element& right = cells.at("2 µs, 1: 2 %");
  const Element& above = cells.at("1 µs, 2: 4 %");
  CHECK(right.number("x") == first.number("x") + first.number("width"));
  CHECK(right.number("y") == first.number("y"));
  CHECK(above.number("y") == first.number("y") - first.number("height"));
  CHECK(above.number("x") == first.number("x"));
  CHECK(cells.at("5 µs, 2: 6 %").has("fill", "#fde725"));  // the end of the scale, 6 %
  const auto texts = texts_of(svg_of(map));
  for (const char* text :
       {"1 µs", "5 µs", "1", "2", "3", "6", "0 %", "6 %", "Delay", "Budget", "Fails, in %"}) {
    INFO(text);
    CHECK(texts.count(text) == 1);
  }
}

TEST_CASE("cells too small for their values are without") {
  CHECK(texts_of(svg_of(big_map(13, 9))).count("Fails, in %") == 1);
  CHECK(texts_of(svg_of(big_map(60, 9))).count("Fails, in %") == 0);
  CHECK(texts_of(svg_of(big_map(13, 60))).count("Fails, in %") == 0);
  // 0 is not little, little is not 0, and nearly 1 is not 1.
  const auto texts = texts_of(svg_of(map_of({1, 2, 3}, {4}, {0, 1e-9, 0.9999})));
  CHECK(texts.count("0") == 1);
  CHECK(texts.count("<0.01") == 1);
  CHECK(texts.count(">99") == 1);
}

TEST_CASE("texts have a contrast of 4.5 to what is behind them") {
  for (int shade = 0; shade <= tools::last_shade; ++shade) {
    const tools::Rgb colour = tools::colour_of(shade);
    CHECK(contrast(colour.channels, tools::text_colour_on(colour).channels) >= 4.5);
    if (shade >= 10) {  // of neighbours the rounding may decide
      CHECK(luminance(colour.channels) > luminance(tools::colour_of(shade - 10).channels));
    }
  }
  std::vector<tools::Ink> inks{tools::ink::text, tools::ink::faint};
  inks.insert(inks.end(), tools::ink::curves.begin(), tools::ink::curves.end());
  for (const tools::Ink& ink : inks) {
    INFO(ink.name);
    CHECK(contrast(channels_of(ink.light), channels_of(tools::ink::page.light)) >= 4.5);
    CHECK(contrast(channels_of(ink.dark), channels_of(tools::ink::page.dark)) >= 4.5);
  }
}

TEST_CASE("what cannot be drawn is refused") {
  const auto refused = [](const auto& chart) {
    CHECK_THROWS_AS(svg_of(chart), std::invalid_argument);
  };
  refused(chart_of({}));
  refused(chart_of({{"empty", {}}}));
  refused(chart_of({{"zero on a logarithm", {{0, 0, 0, 0}}}}));
  refused(chart_of({{"descends", {{2, 0, 0, 0}, {1, 0, 0, 0}}}}));
  refused(chart_of({{"x", {{std::nan(""), 0, 0, 0}}}}));
  refused(chart_of({{"x", {{INFINITY, 0, 0, 0}}}}));
  refused(chart_of({{"x", {{1e-21, 0, 0, 0}}}}));
  refused(chart_of({{"x", {{1e21, 0, 0, 0}}}}));
  refused(chart_of({{"value", {{1, 0, std::nan(""), 1}}}}));
  refused(chart_of({{"low", {{1, 0.5, 0.4, 1}}}}));
  refused(chart_of({{"high", {{1, 0, 0.4, 0.3}}}}));
  refused(chart_of({{"high", {{1, 0, 0.4, 1.1}}}}));
  refused(map_of({}, {1}, {}));
  refused(map_of({1, 2}, {1}, {0.5}));
  refused(map_of({1}, {1}, {1.5}));
  refused(map_of({INFINITY}, {1}, {0.5}));
  // Ends of an interval that were computed.
  CHECK_NOTHROW(svg_of(chart_of({{"k = 0", {{1, 1e-19, 0, 0.1}}}})));
  CHECK_NOTHROW(svg_of(chart_of({{"k = n", {{1, 0.9, 1, 1 + 2e-16}}}})));
}

TEST_CASE("a picture does not depend on the locale") {
  struct Commas : std::numpunct<char> {
    [[nodiscard]] char do_decimal_point() const override { return ','; }
    [[nodiscard]] char do_thousands_sep() const override { return '.'; }
    [[nodiscard]] std::string do_grouping() const override { return "\3"; }
  };
  const auto before = pictures();
  const std::locale old = std::locale::global(std::locale(std::locale(), new Commas));
  const auto after = pictures();
  std::locale::global(old);
  CHECK(before == after);
}
