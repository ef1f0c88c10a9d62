// SPDX-License-Identifier: MIT
//
// list, validate, run and replay as a user meets them: output and exit codes.
//
// What is expected comes from the verdicts' definitions, the kernel's names and
// the scenario's own numbers, never from what the program printed once.
#include <regex>

#include "tests/program/program_fixture.h"

using namespace fixture;

namespace {

/// The part of a report below a heading, up to the next blank line.
std::string section(const std::string& report, const std::string& heading) {
  const auto start = report.find("\n" + heading);
  if (start == std::string::npos) return {};
  const auto end = report.find("\n\n", start + 1);
  return report.substr(start, end == std::string::npos ? end : end - start + 1);
}

/// The value of a header line: "fingerprint  <value>".
std::string header_value(const std::string& report, const std::string& name) {
  for (const std::string& line : unwrapped_lines(report)) {
    if (line.rfind(name + " ", 0) == 0)
      return line.substr(line.find_first_not_of(' ', name.size()));
  }
  return {};
}

/// The command a report tells the user to paste.
std::string printed_command(const std::string& report) {
  for (const std::string& line : lines_of(report)) {
    if (line.rfind("  frwrsim replay ", 0) == 0) return line.substr(2);
  }
  return {};
}

/// What a shell makes of a command, with the program in its PATH.
Result pasted(const std::string& command) {
  const std::string path = fs::path(program).parent_path().string() + ":/usr/bin:/bin";
  return run({"-c", command}, {.set = {{"PATH", path}}, .program = "/bin/sh"});
}

/// A pool of one MR for two segments, no patience until it is refreshed: marshalling
/// fails with -ENOBUFS in every interleaving, and the budget allows no retry.
nlohmann::json always_cut() {
  nlohmann::json json = small_scenario();
  json["mr_pool"] = 1;
  json["refresh"] = {{"batch", 1}, {"times", 1}};
  json.erase("losses");
  json["budgets"]["enobufs_retries"] = 0;
  return json;
}

}  // namespace

TEST_CASE("list names every file in the scenario directory and every section", "[sanitized]") {
  const Result all = run({"list"});
  REQUIRE(all.exit_code == 0);
  CHECK(all.err.empty());
  for (const char* section : {"scenarios", "policies", "invariants", "strategies"}) {
    const Result names = run({"list", section, "--names"});
    REQUIRE(names.exit_code == 0);
    REQUIRE_FALSE(lines_of(names.out).empty());
    CHECK(all.says(std::string(section) + "\n"));
    const Result only = run({"list", section});
    REQUIRE(only.exit_code == 0);
    // Its title, then a line for each.
    const std::vector<std::string> lines = unwrapped_lines(only.out);
    CHECK(lines.size() == lines_of(names.out).size() + 1);
    CHECK(lines.front() == section);
    for (const std::string& name : lines_of(names.out)) {
      INFO(section << ": " << name);
      CHECK(std::regex_match(name, std::regex("[a-z0-9-]+")));
      // Each with a line of its own that says more than the name.
      CHECK(std::regex_search(only.out, std::regex("\n  " + name + " +\\S.*\n")));
      CHECK(all.says("\n  " + name + " "));
    }
  }
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(scenario_dir)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".json" && name.find(".schema.") == std::string::npos) {
      files.push_back(entry.path().stem().string());
    }
  }
  std::sort(files.begin(), files.end());
  CHECK(lines_of(run({"list", "scenarios", "--names"}).out) == files);
  const auto policies = lines_of(run({"list", "policies", "--names"}).out);
  REQUIRE(policies.size() > 2);
  CHECK(policies[0] == "unmap-on-marshal-error");
  CHECK(policies[1] == "leave-registered");
  CHECK(run({"list", "policies"}).says("(pre-fix)"));
  CHECK(run({"list", "policies"}).says("(fix)"));
  CHECK(lines_of(run({"list", "strategies", "--names"}).out) ==
        std::vector<std::string>{"pct", "uniform", "pos", "interleavings", "round-robin",
                                 "preemption-bounded", "timed"});
}

TEST_CASE("validate accepts every scenario of the repository, by name and by path", "[sanitized]") {
  Arguments names{"validate"};
  Arguments paths{"validate"};
  for (const std::string& name : lines_of(run({"list", "scenarios", "--names"}).out)) {
    names.push_back(name);
    paths.push_back((scenario_dir / (name + ".json")).string());
    CHECK(run({"validate", name}).exit_code == 0);
  }
  for (const Arguments& arguments : {names, paths}) {
    const Result result = run(arguments);
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
    CHECK(lines_of(result.out).size() == arguments.size() - 1);
  }
}

TEST_CASE("validate tells the good from the bad among several files", "[sanitized]") {
  const Scratch scratch;
  const std::string bad = scratch.write("bad.json", "{}");
  const std::string worse = scratch.write("worse.json", "{");
  const Result result = run({"validate", "upstream-report", bad, "no-loss", worse});
  CHECK(result.exit_code == 2);
  CHECK(lines_of(result.out).size() == 2);
  CHECK(count_of(result.err, "frwrsim: ") == 2);
  CHECK(result.err.find(bad) != std::string::npos);
  CHECK(result.err.find(worse) != std::string::npos);
}

TEST_CASE("a failing run says what was violated, how, and what a kernel would print",
          "[sanitized]") {
  const Result result = run(failing_run());
  REQUIRE(result.exit_code == 1);
  CHECK(result.err.empty());
  // The invariant in a sentence, the guards, the policy by both its names.
  CHECK(result.says("an MR's scatterlist is DMA-unmapped at most once per mapping"));
  CHECK(result.says("double DMA unmap of MR "));
  CHECK(header_value(result.out, "guards") == "enobufs-delay");
  CHECK(header_value(result.out, "policy") == "unmap-on-marshal-error (pre-fix)");
  CHECK(header_value(result.out, "verdict").rfind("violated", 0) == 0);
  CHECK(std::regex_match(header_value(result.out, "fingerprint"), std::regex("[0-9a-f]{16}")));

  // The MR's history: the reported bug needs the recovery worker to unmap and
  // frwr_wc_fastreg to write FLUSHED_FR after it, then a second recovery.
  std::string history;
  for (const std::string& line : unwrapped_lines(section(result.out, "History of MR "))) {
    history += line + "\n";
  }
  INFO(history);
  const auto maps = count_of(history, "DMA-map MR ");
  const auto unmaps = count_of(history, "DMA-unmap MR ");
  CHECK(maps >= 1);
  CHECK(unmaps == maps + 1);
  CHECK(std::regex_search(history, std::regex(" RPC task 1 +frwr_op_map: DMA-map")));
  CHECK(std::regex_search(history, std::regex("frwr_op_map: fr_state .*INVALID -> VALID")));
  CHECK(std::regex_search(history, std::regex("frwr_wc_fastreg: fr_state .*-> FLUSHED_FR")));
  CHECK(std::regex_search(history, std::regex("frwr_op_recover_mr: DMA-unmap")));
  CHECK(history.find(" frwr_wc_fastreg: ") < history.rfind("DMA-unmap MR "));
  for (const std::string& line : lines_of(history)) {
    if (line.empty() || line.rfind("History", 0) == 0) continue;
    CHECK(std::regex_search(line, std::regex("^ +[0-9]+  \\S")));  // step and actor
  }

  // kernel/dma/debug.c, check_unmap. The size is the scenario's.
  const unsigned bytes = 4096 * scenario("upstream-report").value("segment_pages", 1u);
  CHECK(std::regex_search(
      result.out, std::regex("DMA-API: \\S+ \\S+: device driver tries to free DMA memory it has "
                             "not allocated \\[device address=0x[0-9a-f]{16}\\] \\[size=" +
                             std::to_string(bytes) + " bytes\\]")));
}

TEST_CASE("the printed replay command, pasted into a shell, fails the same way", "[sanitized]") {
  const Result first = run(failing_run());
  const std::string command = printed_command(first.out);
  REQUIRE_FALSE(command.empty());
  const Result again = pasted(command);
  INFO(command << "\n" << again.err);
  CHECK(again.exit_code == 1);
  CHECK(header_value(again.out, "fingerprint") == header_value(first.out, "fingerprint"));
  CHECK(header_value(again.out, "verdict") == header_value(first.out, "verdict"));
  CHECK(section(again.out, "Timeline") == section(first.out, "Timeline"));
}

TEST_CASE("the printed replay command works for a file whose name a shell would mangle",
          "[sanitized]") {
  const Scratch scratch;
  const std::string file = scratch.write("it's $HOME; a \"copy\".json",
                                         content_of(scenario_dir / "upstream-report.json"));
  Arguments arguments = failing_run();
  arguments[1] = file;
  const Result first = run(arguments);
  REQUIRE(first.exit_code == 1);
  const Result again = pasted(printed_command(first.out));
  INFO(again.err);
  CHECK(again.exit_code == 1);
  CHECK(header_value(again.out, "fingerprint") == header_value(first.out, "fingerprint"));
}

TEST_CASE("the same seed passes under the fix", "[sanitized]") {
  Arguments arguments = failing_run();
  arguments[3] = "fix";
  const Result result = run(arguments);
  CHECK(result.exit_code == 0);
  CHECK(header_value(result.out, "verdict").rfind("none_found", 0) == 0);
  CHECK(result.out.find("A SECOND TIME") == std::string::npos);
}

TEST_CASE("a run as JSON, ftrace and schedule", "[sanitized]") {
  const nlohmann::json trace = run(failing_run("json")).json();
  CHECK(trace.at("format") == "frwrsim-trace/1");
  CHECK(trace.at("verdict") == "violated");
  CHECK(trace.at("end").at("invariant") == "double-unmap");
  CHECK(trace.at("scenario") == scenario("upstream-report"));
  CHECK(trace.at("guards") == "enobufs-delay");

  const nlohmann::json schedule = run(failing_run("schedule")).json();
  CHECK(schedule.at("format") == "frwrsim-schedule/1");
  for (const char* key : {"schedule", "policy", "scenario", "scenario_hash"}) {
    CHECK(schedule.at(key) == trace.at(key));
  }
  const Result ftrace = run(failing_run("ftrace"));
  CHECK(ftrace.exit_code == 1);
  CHECK(ftrace.out.rfind("# tracer: nop\n", 0) == 0);
  // TASK-PID [CPU] flags seconds.microseconds: what
  const std::regex form(" *\\S.*-[0-9]+ +\\[[0-9]{3}\\] \\S{4} +[0-9]+\\.[0-9]{6}: \\S.*");
  for (const std::string& line : lines_of(ftrace.out)) {
    INFO(line);
    CHECK((line[0] == '#' || std::regex_match(line, form)));
  }
  std::size_t maps = 0;
  for (const auto& entry : trace.at("ledger")) maps += entry.at("operation") == "map" ? 1 : 0;
  CHECK(count_of(ftrace.out, "xprtrdma_mr_map: ") == maps);
  CHECK(count_of(ftrace.out, "xprtrdma_mr_unmap: ") == trace.at("ledger").size() - maps);
  CHECK(count_of(ftrace.out, "device driver tries to free DMA memory") == 1);
  CHECK(ftrace.says("xprtrdma_wc_fastreg: "));
}

TEST_CASE("traces, schedules and tokens replay to the same end", "[sanitized]") {
  const Scratch scratch;
  const Result trace = run(failing_run("json"));
  const std::string fingerprint = trace.json().at("fingerprint");
  const std::string token = trace.json().at("schedule");
  for (const Arguments& arguments :
       {Arguments{"replay", scratch.write("t.json", trace.out)},
        Arguments{"replay", scratch.write("s.json", run(failing_run("schedule")).out)},
        Arguments{"replay", "upstream-report", "--schedule", token},
        Arguments{"replay", "upstream-report", "-p", "pre-fix", "--schedule", token}}) {
    const Result text = run(arguments);
    CHECK(text.exit_code == 1);
    CHECK(header_value(text.out, "fingerprint") == fingerprint);
    Arguments as_json = arguments;
    as_json.insert(as_json.end(), {"--format", "json"});
    const nlohmann::json again = run(as_json).json();
    CHECK(again.at("steps") == trace.json().at("steps"));
    CHECK(again.at("ledger") == trace.json().at("ledger"));
    CHECK(again.at("schedule") == token);
  }
}

TEST_CASE("a replayed file prints a command that works, wherever its scenario came from",
          "[sanitized]") {
  const Scratch scratch;
  Arguments arguments = failing_run("json");
  arguments[1] = scratch.write("my own.json", content_of(scenario_dir / "upstream-report.json"));
  const Result trace = run(arguments);
  REQUIRE(trace.exit_code == 1);
  const Result replayed = run({"replay", scratch.write("a trace.json", trace.out)});
  REQUIRE(replayed.exit_code == 1);
  const Result again = pasted(printed_command(replayed.out));
  INFO(printed_command(replayed.out) << "\n" << again.err);
  CHECK(again.exit_code == 1);
  CHECK(header_value(again.out, "fingerprint") == header_value(replayed.out, "fingerprint"));
}

TEST_CASE("a schedule that stops early reaches a bound, whatever its length", "[sanitized]") {
  const nlohmann::json trace = run(failing_run("json")).json();
  const std::string token = trace.at("schedule");
  const std::string empty = token.substr(0, token.find(':', 2) + 1);
  for (const std::string& part : {empty, empty + "t1", token.substr(0, token.rfind('.'))}) {
    const Result result =
        run({"replay", "upstream-report", "--schedule", part, "--format", "json"});
    INFO(part << "\n" << result.err);
    REQUIRE(result.exit_code == 3);
    CHECK(result.json().at("verdict") == "bound_reached");
    CHECK(result.json().at("schedule") == part);
  }
}

TEST_CASE("policies: repeated, all, aliases, once each, in the order asked for", "[sanitized]") {
  const auto policies = [](const Arguments& more) {
    Arguments arguments{"run", "no-loss", "--format", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Result result = run(arguments);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    const nlohmann::json json = result.json();
    std::vector<std::string> names;
    for (const auto& trace : json.is_array() ? json : nlohmann::json::array({json})) {
      names.push_back(trace.at("policy"));
    }
    return names;
  };
  using Names = std::vector<std::string>;
  const std::string before = "unmap-on-marshal-error";
  const std::string after = "leave-registered";
  CHECK(policies({}) == Names{before});
  CHECK(policies({"--policy", "pre-fix"}) == Names{before});
  CHECK(policies({"--policy", before}) == Names{before});
  CHECK(policies({"-p", "fix"}) == Names{after});
  CHECK(policies({"-p", "fix", "-p", "pre-fix"}) == Names{after, before});
  CHECK(policies({"-p", "pre-fix", "-p", "fix"}) == Names{before, after});
  const Names all = lines_of(run({"list", "policies", "--names"}).out);
  CHECK(policies({"-p", "all"}) == all);
  Names fix_first = all;
  std::swap(fix_first[0], fix_first[1]);
  CHECK(policies({"-p", "fix", "-p", "all", "-p", after}) == fix_first);
}

TEST_CASE("with several policies the first of 2, 1, 3, 0 that occurred speaks", "[sanitized]") {
  Arguments both = failing_run("json");
  both[3] = "all";
  const Result one_fails = run(both);
  CHECK(one_fails.json().at(0).at("verdict") == "violated");
  CHECK(one_fails.json().at(1).at("verdict") == "none_found");
  CHECK(one_fails.exit_code == 1);
  both.insert(both.end(), {"--policy", "no-such-policy"});
  const Result misspelt = run(both);
  CHECK(misspelt.exit_code == 2);
  CHECK(misspelt.out.empty());

  // 3 before 0: a limit that only the longer of two runs reaches. The uniform
  // strategy does not depend on the limit, so the runs are the same with it.
  for (int seed = 1; seed <= 50; ++seed) {
    Arguments arguments{
        "run",        "upstream-report", "-p",       "all", "--seed", std::to_string(seed),
        "--strategy", "uniform",         "--format", "json"};
    const Result free = run(arguments);
    const auto a = free.json().at(0).at("steps").size();
    const auto b = free.json().at(1).at("steps").size();
    if (free.exit_code != 0 || a == b) continue;
    arguments.insert(arguments.end(), {"--max-steps", std::to_string(std::min(a, b))});
    const Result limited = run(arguments);
    CHECK(limited.exit_code == 3);
    CHECK(limited.json().at(a < b ? 0 : 1).at("verdict") == "none_found");
    CHECK(limited.json().at(a < b ? 1 : 0).at("verdict") == "bound_reached");
    return;
  }
  FAIL("no seed with runs of different length");
}

TEST_CASE("a limit or a budget that ends a run is a bound reached", "[sanitized]") {
  const Result stopped = run({"run", "upstream-report", "--max-steps", "1"});
  CHECK(stopped.exit_code == 3);
  CHECK(header_value(stopped.out, "verdict").rfind("bound_reached", 0) == 0);
  CHECK(stopped.says("step limit"));

  const Scratch scratch;
  const std::string file = scratch.write("cut.json", always_cut().dump());
  for (const char* policy : {"pre-fix", "fix"}) {
    for (const char* seed : {"1", "2", "3"}) {
      const Result cut = run({"run", file, "--policy", policy, "--seed", seed});
      CHECK(cut.exit_code == 3);
      CHECK(header_value(cut.out, "verdict").rfind("bound_reached", 0) == 0);
      CHECK(header_value(cut.out, "verdict").ends_with("'enobufs_retries' is exceeded"));
      CHECK(pasted(printed_command(cut.out)).exit_code == 3);
    }
  }
}

TEST_CASE("the same seed gives the same bytes", "[sanitized]") {
  for (const char* format : {"text", "json", "ftrace", "schedule"}) {
    const Result once = run(failing_run(format));
    CHECK(once.out == run(failing_run(format)).out);
    const Scratch scratch;
    Arguments arguments = failing_run(format);
    arguments.insert(arguments.end(), {"--output", scratch.path("out")});
    const Result to_file = run(arguments);
    CHECK(to_file.exit_code == 1);
    CHECK(to_file.out.empty());
    CHECK(content_of(scratch.path("out")) == once.out);
    CHECK(scratch.names() == std::vector<std::string>{"out"});
  }
  CHECK(run({"run", "upstream-report", "--seed", "1"}).out !=
        run({"run", "upstream-report", "--seed", "2"}).out);
}

TEST_CASE("a verbose report shows every step once, in order", "[sanitized]") {
  Arguments arguments = failing_run();
  arguments.push_back("--verbose");
  const std::string timeline = section(run(arguments).out, "Timeline");
  const std::size_t steps = run(failing_run("json")).json().at("steps").size();
  const auto lines = unwrapped_lines(timeline);
  // The blank line before the heading, the heading, and the column titles.
  REQUIRE(lines.size() == steps + 3);
  for (std::size_t i = 0; i < steps; ++i) CHECK(std::stoul(lines[i + 3]) == i + 1);
}
