// SPDX-License-Identifier: MIT
//
// Two at once on the same checkpoint or directory: the second is refused and changes
// nothing. What a killed one leaves of its lock is in nobody's way.
#include "tests/program/program_fixture.h"

using namespace fixture;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

/// A command that others must not disturb, and its lock (docs/checkpoint.md).
struct Worker {
  Arguments command;
  std::string lock;
};

/// One of each kind, which takes minutes if `is_long`.
std::vector<Worker> workers(const Scratch& scratch, bool is_long) {
  const std::string seeds = is_long ? "90000000" : "9";
  const std::string spec = scratch.write(
      "spec.json",
      R"({"format": "frwrsim-sweep/1", "families": [{"scenario": "no-loss", "policies": ["fix"],
          "hunt": {"strategy": "pct", "seeds": )" +
          seeds + R"(, "seeds_per_cell": )" + seeds + "}}]}");
  return {
      {{"explore", is_long ? "two-rpcs" : "no-loss", "--checkpoint", scratch.path("explore")},
       scratch.path("explore.frwrsim-lock")},
      {{"hunt", "no-loss", "--all", "--seeds", "1.." + seeds, "--checkpoint", scratch.path("hunt")},
       scratch.path("hunt.frwrsim-lock")},
      {{"study", "no-loss", "--seeds", seeds, "--output", scratch.path("study")},
       scratch.path("study/.frwrsim-lock")},
      {{"sweep", spec, "--output", scratch.path("sweep")}, scratch.path("sweep/.frwrsim-lock")}};
}

}  // namespace

TEST_CASE("while one is at work, a second is refused") {
  const Scratch scratch;
  const std::vector<Worker> all = workers(scratch, true);
  std::vector<Result> results(all.size());
  std::vector<std::thread> first;
  for (std::size_t i = 0; i < all.size(); ++i) {
    first.emplace_back([&, i] { results[i] = run(all[i].command, {.kill_after = 4s}); });
  }
  for (const Worker& worker : all) {
    CAPTURE(worker.command);
    for (int i = 0; i < 300 && !fs::exists(worker.lock); ++i) std::this_thread::sleep_for(10ms);
    CHECK_THAT(complaint(worker.command), Contains("another frwrsim is using it"));
    CHECK(fs::exists(worker.lock));
  }
  for (std::thread& thread : first) thread.join();
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(all[i].command, results[i].err);
    CHECK(results[i].signal == SIGKILL);
    CHECK(fs::exists(all[i].lock));
  }
}

TEST_CASE("the lock that a killed one left is taken over, and nothing is left of it") {
  const Scratch scratch;
  for (const Worker& worker : workers(scratch, false)) {
    CAPTURE(worker.command);
    fs::create_directories(fs::path(worker.lock).parent_path());
    std::ofstream{worker.lock};
    REQUIRE(fs::exists(worker.lock));
    const Result result = run(worker.command);
    INFO(result.err);
    CHECK((result.exit_code == 0 || result.exit_code == 1));
    CHECK(result.err.empty());
    CHECK_FALSE(fs::exists(worker.lock));
  }
}
