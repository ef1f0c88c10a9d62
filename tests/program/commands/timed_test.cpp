// SPDX-License-Identifier: MIT
//
// Virtual time as users meet it: --strategy timed, its traces and their replay, the
// clock in reports, a scenario's timing.
#include <algorithm>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/program/program_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

Arguments timed(const std::string& scenario, const std::string& format, Arguments more = {}) {
  Arguments all{"run",   scenario, "--policy", "pre-fix",  "--strategy",
                "timed", "--seed", "3",        "--format", format};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// A trace of a run with a loss, in which much happens.
json timed_trace() { return run(timed("upstream-report", "json")).json(); }

/// The complaint about a trace after `change`.
template <class Change>
std::string refusal(json trace, Change change) {
  change(trace);
  const Scratch scratch;
  return complaint({"replay", scratch.write("trace.json", trace.dump())});
}

/// One RPC with one segment that meets no trouble, all latencies constant.
json constant_scenario() {
  json document = small_scenario();
  document.erase("losses");
  document["rpcs"] = {{{"name", "write"}, {"read_list", 1}}};
  for (const std::string& latency : lines_of(run({"list", "latencies", "--names"}).out)) {
    document["timing"][latency] = {{"distribution", "constant"}, {"mean", 10}};
  }
  for (const auto& [latency, mean] : std::map<std::string, unsigned>{{"marshal", 100},
                                                                     {"fastreg", 1000},
                                                                     {"work_request", 2000},
                                                                     {"server_reply", 5000},
                                                                     {"workqueue", 700},
                                                                     {"softirq", 300},
                                                                     {"wakeup", 50}}) {
    document["timing"][latency]["mean"] = mean;
  }
  return document;
}

}  // namespace

TEST_CASE("with constant latencies the times of a run follow by hand") {
  const Scratch scratch;
  const std::string path = scratch.write("constant.json", constant_scenario().dump());
  const json trace = run(timed(path, "json", {"--policy", "fix"})).json().at(1);
  // The times of an actor's steps, in order.
  std::map<std::string, std::vector<unsigned>> times;
  for (const json& step : trace.at("steps")) {
    times[step.at("actor").get<std::string>()].push_back(step.at("time_ns").get<unsigned>());
  }
  // The task tests CONNECTED, takes the transport, joins the receive list, finds nothing
  // registered: 10 ns each. Seven steps register the segment: 100 ns each. Then the
  // cookie, the Send, CONNECTED once more, the release: 10 ns each, and it sleeps.
  const std::vector<unsigned> begin(times.at("t1").begin(), times.at("t1").begin() + 15);
  CHECK(begin == std::vector<unsigned>{10, 20, 30, 40, 140, 240, 340, 440, 540, 640, 740, 750, 760,
                                       770, 780});
  // The FASTREG is posted by the sixth of the seven, at 640, the Send after it; the
  // reply is there at 8640, its handler begins 700 later.
  CHECK(times.at("nic").at(0) == 640 + 1000);
  CHECK(times.at("nic").at(1) == 1640 + 2000);
  CHECK(times.at("srv") == std::vector<unsigned>{3640 + 5000});
  const std::vector<unsigned>& handler = times.at("h1");
  CHECK(handler.at(0) == 8640 + 700);
  // It looks up the request, then invalidates: INVALID, done, the last one's done, post.
  // The LOCAL_INV takes the RNIC 1000, its interrupt 300, the softirq's two steps 10
  // more, and the handler is woken 50 after that.
  const auto waited = std::adjacent_find(handler.begin(), handler.end(),
                                         [](unsigned a, unsigned b) { return b - a > 10; });
  REQUIRE(waited != handler.end());
  CHECK(times.at("nic").at(2) == *waited + 1000);
  CHECK(times.at("irq").front() == *waited + 1300);
  CHECK(*std::next(waited) == times.at("irq").back() + 50);
  // The reply wakes the task, which has slept since 780.
  CHECK(times.at("t1").at(15) == handler.back() + 50);
}

TEST_CASE("a timed trace is accepted by replay, which comes to the same run") {
  for (const char* scenario : {"upstream-report", "two-rpcs", "r3-signal", "r4-minor-timeout"}) {
    const Scratch scratch;
    const std::string file = scratch.path("trace.json");
    const Result made = run(timed(scenario, "json", {"--output", file}));
    const json trace = json::parse(content_of(file));
    CHECK(trace.at("origin") == json{{"strategy", "timed"}, {"seed", 3}});
    const Result again = run({"replay", file, "--format", "json"});
    INFO(again.err);
    CHECK(again.exit_code == made.exit_code);
    json replayed = again.json();
    CHECK(replayed.at("fingerprint") == trace.at("fingerprint"));
    CHECK(replayed.at("schedule") == trace.at("schedule"));
    REQUIRE(replayed.at("steps").size() == trace.at("steps").size());
    CHECK(replayed.at("steps") == trace.at("steps"));
    CHECK(replayed.at("ledger") == trace.at("ledger"));
    // So the replay of the replay has the times, too; a schedule has none to give.
    const std::string file_again = scratch.write("again.json", again.out);
    CHECK(run({"replay", file_again, "--format", "json"}).json() == replayed);
    CHECK(run({"replay", file, "--schedule", trace.at("schedule"), "--format", "json"})
              .json()
              .at("steps")[0]
              .at("time_ns") == 1000);
    // The schedule is one of the scenario's, with or without timing.
    CHECK(run({"replay", scenario, "--schedule", trace.at("schedule"), "--policy", "pre-fix"})
              .says(trace.at("fingerprint").get<std::string>()));
    // Written again from what was read, the bytes are the same.
    CHECK(run(timed(scenario, "json")).out == content_of(file));
  }
}

TEST_CASE("times that were tampered with are refused") {
  const json trace = timed_trace();
  const std::size_t count = trace.at("steps").size();
  REQUIRE(count > 20);
  CHECK_THAT(refusal(trace, [](json& t) { t["steps"][10]["time_ns"] = 1; }),
             Contains("/steps/10/time_ns: time runs backwards"));
  CHECK_THAT(refusal(trace, [](json& t) { t["steps"][10]["time_ns"] = 1'000'000'000'000; }),
             Contains("/steps/11/time_ns: time runs backwards"));
  CHECK_THAT(refusal(trace, [](json& t) { t["steps"][0]["time_ns"] = -1; }),
             Contains("/steps/0/time_ns: expected an integer"));
  CHECK_THAT(refusal(trace, [](json& t) { t["steps"][0]["time_ns"] = 0.5; }),
             Contains("/steps/0/time_ns: expected an integer"));
  CHECK_THAT(refusal(trace, [](json& t) { t["steps"][0].erase("time_ns"); }),
             Contains("'time_ns' is missing"));
  // The ledger says when, too.
  CHECK_THAT(refusal(trace, [](json& t) { t["ledger"][0]["time_ns"] = 5; }),
             Contains("/ledger/0/time_ns: contradicts"));
  // A run without a clock has no other times than the steps' numbers.
  CHECK_THAT(refusal(trace, [](json& t) { t["origin"]["strategy"] = "uniform"; }),
             Contains("/time_ns: the replay differs"));
}

TEST_CASE("ftrace output has the virtual clock in microseconds") {
  const json trace = timed_trace();
  std::set<unsigned long long> expected;
  for (const json& step : trace.at("steps")) {
    expected.insert(step.at("time_ns").get<unsigned long long>() / 1000);
  }
  const std::string text = run(timed("upstream-report", "ftrace")).out;
  std::set<unsigned long long> shown;
  const std::regex stamp(R"(\] \.\.\.\. +(\d+)\.(\d{6}): )");
  for (const std::string& line : lines_of(text)) {
    if (line.empty() || line[0] == '#') continue;
    std::smatch match;
    INFO(line);
    REQUIRE(std::regex_search(line, match, stamp));
    const auto time = std::stoull(match[1]) * 1'000'000 + std::stoull(match[2]);
    CHECK(expected.count(time) == 1);
    CHECK((shown.empty() || time >= *shown.rbegin()));
    shown.insert(time);
  }
  CHECK(shown.size() > 10);
  CHECK(*shown.rbegin() > 100);  // a server's reply takes its time
}

TEST_CASE("the timeline has a column of microseconds, without a clock it has none") {
  const json trace = timed_trace();
  const auto lines = lines_of(run(timed("upstream-report", "text", {"--verbose"})).out);
  const auto head = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.rfind("  step ", 0) == 0;
  });
  REQUIRE(head != lines.end());
  CHECK_THAT(*head, Catch::Matches("  step +us  who +where: what"));
  const std::size_t where = head->find("where: what");
  std::size_t step = 0;
  for (auto line = head + 1; line != lines.end() && !line->empty(); ++line) {
    // Columns stand below their headings.
    REQUIRE(line->size() > where);
    CHECK(line->size() <= 80);
    CHECK(line->substr(where - 2, 2) == "  ");
    CHECK(line->at(where) != ' ');
    // A step begins with its number, and its further lines have the last column only.
    if (line->find_first_not_of(' ') == where) continue;
    CHECK(line->substr(head->find("us") + 2, 2) == "  ");
    CHECK(line->at(head->find("who")) != ' ');
    std::istringstream words(*line);
    std::size_t number = 0;
    std::string time;
    words >> number >> time;
    CHECK(number == step + 1);
    const auto ns = trace.at("steps").at(step).at("time_ns").get<unsigned long long>();
    std::string digits = std::to_string(ns % 1000);
    digits.insert(0, 3 - digits.size(), '0');
    CHECK(time == std::to_string(ns / 1000) + "." + digits);
    ++step;
  }
  CHECK(step == trace.at("steps").size());
  const Result untimed = run({"run", "upstream-report", "--strategy", "uniform", "--policy", "fix",
                              "--seed", "3", "--verbose"});
  CHECK(untimed.says("\n  step  who "));
}

TEST_CASE("latencies are listed with their distributions and reasons") {
  const auto names = lines_of(run({"list", "latencies", "--names"}).out);
  CHECK(names.size() == 19);
  const Result list = run({"list", "latencies"});
  CHECK(list.exit_code == 0);
  for (const std::string& name : names) CHECK(list.says("\n  " + name + " "));
  CHECK(list.says("(constant, 250 ms)"));  // rpc_delay(task, HZ >> 2)
  CHECK(list.says("(constant, 60 s)"));    // xprt_rdma_default_timeout
  CHECK(run({"list"}).says("\nlatencies\n"));
  CHECK(run({"list", "strategies"}).says("timed"));
  CHECK(run({"list", "latencies", "--about"}).says("HZ >> 2"));
}

TEST_CASE("a scenario's timing is validated, used, and no part of its hash") {
  const Scratch scratch;
  json document = small_scenario();
  document.erase("losses");  // then the task's step is the first
  const std::string usual = scratch.write("usual.json", document.dump());
  document["timing"]["statement"] = {{"distribution", "constant"}, {"mean", 12'345}};
  const std::string slow = scratch.write("slow.json", document.dump());
  CHECK(run({"validate", slow}).exit_code == 0);
  const json a = run(timed(usual, "json")).json();
  const json b = run(timed(slow, "json")).json();
  CHECK(a.at("scenario_hash") == b.at("scenario_hash"));
  CHECK(b.at("steps").at(0).at("time_ns") == 12'345);
  CHECK(a.at("steps").at(0).at("time_ns") != 12'345);

  document["timing"]["statment"] = document["timing"]["statement"];
  CHECK_THAT(complaint({"validate", scratch.write("bad.json", document.dump())}),
             Contains("/timing/statment: unknown key; did you mean 'statement'?"));
}

TEST_CASE("hunting in virtual time: the same failures whatever the number of workers") {
  const auto hunt = [](const char* jobs) {
    return run({"hunt", "upstream-report", "--strategy", "timed", "--seeds", "1..400", "--all",
                "--format", "json", "--reproducible", "--jobs", jobs});
  };
  const Result one = hunt("1");
  CHECK(one.json() == hunt("3").json());
  CHECK(one.exit_code < 2);
}
