// SPDX-License-Identifier: MIT
//
// Lanes in plain text: what fits where, and that arrows go where messages go.
#include <catch2/catch.hpp>
#include <regex>
#include <set>

#include "tests/lines.h"
#include "tests/tools/render/render_fixture.h"
#include "tools/render/lanes.h"
#include "tools/render/render.h"

using fixture::lines_of;
using model::Trace;
using tools::text_lanes;

namespace {

/// The line below the names: where columns begin and end.
std::vector<std::pair<std::size_t, std::size_t>> columns_of(const std::string& text) {
  for (const std::string& line : lines_of(text)) {
    if (line.rfind("-----", 0) != 0) continue;
    std::vector<std::pair<std::size_t, std::size_t>> columns;
    for (std::size_t at = line.find(' '); at != line.npos;) {
      at = line.find('-', at);
      const std::size_t end = std::min(line.find(' ', at), line.size());
      columns.emplace_back(at, end);
      at = line.find(' ', end);
    }
    return columns;
  }
  FAIL("no columns");
  return {};
}

int group_of(sim::ActorId actor) {
  using model::Role;
  const Role role = model::role_of(actor);
  if (role == Role::task) return 10 + actor;
  if (role == Role::recovery_worker || role == Role::refresh_worker) return 1;
  if (role == Role::rnic || role == Role::softirq) return 2;
  if (role == Role::server || role == Role::reply_handler) return 3;
  return 4;
}

}  // namespace

TEST_CASE("text is ASCII, and within its columns") {
  for (const Trace& trace : render_fixture::many_runs(2)) {
    const std::string text = text_lanes(trace, trace.steps.size() % 2 == 0);
    INFO(text);
    const auto columns = columns_of(text);
    std::set<int> groups;
    for (const auto actor : tools::lanes_of(trace, trace.steps.size() % 2 == 0).actors) {
      groups.insert(group_of(actor));
    }
    CHECK(columns.size() == groups.size());
    const std::size_t width = columns.size() <= 4 ? 80 : columns.back().second;
    CHECK(columns.back().second <= width);
    for (const std::string& line : lines_of(text)) {
      CHECK(line.size() <= std::max<std::size_t>(width, 80));
      CHECK((line.empty() || line.back() != ' '));
      for (const char c : line) CHECK((c >= ' ' && c < 0x7f));
    }
  }
}

TEST_CASE("text has an arrow for every other column that a shown step leaves something for") {
  std::size_t all = 0;
  for (const Trace& trace : render_fixture::many_runs(2)) {
    const tools::Lanes lanes = tools::lanes_of(trace, false);
    std::set<std::pair<std::size_t, int>> expected;
    for (const tools::Message& m : lanes.messages) {
      if (group_of(m.from) != group_of(m.to)) expected.emplace(m.sent, group_of(m.to));
    }
    const std::string text = text_lanes(trace, false);
    INFO(text);
    const std::string body = text.substr(text.find("\n-----") + 1);
    const std::regex arrow(" -{2,}>|<-{2,}");
    const auto found = std::distance(std::sregex_iterator(body.begin(), body.end(), arrow), {});
    CHECK(static_cast<std::size_t>(found) == expected.size());
    all += expected.size();
  }
  CHECK(all > 1000);
}

TEST_CASE("text shows each noteworthy step once, in order, and marks the violation") {
  const Trace trace = render_fixture::double_unmap();
  const std::string text = text_lanes(trace, false);
  std::vector<std::size_t> steps;
  std::vector<std::size_t> marked;
  for (const std::string& line : lines_of(text)) {
    std::smatch match;
    if (!std::regex_search(line, match, std::regex("^ *([0-9]+)(!?) "))) continue;
    steps.push_back(std::stoul(match[1]));
    if (match[2].length() != 0) marked.push_back(steps.back());
  }
  CHECK(std::is_sorted(steps.begin(), steps.end()));
  CHECK(std::set<std::size_t>(steps.begin(), steps.end()).size() == steps.size());
  for (std::size_t i = 1; i <= trace.steps.size(); ++i) {
    if (tools::words_of(trace, i, false).empty()) continue;
    CHECK(std::count(steps.begin(), steps.end(), i) == 1);
  }
  CHECK(marked == std::vector<std::size_t>{trace.steps.size()});
  CHECK(lines_of(text).back().rfind("VIOLATION: double DMA unmap of MR 1", 0) == 0);
}

TEST_CASE("text shows every step if asked to") {
  const Trace trace = render_fixture::double_unmap();
  const std::string text = text_lanes(trace, true);
  std::size_t steps = 0;
  for (const std::string& line : lines_of(text)) {
    steps += std::regex_search(line, std::regex("^ *[0-9]+!? ")) ? 1 : 0;
  }
  CHECK(steps == trace.steps.size());
}

TEST_CASE("text makes any title harmless") {
  Trace trace = render_fixture::double_unmap();
  trace.scenario.title = render_fixture::hostile_title;
  for (const char c : text_lanes(trace, false)) CHECK((c == '\n' || (c >= ' ' && c < 0x7f)));
}

TEST_CASE("text of a run without a step") {
  Trace trace = render_fixture::double_unmap();
  trace.steps.clear();
  trace.end = sim::End::step_limit;
  CHECK(text_lanes(trace, false).find("the run could continue") != std::string::npos);
}

TEST_CASE("text: the same run is the same bytes in any locale") {
  const Trace trace = render_fixture::double_unmap();
  const std::string once = text_lanes(trace, true);
  const render_fixture::GroupingLocale other;
  CHECK(text_lanes(trace, true) == once);
}
