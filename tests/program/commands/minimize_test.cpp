// SPDX-License-Identifier: MIT
//
// minimize: as its users have it.
//
// That the result is the canonical counterexample is asked of `explore`, that it fails
// of `replay`; what has to be given up is to be said.
#include <chrono>
#include <regex>
#include <thread>

#include "tests/program/commands/explore_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

namespace {

/// A failing run of a scenario, as a file.
std::string failing_trace(const Scratch& scratch, const std::string& scenario = "upstream-report",
                          const std::string& format = "json") {
  const Result result = run({"run", scenario, "--policy", "pre-fix", "--seed",
                             failing_seed(scenario), "--format", format});
  REQUIRE(result.exit_code == 1);
  return scratch.write("failing." + format + ".json", result.out);
}

/// What explore calls canonical in upstream-report.
const json& canonical() {
  static const json report = explored("upstream-report");
  REQUIRE(report.at("counterexamples").size() == 1);
  const json& example = report["counterexamples"][0];
  REQUIRE(example.at("canonical") == true);
  return example;
}

Result minimized(const std::string& what, const Arguments& more = {}) {
  Arguments arguments{"minimize", what};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}

struct Counts {
  unsigned long steps = 0;
  unsigned long preemptions = 0;
};

/// "from 95 steps, 1 preemption to 92 steps, 0 preemptions"
std::pair<Counts, Counts> from_and_to(const std::string& text) {
  const std::regex line(
      "minimized +from (\\d+) steps?, (\\d+) preemptions? to (\\d+) steps?, (\\d+) "
      "preemptions?\n");
  std::smatch match;
  REQUIRE(std::regex_search(text, match, line));
  const auto number = [&match](unsigned i) { return std::stoul(match[i].str()); };
  return {{number(1), number(2)}, {number(3), number(4)}};
}

/// Three requests and two losses at any time, nothing guarded: more than can be
/// searched in a test.
std::string large_scenario(const Scratch& scratch) {
  json scenario = small_scenario();
  scenario["rpcs"] = {{{"name", "a"}, {"read_list", 2}},
                      {{"name", "b"}, {"read_list", 2}},
                      {{"name", "c"}, {"write_list", 2}}};
  scenario["mr_pool"] = 5;
  scenario["losses"] = {{"count", 2}, {"when", "any-time"}};
  scenario["guards"] = json::array();
  scenario["budgets"] = {{"retransmissions", 2}, {"enobufs_retries", 1}, {"reconnects", 2}};
  return scratch.write("large.json", scenario.dump());
}

}  // namespace

TEST_CASE("minimize comes to what explore calls canonical, and says what it was before") {
  const Scratch scratch;
  const std::string file = failing_trace(scratch);
  const json before = json::parse(content_of(file));
  const json& best = canonical();
  const Result text = minimized(file);
  CHECK(text.exit_code == 1);
  CHECK(text.err.empty());
  const auto [from, to] = from_and_to(text.out);
  CHECK(from.steps == before.at("steps").size());
  CHECK(to.steps == best.at("steps"));
  CHECK(to.preemptions == best.at("preemptions"));
  CHECK(from.preemptions >= to.preemptions);
  CHECK(text.says("\nproved       the fewest possible"));
  CHECK_FALSE(text.says("not proved"));
  CHECK(text.says(best.at("schedule").get<std::string>()));
  // Below that it is the report of a replay.
  const Result replay =
      run({"replay", "upstream-report", "--schedule", best.at("schedule"), "--verbose"});
  const std::string verbose = minimized(file, {"--verbose"}).out;
  const auto body = [](const std::string& report) {
    const auto begin = report.find("scenario ");
    return report.substr(begin, report.find("Replay with") - begin);
  };
  CHECK(body(verbose) == body(replay.out));
}

TEST_CASE("minimize: the command it ends with makes the run again, from a file or a scenario") {
  const Scratch scratch;
  const json& best = canonical();
  const std::string file = failing_trace(scratch);
  const std::string token = json::parse(content_of(file)).at("schedule");
  for (const Result& result :
       {minimized(file), minimized(failing_trace(scratch, "upstream-report", "schedule")),
        minimized("upstream-report", {"--schedule", token, "--policy", "pre-fix"}),
        minimized("upstream-report", {"--schedule", token})}) {
    REQUIRE(result.exit_code == 1);
    const Result again = pasted_into_shell(lines_of(result.out).back() + " --format json");
    CHECK(again.exit_code == 1);
    CHECK(again.json().at("schedule") == best.at("schedule"));
  }
}

TEST_CASE("minimize --format: files that replay, and that minimize to themselves") {
  const Scratch scratch;
  const std::string file = failing_trace(scratch);
  const json& best = canonical();
  for (const char* format : {"json", "schedule"}) {
    const std::string output = scratch.path(std::string("small.") + format);
    const Result result = minimized(file, {"--format", format, "--output", output});
    CHECK(result.exit_code == 1);
    CHECK(result.out.empty());
    CHECK(result.err.empty());
    const json document = json::parse(content_of(output));
    CHECK(document.at("schedule") == best.at("schedule"));
    CHECK(run({"replay", output}).exit_code == 1);
    const Result again = minimized(output, {"--format", format});
    CHECK(again.out == content_of(output));
    const auto [from, to] = from_and_to(minimized(output).out);
    CHECK(from.steps == to.steps);
    CHECK(from.preemptions == to.preemptions);
  }
  CHECK(minimized(file, {"--format", "ftrace"}).says("DMA-API"));
}

TEST_CASE("minimize: a search that has to be given up says so, and why") {
  const Scratch scratch;
  const std::string file = failing_trace(scratch, "two-rpcs");
  const std::size_t steps = json::parse(content_of(file)).at("steps").size();
  const std::vector<std::pair<Arguments, std::string>> bounds{
      {{"--max-states", "1000"}, "--max-states"},
      {{"--max-memory", "1M"}, "--max-memory"},
      {{"--time-limit", "1ms"}, "time limit"}};
  for (const auto& [more, why] : bounds) {
    CAPTURE(why);
    const Result text = minimized(file, more);
    CHECK(text.exit_code == 1);
    CHECK(text.err.empty());
    CHECK_THAT(text.out, Contains("\nnot proved   to be the fewest: ") && Contains(why));
    CHECK_FALSE(text.says("the fewest possible"));
    const auto [from, to] = from_and_to(text.out);
    CHECK(from.steps == steps);
    CHECK(to.preemptions <= from.preemptions);
    // What is not for people is the same trace as ever; the doubt is said beside it.
    Arguments as_json = more;
    as_json.insert(as_json.end(), {"--format", "json"});
    const Result trace = minimized(file, as_json);
    CHECK(trace.exit_code == 1);
    CHECK_THAT(trace.err, Contains("not proved") && Contains(why));
    CHECK(run({"replay", scratch.write("small.json", trace.out)}).exit_code == 1);
  }
  const Arguments some{"--max-states", "1000"};
  CHECK(minimized(file, some).out == minimized(file, some).out);
}

TEST_CASE("minimize: what may be at least is not more than what there is") {
  const Scratch scratch;
  const std::string file = failing_trace(scratch);
  const json& best = canonical();
  const std::regex known(
      "certain is at least (\\d+) preemptions? and, with no more, (\\d+) steps?\n");
  for (const char* states : {"1", "10", "100", "1000"}) {
    const std::string text = minimized(file, {"--max-states", states}).out;
    std::smatch match;
    REQUIRE(std::regex_search(text, match, known));
    const auto preemptions = std::stoul(match[1].str());
    CHECK(preemptions <= best.at("preemptions"));
    if (preemptions == best.at("preemptions"))
      CHECK(std::stoul(match[2].str()) <= best.at("steps"));
  }
}

TEST_CASE("minimize: interrupted it prints what it has") {
  const Scratch scratch;
  const std::string scenario = large_scenario(scratch);
  const std::string file = failing_trace(scratch, scenario);
  Running running({"minimize", file});
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  running.send(SIGINT);
  const Result result = running.finish();
  CHECK(result.exit_code == 1);
  CHECK(result.says("not proved   to be the fewest: interrupted"));
  const auto [from, to] = from_and_to(result.out);
  CHECK(to.preemptions <= from.preemptions);
  // What it could not write in the end it refuses at once.
  const auto start = std::chrono::steady_clock::now();
  complaint({"minimize", file, "--time-limit", "5s", "--output", scratch.path("no/such/dir")});
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(3));
}

TEST_CASE("minimize refuses what does not fail, and what cannot be replayed") {
  const Scratch scratch;
  const std::string file = failing_trace(scratch);
  const std::string token = json::parse(content_of(file)).at("schedule");
  const std::string good =
      scratch.write("good.json", run({"run", "no-loss", "--seed", "7", "--format", "json"}).out);
  CHECK_THAT(complaint({"minimize", good}), Contains("does not fail") && Contains("all RPCs done"));
  // Cut off before it fails.
  const std::string beginning = token.substr(0, token.rfind('.'));
  CHECK_THAT(complaint({"minimize", "upstream-report", "--schedule", beginning}),
             Contains("does not fail"));
  CHECK_THAT(complaint({"minimize", file, "--policy", "fix"}), Contains("does not fit at step"));
  CHECK_THAT(complaint({"minimize", "no-loss", "--schedule", token}),
             Contains("belongs to another scenario"));
  CHECK_THAT(complaint({"minimize", scratch.path("missing.json")}), Contains("no such file"));
  CHECK_THAT(complaint({"minimize", "upstream-report"}), Contains("--schedule"));
  CHECK_THAT(complaint({"minimize", file, "--policy", "all"}), Contains("one policy"));
  CHECK_THAT(complaint({"minimize", file, "--output", scratch.path("no/such/dir")}),
             Contains("no/such/dir"));
  usage_complaint({"minimize"});
  usage_complaint({"minimize", file, file});
  usage_complaint({"minimize", file, "--max-memory", "0"});
  usage_complaint({"minimize", file, "--max-states", "x"});
  usage_complaint({"minimize", file, "--time-limit", "5d"});
  usage_complaint({"minimize", file, "--format", "markdown"});
}

TEST_CASE("replay takes another schedule for the scenario of a trace or schedule file") {
  const Scratch scratch;
  const std::string token = canonical().at("schedule");
  for (const char* format : {"json", "schedule"}) {
    const std::string file = failing_trace(scratch, "upstream-report", format);
    const Result result = run({"replay", file, "--schedule", token, "--format", "json"});
    CHECK(result.exit_code == 1);
    CHECK(result.json().at("schedule") == token);
  }
  // The file's policy counts, unless another one is given.
  json schedule = json::parse(content_of(failing_trace(scratch, "upstream-report", "schedule")));
  schedule["policy"] = "leave-registered";
  const std::string fixed = scratch.write("fixed.json", schedule.dump());
  CHECK_THAT(complaint({"replay", fixed, "--schedule", token}), Contains("does not fit"));
  CHECK(run({"replay", fixed, "--schedule", token, "--policy", "pre-fix"}).exit_code == 1);
}
