// SPDX-License-Identifier: MIT
//
// The marks of a sequence diagram: each means one thing, the legend has those that occur,
// and all can be told apart on a light page and on a dark one, also without colours.
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "tests/tools/render/render_fixture.h"
#include "tests/tools/svg_fixture.h"
#include "tools/render/lanes.h"
#include "tools/render/render.h"
#include "tools/words/svg.h"

using model::Trace;
using svg_fixture::Element;
using svg_fixture::elements_of;
using svg_fixture::points_of;

namespace {

constexpr const char* lost = "lost with its connection";
constexpr const char* right_unmap = "DMA unmap";
constexpr const char* wrong_unmap = "DMA unmap, not mapped";

const std::set<std::string> meanings{"MR handed to a worker",
                                     "work request posted",
                                     "its completion",
                                     "wake-up, request, news of the connection",
                                     lost,
                                     "concerns every lane",
                                     "DMA-mapped",
                                     "not mapped",
                                     "changes the MR",
                                     right_unmap,
                                     wrong_unmap,
                                     "steps left out"};

/// Below the last of what happens: faint texts that begin at their place.
std::set<std::string> legend_of(const std::vector<Element>& elements) {
  std::set<std::string> found;
  for (const Element& element : elements) {
    const bool is_faint = element.name == "text" && element.has("class", "faint-fill") &&
                          elements[element.parent].name == "svg";
    if (is_faint && meanings.count(element.text) != 0) found.insert(element.text);
  }
  return found;
}

/// Diamonds at steps, by filling.
unsigned diamonds(const std::vector<Element>& elements, const std::string& classes) {
  unsigned n = 0;
  for (const Element& element : elements) {
    if (element.name != "polygon" || points_of(element).size() != 4) continue;
    n += element.has("class", classes) && elements[element.parent].name == "g" ? 1 : 0;
  }
  return n;
}

unsigned count_unmaps(const Trace& trace, bool wrong) {
  unsigned n = 0;
  for (const model::TraceStep& step : trace.steps) {
    for (const model::Event& event : step.events) {
      if (event.kind != model::EventKind::dma_unmap) continue;
      const bool is_mapped = static_cast<model::DmaState>(event.from) == model::DmaState::mapped;
      n += is_mapped != wrong ? 1 : 0;
    }
  }
  return n;
}

/// WCAG 2: of two colours "#rrggbb".
double contrast(std::string_view a, std::string_view b) {
  const auto luminance = [](std::string_view colour) {
    const auto part = [&](std::size_t at) {
      const double c = std::stoi(std::string(colour.substr(at, 2)), nullptr, 16) / 255.0;
      return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
  };
  const double one = luminance(a) + 0.05;
  const double two = luminance(b) + 0.05;
  return std::max(one, two) / std::min(one, two);
}

void check_contrast(const tools::Ink& ink, const tools::Ink& ground, double least) {
  CAPTURE(ink.name, ground.name);
  CHECK(contrast(ink.light, ground.light) >= least);
  CHECK(contrast(ink.dark, ground.dark) >= least);
}

}  // namespace

TEST_CASE("a legend has the marks that occur and no other") {
  unsigned lost_ones = 0;
  unsigned wrong_ones = 0;
  std::vector<Trace> runs = render_fixture::many_runs(2);
  runs.push_back(
      render_fixture::failing_run(render_fixture::scenario("r11-lost-wakeup"), "leave-registered"));
  for (const Trace& trace : runs) {
    INFO(trace.scenario.name << " " << trace.token());
    const tools::Lanes lanes = tools::lanes_of(trace, false);
    std::set<std::string> expected;
    for (const tools::Message& message : lanes.messages) {
      if (message.lost != 0) expected.insert(lost);
      expected.insert(message.kind == tools::MessageKind::hand_over ? "MR handed to a worker"
                      : message.kind == tools::MessageKind::post    ? "work request posted"
                      : message.kind == tools::MessageKind::completion
                          ? "its completion"
                          : "wake-up, request, news of the connection");
    }
    bool is_mapped = false;
    for (const auto& life : lanes.mrs) {
      for (const auto& span : life.spans) is_mapped = is_mapped || span.is_mapped;
    }
    if (is_mapped) expected.insert("DMA-mapped");
    if (!lanes.mrs.empty()) expected.insert("not mapped");
    if (lanes.mrs.size() == 1) expected.insert("changes the MR");
    if (count_unmaps(trace, false) != 0) expected.insert(right_unmap);
    if (count_unmaps(trace, true) != 0) expected.insert(wrong_unmap);
    if (tools::moments_of(trace, lanes, false).size() != trace.steps.size()) {
      expected.insert("steps left out");
    }
    CHECK(legend_of(elements_of(tools::sequence_svg(trace, false))) == expected);
    lost_ones += static_cast<unsigned>(expected.count(lost));
    wrong_ones += static_cast<unsigned>(expected.count(wrong_unmap));
  }
  CHECK(lost_ones > 0);
  CHECK(wrong_ones > 0);
}

TEST_CASE("every unmap is marked, and the one of what is not mapped in its own way") {
  unsigned wrong = 0;
  for (const Trace& trace : render_fixture::many_runs(1)) {
    INFO(trace.scenario.name << " " << trace.token());
    const auto elements = elements_of(tools::sequence_svg(trace, false));
    CHECK(diamonds(elements, "page-fill text-stroke") == count_unmaps(trace, false));
    CHECK(diamonds(elements, "alarm-fill page-stroke") == count_unmaps(trace, true));
    wrong += count_unmaps(trace, true);
  }
  CHECK(wrong > 0);
}

TEST_CASE("where there is one MR, both its unmaps are said in words beside it") {
  const Trace trace = render_fixture::double_unmap();
  const std::vector<std::string> words{"mr=1"};
  const auto elements =
      elements_of(tools::sequence_svg(trace, false, tools::only_of(words, trace)));
  std::vector<std::string> notes;
  double right = 0;
  for (const Element& element : elements)
    right = std::max(right, element.name == "svg" ? element.number("width") : 0);
  for (const Element& element : elements) {
    const bool is_note = element.name == "text" && element.number("x") > right - 120 &&
                         element.has("font-weight", "bold");
    if (is_note) notes.push_back(element.text);
  }
  CHECK(notes == std::vector<std::string>{"DMA unmap", "DMA unmap", "again"});
  CHECK(diamonds(elements, "page-fill text-stroke") == 1);
  CHECK(diamonds(elements, "alarm-fill page-stroke") == 1);
}

TEST_CASE("the colour of alarm is of what must not be, and of nothing else") {
  Trace good = render_fixture::run(render_fixture::scenario("upstream-report"), "leave-registered",
                                   sim::UniformStrategy(3));
  REQUIRE(good.end != sim::End::violation);
  REQUIRE(count_unmaps(good, true) == 0);
  const std::string svg = tools::sequence_svg(good, false);
  CHECK(svg.find("alarm") == std::string::npos);
  CHECK(svg.find(std::string(tools::ink::alarm.light)) == std::string::npos);
}

TEST_CASE("every colour of a picture in docs/ has a dark twin") {
  for (const char* name : {"race.svg", "upstream-report.svg", "slide.svg"}) {
    INFO(name);
    std::ifstream file(std::string(FRWRSIM_SCENARIO_DIR) + "/../docs/" + name);
    const std::string svg{std::istreambuf_iterator<char>(file), {}};
    REQUIRE(svg.find("@media (prefers-color-scheme: dark)") != std::string::npos);
    unsigned colours = 0;
    for (const Element& element : elements_of(svg)) {
      for (const std::string property : {"fill", "stroke"}) {
        const auto colour = element.attributes.find(property);
        if (colour == element.attributes.end() || colour->second == "none") continue;
        ++colours;
        std::istringstream classes(element.attributes.at("class"));
        unsigned rules = 0;
        for (std::string one; classes >> one;) {
          rules += svg.find("." + one + "{" + property + ":#") != std::string::npos ? 1 : 0;
        }
        CHECK(rules == 1);
      }
    }
    CHECK(colours > 50);
  }
}

TEST_CASE("texts and outlines stand out on a light page and on a dark one") {
  namespace ink = tools::ink;
  for (const tools::Ink& text : {ink::text, ink::faint, ink::alarm}) {
    check_contrast(text, ink::page, 4.5);
    check_contrast(text, ink::alarm_tint, 4.5);
  }
  for (const tools::Ink& band : {ink::valid, ink::flushed}) check_contrast(ink::text, band, 4.5);
  for (const tools::Ink& edge : {ink::axis, ink::invalid_edge, ink::valid_edge, ink::flushed_edge,
                                 ink::curves[0], ink::alarm}) {
    check_contrast(edge, ink::page, 3);
  }
  check_contrast(ink::flushed_edge, ink::flushed, 3);
  check_contrast(ink::alarm, ink::alarm_tint, 3);
  check_contrast(ink::axis, ink::page, 3);
}
