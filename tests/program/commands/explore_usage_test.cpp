// SPDX-License-Identifier: MIT
//
// explore: comparing with an earlier report, and what it refuses.
#include <chrono>
#include <set>

#include "tests/program/commands/explore_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

namespace {

/// Its report, as a file to compare with.
std::string report_file(const Scratch& scratch, const std::string& scenario,
                        const Arguments& more = {}) {
  Arguments arguments = more;
  arguments.insert(arguments.end(), {"--format", "json"});
  return scratch.write("report.json", run(explore_arguments(scenario, arguments)).out);
}

/// "what: before -> now", as JSON has them.
std::map<std::string, std::pair<std::string, std::string>> differences(const std::string& scenario,
                                                                       const std::string& report,
                                                                       const Arguments& more = {}) {
  Arguments arguments = more;
  arguments.insert(arguments.end(), {"--against", report});
  const json now = explored(scenario, arguments);
  std::map<std::string, std::pair<std::string, std::string>> found;
  for (const json& difference : now.at("differences")) {
    CHECK(difference.at("before") != difference.at("now"));
    found[difference.at("what")] = {difference.at("before"), difference.at("now")};
  }
  CHECK(found.size() == now["differences"].size());
  // The text says the same.
  const Result text = explored_text(scenario, arguments);
  CHECK(text.says("\nCompared with " + report + "\n"));
  for (const auto& [what, values] : found) {
    CHECK(text.says("  " + what + ": " + values.first + " -> " + values.second + "\n"));
  }
  CHECK(text.says("  no difference\n") == found.empty());
  return found;
}

std::map<std::string, std::uint64_t> steps_of(const json& report) {
  std::map<std::string, std::uint64_t> steps;
  for (const json& step : report.at("transitions_by_step")) {
    steps["transitions of " + step.at("actor").get<std::string>() + ", " +
          step.at("step").get<std::string>()] = step.at("transitions");
  }
  return steps;
}

}  // namespace

TEST_CASE("explore --against its own report: no difference") {
  const Scratch scratch;
  const std::string report =
      report_file(scratch, "upstream-report", {"--policy", "pre-fix", "--policy", "fix"});
  for (const char* policy : {"pre-fix", "fix"}) {
    CHECK(differences("upstream-report", report, {"--policy", policy}).empty());
  }
  const Result all = explored_text("upstream-report",
                                   {"--policy", "pre-fix", "--policy", "fix", "--against", report});
  CHECK(all.exit_code == 1);  // that of the verdict
  CHECK(count_of(all.out, "  no difference\n") == 2);
  // Of one policy, written with other options that change no count.
  const std::string one = report_file(scratch, "no-loss", {"--count-preemptions", "never"});
  CHECK(differences("no-loss", one, {"--jobs", "2"}).empty());
}

TEST_CASE("explore --against the report of another scenario: every count and step that differs") {
  const Scratch scratch;
  const std::string before = scratch.write("before.json", small_scenario().dump());
  json pool = small_scenario();
  pool["mr_pool"] = 2;
  json budget = small_scenario();
  budget["budgets"]["retransmissions"] = 0;
  json guards = small_scenario();
  guards["losses"] = {{"count", 1}, {"when", "any-time"}};
  guards["guards"] = {"enobufs-delay", "reply-pins-request"};
  const json old_report = explored(before);
  const std::string file = report_file(scratch, before);
  for (const json& scenario : {pool, budget, guards}) {
    const std::string after = scratch.write("after.json", scenario.dump());
    const auto found = differences(after, file);
    const json report = explored(after);
    for (const char* what :
         {"states", "transitions", "scenario_hash", "depth", "verdict", "guards"}) {
      CAPTURE(what);
      const auto text = [&](const json& value) {
        return value.is_string() ? value.get<std::string>() : value.dump();
      };
      if (old_report.at(what) == report.at(what)) {
        CHECK(found.count(what) == 0);
      } else {
        REQUIRE(found.count(what) == 1);
        CHECK(found.at(what) == std::pair(text(old_report.at(what)), text(report.at(what))));
      }
    }
    CHECK(found.at("interleavings") ==
          std::pair(old_report.at("interleavings").at("all").get<std::string>(),
                    report.at("interleavings").at("all").get<std::string>()));
    CHECK(found.count("states") == 1);
    // Steps: exactly those that are taken more or less often.
    auto then = steps_of(old_report);
    auto now = steps_of(report);
    std::set<std::string> names;
    for (const auto& [name, count] : then) names.insert(name);
    for (const auto& [name, count] : now) names.insert(name);
    std::size_t steps = 0;
    for (const std::string& name : names) {
      CAPTURE(name);
      if (then[name] == now[name]) {
        CHECK(found.count(name) == 0);
        continue;
      }
      ++steps;
      REQUIRE(found.count(name) == 1);
      CHECK(found.at(name) == std::pair(std::to_string(then[name]), std::to_string(now[name])));
    }
    CHECK(steps > 0);
    // What one of them lacks altogether is 0 there.
    for (const auto& [what, values] : found) {
      const bool is_step = what.rfind("transitions of ", 0) == 0 && what.find(',') < what.size();
      if (is_step) CHECK(names.count(what) == 1);
    }
  }
}

TEST_CASE("explore --against: a violation that is gone is told from one at no step") {
  const Scratch scratch;
  const std::string file = report_file(scratch, "upstream-report");
  const auto found = differences("upstream-report", file, {"--invariant", "rpc-finishes"});
  CHECK(found.count("invariant") == 1);
  CHECK(found.at("steps of the counterexample to double-unmap").second == "-");
  CHECK(found.count("preemptions of the counterexample to double-unmap") == 1);
}

TEST_CASE("explore --against files that are no report") {
  const Scratch scratch;
  const auto refused = [&](const std::string& file, const std::string& scenario = "no-loss") {
    return complaint(explore_arguments(scenario, {"--against", file}));
  };
  CHECK_THAT(refused(scratch.path("missing.json")), Contains("no such file"));
  CHECK_THAT(refused(scratch.path(".")), Contains("directory"));
  CHECK_THAT(refused(scratch.write("empty.json", "")), Contains("is empty"));
  for (const char* foreign :
       {"{}", "5", "[5]", "\"x\"", "null", "{\"format\": \"frwrsim-trace/1\"}", "{\"format\": 5}",
        "{\"format\": \"frwrsim-exploration/2\"}"}) {
    CAPTURE(foreign);
    const std::string file = scratch.write("foreign.json", foreign);
    CHECK_THAT(refused(file), Contains(file) && Contains("frwrsim-exploration/1"));
  }
  CHECK_THAT(refused((scenario_dir / "no-loss.json").string()), Contains("frwrsim-exploration/1"));
  const std::string hunt =
      scratch.write("hunt.json", run({"hunt", "no-loss", "--format", "json"}).out);
  CHECK_THAT(refused(hunt), Contains("frwrsim-exploration/1"));
  // Without the policy that is asked for.
  CHECK_THAT(complaint(explore_arguments(
                 "no-loss", {"--policy", "fix", "--against", report_file(scratch, "no-loss")})),
             Contains("leave-registered"));
  refused(scratch.write("none.json", "[]"));
  // Cut anywhere.
  const std::string whole = run(explore_arguments("no-loss", {"--format", "json"})).out;
  for (std::size_t length = 1; length < whole.rfind('}'); length += 1 + whole.size() / 23) {
    CHECK_THAT(refused(scratch.write("cut.json", whole.substr(0, length))), Contains("line "));
  }
  // Members that are of another kind.
  for (const char* member : {"ends", "counterexamples", "transitions_by_step"}) {
    json report = json::parse(whole);
    report[member] = 5;
    CHECK_THAT(refused(scratch.write("odd.json", report.dump())), Contains(".json: "));
  }
  for (const char* member : {"ends", "counterexamples"}) {
    json report = json::parse(whole);
    report.erase(member);
    CHECK_THAT(refused(scratch.write("less.json", report.dump())), Contains(".json: "));
  }
}

TEST_CASE("explore --against: a damaged report is refused by name, not taken for a good one") {
  const Scratch scratch;
  const json whole = json::parse(run(explore_arguments("no-loss", {"--format", "json"})).out);
  for (const char* member : {"states", "transitions", "verdict", "depth", "scenario_hash"}) {
    for (const bool missing : {true, false}) {
      json report = whole;
      if (missing) report.erase(member);
      if (!missing) report[member] = json::object();
      CAPTURE(member, missing);
      const std::string file = scratch.write("damaged.json", report.dump());
      const Result result = run(explore_arguments("no-loss", {"--against", file}));
      CHECK(result.exit_code == 2);
      CHECK_THAT(result.err, Contains(file));
    }
  }
}

TEST_CASE("explore --against: a report cannot write to the terminal") {
  const Scratch scratch;
  json report = json::parse(run(explore_arguments("no-loss", {"--format", "json"})).out);
  report["scenario_name"] = "\x1b[2Jall is well\n  no difference";
  const Result result = run(
      explore_arguments("no-loss", {"--against", scratch.write("hostile.json", report.dump())}));
  CHECK((result.exit_code == 2 || is_printable_utf8(result.out)));
}

TEST_CASE("explore --against: what is wrong with the file is said before the search") {
  const Scratch scratch;
  const std::string file = report_file(scratch, "no-loss");
  const auto start = std::chrono::steady_clock::now();
  CHECK_THAT(complaint(explore_arguments(
                 "two-rpcs", {"--policy", "fix", "--time-limit", "3s", "--against", file})),
             Contains("leave-registered"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

TEST_CASE("explore: options that cannot be used are refused, with their name") {
  const auto refused = [](const char* option, const std::string& value) {
    CAPTURE(option, value);
    CHECK_THAT(usage_complaint({"explore", "no-loss", option, value}), Contains(option));
  };
  for (const char* states : {"0", "-1", "1.5", "1e3", "x", "", "2147483649", " 5", "5 ", "0x10",
                             "4294967297", "18446744073709551617", "99999999999999999999999"}) {
    refused("--max-states", states);
  }
  for (const char* size :
       {"0", "0M", "-1", "-1M", "1.5G", "x", "", "M", "2T", "2g", "2 G", "G2",
        "18446744073709551616", "18446744073709551615G", "17179869184G", "+5", "1e3M"}) {
    refused("--max-memory", size);
  }
  for (const char* size :
       {"2gb", "2Gib", "2GBB", "2 GB", "GiB", "1.5GiB", "17179869184GiB", "18446744074GB"}) {
    refused("--max-memory", size);
  }
  for (const char* time : {"0", "0s", "-1", "-5s", "1.5s", "x", "", "s", "2d", "2S", "2 s", "s2",
                           "5sec", "18446744073709551616s", "18446744073709551615h", "1:30"}) {
    refused("--time-limit", time);
  }
  for (const char* jobs : {"0", "-1", "1025", "4294967297", "x", ""}) refused("--jobs", jobs);
  for (const char* format : {"jsno", "ftrace", "schedule", ""}) refused("--format", format);
  for (const char* name : {"symetry", "partial_order", "", "none,all"}) {
    refused("--reduction", name);
  }
  for (const char* when : {"yes", "", "Auto"}) refused("--count-preemptions", when);
  for (const char* option : {"--max-states", "--max-memory", "--time-limit", "--invariant",
                             "--reduction", "--against", "--certificate", "--output"}) {
    CHECK_THAT(usage_complaint({"explore", "no-loss", option}), Contains(option));
  }
  usage_complaint({"explore"});
  usage_complaint({"explore", "no-loss", "two-rpcs"});
  usage_complaint({"explore", "no-loss", "--seeds", "1..2"});
  usage_complaint({"explore", "no-loss", "--max-steps", "5"});
  // The largest and the smallest that mean something, with and without a unit.
  for (const Arguments& more :
       {Arguments{"--max-states", "2147483648"}, Arguments{"--max-memory", "1073741824"},
        Arguments{"--max-memory", "1048576K"}, Arguments{"--max-memory", "1G"},
        Arguments{"--max-memory", "1GiB"}, Arguments{"--max-memory", "1GB"},
        Arguments{"--max-memory", "1048576KiB"}, Arguments{"--max-memory", "1000000kB"},
        Arguments{"--max-memory", "1073741824B"}, Arguments{"--time-limit", "3600"},
        Arguments{"--time-limit", "60000ms"}, Arguments{"--time-limit", "60m"},
        Arguments{"--time-limit", "1h"}, Arguments{"--max-states", "0158"}}) {
    CAPTURE(more);
    CHECK(explored("no-loss", more).at("verdict") == "exhausted");
  }
}

TEST_CASE("explore: names that are not there, the nearest proposed") {
  CHECK_THAT(complaint({"explore", "upstream-repotr"}),
             Contains("did you mean 'upstream-report'?"));
  CHECK_THAT(complaint({"explore", "no-loss", "--policy", "prefix"}),
             Contains("--policy") && Contains("did you mean 'pre-fix'?"));
  const auto invariant = [](const std::string& name) {
    return complaint({"explore", "no-loss", "--invariant", name});
  };
  CHECK_THAT(invariant("double-unmapp"),
             Contains("--invariant") && Contains("did you mean 'double-unmap'?"));
  CHECK_THAT(invariant("qqqqqqqqqqqqqqq"), Contains("double-unmap") && Contains("rpc-finishes"));
  CHECK_THAT(invariant("recovery-of-in-flight-mr"), Contains("observed"));
  invariant("\x1b[2J\nfrwrsim: all is well");
  invariant("Double-Unmap");
  CHECK(explored("no-loss", {"--invariant", "double-unmap"}).at("verdict") == "exhausted");
}

TEST_CASE("explore: an empty name is a mistake, not the lack of one") {
  for (const char* option : {"--invariant", "--against", "--certificate"}) {
    CAPTURE(option);
    CHECK(run({"explore", "no-loss", option, ""}).exit_code == 2);
  }
}

TEST_CASE("explore --certificate goes with one policy and a full search") {
  const Scratch scratch;
  const std::string file = scratch.path("certificate");
  for (const Arguments& more :
       {Arguments{"--reduction", "symmetry"}, Arguments{"--reduction", "partial-order"},
        Arguments{"--reduction", "all"}, Arguments{"--verdict-only"}, Arguments{"-p", "all"},
        Arguments{"-p", "fix", "-p", "pre-fix"}}) {
    Arguments arguments = explore_arguments("no-loss", more);
    arguments.insert(arguments.end(), {"--certificate", file});
    CHECK_THAT(complaint(arguments), Contains("--certificate"));
  }
  complaint({"explore", "no-loss", "--certificate", scratch.path("no/such/dir")});
  CHECK(scratch.names().empty());
  // A search that did not see everything certifies nothing, and says so.
  const json part = explored("no-loss", {"--max-states", "50", "--certificate", file});
  CHECK(part.at("verdict") == "bound_reached");
  CHECK_THAT(part.at("not_known").dump(), Contains("certificate"));
  CHECK(scratch.names().empty());
  CHECK(explored("no-loss", {"--certificate", file}).at("verdict") == "exhausted");
  CHECK(scratch.names() == std::vector<std::string>{"certificate"});
}

TEST_CASE("explore: scenario files with a search budget that cannot be used") {
  const Scratch scratch;
  const auto refused = [&](const std::string& key, const json& value) {
    json scenario = small_scenario();
    scenario["search"][key] = value;
    const std::string file = scratch.write("bad.json", scenario.dump());
    CAPTURE(key, value.dump());
    const std::string message = complaint({"explore", file});
    CHECK_THAT(message, Contains("/search/" + key));
    CHECK(complaint({"validate", file}) == message);
    return message;
  };
  const std::vector<std::pair<std::string, std::uint64_t>> highest{
      {"time_limit_s", 1'000'000}, {"max_memory_mib", 1'048'576}, {"max_states", 2'000'000'000}};
  for (const auto& [key, most] : highest) {
    const std::string range = "integer from 1 to " + std::to_string(most);
    for (const json& value : {json(0), json(-1), json(1.5), json("1"), json(nullptr), json(true),
                              json(most + 1), json(UINT64_MAX), json::array(), json::object()}) {
      CHECK_THAT(refused(key, value), Contains(range));
    }
  }
  CHECK_THAT(refused("max_state", 5), Contains("'max_states'"));
  for (const json& value : {json(5), json::array(), json(nullptr), json("x")}) {
    json scenario = small_scenario();
    scenario["search"] = value;
    CHECK_THAT(complaint({"explore", scratch.write("bad.json", scenario.dump())}),
               Contains("/search: ") && Contains("expected an object"));
  }
  json scenario = small_scenario();
  scenario["search"] = json::object();
  CHECK(run({"validate", scratch.write("none.json", scenario.dump())}).exit_code == 0);
}
