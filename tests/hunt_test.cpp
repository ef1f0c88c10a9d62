// SPDX-License-Identifier: MIT
//
// hunt: what it finds is true, and does not depend on how it was found.
//
// The standard of comparison is `run`, which drives the same model on strands:
// seed by seed both must agree on the verdict and on the fingerprint.
#include <regex>

#include "program_fixture.h"

using namespace fixture;
using nlohmann::json;

namespace {

json hunted(const Arguments& more, const std::string& scenario = "upstream-report") {
  Arguments arguments{"hunt", scenario, "--format", "json"};
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
       {Arguments{}, Arguments{"--depth", "4"}, Arguments{"--max-steps", "5000"}}) {
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
  for (const char* strategy : {"pct", "uniform"}) {
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
      Arguments arguments{"hunt", "upstream-report", "--seeds", "1..3000", "-p",
                          "all",  "--format",        format};
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
  std::smatch share;
  REQUIRE(std::regex_search(text.out, share,
                            std::regex("failing +" + std::to_string(failing) +
                                       ", 1 run in ([0-9]+) under this strategy")));
  CHECK(std::stod(share[1]) == Approx(2000.0 / static_cast<double>(failing)).margin(0.51));
  CHECK(text.says("guards       enobufs-delay"));
  for (std::size_t i = 0; i < std::min<std::size_t>(failing, 20); ++i) {
    const json& failure = report.at("failures").at(i);
    CHECK(text.says("  seed " + std::to_string(failure.at("seed").get<std::uint64_t>()) + ": "));
  }
}

TEST_CASE("seeds: one, a range of one, the largest") {
  CHECK(hunted({"--seeds", "7"}, "no-loss") == hunted({"--seeds", "7..7"}, "no-loss"));
  CHECK(hunted({"--seeds", "0..0"}, "no-loss").at("runs") == 1);
  const json last = hunted({"--seeds", "18446744073709551614..18446744073709551615"}, "no-loss");
  CHECK(last.at("runs") == 2);
  CHECK(last.at("last_seed") == UINT64_MAX);
}
