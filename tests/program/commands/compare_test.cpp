// SPDX-License-Identifier: MIT
//
// compare: every cell is what explore says, and the tables are what the cells say.
//
// Numbers are held against `explore` without reduction, whose own tests hold them
// against searches that share nothing with it.
#include <boost/multiprecision/cpp_int.hpp>
#include <functional>
#include <set>

#include "tests/program/commands/explore_fixture.h"

using namespace fixture;
using Catch::Matchers::Contains;

namespace {

Arguments compare_arguments(const Arguments& scenarios, const Arguments& more) {
  Arguments arguments{"compare"};
  arguments.insert(arguments.end(), scenarios.begin(), scenarios.end());
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

Result compared_as(const std::string& format, const Arguments& scenarios, const Arguments& more) {
  Arguments arguments = compare_arguments(scenarios, more);
  arguments.insert(arguments.end(), {"--format", format, "--reproducible"});
  return run(arguments);
}

/// The first of 2, 1, 3, 0 among the cells' exit codes.
int exit_code_of_cells(const json& comparison) {
  int code = 0;
  for (const json& cell : comparison.at("cells")) {
    const int own = fixture::exit_code_of(cell.at("verdict"));
    if (own == 1 || code == 0) code = own;
    if (own == 1) break;
  }
  return code;
}

json compared(const Arguments& scenarios, const Arguments& more = both) {
  const Result result = compared_as("json", scenarios, more);
  CAPTURE(scenarios, more, result.err);
  REQUIRE_FALSE(result.out.empty());
  CHECK(result.err.empty());
  json comparison = result.json();
  REQUIRE(comparison.at("format") == "frwrsim-comparison/1");
  REQUIRE(comparison.at("cells").size() ==
          comparison.at("scenarios").size() * comparison.at("policies").size());
  CHECK(result.exit_code == exit_code_of_cells(comparison));
  return comparison;
}

/// "scenario_name policy", cell by cell.
Arguments places_of(const json& comparison) {
  Arguments places;
  for (const json& cell : comparison.at("cells")) {
    places.push_back(cell.at("scenario_name").get<std::string>() + " " +
                     cell.at("policy").get<std::string>());
  }
  return places;
}

Arguments names_of(const std::string& what) { return lines_of(run({"list", what, "--names"}).out); }

/// A line of a table of GitHub Flavored Markdown, cell by cell.
Arguments cells_of(const std::string& line) {
  Arguments cells;
  std::string cell;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      cell += line[++i];
    } else if (line[i] == '|') {
      cells.push_back(cell);
      cell.clear();
    } else {
      cell += line[i];
    }
  }
  REQUIRE(cell.empty());  // it ends with a pipe
  REQUIRE_FALSE(cells.empty());
  REQUIRE(cells.front().empty());  // and begins with one
  cells.erase(cells.begin());
  for (std::string& each : cells) {
    if (each.size() >= 2 && each.front() == ' ') each = each.substr(1, each.size() - 2);
  }
  return cells;
}

/// The lines of the table, which ends with an empty line.
std::vector<Arguments> table_of(const std::string& markdown) {
  std::vector<Arguments> rows;
  for (const std::string& line : lines_of(markdown)) {
    if (line.empty()) break;
    rows.push_back(cells_of(line));
  }
  return rows;
}

std::string with_search(const Scratch& scratch, const std::string& name, json scenario,
                        const json& search) {
  scenario["search"] = search;
  return scratch.write(name, scenario.dump());
}

}  // namespace

TEST_CASE("compare: a cell says what an unreduced explore says") {
  const Scratch scratch;
  const Arguments scenarios{"upstream-report",
                            "no-loss",
                            "pool-exhaustion",
                            scratch.write("many.json", many_violations().dump()),
                            scratch.write("toss.json", one_toss().dump()),
                            scratch.write("short.json", short_pool().dump())};
  const json comparison = compared(scenarios);
  std::size_t i = 0;
  for (const std::string& scenario : scenarios) {
    for (const char* policy : {"pre-fix", "fix"}) {
      CAPTURE(scenario, policy);
      const json& cell = comparison["cells"].at(i++);
      const json full = explored(scenario, {"--policy", policy, "--count-preemptions", "never"});
      for (const char* same : {"scenario_name", "scenario_hash", "policy", "verdict", "bound",
                               "interleavings", "probability", "not_expanded", "not_known"}) {
        CAPTURE(same);
        CHECK(cell.at(same) == full.at(same));
      }
      std::set<unsigned> preemptions;
      for (const json& example : full.at("counterexamples")) {
        preemptions.insert(example.at("preemptions").get<unsigned>());
      }
      REQUIRE(cell.contains("least_preemptions") == !preemptions.empty());
      if (!preemptions.empty()) CHECK(cell["least_preemptions"] == *preemptions.begin());
      CHECK(cell.at("states") <= full.at("states"));
      CHECK_FALSE(cell.at("interleavings").contains("all_by_preemptions"));
      CHECK(cell.at("cut").size() == full.at("ends").at("cut").size());
    }
  }
}

TEST_CASE("compare: the least preemptions are those of all violated invariants together") {
  // Of several, at least one takes more than the least.
  const Scratch scratch;
  const std::string file = scratch.write("many.json", many_violations().dump());
  const json full = explored(file, {"--policy", "pre-fix", "--count-preemptions", "never"});
  std::set<unsigned> preemptions;
  for (const json& example : full.at("counterexamples")) {
    preemptions.insert(example.at("preemptions").get<unsigned>());
  }
  REQUIRE(preemptions.size() > 1);
  CHECK(compared({file}).at("cells").at(0).at("least_preemptions") == *preemptions.begin());
}

TEST_CASE("compare: interleavings by preemptions are not asked for, so they are not missing") {
  // Of so many states explore does not count them unasked, and says so.
  const json cell = compared({"upstream-three-segments"}, {"-p", "pre-fix"}).at("cells").at(0);
  REQUIRE(cell.at("states") > 250'000);
  CHECK(cell.at("not_known").empty());
  CHECK(cell.contains("least_preemptions"));
}

TEST_CASE("compare: each invariant stands as explore --invariant says") {
  const Scratch scratch;
  const std::map<std::string, std::string> standing_by_verdict{
      {"violated", "violated"}, {"exhausted", "holds"}, {"bound_reached", "unknown"}};
  const Arguments scenarios{
      "no-loss", scratch.write("toss.json", one_toss().dump()),
      scratch.write("short.json", short_pool().dump()),
      with_search(scratch, "part.json", many_violations(), {{"max_states", 300}})};
  std::set<std::string> seen;
  const json comparison = compared(scenarios);
  for (std::size_t i = 0; i < comparison["cells"].size(); ++i) {
    const json& cell = comparison["cells"][i];
    CAPTURE(cell.dump());
    std::size_t fatal = 0;
    for (const std::string& invariant : names_of("invariants")) {
      const Result narrow =
          run({"explore", scenarios[i / 2], "--policy", cell.at("policy"), "--invariant", invariant,
               "--reduction", "symmetry", "--count-preemptions", "never", "--format", "json"});
      if (narrow.exit_code == 2) continue;  // observed only
      ++fatal;
      CAPTURE(invariant);
      const std::string standing =
          standing_by_verdict.at(narrow.json().at("verdict").get<std::string>());
      CHECK(cell.at("invariants").at(invariant) == standing);
      seen.insert(standing);
    }
    CHECK(cell.at("invariants").size() == fatal);
  }
  CHECK(seen.size() == 3);
}

TEST_CASE("compare: scenarios and policies in the order given, each once") {
  const json comparison =
      compared({"no-loss", "upstream-report", "no-loss", "flushing-provider"},
               {"-p", "fix", "-p", "pre-fix", "-p", "leave-registered", "--max-states", "50"});
  CHECK(comparison.at("policies") == json({"leave-registered", "unmap-on-marshal-error"}));
  CHECK(places_of(comparison) ==
        Arguments{"no-loss leave-registered", "no-loss unmap-on-marshal-error",
                  "upstream-report leave-registered", "upstream-report unmap-on-marshal-error",
                  "flushing-provider leave-registered",
                  "flushing-provider unmap-on-marshal-error"});
  std::size_t i = 0;
  for (const char* name : {"no-loss", "upstream-report", "flushing-provider"}) {
    const json& entry = comparison.at("scenarios").at(i++);
    CHECK(entry.at("name") == name);
    CHECK(entry.at("title") == scenario(name).at("title"));
    CHECK(entry.at("hash") == comparison.at("cells").at(2 * i - 1).at("scenario_hash"));
  }
}

TEST_CASE("compare: all scenarios and all policies unless told which") {
  const json all = compared({}, {"--max-states", "50"});
  Arguments places;
  for (const std::string& name : names_of("scenarios")) {
    for (const std::string& policy : names_of("policies")) places.push_back(name + " " + policy);
  }
  CHECK(places_of(all) == places);
  CHECK(compared({}, {"--max-states", "50", "--policy", "all"}) == all);

  const Scratch scratch;
  const Environment there{{"FRWRSIM_SCENARIOS", scratch.path(".")}};
  CHECK_THAT(complaint({"compare"}, {.set = there}), Contains("no scenarios"));
  (void)scratch.write("b.json", short_pool().dump());
  (void)scratch.write("a.json", one_toss().dump());
  const json own = run({"compare", "--policy", "fix", "--format", "json"}, {.set = there}).json();
  CHECK(places_of(own) == Arguments{"a leave-registered", "b leave-registered"});
}

TEST_CASE("compare: the exit code is the first of 2, 1, 3, 0 that occurred") {
  const Scratch scratch;
  const std::string bound =
      with_search(scratch, "bound.json", small_scenario(), {{"max_states", 20}});
  const std::string violated = scratch.write("violated.json", short_pool().dump());
  const auto code = [](const Arguments& scenarios, const Arguments& more = both) {
    return compared_as("text", scenarios, more).exit_code;
  };
  CHECK(code({"no-loss"}) == 0);
  CHECK(code({bound}) == 3);
  CHECK(code({violated}) == 1);
  CHECK(code({"upstream-report"}) == 1);
  CHECK(code({"upstream-report"}, {"--policy", "fix"}) == 0);
  for (const Arguments& scenarios : {Arguments{"no-loss", bound}, Arguments{bound, "no-loss"}}) {
    CHECK(code(scenarios) == 3);
  }
  for (const Arguments& scenarios :
       {Arguments{violated, "no-loss"}, Arguments{"no-loss", violated}, Arguments{bound, violated},
        Arguments{violated, bound, "no-loss"}}) {
    CHECK(code(scenarios) == 1);
  }
}

TEST_CASE("compare: a limit ends its own cells, the others are as without it") {
  const Scratch scratch;
  const std::string part =
      with_search(scratch, "part.json", scenario("upstream-report"), {{"max_states", 500}});
  const json alone = compared({"no-loss", "single-segment"});
  const json comparison = compared({"no-loss", part, "single-segment"});
  for (const std::size_t i : {0, 1}) {
    CHECK(comparison["cells"].at(i) == alone["cells"].at(i));
    CHECK(comparison["cells"].at(4 + i) == alone["cells"].at(2 + i));
    const json& ended = comparison["cells"].at(2 + i);
    CAPTURE(ended.dump());
    CHECK(ended.at("verdict") == "bound_reached");
    CHECK(ended.at("bound") == "states");
    CHECK(ended.at("states") == 500);
    CHECK(ended.at("not_expanded") > 0);
    for (const char* unknown : {"interleavings", "probability", "least_preemptions"}) {
      CHECK_FALSE(ended.contains(unknown));
    }
    CHECK_FALSE(ended.at("not_known").empty());
    for (const json& standing : ended.at("invariants")) CHECK(standing == "unknown");
  }
  // What is told here counts more than what the file says.
  const json whole = compared({part}, {"-p", "fix", "--max-states", "1000000"});
  CHECK(whole.at("cells").at(0) ==
        compared({part}, {"-p", "fix", "--max-states", "1000001"}).at("cells").at(0));
  CHECK(whole["cells"][0].at("verdict") == "exhausted");
}

TEST_CASE("compare: time and memory end one cell at a time, too") {
  const auto check = [](const Arguments& limit, const std::string& bound) {
    const json comparison = compared({endless, "no-loss"}, limit);
    CHECK(comparison["cells"].at(0).at("bound") == bound);
    CHECK(comparison["cells"].at(0).at("verdict") == "bound_reached");
    CHECK(comparison["cells"].at(1).at("verdict") == "exhausted");
  };
  CHECK(seconds_of([&] { check({"-p", "fix", "--time-limit", "300ms"}, "time"); }) < 10);
  check({"-p", "fix", "--max-memory", "20M"}, "memory");
}

TEST_CASE(
    "compare: a violation that was seen before a limit is one - its preemptions are unknown") {
  const json cell =
      compared({"upstream-report"}, {"-p", "pre-fix", "--max-states", "50000"}).at("cells").at(0);
  CHECK(cell.at("verdict") == "violated");
  CHECK(cell.at("bound") == "states");
  CHECK(cell.at("invariants").at("double-unmap") == "violated");
  CHECK(cell.at("invariants").at("rpc-finishes") == "unknown");
  CHECK_FALSE(cell.contains("least_preemptions"));
  const Result text =
      compared_as("text", {"upstream-report"}, {"-p", "pre-fix", "--max-states", "50000"});
  CHECK(std::regex_search(
      text.out,
      std::regex("\n  pre-fix  violated  \\? +\\? +\\? +double-unmap; others unknown: ")));
}

TEST_CASE("compare: an interrupt is for all cells, and the line of progress names the cell") {
  Running running(compare_arguments({endless}, {"-p", "pre-fix", "-p", "fix", "--format", "json",
                                                "--time-limit", "20s"}),
                  true);
  running.wait_until_shown(std::string(endless) + ", pre-fix: ");
  running.send(SIGINT);
  const Result result = running.finish();
  CHECK(result.exit_code == 3);
  const json comparison = result.json();
  REQUIRE(comparison.at("cells").size() == 2);
  for (const json& cell : comparison["cells"]) CHECK(cell.at("bound") == "interrupted");
}

TEST_CASE("compare: bad input is refused before the first search, and nothing is written") {
  const Scratch scratch;
  const std::string bad = scratch.write("bad.json", "{\"format\": 5}");
  const std::string target = scratch.write("out", "what was there before");
  CHECK(seconds_of([&] {
          for (const Arguments& scenarios :
               {Arguments{bad}, Arguments{endless, bad}, Arguments{bad, endless}}) {
            CHECK_THAT(complaint(compare_arguments(scenarios, {"--time-limit", "3s"})),
                       Contains("bad.json"));
            complaint(compare_arguments(scenarios, {"--time-limit", "3s", "-o", target}));
          }
          CHECK_THAT(complaint({"compare", endless, "upstream-repotr", "--time-limit", "3s"}),
                     Contains("did you mean 'upstream-report'?"));
          CHECK_THAT(complaint({"compare", endless, "-p", "prefix", "--time-limit", "3s"}),
                     Contains("did you mean 'pre-fix'?"));
          const std::string missing = scratch.path("no/such/directory/out");
          CHECK_THAT(complaint({"compare", endless, "--time-limit", "3s", "-o", missing}),
                     Contains(missing));
          CHECK_THAT(complaint({"compare", endless, "--time-limit", "3s", "-o", scratch.path(".")}),
                     Contains("directory"));
        }) < 2);
  CHECK(content_of(target) == "what was there before");
  CHECK(scratch.names() == Arguments{"bad.json", "out"});
  complaint({"compare", ""});
  // One bad file among those that have a name.
  CHECK_THAT(complaint({"compare"}, {.set = {{"FRWRSIM_SCENARIOS", scratch.path(".")}}}),
             Contains("bad.json"));
}

TEST_CASE("compare: a file is written whole") {
  const Scratch scratch;
  const std::string target = scratch.write("out", "what was there before");
  for (const char* format : {"text", "markdown", "json"}) {
    const Arguments arguments{"compare", "no-loss", "--format", format, "--reproducible"};
    Arguments to_file = arguments;
    to_file.insert(to_file.end(), {"--output", target});
    const Result written = run(to_file);
    CHECK(written.exit_code == 0);
    CHECK(written.out.empty());
    CHECK(content_of(target) == run(arguments).out);
    CHECK_THAT(complaint(arguments, {.stdout_to = "/dev/full"}),
               Contains("No space left on device"));
  }
  CHECK(scratch.names() == Arguments{"out"});
}

TEST_CASE("compare: options that cannot be used are refused, with their name") {
  const auto refused = [](const char* option, const std::string& value) {
    CAPTURE(option, value);
    CHECK_THAT(usage_complaint({"compare", "no-loss", option, value}), Contains(option));
  };
  refused("--max-states", "0");
  refused("--max-memory", "2g");
  refused("--time-limit", "2d");
  refused("--jobs", "0");
  for (const char* format : {"jsno", "ftrace", ""}) refused("--format", format);
  // There is one search, and its reduction is no choice.
  for (const char* option : {"--reduction", "--invariant", "--certificate", "--against"}) {
    usage_complaint({"compare", "no-loss", option, "all"});
  }
  CHECK(run({"compare", "--help"}).says("symmetry"));
}

TEST_CASE("compare: the same bytes with any number of workers - times only where they may differ") {
  const Scratch scratch;
  const Arguments scenarios{
      "upstream-report", with_search(scratch, "part.json", small_scenario(), {{"max_states", 300}}),
      scratch.write("short.json", short_pool().dump())};
  for (const char* format : {"text", "markdown", "json"}) {
    CAPTURE(format);
    const Result one = compared_as(format, scenarios, {"--jobs", "1"});
    CHECK(one.exit_code == 1);
    for (const char* jobs : {"1", "2", "3"}) {
      const Result several = compared_as(format, scenarios, {"--jobs", jobs});
      CHECK(several.out == one.out);
      CHECK(several.exit_code == one.exit_code);
    }
    CHECK_FALSE(one.says("measured"));
    const Result timed = run({"compare", "no-loss", "--format", format});
    CHECK(timed.says("measured") == (std::string(format) != "markdown"));
  }
  const json timed = run({"compare", "no-loss", "--format", "json"}).json();
  for (const char* what : {"search_seconds", "all_seconds", "memory_bytes"}) {
    CHECK(timed.at("cells").at(0).at("measured").at(what) > 0);
  }
}

TEST_CASE("compare: the text says what the JSON says, within 100 columns") {
  const Arguments few{"--max-states", "20000", "-p", "pre-fix", "-p", "fix"};
  const json comparison = compared({}, few);
  const Result text = compared_as("text", {}, few);
  for (const std::string& line : lines_of(text.out)) {
    CAPTURE(line);
    CHECK(line.size() <= 100);
  }
  CHECK(text.says("which is not a probability"));
  CHECK(text.says("symmetry"));
  // A block for each scenario, a line for each policy.
  std::size_t at = 0;
  for (std::size_t i = 0; i < comparison["scenarios"].size(); ++i) {
    const json& entry = comparison["scenarios"][i];
    at = text.out.find("scenario     " + entry.at("name").get<std::string>() + ": " +
                           entry.at("title").get<std::string>() + "\n",
                       at);
    REQUIRE(at != std::string::npos);
    at = text.out.find("guards       ", at);
    REQUIRE(at != std::string::npos);
    for (const std::size_t p : {0, 1}) {
      const json& cell = comparison["cells"][2 * i + p];
      at = text.out.find(p == 0 ? "\n  pre-fix " : "\n  fix ", at);
      REQUIRE(at != std::string::npos);
      // Long lists go on in the same column, further to the right than any policy.
      std::size_t end = text.out.find('\n', at + 1);
      while (text.out.compare(end, 4, "\n   ") == 0) end = text.out.find('\n', end + 1);
      const std::string line = text.out.substr(at + 1, end - at - 1);
      CAPTURE(cell.dump(), line);
      CHECK_THAT(line, Contains(" " + cell.at("verdict").get<std::string>() + " "));
      if (cell.contains("interleavings")) {
        CHECK_THAT(line, Contains(" of "));
      } else {
        CHECK_THAT(line, Contains(" ?  "));
      }
      for (const auto& [invariant, standing] : cell.at("invariants").items()) {
        CHECK((line.find(invariant) != std::string::npos) == (standing == "violated"));
      }
      CHECK((line.substr(line.size() - 4) == "none") == (cell.at("verdict") == "exhausted"));
    }
  }
  // The overview.
  const std::map<std::string, std::string> marks{
      {"violated", "V"}, {"exhausted", "."}, {"bound_reached", "?"}};
  const std::string overview = text.out.substr(text.out.find("\nOverview\n"));
  for (std::size_t i = 0; i < comparison["scenarios"].size(); ++i) {
    const json& cells = comparison["cells"];
    const std::string row = "\n  " + comparison["scenarios"][i].at("name").get<std::string>() +
                            " +\\" + marks.at(cells[2 * i].at("verdict")) + " +\\" +
                            marks.at(cells[2 * i + 1].at("verdict")) + "\n";
    CAPTURE(row);
    CHECK(std::regex_search(overview, std::regex(row)));
  }
}

TEST_CASE("compare: numbers in the text are those of the JSON, rounded") {
  const json cell = compared({"pool-exhaustion"}).at("cells").at(0);
  using boost::multiprecision::cpp_int;
  const cpp_int all(cell.at("interleavings").at("all").get<std::string>());
  const cpp_int passing = all - cpp_int(cell.at("interleavings").at("failing").get<std::string>());
  // Almost all fail: within the three digits shown they could not be told apart.
  REQUIRE(passing > 0);
  REQUIRE(passing * 10'000 < all);
  const Result text = compared_as("text", {"pool-exhaustion"}, both);
  std::smatch match;
  REQUIRE(std::regex_search(
      text.out, match,
      std::regex("\n  pre-fix +violated +all but ([0-9.]+e[0-9]+) of ([0-9.]+e[0-9]+) +([0-9.]+) "
                 "+([0-9]+) +double-unmap")));
  const auto near = [](const std::string& rounded, const std::string& exact) {
    CHECK(std::stod(rounded) == Approx(std::stod(exact)).epsilon(0.005));
  };
  near(match[1], passing.str());
  near(match[2], all.str());
  near(match[3], cell.at("probability").at("decimal"));
  CHECK(match[4] == std::to_string(cell.at("least_preemptions").get<unsigned>()));
}

TEST_CASE("compare: an overview only where there is something to look over") {
  CHECK(compared_as("text", {"no-loss", "single-segment"}, both).says("\nOverview\n"));
  CHECK_FALSE(compared_as("text", {"no-loss"}, both).says("\nOverview\n"));
  CHECK_FALSE(
      compared_as("text", {"no-loss", "single-segment"}, {"-p", "fix"}).says("\nOverview\n"));
  // Where names do not fit columns have numbers.
  const Scratch scratch;
  const std::string wide = scratch.write(std::string(90, 'w') + ".json", one_toss().dump());
  const Result text = compared_as("text", {"no-loss", wide}, both);
  CHECK(std::regex_search(text.out, std::regex("\nOverview\n +1  2\n  no-loss +\\.  \\.\n  w+  ")));
  CHECK(text.says("\n  1 pre-fix, 2 fix\n"));
}

TEST_CASE("compare: the Markdown is one table, a line a scenario and a column a policy") {
  const Scratch scratch;
  const Arguments scenarios{
      "no-loss", "upstream-report",
      with_search(scratch, "part.json", small_scenario(), {{"max_states", 20}})};
  const json comparison = compared(scenarios);
  const Result markdown = compared_as("markdown", scenarios, both);
  const auto table = table_of(markdown.out);
  REQUIRE(table.size() == 2 + scenarios.size());
  CHECK(table[0] == Arguments{"scenario", "guards", "pre-fix", "fix"});
  CHECK(table[1] == Arguments{"---", "---", "---", "---"});
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    const Arguments& row = table[2 + i];
    REQUIRE(row.size() == 4);
    CHECK(row[0] == comparison["scenarios"][i].at("name"));
    CHECK(row[1] == comparison["scenarios"][i].at("guards"));
    for (const std::size_t p : {0, 1}) {
      const std::string verdict = comparison["cells"][2 * i + p].at("verdict");
      CHECK(row[2 + p].rfind(verdict + ", ", 0) == 0);
    }
  }
  CHECK(table[2][2] == "exhausted, 0 of 208460");
  CHECK(std::regex_match(table[3][2],
                         std::regex("violated, [0-9.]+e34 of [0-9.]+e34, p = 3\\.70e-07, k = 0, "
                                    "double-unmap; others unknown: .*")));
  CHECK_THAT(table[4][2], Contains("--max-states") && !Contains(" of "));
  CHECK(markdown.says("\n\n\"n of N\": "));
  CHECK(markdown.says("not a probability"));
}

TEST_CASE("compare: a file may be called anything, and commands neither table nor terminal") {
  const Scratch scratch;
  const std::string name = "a|b <i> \\| `c` *d*\n| \x1b[2J";
  const std::string file = scratch.write(name + ".json", one_toss().dump());
  const Result markdown = compared_as("markdown", {file, "no-loss"}, both);
  CHECK(is_printable_utf8(markdown.out));
  CHECK_FALSE(markdown.says("<"));
  const auto table = table_of(markdown.out);
  REQUIRE(table.size() == 4);
  for (const Arguments& row : table) CHECK(row.size() == 4);
  CHECK_THAT(table[2][0], Contains("a|b &lt;i> \\| `c` *d*"));
  CHECK(is_printable_utf8(compared_as("text", {file, "no-loss"}, both).out));
  CHECK(compared({file}).at("scenarios").at(0).at("name") == name);
  // What is no UTF-8 costs no results either.
  const std::string odd = scratch.write("\xff.json", one_toss().dump());
  CHECK(compared({odd}).at("cells").size() == 2);
}
