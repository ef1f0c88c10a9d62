// SPDX-License-Identifier: MIT
//
// Mermaid: every line is one of the grammar's, and texts cannot be taken for more.
#include <catch2/catch.hpp>
#include <regex>
#include <set>

#include "tests/lines.h"
#include "tests/tools/render/render_fixture.h"
#include "tools/render/lanes.h"
#include "tools/render/render.h"

using fixture::lines_of;
using model::Trace;
using tools::mermaid_sequence;

namespace {

/// What Mermaid shows of a text.
std::string decoded(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '#') {
      result += text[i];
      continue;
    }
    const std::size_t end = text.find(';', i);
    REQUIRE(end != text.npos);
    result += static_cast<char>(std::stoi(text.substr(i + 1, end - i - 1)));
    i = end;
  }
  return result;
}

struct Read {
  std::vector<std::string> participants;
  unsigned arrows = 0;
  std::set<std::size_t> steps_with_note;
  unsigned rects = 0;
  unsigned ends = 0;
  std::string title;
  std::string inside_rect;
};

Read read(const std::string& text) {
  // A text has no semicolon but that of a code, no '#' but that of a code, no markup but a
  // line break.
  const std::string words = "((?:[^#;<\"{}%\\n]|#[0-9]+;|<br/>)+)";
  const std::regex participant("  participant (x_[a-z0-9]+) as " + words);
  const std::regex arrow("  (x_[a-z0-9]+)-\\)(x_[a-z0-9]+): step ([0-9]+): " + words);
  const std::regex note("  Note over (x_[a-z0-9]+)(?:,(x_[a-z0-9]+))?: (?:step ([0-9]+))?" + words);
  const std::regex title("  (title|accTitle:|accDescr:) " + words);
  Read result;
  const auto lines = lines_of(text);
  REQUIRE(lines.at(0) == "sequenceDiagram");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    INFO(lines[i]);
    std::smatch match;
    const auto is_known = [&](const std::string& id) {
      return std::count(result.participants.begin(), result.participants.end(), id) == 1;
    };
    if (result.rects != 0 && result.ends == 0) result.inside_rect += lines[i] + "\n";
    if (std::regex_match(lines[i], match, participant)) {
      CHECK(!is_known(match[1]));
      result.participants.push_back(match[1]);
    } else if (std::regex_match(lines[i], match, arrow)) {
      CHECK(is_known(match[1]));
      CHECK(is_known(match[2]));
      ++result.arrows;
    } else if (std::regex_match(lines[i], match, note)) {
      CHECK(is_known(match[1]));
      if (match[2].length() != 0) CHECK(is_known(match[2]));
      if (match[3].length() != 0) result.steps_with_note.insert(std::stoul(match[3]));
    } else if (std::regex_match(lines[i], match, title)) {
      if (match[1] == "title") result.title = match[2];
    } else if (lines[i].rfind("  rect rgba(", 0) == 0) {
      ++result.rects;
    } else {
      CHECK(lines[i] == "  end");
      ++result.ends;
    }
  }
  CHECK(result.rects == result.ends);
  return result;
}

}  // namespace

TEST_CASE("a diagram has the lanes and arrows of its run") {
  std::size_t arrows = 0;
  for (const Trace& trace : render_fixture::many_runs(2)) {
    const bool every_step = trace.steps.size() % 2 == 0;
    const tools::Lanes lanes = tools::lanes_of(trace, every_step);
    const Read found = read(mermaid_sequence(trace, every_step));
    REQUIRE(found.participants.size() == lanes.actors.size());
    for (std::size_t i = 0; i < lanes.actors.size(); ++i) {
      CHECK(found.participants[i] == "x_" + std::string(model::short_name(lanes.actors[i])));
    }
    CHECK(found.arrows == lanes.messages.size());
    CHECK(found.rects == (trace.end == sim::End::violation ? 1 : 0));
    arrows += found.arrows;
  }
  CHECK(arrows > 1000);
}

TEST_CASE("changes of an MR are notes, and the violation is marked") {
  const Trace trace = render_fixture::double_unmap();
  const Read found = read(mermaid_sequence(trace, false));
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    for (const model::Event& event : trace.steps[i].events) {
      if (event.kind != model::EventKind::fr_state) continue;
      CHECK(found.steps_with_note.count(i + 1) == 1);
    }
  }
  CHECK(found.inside_rect.find("step " + std::to_string(trace.steps.size())) != std::string::npos);
  CHECK(found.inside_rect.find("VIOLATION") != std::string::npos);
}

TEST_CASE("Mermaid shows any title as it is") {
  Trace trace = render_fixture::double_unmap();
  trace.scenario.title = render_fixture::hostile_title;
  const Read found = read(mermaid_sequence(trace, false));
  CHECK(decoded(found.title) == model::printable(render_fixture::hostile_title));
}

TEST_CASE("Mermaid of a run without a step") {
  Trace trace = render_fixture::double_unmap();
  trace.steps.clear();
  trace.end = sim::End::step_limit;
  CHECK(read(mermaid_sequence(trace, false)).arrows == 0);
}

TEST_CASE("mermaid: the same run is the same bytes in any locale") {
  const Trace trace = render_fixture::double_unmap();
  const std::string once = mermaid_sequence(trace, true);
  const render_fixture::GroupingLocale other;
  CHECK(mermaid_sequence(trace, true) == once);
}
