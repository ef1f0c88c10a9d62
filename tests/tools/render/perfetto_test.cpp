// SPDX-License-Identifier: MIT
//
// The trace-event format's rules, and that nothing of the run is left out.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "model/scenario/names.h"
#include "tests/tools/render/render_fixture.h"
#include "tools/render/lanes.h"
#include "tools/render/render.h"

using model::Trace;
using nlohmann::json;

namespace {

using Thread = std::pair<int, int>;

Thread thread_of(const json& event) { return {event.at("pid"), event.at("tid")}; }

/// What a slice covers. Its ends are sums of decimal fractions, so nearly.
struct Slice {
  double begin;
  double end;
  [[nodiscard]] bool covers(double ts) const { return ts > begin - 1e-6 && ts < end + 1e-6; }
};

struct Profile {
  std::map<Thread, std::string> threads;
  std::map<Thread, std::vector<Slice>> slices;
  std::map<Thread, std::vector<std::string>> slice_names;
  unsigned flows = 0;
  unsigned instants = 0;
};

void read_flow(const json& event, std::map<int, json>& open, Profile& result) {
  const int id = event.at("id");
  if (event.at("ph") == "s") {
    CHECK(open.emplace(id, event).second);
    return;
  }
  CHECK(event.at("bp") == "e");
  const auto begin = open.find(id);
  REQUIRE(begin != open.end());
  CHECK(begin->second.at("name") == event.at("name"));
  CHECK(begin->second.at("cat") == event.at("cat"));
  CHECK(begin->second.at("ts").get<double>() <= event.at("ts").get<double>());
  CHECK(thread_of(begin->second) != thread_of(event));
  open.erase(begin);
  ++result.flows;
}

Profile read_profile(const std::string& text) {
  const json document = json::parse(text);
  Profile result;
  std::map<int, json> open;
  std::map<Thread, double> latest;
  std::set<int> processes;
  for (const json& event : document.at("traceEvents")) {
    INFO(event.dump());
    const std::string phase = event.at("ph");
    CHECK(!event.at("name").get<std::string>().empty());
    if (phase == "M") {
      if (event.at("name") == "process_name") processes.insert(event.at("pid").get<int>());
      if (event.at("name") == "thread_name") {
        CHECK(result.threads.emplace(thread_of(event), event.at("args").at("name")).second);
      }
      continue;
    }
    const double ts = event.at("ts");
    CHECK(ts >= latest[thread_of(event)]);
    latest[thread_of(event)] = ts;
    CHECK(processes.count(event.at("pid").get<int>()) == 1);
    CHECK(result.threads.count(thread_of(event)) == 1);
    if (phase == "X") {
      auto& own = result.slices[thread_of(event)];
      const double dur = event.at("dur");
      CHECK(dur >= 0);
      if (!own.empty()) CHECK(ts >= own.back().end - 1e-6);  // slices of a thread nest or are apart
      own.push_back({ts, ts + dur});
      result.slice_names[thread_of(event)].push_back(event.at("name"));
    } else if (phase == "i") {
      CHECK(event.at("s") == "g");
      ++result.instants;
    } else {
      REQUIRE((phase == "s" || phase == "f"));
      const auto& own = result.slices[thread_of(event)];
      REQUIRE(!own.empty());
      CHECK(own.back().covers(ts));  // else it would hang in the air, or be dropped
      read_flow(event, open, result);
    }
  }
  CHECK(open.empty());
  return result;
}

void check_is_of(const Trace& trace, const Profile& found) {
  std::map<int, unsigned> steps;
  for (const model::TraceStep& step : trace.steps) ++steps[step.choice.actor + 1];
  for (const auto& [tid, count] : steps) {
    CHECK(found.slices.at({1, tid}).size() == count);
    CHECK(found.threads.at({1, tid}) == model::long_name(static_cast<sim::ActorId>(tid - 1)));
  }
  unsigned flows = 0;
  for (const tools::Message& m : tools::lanes_of(trace, true).messages) flows += m.taken != 0;
  CHECK(found.flows == flows);
  CHECK(found.instants == (trace.end == sim::End::violation ? 1 : 0));
  // Every fr_state event that changes something begins a slice.
  std::map<unsigned, std::vector<std::string>> states;
  for (const model::TraceStep& step : trace.steps) {
    for (const model::Event& event : step.events) {
      const bool is_state = event.kind == model::EventKind::fr_state;
      const bool is_mapping =
          event.kind == model::EventKind::dma_map || event.kind == model::EventKind::dma_unmap;
      if (!is_state && !is_mapping) continue;
      auto& own = states[event.mr];
      if (own.empty()) own.emplace_back("INVALID");
      const std::string now(model::fr_state_names.at(event.to));
      if (is_state && own.back() != now) own.push_back(now);
    }
  }
  for (const auto& [mr, expected] : states) {
    CHECK(found.slice_names.at({2, 2 * static_cast<int>(mr)}) == expected);
  }
}

}  // namespace

TEST_CASE("a trace without a clock keeps the format's rules") {
  unsigned flows = 0;
  for (const Trace& trace : render_fixture::many_runs(2)) {
    INFO(trace.scenario.name << " " << trace.token());
    const Profile found = read_profile(tools::perfetto_trace(trace));
    check_is_of(trace, found);
    flows += found.flows;
  }
  CHECK(flows > 1000);
}

TEST_CASE("times are the trace's, in microseconds") {
  Trace trace = render_fixture::double_unmap();
  // Steps of one context that are less than a microsecond apart, and at the same time.
  std::uint64_t now = 0;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    trace.steps[i].time_ns = now;
    now += i % 3 == 0 ? 250 : i % 3 == 1 ? 0 : 123'456;
  }
  const Profile found = read_profile(tools::perfetto_trace(trace));
  check_is_of(trace, found);
  std::vector<double> begins;
  for (const auto& [thread, slices] : found.slices) {
    if (thread.first != 1) continue;
    for (const Slice& slice : slices) begins.push_back(slice.begin);
  }
  std::sort(begins.begin(), begins.end());
  REQUIRE(begins.size() == trace.steps.size());
  for (std::size_t i = 0; i < begins.size(); ++i) {
    CHECK(std::abs(begins[i] * 1000 - static_cast<double>(trace.steps[i].time_ns)) < 1e-3);
  }
}

TEST_CASE("any title is JSON") {
  Trace trace = render_fixture::double_unmap();
  trace.scenario.title = render_fixture::hostile_title;
  const json document = json::parse(tools::perfetto_trace(trace));
  CHECK(document.at("otherData").at("title") == model::printable(render_fixture::hostile_title));
}

TEST_CASE("perfetto of a run without a step") {
  Trace trace = render_fixture::double_unmap();
  trace.steps.clear();
  trace.end = sim::End::step_limit;
  CHECK(read_profile(tools::perfetto_trace(trace)).flows == 0);
}

TEST_CASE("perfetto: the same run is the same bytes in any locale") {
  const Trace trace = render_fixture::double_unmap();
  const std::string once = tools::perfetto_trace(trace);
  const render_fixture::GroupingLocale other;
  CHECK(tools::perfetto_trace(trace) == once);
}
