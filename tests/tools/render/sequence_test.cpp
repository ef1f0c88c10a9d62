// SPDX-License-Identifier: MIT
//
// The sequence diagram: well-formed, legible, and every line where its message went.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "model/scenario/names.h"
#include "tests/tools/render/render_fixture.h"
#include "tests/tools/svg_fixture.h"
#include "tools/render/lanes.h"
#include "tools/render/render.h"
#include "tools/words/svg.h"

using model::Trace;
using svg_fixture::Element;
using svg_fixture::elements_of;
using svg_fixture::points_of;
using tools::sequence_svg;

namespace {

struct Area {
  double left;
  double top;
  double right;
  double bottom;
};

/// Around a text, by the program's own estimate of its width.
Area area_of(const Element& text) {
  using tools::Font;
  const std::map<std::string, Font> fonts{
      {"17", Font::title}, {"13", Font::subtitle}, {"12", Font::label}};
  const std::string& size = text.attributes.at("font-size");
  double width = tools::text_width(text.text, fonts.at(size)) / 10.0;
  if (size != "17" && text.has("font-weight", "bold")) width *= 1.15;
  double left = text.number("x");
  if (text.has("text-anchor", "middle")) left -= width / 2;
  if (text.has("text-anchor", "end")) left -= width;
  const double base = text.number("y");
  return {left, base - 0.75 * std::stod(size), left + width, base + 0.2 * std::stod(size)};
}

Area area_of_box(const Element& box) {
  return {box.number("x"), box.number("y"), box.number("x") + box.number("width"),
          box.number("y") + box.number("height")};
}

bool meet(const Area& a, const Area& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

std::vector<Element> named(const std::vector<Element>& elements, const std::string& name) {
  std::vector<Element> result;
  for (const Element& element : elements) {
    if (element.name == name) result.push_back(element);
  }
  return result;
}

/// Of what stands for a message: its line, or its arrow's head.
std::vector<Element> of_messages(const std::vector<Element>& elements, const std::string& name) {
  std::set<std::size_t> groups;
  for (const Element& title : named(elements, "title")) {
    const bool is_message = title.text.rfind("step ", 0) != 0 && title.parent != 0;
    if (is_message) groups.insert(title.parent);
  }
  std::vector<Element> result;
  for (const Element& element : named(elements, name)) {
    if (groups.count(element.parent) != 0) result.push_back(element);
  }
  return result;
}

/// The box of every step that is shown.
std::map<std::size_t, Area> boxes_of_steps(const std::vector<Element>& elements) {
  std::map<std::size_t, Area> boxes;
  for (const Element& title : named(elements, "title")) {
    if (title.text.rfind("step ", 0) != 0) continue;
    for (const Element& box : named(elements, "rect")) {
      if (box.parent == title.parent)
        boxes.emplace(std::stoul(title.text.substr(5)), area_of_box(box));
    }
  }
  return boxes;
}

std::vector<Trace> every_ninth_run() {
  std::vector<Trace> runs;
  for (Trace& trace : render_fixture::many_runs(1)) {
    if (runs.empty() || trace.steps.size() % 9 == 0) runs.push_back(std::move(trace));
  }
  return runs;
}

}  // namespace

TEST_CASE("no text meets another, and all are on the page and in their boxes") {
  for (const Trace& trace : every_ninth_run()) {
    INFO(trace.scenario.name << " " << trace.token());
    const auto elements = elements_of(sequence_svg(trace, trace.steps.size() % 2 == 0));
    const double width = elements[0].number("width");
    const double height = elements[0].number("height");
    const auto texts = named(elements, "text");
    for (std::size_t i = 0; i < texts.size(); ++i) {
      INFO(texts[i].text);
      const Area area = area_of(texts[i]);
      const bool is_on_page =
          area.left >= 0 && area.top >= 0 && area.right <= width && area.bottom <= height;
      CHECK(is_on_page);
      for (std::size_t j = 0; j < i; ++j) {
        const bool both = meet(area, area_of(texts[j]));
        if (both) FAIL_CHECK("meets " << texts[j].text);
      }
    }
    for (const Element& box : named(elements, "rect")) {
      if (elements[box.parent].name != "g") continue;
      for (const Element& text : texts) {
        if (text.parent != box.parent || text.has("text-anchor", "end")) continue;
        const Area area = area_of(text);
        const Area around = area_of_box(box);
        const bool is_inside = area.left >= around.left && area.right <= around.right &&
                               area.top >= around.top && area.bottom <= around.bottom + 0.1;
        CHECK(is_inside);
      }
    }
  }
}

TEST_CASE("every message leads from the step that sends it to the one that takes it") {
  std::size_t all = 0;
  for (const Trace& trace : every_ninth_run()) {
    INFO(trace.scenario.name << " " << trace.token());
    const tools::Lanes lanes = tools::lanes_of(trace, false);
    const auto elements = elements_of(sequence_svg(trace, false));
    const auto boxes = boxes_of_steps(elements);
    const auto lines = of_messages(elements, "polyline");
    REQUIRE(lines.size() == lanes.messages.size());
    std::size_t taken = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const tools::Message& message = lanes.messages[i];
      const auto points = points_of(lines[i]);
      const Area& from = boxes.at(message.sent);
      const double off =
          std::min(std::abs(points.front().x - from.left), std::abs(points.front().x - from.right));
      CHECK(off < 0.05);
      CHECK((points.front().y > from.top && points.front().y < from.bottom));
      if (message.taken == 0) continue;
      ++taken;
      const Area& to = boxes.at(message.taken);
      CHECK(std::abs(points.back().x - to.left) <= 4.1);  // and the arrow's head
      CHECK((points.back().y > to.top - 3.1 && points.back().y < to.bottom + 3.1));
    }
    CHECK(of_messages(elements, "polygon").size() == taken);
    all += taken;
  }
  CHECK(all > 500);
}

TEST_CASE("messages that wait at the same time wait side by side") {
  const auto lines =
      of_messages(elements_of(sequence_svg(render_fixture::double_unmap(), true)), "polyline");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto a = points_of(lines[i]);
    for (std::size_t j = 0; j < i; ++j) {
      const auto b = points_of(lines[j]);
      CHECK((a[1].x != b[1].x || a[2].y <= b[1].y || b[2].y <= a[1].y));
    }
  }
}

TEST_CASE("lanes are the contexts, in their order") {
  const Trace trace = render_fixture::double_unmap();
  for (const bool every_step : {false, true}) {
    std::vector<std::string> expected;
    for (const auto actor : tools::lanes_of(trace, every_step).actors) {
      const std::string name(model::long_name(actor));
      expected.push_back(name.substr(0, name.find(' ')));
    }
    std::map<double, std::string> found;  // by place
    for (const Element& text : named(elements_of(sequence_svg(trace, every_step)), "text")) {
      if (text.has("font-size", "12") && text.has("text-anchor", "middle")) {
        found.emplace(text.number("x"), text.text.substr(0, text.text.find(' ')));
      }
    }
    std::vector<std::string> names;
    for (const auto& [x, name] : found) names.push_back(name);
    CHECK(names == expected);
  }
}

TEST_CASE("bands tell the states of every MR, and when it was mapped") {
  for (const Trace& trace : every_ninth_run()) {
    INFO(trace.scenario.name << " " << trace.token());
    std::map<unsigned, std::vector<std::string>> expected;
    std::map<unsigned, bool> mapped;
    std::size_t mappings = 0;
    for (const model::TraceStep& step : trace.steps) {
      for (const model::Event& event : step.events) {
        const bool is_state = event.kind == model::EventKind::fr_state;
        const bool is_map = event.kind == model::EventKind::dma_map;
        if (!is_state && !is_map && event.kind != model::EventKind::dma_unmap) continue;
        auto& own = expected[event.mr];
        if (own.empty()) own.emplace_back("INVALID");
        const std::string now(is_state ? model::fr_state_names.at(event.to) : own.back());
        if (own.back() != now) own.push_back(now);
        if (is_map && !mapped[event.mr]) ++mappings;
        if (!is_state) mapped[event.mr] = is_map;
      }
    }
    const std::set<std::string> names{"INVALID", "VALID", "FLUSHED_FR", "FLUSHED_LI"};
    const auto elements = elements_of(sequence_svg(trace, false));
    std::map<double, std::map<double, std::string>> found;  // by x, then y
    for (const Element& text : named(elements, "text")) {
      if (names.count(text.text) == 0 || elements[text.parent].name == "g") continue;
      found[text.number("x")][text.number("y")] = text.text;
    }
    std::vector<std::vector<std::string>> bands;
    for (const auto& [x, texts] : found) {
      bands.emplace_back();
      for (const auto& [y, text] : texts) bands.back().push_back(text);
    }
    std::vector<std::vector<std::string>> wanted;
    for (const auto& [mr, states] : expected) wanted.push_back(states);
    CHECK(bands == wanted);
    std::size_t filled = 0;
    for (const Element& box : named(elements, "rect")) {
      filled += box.has("class", "text-fill text-stroke") ? 1 : 0;
    }
    CHECK(filled == mappings + (mappings == 0 ? 0 : 1));  // the legend's
  }
}

TEST_CASE("the violation is marked in its row, or below all rows") {
  const auto marks = [](const Trace& trace) {
    unsigned n = 0;
    for (const Element& box : named(elements_of(sequence_svg(trace, false)), "rect")) {
      n += box.has("class", "alarm-tint-fill") && box.parent == 0 ? 1 : 0;
    }
    return n;
  };
  CHECK(marks(render_fixture::double_unmap()) == 2);
  CHECK(marks(render_fixture::failing_run(render_fixture::scenario("r11-lost-wakeup"),
                                          "leave-registered")) == 1);
  Trace good = render_fixture::double_unmap();
  good.steps.pop_back();
  good.end = sim::End::step_limit;
  CHECK(marks(good) == 0);
}

TEST_CASE("the picture stands alone, and has a dark colour for every light one") {
  const std::string svg = sequence_svg(render_fixture::double_unmap(), true);
  const auto elements = elements_of(svg);
  CHECK(elements.at(1).name == "title");
  CHECK(elements.at(2).name == "desc");
  CHECK(elements[2].text.find("VIOLATION: double DMA unmap of MR 1") != std::string::npos);
  const std::string style = named(elements, "style").at(0).text;
  CHECK(style.find("prefers-color-scheme: dark") != std::string::npos);
  for (const Element& element : elements) {
    CHECK(element.name != "script");
    for (const auto& [key, value] : element.attributes) {
      CHECK(key.rfind("on", 0) != 0);
      CHECK(key.find("href") == std::string::npos);
    }
    for (const std::string property : {"fill", "stroke"}) {
      const auto colour = element.attributes.find(property);
      if (colour == element.attributes.end() || colour->second == "none") continue;
      const std::string classes = " " + element.attributes.at("class") + " ";
      const std::size_t end = classes.find("-" + property + " ");
      REQUIRE(end != std::string::npos);
      const std::size_t begin = classes.rfind(' ', end) + 1;
      const std::string name = classes.substr(begin, end + 1 + property.size() - begin);
      CHECK(style.find("." + name + "{" + property + ":#") != std::string::npos);
    }
  }
}

TEST_CASE("any title is a text of the picture") {
  Trace trace = render_fixture::double_unmap();
  trace.scenario.title = render_fixture::hostile_title;
  const auto elements = elements_of(sequence_svg(trace, false));
  CHECK(elements.at(1).text == model::printable(render_fixture::hostile_title));
}

TEST_CASE("a picture of a run without a step, and of a timed one") {
  Trace trace = render_fixture::double_unmap();
  for (std::size_t i = 0; i < trace.steps.size(); ++i) trace.steps[i].time_ns = i * 1'234'567;
  std::set<std::string> texts;
  for (const Element& text : named(elements_of(sequence_svg(trace, true)), "text")) {
    texts.insert(text.text);
  }
  CHECK(texts.count("1234.567 µs") == 1);
  trace.steps.clear();
  trace.end = sim::End::step_limit;
  CHECK(elements_of(sequence_svg(trace, false)).size() > 3);
}

TEST_CASE("sequence: the same run is the same bytes in any locale") {
  const Trace trace = render_fixture::double_unmap();
  const std::string once = sequence_svg(trace, true);
  const render_fixture::GroupingLocale other;
  CHECK(sequence_svg(trace, true) == once);
}
