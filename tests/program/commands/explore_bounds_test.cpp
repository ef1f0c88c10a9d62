// SPDX-License-Identifier: MIT
//
// explore: what ends it early, and that it is still to be believed then.
//
// A search that a bound has ended says which, claims nothing it did not see, and
// leaves no half of a report. two-rpcs has some twenty million worlds: nothing
// here waits for its end.
#include <chrono>
#include <functional>

#include "tests/program/commands/explore_fixture.h"

using namespace fixture;

namespace {

/// Nothing that needs every interleaving may be claimed, and its absence is
/// explained.
void check_incomplete(const json& report, const std::string& bound) {
  CAPTURE(report.dump());
  CHECK(report.at("bound") == bound);
  for (const char* unknown : {"interleavings", "probability", "labels", "causes"}) {
    CHECK_FALSE(report.contains(unknown));
  }
  CHECK_FALSE(report.at("not_known").empty());
  CHECK(report.at("states") > 0);
  CHECK(report.at("transitions") >= report.at("states").get<std::uint64_t>() - 1);
}

/// A file of the small scenario with several violations and a search budget.
std::string with_budget(const Scratch& scratch, const json& search) {
  json scenario = small_scenario();
  scenario["search"] = search;
  return scratch.write("budget.json", scenario.dump());
}

}  // namespace

TEST_CASE("explore --max-states stops at exactly so many, the same ones every time") {
  const auto whole = explored("upstream-report", {"--policy", "fix"});
  const std::uint64_t all = whole.at("states");
  for (const std::uint64_t limit :
       {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{100}, std::uint64_t{8191},
        std::uint64_t{8193}, std::uint64_t{20000}, all - 1}) {
    CAPTURE(limit);
    const Arguments arguments{"--policy", "fix", "--max-states", std::to_string(limit)};
    const json report = explored("upstream-report", arguments);
    CHECK(report.at("states") == limit);
    CHECK(report.at("verdict") == "bound_reached");
    check_incomplete(report, "states");
    for (const char* format : {"text", "json"}) {
      Arguments again = arguments;
      again.insert(again.end(), {"--format", format, "--jobs", "1"});
      const Result one = explored_text("upstream-report", again);
      CHECK(one.exit_code == 3);
      for (const char* jobs : {"1", "2", "3"}) {
        again.back() = jobs;
        CHECK(explored_text("upstream-report", again).out == one.out);
      }
    }
  }
  // As many as there are is no limit.
  for (const std::uint64_t limit : {all, all + 1}) {
    CHECK(explored("upstream-report", {"--policy", "fix", "--max-states", std::to_string(limit)}) ==
          whole);
  }
}

TEST_CASE("explore --max-states: a violation that was seen is one, and speaks louder") {
  // Shortest counterexamples are found level by level: half the worlds have some.
  const json whole = explored("upstream-report");
  const json part = explored("upstream-report", {"--max-states", "60000"});
  CHECK(part.at("states") == 60000);
  CHECK(part.at("verdict") == "violated");
  check_incomplete(part, "states");
  REQUIRE(part.at("counterexamples").size() == 1);
  const json& example = part["counterexamples"][0];
  const Result replayed =
      run({"replay", "upstream-report", "--schedule", example.at("schedule"), "--format", "json"});
  CHECK(replayed.exit_code == 1);
  CHECK(replayed.json().at("steps").size() == example.at("steps"));
  const json& shortest = whole.at("counterexamples").at(0).at("shortest");
  CHECK((example.contains("shortest") ? example["shortest"] : example).at("steps") ==
        shortest.at("steps"));
  const Result text = explored_text("upstream-report", {"--max-states", "60000"});
  CHECK(text.exit_code == 1);
  CHECK(text.says("ended by the limit on states (--max-states)"));
  CHECK(text.says("60000 so far"));
}

TEST_CASE("explore: least of a part is not least of all, and is not called canonical") {
  const json part = explored("upstream-report", {"--max-states", "60000"});
  CHECK(part.at("counterexamples").at(0).at("canonical") == false);
}

TEST_CASE("explore --max-memory ends the search before the process has much more") {
#if defined(__SANITIZE_ADDRESS__)
  WARN("memory of a sanitized program says nothing");
#else
  for (const Arguments& more : {Arguments{}, Arguments{"--verdict-only"},
                                Arguments{"--format", "json", "--reduction", "symmetry"}}) {
    for (const int mib : {30, 100}) {
      Arguments arguments = explore_arguments(endless, more);
      arguments.insert(arguments.end(), {"--max-memory", std::to_string(mib) + "M"});
      CAPTURE(arguments);
      Running running(arguments);
      const Result result = running.finish();
      CHECK(result.exit_code == 3);
      CHECK(result.err.empty());
      if (more.size() < 3) CHECK(result.says("bound_reached: the limit on memory (--max-memory)"));
      if (more.size() > 2) check_incomplete(result.json(), "memory");
      // The program itself takes some 14 MiB; huge pages are not used up at once.
      CHECK(running.peak_mib() < mib + 100);
      CHECK(running.peak_mib() > mib / 2);
    }
  }
#endif
  check_incomplete(explored(endless, {"--max-memory", "1"}), "memory");
  CHECK(explored("no-loss", {"--max-memory", "1G"}).at("verdict") == "exhausted");
}

TEST_CASE("explore --max-memory: the process takes what the limit says, and itself") {
#if !defined(__SANITIZE_ADDRESS__)
  for (const int mib : {100, 150, 200}) {
    Running running(
        explore_arguments(endless, {"--verdict-only", "--max-memory", std::to_string(mib) + "M"}));
    CHECK(running.finish().exit_code != 2);
    CAPTURE(mib);
    CHECK(running.peak_mib() < mib + 20);
  }
#endif
}

TEST_CASE("explore under a limit on address space needs no more than the search does") {
#if defined(__SANITIZE_ADDRESS__)
  WARN("test skipped, not passed: a sanitizer needs address space of its own");
#else
  const Result result =
      run({"-c", "ulimit -v 8000000; exec \"$0\" explore one-slide --max-memory 50M --reproducible",
           program},
          {.program = "/bin/sh"});
  const Result unlimited = run({"explore", "one-slide", "--max-memory", "50M", "--reproducible"});
  CHECK(result.err.empty());
  CHECK(result.exit_code == unlimited.exit_code);
  CHECK(result.out == unlimited.out);
#endif
}

TEST_CASE("explore --time-limit ends the search") {
  for (const Arguments& more : {Arguments{"--jobs", "1"}, Arguments{"--jobs", "2"}}) {
    json report;
    Arguments arguments = more;
    arguments.insert(arguments.end(), {"--time-limit", "300ms"});
    CHECK(seconds_of([&] { report = explored(endless, arguments); }) < 5);
    CHECK(report.at("verdict") == "bound_reached");
    check_incomplete(report, "time");
  }
  const Result text = explored_text(endless, {"--time-limit", "300ms", "--verdict-only"});
  CHECK(text.exit_code == 3);
  CHECK(text.says("bound_reached: the time limit (--time-limit)"));
  CHECK(explored("no-loss", {"--time-limit", "1h"}).at("verdict") == "exhausted");
}

TEST_CASE("explore: a violation seen before the end came has a counterexample") {
  // A mapping that fails is unmapped all the same, within the first twenty steps.
  json scenario = fixture::scenario(endless);
  scenario["faults"] = {{"dma_map", 1}};
  const Scratch scratch;
  const std::string file = scratch.write("early.json", scenario.dump());
  const auto check = [&](const json& report, const std::string& bound) {
    CHECK(report.at("verdict") == "violated");
    check_incomplete(report, bound);
    REQUIRE_FALSE(report.at("counterexamples").empty());
    for (const json& example : report["counterexamples"]) {
      const Result replayed =
          run({"replay", file, "--schedule", example.at("schedule"), "--format", "json"});
      CHECK(replayed.exit_code == 1);
      CHECK(replayed.json().at("steps").size() == example.at("steps"));
      CHECK(replayed.json().at("end").at("invariant") == example.at("invariant"));
    }
  };
  check(explored(file, {"--time-limit", "500ms"}), "time");
  Running running(explore_arguments(file, {"--format", "json"}), true);
  running.wait_until_shown(" states, ", 2);
  running.send(SIGINT);
  const Result interrupted = running.finish();
  CHECK(interrupted.exit_code == 1);  // violated speaks louder than a bound
  check(interrupted.json(), "interrupted");
}

TEST_CASE("explore: where memory ends it, a violation has a counterexample too") {
  for (const char* limit : {"5M", "8M"}) {
    const json report = explored("upstream-report", {"--max-memory", limit});
    CHECK(report.at("verdict") == "violated");
    CHECK(report.at("counterexamples").size() == 1);
  }
}

TEST_CASE("explore: SIGINT and SIGTERM end it cleanly, with a whole report") {
  for (const int signal : {SIGINT, SIGTERM}) {
    for (const char* jobs : {"1", "3"}) {
      Running running(explore_arguments(endless, {"--format", "json", "--jobs", jobs}), true);
      running.wait_until_shown(" states, ", 2);  // it is in the middle of it
      running.send(signal);
      const Result result = running.finish();
      CHECK(result.signal == 0);
      CHECK(result.exit_code == 3);
      const json report = result.json();
      CHECK(report.at("verdict") == "bound_reached");
      check_incomplete(report, "interrupted");
      CHECK(report.at("not_expanded") > 0);
      CHECK(report.at("measured").at("memory_bytes") > 0);
    }
  }
  Running running(explore_arguments(endless, {}), true);
  running.wait_until_shown(" states, ");
  running.send(SIGINT);
  const Result text = running.finish();
  CHECK(text.exit_code == 3);
  CHECK(text.says("bound_reached: interrupted\n"));
  CHECK(std::regex_search(text.out, std::regex("\nmeasured .*\n$")));
}

TEST_CASE("explore: an interrupt is not for the current policy only") {
  Running running(explore_arguments(endless, {"--policy", "pre-fix", "--policy", "fix", "--format",
                                              "json", "--time-limit", "20s"}),
                  true);
  running.wait_until_shown(" states, ");
  running.send(SIGINT);
  const Result result = running.finish();
  CHECK(result.exit_code == 3);
  const json reports = result.json();
  REQUIRE(reports.size() == 2);
  for (const json& report : reports) check_incomplete(report, "interrupted");
}

TEST_CASE(
    "explore: an interrupted search with an output file leaves the whole file, or as it was") {
  const Scratch scratch;
  const std::string file = scratch.write("report.json", "before");
  {
    Running running(explore_arguments(endless, {"--format", "json", "--output", file}), true);
    running.wait_until_shown(" states, ");
    CHECK(content_of(file) == "before");  // nothing is written before it is known
    running.send(SIGINT);
    const Result result = running.finish();
    CHECK(result.exit_code == 3);
    CHECK(result.out.empty());
    CHECK(json::parse(content_of(file)).at("bound") == "interrupted");
  }
  std::ofstream(file) << "before";
  {
    Running running(explore_arguments(endless, {"--format", "json", "--output", file}), true);
    running.wait_until_shown(" states, ");
    running.send(SIGKILL);
    CHECK(running.finish().signal == SIGKILL);
  }
  CHECK(content_of(file) == "before");
  CHECK(scratch.names() == std::vector<std::string>{"report.json"});

  // To the end: the bytes that would have gone to standard output.
  const std::string other = scratch.path("other.json");
  const Result to_file =
      explored_text("upstream-report", {"--format", "json", "--output", other, "--policy", "all"});
  CHECK(to_file.exit_code == 1);
  CHECK(to_file.out.empty());
  CHECK(content_of(other) ==
        explored_text("upstream-report", {"--format", "json", "--policy", "all"}).out);
  complaint(explore_arguments("no-loss", {"--output", scratch.path("no/such/dir")}));
  // Standard output that takes nothing.
  const Result full = run(explore_arguments("no-loss", {}), {.stdout_to = "/dev/full"});
  CHECK(full.exit_code == 2);
  CHECK_FALSE(full.err.empty());
}

TEST_CASE("explore: progress is for terminals, on standard error, and goes away") {
  Running running(explore_arguments(endless, {"--time-limit", "900ms"}), true);
  const Result shown = running.finish();
  CHECK(shown.exit_code == 3);
  CHECK(count_of(shown.out, "\x1b") == 0);
  CHECK(count_of(shown.out, "to expand") == 0);
  REQUIRE(count_of(shown.err, " states, ") >= 2);
  // Each line replaces the one before, and the last thing done is to clear it.
  CHECK(count_of(shown.err, "\r\x1b[K") == count_of(shown.err, " states, ") + 1);
  const std::string clear = "\r\x1b[K";
  CHECK(shown.err.substr(shown.err.size() - clear.size()) == clear);
  CHECK(count_of(shown.err, "\n") == 0);

  CHECK(explored_text(endless, {"--time-limit", "900ms"}).err.empty());
  // Both on one terminal: the report follows the cleared line.
  const Result both = run_on_terminal(explore_arguments(endless, {"--time-limit", "900ms"}));
  const auto report = both.out.find("scenario ");
  REQUIRE(report != std::string::npos);
  CHECK(both.out.rfind(clear, report) != std::string::npos);
  CHECK(both.out.find("to expand", report) == std::string::npos);
  // A search of no time shows none.
  CHECK(count_of(run_on_terminal({"explore", "no-loss"}).out, "to expand") == 0);
}

TEST_CASE("explore: a progress line fits a terminal of 80 columns") {
  // A line that wraps leaves its first part on the screen when it is cleared.
  Running running(explore_arguments(endless, {"--time-limit", "900ms"}), true);
  std::istringstream shown(running.finish().err);
  for (std::string line; std::getline(shown, line, '\r');) {
    CAPTURE(line);
    CHECK(line.size() <= 80 + std::string("\x1b[K").size());
  }
}

TEST_CASE("explore: a scenario's own budget counts, and the command line counts more") {
  const Scratch scratch;
  const std::string states = with_budget(scratch, {{"max_states", 500}});
  CHECK(explored(states).at("states") == 500);
  check_incomplete(explored(states), "states");
  CHECK(explored(states, {"--max-states", "700"}).at("states") == 700);
  CHECK(explored(states, {"--max-states", "2000000000"}).at("verdict") == "violated");
  // Budgets are no part of what can happen: tokens stay valid.
  CHECK(explored(states).at("scenario_hash") ==
        explored(scratch.write("plain.json", small_scenario().dump()), {"--max-states", "1"})
            .at("scenario_hash"));
  json large = scenario(endless);
  large["search"] = {{"time_limit_s", 1}, {"max_memory_mib", 2000}};  // which takes longer
  const std::string slow = scratch.write("slow.json", large.dump());
  check_incomplete(explored(slow), "time");
  json report;
  CHECK(seconds_of([&] { report = explored(slow, {"--time-limit", "50ms"}); }) < 0.95);
  check_incomplete(report, "time");
  large["search"] = {{"max_memory_mib", 20}, {"time_limit_s", 600}};
  const std::string lean = scratch.write("lean.json", large.dump());
  check_incomplete(explored(lean), "memory");
  const json more = explored(lean, {"--max-memory", "40M"});
  check_incomplete(more, "memory");
  CHECK(more.at("states") > explored(lean).at("states"));
  // The one that is reached first.
  large["search"]["max_states"] = 1000;
  CHECK(explored(scratch.write("lean.json", large.dump())).at("bound") == "states");
}
