// SPDX-License-Identifier: MIT
//
// Killed with SIGKILL at moments nobody chose, started again with the same words: what
// comes out in the end is what comes out of a run that nobody disturbed.
//
// A run is killed over and over until it gets to its end before the next blow; then
// another one begins, until there were as many kills as are wanted. The moments come
// from a seed, but what is going on then is the machine's to say: so many are needed.
#include <functional>
#include <random>

#include "tests/program/program_fixture.h"

using namespace fixture;
using namespace std::chrono_literals;

namespace {

using Microseconds = std::chrono::microseconds;

/// One way to be killed.
struct Victim {
  Arguments command;     // without --checkpoint
  std::string every;     // --checkpoint-every
  std::string result{};  // a file it writes beside standard output; may be empty
};

/// What a run leaves that was never killed, and how long it takes with checkpoints.
struct Undisturbed {
  Result result;
  std::string file;
  Microseconds duration{0};
};

Arguments kept_in(const Scratch& scratch, const Victim& victim) {
  Arguments arguments = victim.command;
  arguments.insert(arguments.end(),
                   {"--checkpoint", scratch.path("kept"), "--checkpoint-every", victim.every});
  if (!victim.result.empty()) {
    arguments.insert(arguments.end(), {victim.result, scratch.path("result")});
  }
  return arguments;
}

Undisturbed undisturbed(const Victim& victim) {
  const Scratch scratch;
  Undisturbed whole;
  Arguments plain = victim.command;
  if (!victim.result.empty()) {
    plain.insert(plain.end(), {victim.result, scratch.path("result")});
  }
  whole.result = run(plain);
  whole.file = content_of(scratch.path("result"));
  const auto start = std::chrono::steady_clock::now();
  const Result kept = run(kept_in(scratch, victim));
  whole.duration =
      std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now() - start);
  INFO(kept.err);
  REQUIRE(whole.result.exit_code != 2);
  REQUIRE(kept.exit_code == whole.result.exit_code);
  REQUIRE(kept.out == whole.result.out);
  REQUIRE_FALSE(fs::exists(scratch.path("kept")));
  return whole;
}

/// Kills, and has gone on, until there were `wanted` kills.
void kill_often(const Victim& victim, unsigned wanted, unsigned seed) {
  const Undisturbed whole = undisturbed(victim);
  std::mt19937 random(seed);
  unsigned kills = 0;
  unsigned gone_on = 0;
  unsigned torn = 0;
  while (kills < wanted) {
    const Scratch scratch;
    const Arguments arguments = kept_in(scratch, victim);
    // A slow disk may keep a short run from ever getting further: at some time, let it.
    for (unsigned blow = 0;; ++blow) {
      Start start;
      if (blow < 12) start.kill_after = 500us + whole.duration * (random() % 1000) / 1000;
      const Result result = run(arguments, start);
      CAPTURE(kills, blow, result.err);
      if (result.err.find("continues from") != std::string::npos) ++gone_on;
      if (result.signal == SIGKILL) {
        ++kills;
        for (const std::string& name : scratch.names()) {
          if (name.find(".tmp-") != std::string::npos) ++torn;
        }
        continue;
      }
      REQUIRE(result.exit_code == whole.result.exit_code);
      REQUIRE(result.out == whole.result.out);
      REQUIRE(content_of(scratch.path("result")) == whole.file);
      // Nothing is left: neither the checkpoint nor what was torn on the way.
      REQUIRE(scratch.names() == (victim.result.empty() ? Arguments{} : Arguments{"result"}));
      break;
    }
  }
  // Else all this would have shown that a program can be started again.
  CHECK(gone_on > wanted / 4);
  WARN(kills << " kills, gone on after " << gone_on << ", while a file was written: " << torn);
}

using Files = std::map<std::string, std::string>;

/// The files below a directory, with their contents.
Files files_of(const fs::path& directory) {
  Files found;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    found[fs::relative(entry.path(), directory).string()] = content_of(entry.path());
  }
  return found;
}

/// The same for what keeps its work in a directory of that name: what comes out of it is
/// to be what comes out where nobody disturbed.
void kill_often(const std::function<Arguments(const std::string&)>& command,
                const std::function<Files(const std::string&)>& outcome, unsigned wanted,
                unsigned seed) {
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(run(command("whole")).exit_code == 0);
  const auto duration =
      std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now() - start);
  const Files expected = outcome("whole");
  std::mt19937 random(seed);
  unsigned kills = 0;
  for (unsigned round = 0; kills < wanted; ++round) {
    const std::string name = std::to_string(round);
    for (unsigned blow = 0;; ++blow) {
      Start killed;
      if (blow < 12) killed.kill_after = 500us + duration * (random() % 1000) / 1500;
      const Result result = run(command(name), killed);
      INFO(result.err);
      if (result.signal == SIGKILL) {
        ++kills;
        continue;
      }
      REQUIRE(result.exit_code == 0);
      break;
    }
    REQUIRE(outcome(name) == expected);
  }
}

Victim exploring(const std::string& scenario, const Arguments& more, const std::string& every,
                 const std::string& result = "") {
  Victim victim{{"explore", scenario, "--format", "json", "--reproducible"}, every, result};
  victim.command.insert(victim.command.end(), more.begin(), more.end());
  return victim;
}

Victim hunting(const Arguments& more, const std::string& every) {
  Victim victim{{"hunt", "upstream-report", "--format", "json", "--reproducible"}, every};
  victim.command.insert(victim.command.end(), more.begin(), more.end());
  return victim;
}

}  // namespace

TEST_CASE("explore killed: one job") {
  kill_often(exploring("upstream-report",
                       {"--jobs", "1", "--policy", "fix", "--count-preemptions", "never"}, "1ms"),
             12, 1);
}

TEST_CASE("explore killed: two jobs, two policies") {
  kill_often(exploring("upstream-report",
                       {"--jobs", "2", "--policy", "pre-fix", "--policy", "fix",
                        "--count-preemptions", "never"},
                       "5ms"),
             14, 2);
}

TEST_CASE("explore killed: reductions, a certificate, no graph") {
  kill_often(exploring("victim",
                       {"--jobs", "2", "--reduction", "symmetry", "--policy", "fix",
                        "--count-preemptions", "never"},
                       "1ms"),
             5, 3);
  kill_often(
      exploring("upstream-report", {"--jobs", "1", "--policy", "fix", "--verdict-only"}, "2ms"), 5,
      4);
  kill_often(exploring("upstream-report", {"--policy", "fix", "--count-preemptions", "never"},
                       "1ms", "--certificate"),
             4, 5);
}

TEST_CASE("hunt killed: all seeds of two policies, one job and two") {
  const Arguments both{"--policy", "pre-fix", "--policy", "fix", "--all", "--seeds", "1..40000"};
  Arguments one = both;
  one.insert(one.end(), {"--jobs", "1"});
  kill_often(hunting(one, "1ms"), 12, 6);
  Arguments two = both;
  two.insert(two.end(), {"--jobs", "2"});
  kill_often(hunting(two, "5ms"), 12, 7);
}

TEST_CASE("hunt killed: strategies compared, and the first failure only") {
  kill_often(hunting({"--strategy", "pct", "--strategy", "timed", "--strategy", "pos", "--seeds",
                      "5..20004"},
                     "1ms"),
             10, 8);
  // Of these 100000 seeds some 1 in 300000 fails, if any: the end is the range's.
  kill_often(hunting({"--policy", "fix", "--seeds", "1..100000"}, "2ms"), 6, 9);
}

TEST_CASE("study killed: its directory is its checkpoint") {
  const Scratch scratch;
  kill_often(
      [&scratch](const std::string& name) {
        return Arguments{"study",    "upstream-report",
                         "--vary",   "timing.softirq.mean=10us..1ms:log:6",
                         "--seeds",  "4000",
                         "--jobs",   "2",
                         "--output", scratch.path(name)};
      },
      [&scratch](const std::string& name) { return files_of(scratch.path(name)); }, 20, 10);
}

TEST_CASE("sweep killed: the share's directory is its checkpoint") {
  const Scratch scratch;
  // Worlds and seeds, a cell after the other.
  const std::string spec = scratch.write("spec.json", R"({
    "format": "frwrsim-sweep/1",
    "families": [
      {"scenario": "r7-dma-map-failure", "vary": {"/mr_pool": [2, 3]},
       "policies": ["pre-fix", "fix"], "explore": {}},
      {"scenario": "upstream-report", "policies": ["pre-fix"],
       "hunt": {"strategy": "pct", "seeds": 6000, "seeds_per_cell": 1500}}]})");
  kill_often(
      [&](const std::string& name) {
        return Arguments{"sweep", spec, "--jobs", "2", "--output", scratch.path(name)};
      },
      [&](const std::string& name) {
        auto files = files_of(scratch.path(name));
        files["merged"] = run({"merge", scratch.path(name)}).out;
        REQUIRE_FALSE(files["merged"].empty());
        return files;
      },
      20, 14);
}

TEST_CASE("explore killed: longer runs, many times", "[full]") {
  kill_often(exploring("several-losses",
                       {"--jobs", "2", "--policy", "fix", "--count-preemptions", "never"}, "20ms"),
             60, 11);
  kill_often(exploring("several-losses",
                       {"--jobs", "1", "--policy", "pre-fix", "--reduction", "all"}, "10ms"),
             40, 12);
}

TEST_CASE("hunt killed: all strategies, some of which search everything first", "[full]") {
  kill_often(hunting({"--strategy", "all", "--jobs", "2", "--seeds", "1..60000"}, "10ms"), 25, 13);
}
