// SPDX-License-Identifier: MIT
//
// hunt: what it finds is true, and does not depend on how it was found.
//
// The standard of comparison is `run`, which drives the same model on strands:
// seed by seed both must agree on the verdict and on the fingerprint.
#include <regex>

#include "tests/program/program_fixture.h"

using namespace fixture;
using nlohmann::json;

namespace {

json hunted(const Arguments& more, const std::string& scenario = "upstream-report") {
  Arguments arguments{"hunt", scenario, "--format", "json", "--reproducible"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Result result = run(arguments);
  INFO(result.err);
  json report = result.json();
  REQUIRE(report.at("format") == "frwrsim-hunt/1");
  const std::string verdict = report.at("verdict");
  CHECK(result.exit_code == (verdict == "violated" ? 1 : verdict == "none_found" ? 0 : 3));
  return report;
}

json traced(const std::string& seed, const Arguments& more,
            const std::string& scenario = "upstream-report") {
  Arguments arguments{"run", scenario, "--format", "json", "--seed", seed};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments).json();
}

std::string range_to(const std::string& last) { return "1.." + last; }

}  // namespace

TEST_CASE("hunt stops at the first failing seed, and that seed fails when run") {
  const std::string seed = failing_seed();
  const json report = hunted({"--seeds", range_to(seed)});
  CHECK(report.at("verdict") == "violated");
  CHECK(report.at("runs") == std::stoull(seed));
  CHECK(report.at("failing") == 1);
  REQUIRE(report.at("failures").size() == 1);
  const json& failure = report.at("failures").at(0);
  CHECK(failure.at("seed") == std::stoull(seed));

  const json trace = traced(seed, {});
  CHECK(trace.at("verdict") == "violated");
  CHECK(trace.at("fingerprint") == failure.at("fingerprint"));
  CHECK(trace.at("steps").size() == failure.at("steps"));
  CHECK(trace.at("end").at("invariant") == failure.at("invariant"));
  CHECK(trace.at("end").at("mr") == failure.at("mr"));

  // One seed fewer finds nothing.
  if (seed == "1") return;
  const json before = hunted({"--seeds", range_to(std::to_string(std::stoull(seed) - 1))});
  CHECK(before.at("failing") == 0);
  CHECK(before.at("runs") == std::stoull(seed) - 1);
}

TEST_CASE("the command hunt prints shows the failure") {
  for (const Arguments& more :
       {Arguments{}, Arguments{"--depth", "4"}, Arguments{"--max-steps", "5000"},
        Arguments{"--strategy", "pos"}, Arguments{"--strategy", "interleavings"},
        Arguments{"--strategy", "preemption-bounded", "--preemptions", "1"}}) {
    Arguments arguments{"hunt", "upstream-report", "--seeds", "1..20000"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Result result = run(arguments);
    REQUIRE(result.exit_code == 1);
    std::smatch command;
    REQUIRE(std::regex_search(result.out, command, std::regex("\n  frwrsim (run .*)\n")));
    std::istringstream words(command[1]);
    Arguments to_run;
    for (std::string word; words >> word;) to_run.push_back(word);
    const Result shown = run(to_run);
    CHECK(shown.exit_code == 1);
    CHECK(shown.says("double DMA unmap of MR"));
  }
}

TEST_CASE("seed by seed, hunt on no strands equals run on strands") {
  for (const char* strategy :
       {"pct", "uniform", "pos", "interleavings", "round-robin", "preemption-bounded"}) {
    for (const char* policy : {"pre-fix", "fix"}) {
      const Arguments same{"--strategy", strategy, "--policy", policy};
      Arguments all = same;
      all.insert(all.end(), {"--seeds", "1..60", "--all"});
      const json report = hunted(all);
      CHECK(report.at("runs") == 60);
      std::map<std::uint64_t, std::string> failing;
      for (const json& failure : report.at("failures")) {
        failing[failure.at("seed")] = failure.at("fingerprint");
      }
      std::uint64_t cut = 0;
      for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(strategy, policy, seed);
        const json trace = traced(std::to_string(seed), same);
        CHECK((trace.at("verdict") == "violated") == (failing.count(seed) == 1));
        if (failing.count(seed) == 1) CHECK(trace.at("fingerprint") == failing[seed]);
        if (trace.at("end").at("kind") == "cut") ++cut;
      }
      CHECK(report.at("cut") == cut);
    }
  }
}

TEST_CASE("the strategy interleavings takes the whole graph, and says so where there is none") {
  const Scratch scratch;
  json scenario = json::parse(std::ifstream(scenario_dir / "upstream-report.json"));
  scenario["search"] = {{"max_states", 500}};
  const std::string path = scratch.write("bound.json", scenario.dump());
  for (const char* command : {"run", "hunt"}) {
    const Result result = run({command, path, "--policy", "fix", "--strategy", "interleavings"});
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err,
               Catch::Contains("--strategy interleavings") && Catch::Contains("leave-registered") &&
                   Catch::Contains("bound on states after 500 states") && Catch::Contains("pct"));
    CHECK(run({command, path, "--policy", "fix"}).exit_code == 0);  // the others need none
  }
}

TEST_CASE("a trace tells its strategy with what a run depends on") {
  const auto origin = [](const char* strategy, const Arguments& more = {}) {
    Arguments arguments{"--strategy", strategy};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return traced("7", arguments).at("origin");
  };
  const auto bound = origin("pct").at("step_bound");
  CHECK(origin("pct") ==
        json{{"strategy", "pct"}, {"seed", 7}, {"depth", 3}, {"step_bound", bound}});
  CHECK(origin("pos") == json{{"strategy", "pos"}, {"seed", 7}, {"step_bound", bound}});
  CHECK(origin("round-robin") ==
        json{{"strategy", "round-robin"}, {"seed", 7}, {"step_bound", bound}});
  CHECK(origin("uniform") == json{{"strategy", "uniform"}, {"seed", 7}});
  CHECK(origin("interleavings") == json{{"strategy", "interleavings"}, {"seed", 7}});
  for (const char* preemptions : {"0", "5"}) {
    CHECK(origin("preemption-bounded", {"--preemptions", preemptions}) ==
          json{{"strategy", "preemption-bounded"},
               {"seed", 7},
               {"preemptions", std::stoi(preemptions)},
               {"step_bound", bound}});
  }
  // And can be read back.
  const Scratch scratch;
  for (const char* strategy : {"pos", "interleavings", "round-robin", "preemption-bounded"}) {
    const std::string path =
        scratch.write("trace.json", traced("7", {"--strategy", strategy}).dump());
    const Result result = run({"replay", path});
    INFO(result.err);
    CHECK(result.exit_code != 2);
  }
}

TEST_CASE(
    "hunting with --all finds every failure: in halves or at once, with any number of workers") {
  const json whole = hunted({"--seeds", "1..3000", "--all"});
  CHECK(whole.at("runs") == 3000);
  CHECK(whole.at("failing") == whole.at("failures").size());
  REQUIRE(whole.at("failures").size() >= 2);
  json parts = json::array();
  for (const char* seeds : {"1..1", "2..1500", "1501..3000"}) {
    const json part = hunted({"--seeds", seeds, "--all"});
    for (const json& failure : part.at("failures")) parts.push_back(failure);
  }
  CHECK(parts == whole.at("failures"));
  for (std::size_t i = 1; i < parts.size(); ++i) {
    CHECK(parts[i - 1].at("seed") < parts[i].at("seed"));
  }
  // Failures are confirmed by run, from wherever they stand in the range.
  for (std::size_t i = 0; i < parts.size(); i += 1 + parts.size() / 6) {
    const json trace = traced(std::to_string(parts[i].at("seed").get<std::uint64_t>()), {});
    CHECK(trace.at("verdict") == "violated");
    CHECK(trace.at("fingerprint") == parts[i].at("fingerprint"));
  }
  for (const Arguments& mode : {Arguments{}, Arguments{"--all"}}) {
    for (const char* format : {"text", "json"}) {
      Arguments arguments{"hunt", "upstream-report", "--seeds", "1..3000",       "-p",
                          "all",  "--format",        format,    "--reproducible"};
      arguments.insert(arguments.end(), mode.begin(), mode.end());
      const auto with_jobs = [&arguments](const char* jobs) {
        Arguments more = arguments;
        more.insert(more.end(), {"--jobs", jobs});
        return run(more);
      };
      const Result one = with_jobs("1");
      CHECK(one.exit_code == 1);
      for (const char* jobs : {"2", "3", "16"}) {
        const Result several = with_jobs(jobs);
        CHECK(several.out == one.out);
        CHECK(several.exit_code == one.exit_code);
      }
      CHECK(run(arguments).out == one.out);
    }
  }
}

TEST_CASE("a sample in which nothing fails is none_found, not a proof") {
  const Result text = run({"hunt", "no-loss", "--seeds", "1..500", "--policy", "all"});
  CHECK(text.exit_code == 0);
  CHECK(text.says("none_found"));
  CHECK_FALSE(text.says("exhausted"));
  CHECK_FALSE(text.says("safe"));
  const json fixed = hunted({"--seeds", "1..3000", "--policy", "fix", "--all"});
  CHECK(fixed.at("failing") == 0);
}

TEST_CASE("cut and stopped runs reach a bound, and a violation speaks louder") {
  // The request whose Send is flushed must be sent again, and may not be: some
  // seeds are cut, under any policy, and none can get as far as the bug.
  json scenario = small_scenario();
  scenario["budgets"]["retransmissions"] = 0;
  const Scratch scratch;
  const std::string never_again = scratch.write("never-again.json", scenario.dump());
  for (const char* policy : {"pre-fix", "fix"}) {
    const json report = hunted({"--seeds", "1..2000", "--policy", policy}, never_again);
    CHECK(report.at("verdict") == "bound_reached");
    CHECK(report.at("cut") > 0);
    CHECK(report.at("runs") == 2000);
  }
  const json stopped = hunted({"--seeds", "1..10", "--max-steps", "3"});
  CHECK(stopped.at("verdict") == "bound_reached");
  CHECK(stopped.at("step_limit") == 10);

  // As many MRs as segments and no patience: under the fix they stay with the
  // request, the retransmission finds none, and that ends the run.
  scenario = small_scenario();
  scenario["mr_pool"] = 2;
  scenario["budgets"]["enobufs_retries"] = 0;
  const std::string tight = scratch.write("tight.json", scenario.dump());
  const Result both = run({"hunt", tight, "--seeds", "1..3000", "--all", "--policy", "fix",
                           "--policy", "pre-fix", "--format", "json"});
  REQUIRE(both.json().at(0).at("verdict") == "bound_reached");
  REQUIRE(both.json().at(1).at("verdict") == "violated");
  CHECK(both.exit_code == 1);
}

TEST_CASE("the text report says the share and how many runs it took") {
  const json report = hunted({"--seeds", "1..2000", "--all"});
  const Result text = run({"hunt", "upstream-report", "--seeds", "1..2000", "--all"});
  const std::size_t failing = report.at("failures").size();
  REQUIRE(failing > 0);
  CHECK(text.says("failing      " + std::to_string(failing) + "\n"));
  std::smatch share;
  REQUIRE(std::regex_search(
      text.out, share,
      std::regex("share +([0-9.]+) \\(95 %: ([0-9.]+) to ([0-9.]+)\\), 1 run in ([0-9]+), under")));
  const double part = static_cast<double>(failing) / 2000;
  CHECK(std::stod(share[1]) == Approx(part).epsilon(0.005));
  CHECK(std::stod(share[2]) < part);
  CHECK(std::stod(share[3]) > part);
  CHECK(std::stod(share[4]) == Approx(1 / part).margin(0.51));
  CHECK(report.at("interval_95") == json::array({share[2].str(), share[3].str()}));
  CHECK(std::regex_search(text.out, std::regex("speed +[0-9]+ runs/s, [0-9]+ steps/s\n")));
  CHECK(text.says("guards       enobufs-delay"));
  for (std::size_t i = 0; i < std::min<std::size_t>(failing, 20); ++i) {
    const json& failure = report.at("failures").at(i);
    CHECK(text.says("  seed " + std::to_string(failure.at("seed").get<std::uint64_t>()) + ": "));
  }
}

TEST_CASE("seeds: a number of them, a range of one, the largest") {
  CHECK(hunted({"--seeds", "7"}, "no-loss") == hunted({"--seeds", "1..7"}, "no-loss"));
  CHECK(hunted({"--seeds", "1"}, "no-loss") == hunted({"--seeds", "1..1"}, "no-loss"));
  const json seventh = hunted({"--seeds", "7..7"}, "no-loss");
  CHECK(seventh.at("runs") == 1);
  CHECK(seventh.at("first_seed") == 7);
  CHECK(hunted({"--seeds", "0..0"}, "no-loss").at("runs") == 1);
  const json last = hunted({"--seeds", "18446744073709551614..18446744073709551615"}, "no-loss");
  CHECK(last.at("runs") == 2);
  CHECK(last.at("last_seed") == UINT64_MAX);
}

TEST_CASE("steps are those of all runs, not of the failing ones") {
  std::uint64_t steps = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    steps += traced(std::to_string(seed), {}).at("steps").size();
  }
  CHECK(hunted({"--seeds", "1..20", "--all"}).at("steps") == steps);
}

TEST_CASE("jsonl: a head, then what run says of every seed") {
  for (const std::string strategy : {"pct", "timed"}) {
    const std::string last = failing_seed();
    const std::string first = std::to_string(std::stoull(last) - 40);
    const Arguments hunt{"hunt",     "upstream-report",   "--strategy", strategy,
                         "--seeds",  first + ".." + last, "--format",   "jsonl",
                         "--policy", "pre-fix",           "--policy",   "fix"};
    const Result result = run(hunt);
    std::istringstream lines(result.out);
    std::string line;
    for (const char* policy : {"unmap-on-marshal-error", "leave-registered"}) {
      REQUIRE(std::getline(lines, line));
      const json head = json::parse(line);
      CHECK(head.at("format") == "frwrsim-results/1");
      CHECK(head.at("policy") == policy);
      CHECK(head.at("strategy") == strategy);
      for (std::uint64_t seed = std::stoull(first); seed <= std::stoull(last); ++seed) {
        CAPTURE(strategy, policy, seed);
        REQUIRE(std::getline(lines, line));
        const json record = json::parse(line);
        const json trace =
            traced(std::to_string(seed), {"--strategy", strategy, "--policy", policy});
        const json& steps = trace.at("steps");
        CHECK(record.at("seed") == seed);
        CHECK(record.at("end") == trace.at("end"));
        CHECK(record.at("steps") == steps.size());
        CHECK(record.at("last").at("actor") == steps.back().at("actor"));
        CHECK(record.at("last").at("pc") == steps.back().at("pc"));
        CHECK(record.contains("time_ns") == (strategy == "timed"));
        if (strategy == "timed") CHECK(record.at("time_ns") == steps.back().at("time_ns"));
        json order = json::array();
        for (const json& step : steps) {
          const bool is_known =
              std::find(order.begin(), order.end(), step.at("actor")) != order.end();
          if (!is_known) order.push_back(step.at("actor"));
        }
        CHECK(record.at("order") == order);
      }
    }
    CHECK_FALSE(std::getline(lines, line));
    for (const char* jobs : {"1", "3"}) {
      Arguments again = hunt;
      again.insert(again.end(), {"--jobs", jobs});
      CHECK(run(again).out == result.out);
    }
  }
}

TEST_CASE("jsonl: a disk that is full is said, by whichever thread") {
  const Result result = run({"hunt", "no-loss", "--seeds", "1..20000", "--format", "jsonl",
                             "--jobs", "3", "--output", "/dev/full"});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Catch::Contains("/dev/full: could not be written completely"));
}

TEST_CASE("several strategies are compared, with what is known exactly") {
  const Arguments both{"hunt", "single-segment", "--strategy", "uniform",  "--strategy",
                       "pct",  "--seeds",        "1..3000",    "--policy", "all"};
  const Result table = run(both);
  CHECK(std::regex_search(table.out, std::regex("\nuniform +[0-9]+ ")));
  CHECK(std::regex_search(table.out, std::regex("\npct +[0-9]+ .* >= [0-9.e-]+ ")));
  Arguments as_json = both;
  as_json.insert(as_json.end(), {"--format", "json", "--reproducible"});
  const json reports = run(as_json).json();
  const json explored = run({"explore", "upstream-report", "--format", "json"}).json();
  const json found =
      run({"hunt", "upstream-report", "--strategy", "all", "--seeds", "1..100", "--format", "json"})
          .json();
  for (const json& report : found) {
    CHECK(report.at("runs") == 100);  // all seeds, although pct may fail before
    if (report.at("strategy") != "uniform") continue;
    const double exact = std::stod(report.at("exact_probability").get<std::string>());
    const double full = std::stod(explored.at("probability").at("decimal").get<std::string>());
    CHECK(exact == Approx(full).epsilon(0.005));
  }
  // What cannot be explored along the way is left out, and that is said.
  const Result large =
      run({"hunt", "two-rpcs", "--strategy", "all", "--seeds", "1..3", "--policy", "fix"});
  CHECK_FALSE(large.says("\ninterleavings  "));
  CHECK(large.says("\ninterleavings: left out"));
  // A strategy's report is the one it has alone.
  const json alone =
      hunted({"--seeds", "1..3000", "--strategy", "pct", "--all", "--policy", "pre-fix"},
             "single-segment");
  CHECK(reports.at(1) == alone);
}

TEST_CASE("the bound of PCT is that of the paper") {
  // One RPC: task, reply handler, RNIC, softirq, recovery, refresh, connect,
  // rep_connect, upcall, server; the link need not happen. 1 / (n k^(d-1)).
  for (const unsigned depth : {1u, 2u, 4u}) {
    const json report = hunted({"--seeds", "1..10", "--all", "--depth", std::to_string(depth)});
    double bound = 1.0 / 10;
    for (unsigned i = 1; i < depth; ++i) bound /= report.at("step_bound").get<double>();
    CHECK(std::stod(report.at("pct_bound").get<std::string>()) == Approx(bound).epsilon(0.005));
  }
  CHECK_FALSE(hunted({"--seeds", "1..10", "--strategy", "uniform"}).contains("pct_bound"));
}

TEST_CASE("hunt: --seeds N is 1..N, as it is for study") {
  const json by_number = hunted({"--seeds", "300", "--all"});
  CHECK(by_number.at("runs") == 300);
  CHECK(by_number.at("first_seed") == 1);
  CHECK(by_number.at("last_seed") == 300);
  CHECK(by_number == hunted({"--seeds", "1..300", "--all"}));
  CHECK(hunted({"--seeds", "7..7"}).at("runs") == 1);
  CHECK(hunted({"--seeds", "1"}).at("last_seed") == 1);
  const Result text = run({"hunt", "no-loss", "--seeds", "40"});
  CHECK(text.says("seeds 1..40"));
  CHECK(run({"hunt", "no-loss", "--seeds", "0"}).exit_code == 2);
}

TEST_CASE("hunt: a time limit ends it with what was done, and the rest can be hunted") {
  const Arguments hunt{"hunt", "no-loss", "--seeds", "1000000000", "--time-limit", "300ms"};
  Arguments as_json = hunt;
  as_json.insert(as_json.end(), {"--format", "json"});
  const Result result = run(as_json);
  CHECK(result.exit_code == 3);
  const json report = result.json();
  CHECK(report.at("verdict") == "bound_reached");
  CHECK(report.at("stopped").at("bound") == "time");
  const std::uint64_t runs = report.at("runs");
  CHECK(runs > 0);
  CHECK(report.at("stopped").at("next_seed") == runs + 1);
  const Result text = run(hunt);
  CHECK(text.exit_code == 3);
  CHECK(text.says("verdict      bound_reached"));
  CHECK(text.says("; the rest: --seeds "));
  CHECK(text.says("share        0 (95 %:"));
  // One that is long enough changes nothing.
  CHECK(hunted({"--seeds", "100", "--time-limit", "1h"}) == hunted({"--seeds", "100"}));
  // With a checkpoint the same command continues; nothing is run twice.
  const Scratch scratch;
  Arguments kept = as_json;
  kept.insert(kept.end(), {"--checkpoint", scratch.path("hunt.ck")});
  const std::uint64_t first = run(kept).json().at("runs");
  const Result again = run(kept);
  CHECK(again.json().at("runs").get<std::uint64_t>() > first);
  CHECK(again.err.find("continues from") != std::string::npos);
  CHECK(fs::exists(scratch.path("hunt.ck")));
  CHECK(run({"hunt", "no-loss", "--format", "jsonl", "--time-limit", "1s"}).exit_code == 2);
}
