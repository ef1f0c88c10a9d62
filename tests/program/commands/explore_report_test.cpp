// SPDX-License-Identifier: MIT
//
// explore: the same truth in every form it comes in.
//
// Every schedule that is printed is replayed by the program, whose strands know
// nothing of a search. Number of workers, reductions, keeping no graph, one
// invariant at a time, text and JSON: each may change what its description says
// and nothing else.
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <set>

#include "tests/program/commands/explore_fixture.h"

using namespace fixture;

namespace {

using Count = boost::multiprecision::cpp_int;
using Real = boost::multiprecision::cpp_bin_float_100;

/// A replay command and what the report says it leads to.
struct Printed {
  std::string command;
  std::size_t steps;
  std::string violation;
};

/// The commands of a text report, which has more lines than that.
std::vector<Printed> printed_commands(const std::string& report) {
  std::vector<Printed> found;
  std::string violation;
  std::size_t steps = 0;
  std::smatch match;
  for (const std::string& line : lines_of(report)) {
    if (std::regex_match(line, match, std::regex("(\\S.*) at step ([0-9]+)"))) {
      violation = match[1];
      steps = std::stoul(match[2]);
    } else if (std::regex_match(line, match,
                                std::regex("  the shortest: (\\S.*) at step ([0-9]+), .*"))) {
      violation = match[1];
      steps = std::stoul(match[2]);
    } else if (line.rfind("    frwrsim replay ", 0) == 0) {
      found.push_back({line.substr(4), steps, violation});
    }
  }
  return found;
}

void check_replays(const json& report, const std::string& scenario) {
  const auto replayed = [&](const json& schedule, const json& steps, const json& example) {
    const Result result = run({"replay", scenario, "--policy", report.at("policy"), "--schedule",
                               schedule, "--format", "json"});
    CAPTURE(example.dump(), result.err);
    REQUIRE(result.exit_code == 1);
    const json trace = result.json();
    CHECK(trace.at("end").at("invariant") == example.at("invariant"));
    for (const char* who : {"mr", "rpc"}) {
      CHECK(trace.at("end").value(who, 0) == example.value(who, 0));
    }
    CHECK(trace.at("steps").size() == steps);
  };
  for (const json& example : report.at("counterexamples")) {
    replayed(example.at("schedule"), example.at("steps"), example);
    if (example.contains("shortest")) {
      const json& shortest = example["shortest"];
      CHECK(shortest.at("steps") < example.at("steps"));
      replayed(shortest.at("schedule"), shortest.at("steps"), example);
    }
  }
}

}  // namespace

TEST_CASE("explore: printed commands, pasted into a shell, fail the way they say") {
  const Scratch scratch;
  const std::string many = scratch.write("it's many.json", many_violations().dump());
  for (const Arguments& more :
       {Arguments{many}, Arguments{many, "--verdict-only"},
        Arguments{many, "--reduction", "symmetry"}, Arguments{"upstream-report"},
        Arguments{"pool-exhaustion"}, Arguments{"pool-exhaustion", "--reduction", "all"}}) {
    const Result report = explored_text(more[0], {more.begin() + 1, more.end()});
    CAPTURE(more, report.out);
    REQUIRE(report.exit_code == 1);
    const auto commands = printed_commands(report.out);
    REQUIRE(commands.size() >= (more[0] == many ? 4 : 1));
    for (const Printed& printed : commands) {
      CAPTURE(printed.command);
      const Result replayed = pasted_into_shell(printed.command);
      CHECK(replayed.exit_code == 1);
      CHECK(replayed.says("violated: " + printed.violation + " at step " +
                          std::to_string(printed.steps)));
    }
  }
}

TEST_CASE("explore: each invariant and a hang have a counterexample of their own, which replays") {
  const Scratch scratch;
  const std::string file = scratch.write("many.json", many_violations().dump());
  for (const std::string& policy : policy_names) {
    const json report = explored(file, {"--policy", policy, "--count-preemptions", "never"});
    CHECK(report.at("verdict") == "violated");
    std::set<std::string> with_example;
    for (const json& example : report.at("counterexamples")) {
      CHECK(with_example.insert(example.at("invariant")).second);
    }
    std::set<std::string> with_worlds;
    for (const auto& [name, worlds] : report.at("ends").at("violation").items()) {
      CHECK(worlds > 0);
      with_worlds.insert(name);
    }
    CHECK(with_example == with_worlds);
    CHECK(with_example.count("rpc-finishes") == 1);
    CHECK(with_example.size() >= 3);
    check_replays(report, file);

    // Narrowed to one at a time, the parts add up to the whole.
    Count failing = 0;
    Real probability = 0;
    for (const json& example : report.at("counterexamples")) {
      const json narrow = explored(file, {"--policy", policy, "--count-preemptions", "never",
                                          "--invariant", example.at("invariant")});
      CHECK(narrow.at("invariant") == example.at("invariant"));
      CHECK(narrow.at("states") == report.at("states"));
      CHECK(narrow.at("interleavings").at("all") == report.at("interleavings").at("all"));
      failing += Count(narrow.at("interleavings").at("failing").get<std::string>());
      probability += Real(narrow.at("probability").at("decimal").get<std::string>());
      REQUIRE(narrow.at("counterexamples").size() == 1);
      for (const char* same : {"schedule", "preemptions", "steps", "shortest"}) {
        CHECK(narrow["counterexamples"][0].value(same, json()) == example.value(same, json()));
      }
    }
    CHECK(failing.str() == report.at("interleavings").at("failing"));
    const Real whole(report.at("probability").at("decimal").get<std::string>());
    CHECK(abs(probability - whole) < whole * Real("1e-15"));
    Count blamed = 0;
    for (const json& cause : report.at("causes")) {
      CHECK(with_worlds.count(cause.at("invariant")) == 1);
      blamed += Count(cause.at("interleavings").get<std::string>());
    }
    CHECK(blamed == failing);
  }
  // What nothing violates.
  const json none = explored(file, {"--invariant", "double-unmap"});
  CHECK(none.at("verdict") == "bound_reached");  // worlds were cut
  CHECK(none.at("counterexamples").empty());
  CHECK(none.at("probability").at("decimal") == "0");
}

TEST_CASE("explore: the same bytes with any number of workers") {
  const Scratch scratch;
  for (const std::string& scenario :
       {std::string("upstream-report"), scratch.write("short.json", short_pool().dump())}) {
    for (const Arguments& more : {Arguments{"--format", "text"}, Arguments{"--format", "json"},
                                  Arguments{"--format", "json", "--reduction", "symmetry"},
                                  Arguments{"--format", "json", "--reduction", "all"},
                                  Arguments{"--format", "text", "--verdict-only"}}) {
      Arguments arguments = more;
      arguments.insert(arguments.end(), {"--policy", "all", "--jobs", "1"});
      CAPTURE(scenario, more);
      const Result one = explored_text(scenario, arguments);
      CHECK(one.exit_code == 1);
      for (const char* jobs : {"2", "3"}) {
        arguments.back() = jobs;
        const Result several = explored_text(scenario, arguments);
        CHECK(several.out == one.out);
        CHECK(several.exit_code == one.exit_code);
      }
    }
  }
}

TEST_CASE("explore: symmetry changes the number of states and nothing else that counts") {
  const Scratch scratch;
  const std::string many = scratch.write("many.json", many_violations().dump());
  json two = two_tosses();
  for (const std::string& scenario : {std::string("upstream-report"), std::string("no-loss"), many,
                                      scratch.write("two.json", two.dump())}) {
    for (const std::string& policy : policy_names) {
      CAPTURE(scenario, policy);
      const json full = explored(scenario, {"--policy", policy});
      const json less = explored(scenario, {"--policy", policy, "--reduction", "symmetry"});
      CHECK(less.at("reduction").at("symmetry") == true);
      for (const char* same : {"verdict", "interleavings", "probability", "counterexamples"}) {
        CAPTURE(same);
        CHECK(less.at(same) == full.at(same));
      }
      CHECK(less.value("causes", json()) == full.value("causes", json()));
      CHECK(less.at("states") <= full.at("states"));
      check_replays(less, scenario);
    }
  }
  CHECK(explored("upstream-report", {"--reduction", "symmetry"}).at("states") <
        explored("upstream-report").at("states"));
}

TEST_CASE("explore: partial order keeps the verdict and the invariants, and says what it drops") {
  const Scratch scratch;
  const std::string many = scratch.write("many.json", many_violations().dump());
  for (const std::string& scenario : {std::string("upstream-report"), std::string("no-loss"),
                                      std::string("single-segment"), many}) {
    for (const std::string& policy : policy_names) {
      const json full = explored(scenario, {"--policy", policy, "--count-preemptions", "never"});
      for (const char* reduction : {"partial-order", "all"}) {
        CAPTURE(scenario, policy, reduction);
        const json less = explored(scenario, {"--policy", policy, "--reduction", reduction});
        CHECK(less.at("verdict") == full.at("verdict"));
        CHECK(less.at("states") <= full.at("states"));
        for (const char* dropped : {"interleavings", "probability", "labels", "causes"}) {
          CHECK_FALSE(less.contains(dropped));
        }
        CHECK_FALSE(less.at("not_known").empty());
        REQUIRE(less.at("counterexamples").size() == full.at("counterexamples").size());
        for (std::size_t i = 0; i < less.at("counterexamples").size(); ++i) {
          CHECK(less["counterexamples"][i].at("invariant") ==
                full["counterexamples"][i].at("invariant"));
          CHECK(less["counterexamples"][i].at("canonical") == false);
        }
        check_replays(less, scenario);
      }
    }
  }
}

TEST_CASE("explore: without a graph the same verdict and size, and a shortest counterexample") {
  const Scratch scratch;
  const std::string many = scratch.write("many.json", many_violations().dump());
  for (const std::string& scenario :
       {std::string("upstream-report"), std::string("no-loss"), many}) {
    for (const std::string& policy : policy_names) {
      CAPTURE(scenario, policy);
      const json full = explored(scenario, {"--policy", policy, "--count-preemptions", "never"});
      const json brief = explored(scenario, {"--policy", policy, "--verdict-only"});
      for (const char* same : {"verdict", "bound", "states", "transitions", "depth", "ends"}) {
        CHECK(brief.at(same) == full.at(same));
      }
      for (const char* dropped : {"interleavings", "probability", "labels", "causes"}) {
        CHECK_FALSE(brief.contains(dropped));
      }
      REQUIRE(brief.at("counterexamples").size() == full.at("counterexamples").size());
      for (std::size_t i = 0; i < brief.at("counterexamples").size(); ++i) {
        const json& canonical = full["counterexamples"][i];
        const json& example = brief["counterexamples"][i];
        CHECK(example.at("canonical") == false);
        CHECK(example.at("invariant") == canonical.at("invariant"));
        CHECK(example.at("steps") == (canonical.contains("shortest")
                                          ? canonical["shortest"].at("steps")
                                          : canonical.at("steps")));
      }
      check_replays(brief, scenario);
    }
  }
}

TEST_CASE("explore: the text says what the JSON says") {
  const json report = explored("pool-exhaustion");
  const Result text = explored_text("pool-exhaustion");
  CHECK(text.exit_code == 1);
  const auto line = [&](const std::string& title, const std::string& value) {
    CAPTURE(title, value);
    CHECK(std::regex_search(text.out, std::regex("(^|\n)" + title + " +" + value)));
  };
  line("scenario", "pool-exhaustion: ");
  line("guards", "enobufs-delay\n");
  line("policy", "unmap-on-marshal-error \\(pre-fix\\)\n");
  line("verdict", "violated: double-unmap\n");
  line("states", report.at("states").dump() + ", depth " + report.at("depth").dump() + "\n");
  line("transitions", report.at("transitions").dump() + "\n");
  line("labels", report.at("labels").at("safe").dump() + " safe, " +
                     report.at("labels").at("avoidable").dump() + " avoidable, " +
                     report.at("labels").at("inevitable").dump() + " inevitable\n");
  line("probability", report.at("probability").at("decimal").get<std::string>() + ", error below " +
                          report.at("probability").at("error_below").get<std::string>());
  line("seeds", report.at("probability").at("seeds_for_99_percent").dump() + " such runs");
  line("  in all", report.at("interleavings").at("all").get<std::string>() + " ");
  line("  failing", report.at("interleavings").at("failing").get<std::string>() + " ");
  const auto& all = report.at("interleavings").at("all_by_preemptions");
  const auto& failing = report.at("interleavings").at("failing_by_preemptions");
  for (std::size_t p = 0; p < 10; ++p) {
    line(" +" + std::to_string(p),
         all[p].get<std::string>() + " +" + failing[p].get<std::string>() + "\n");
  }
  const json& example = report.at("counterexamples").at(0);
  CHECK(text.says("canonical counterexample: " + example.at("preemptions").dump() +
                  " preemptions, " + example.at("steps").dump() + " steps\n"));
  CHECK(text.says("inevitable after step " + example.at("inevitable_after").dump() + ": "));
  for (const json& cause : report.at("causes")) {
    CHECK(text.says("    " + cause.at("interleavings").get<std::string>() + "\n"));
  }
  // Times only where they may differ.
  CHECK_FALSE(text.says("states/s"));
  const Result timed = run({"explore", "no-loss"});
  CHECK(std::regex_search(timed.out, std::regex("\nmeasured +[0-9.]+ M states/s, [0-9.]+ M "
                                                "transitions/s, [0-9.]+ MiB;")));
  const json measured = run({"explore", "no-loss", "--format", "json"}).json().at("measured");
  for (const char* what : {"search_seconds", "all_seconds", "memory_bytes"}) {
    CHECK(measured.at(what) > 0);
  }
}

TEST_CASE("explore: counting by preemptions may be asked for or left out") {
  const auto counted = [](const char* when) {
    return explored("no-loss", {"--count-preemptions", when}).at("interleavings");
  };
  CHECK(counted("auto") == counted("always"));
  CHECK_FALSE(counted("never").contains("all_by_preemptions"));
  CHECK(counted("never").at("all") == counted("always").at("all"));
}
