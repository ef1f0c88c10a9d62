// SPDX-License-Identifier: MIT
//
// Virtual time chooses among interleavings, it makes none.
//
// Whatever the latencies, a timed run's schedule replayed without a clock is the same
// run: same steps, events, end, fingerprint; only the times differ. And every world it
// passes through is one that the full search has. So a rate that comes from timed runs
// is one of things that explore covers.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "model/trace/trace_json.h"
#include "sim/strategies/replay.h"
#include "sim/strategies/strand_scheduler.h"
#include "sim/strategies/timed.h"
#include "tests/model/reachable_states.h"

namespace {

using namespace model;
using reachable::bytes_of;

/// Records a trace and every world.
struct Witness : TraceRecorder {
  std::vector<World> worlds;
  void before_step(const RaceModel& model, const World& w, sim::Choice choice) {
    worlds.push_back(w);
    TraceRecorder::before_step(model, w, choice);
  }
};

struct Seen {
  Trace trace;
  std::vector<World> worlds;  ///< the last one included
};

constexpr std::uint64_t max_steps = 100'000;

Seen timed_run(const Scenario& scenario, const std::string& policy, const Timing& timing,
               std::uint64_t seed) {
  const RaceModel model = reachable::model_of(scenario, policy);
  sim::TimedStrategy strategy(seed, timing);
  Witness witness;
  witness.follow(strategy);
  const auto result = sim::run_directly(model, strategy, max_steps, witness);
  witness.worlds.push_back(result.state);
  Seen seen{make_trace(scenario, policy, {"timed", seed, 0, 0}, model, result, witness),
            witness.worlds};
  REQUIRE(seen.trace.steps.back().time_ns == strategy.now());
  return seen;
}

/// On strands, without a clock.
Seen untimed_replay(const Trace& timed) {
  const RaceModel model = reachable::model_of(timed.scenario, timed.policy);
  const sim::Schedule schedule = timed.schedule();
  sim::ReplayStrategy strategy(schedule);
  sim::StrandScheduler scheduler(model::actor_count);
  Witness witness;
  witness.follow(strategy);  // which has none
  const auto result = scheduler.run(model, strategy, schedule.size(), witness);
  witness.worlds.push_back(result.state);
  return {make_trace(timed.scenario, timed.policy, {"replay", std::nullopt, 0, 0}, model, result,
                     witness),
          witness.worlds};
}

void check_replays(const Seen& timed) {
  const Seen again = untimed_replay(timed.trace);
  REQUIRE(again.trace.end == timed.trace.end);
  REQUIRE(again.trace.violation == timed.trace.violation);
  REQUIRE(again.trace.cut == timed.trace.cut);
  REQUIRE(again.trace.fingerprint == timed.trace.fingerprint);
  REQUIRE(again.trace.steps.size() == timed.trace.steps.size());
  REQUIRE(again.worlds.size() == timed.worlds.size());
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < timed.trace.steps.size(); ++i) {
    TraceStep expected = timed.trace.steps[i];
    REQUIRE(expected.time_ns >= before);
    before = expected.time_ns;
    expected.time_ns = 1000 * (i + 1);
    REQUIRE(again.trace.steps[i] == expected);
    REQUIRE(bytes_of(again.worlds[i]) == bytes_of(timed.worlds[i]));
  }
  REQUIRE(bytes_of(again.worlds.back()) == bytes_of(timed.worlds.back()));
}

Timing all_of(const sim::Distribution& distribution) {
  Timing timing = usual_timing();
  timing.fill(distribution);
  return timing;
}

/// As it is, all at once, anything goes, and anything goes within nine decades.
std::vector<Timing> timings(const Scenario& scenario) {
  return {scenario.timing, all_of(sim::Distribution::constant(10)),
          all_of(sim::Distribution::exponential(1000)),
          all_of(sim::Distribution::lognormal(1'000'000, 300))};
}

std::vector<std::string> all_scenarios() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(FRWRSIM_SCENARIO_DIR)) {
    const std::string name = file.path().stem().string();
    if (file.path().extension() == ".json" && name != "scenario.schema") names.push_back(name);
  }
  REQUIRE(names.size() > 20);
  return names;
}

}  // namespace

TEST_CASE("a timed run replayed without a clock is the same run: every scenario and policy") {
  std::set<sim::End> ends;
  unsigned distinct = 0;
  for (const std::string& name : all_scenarios()) {
    const Scenario scenario = reachable::scenario(name);
    for (const PolicyEntry& policy : policies()) {
      for (const Timing& timing : timings(scenario)) {
        std::set<std::uint64_t> runs;
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
          CAPTURE(name, policy.name, seed);
          const Seen timed = timed_run(scenario, std::string(policy.name), timing, seed);
          check_replays(timed);
          ends.insert(timed.trace.end);
          runs.insert(timed.trace.fingerprint);
        }
        distinct += runs.size() > 1;
      }
    }
  }
  CHECK(ends == std::set<sim::End>{sim::End::rest, sim::End::violation, sim::End::cut});
  CHECK(distinct > 1000);  // seeds do make a difference
}

TEST_CASE("every world of a timed run is one that the full search has") {
  for (const std::string name : {"single-segment", "upstream-report", "loss-any-time"}) {
    const Scenario scenario = reachable::scenario(name);
    for (const std::string& policy : reachable::policies_by_name) {
      const auto all = reachable::search(reachable::model_of(scenario, policy));
      std::set<std::string> met;
      for (const Timing& timing : timings(scenario)) {
        for (std::uint64_t seed = 1; seed <= 50; ++seed) {
          CAPTURE(name, policy, seed);
          for (const World& w : timed_run(scenario, policy, timing, seed).worlds) {
            REQUIRE(all.number.count(w) == 1);
            met.emplace(bytes_of(w));
          }
        }
      }
      CHECK(met.size() > 200);
    }
  }
}

TEST_CASE("timed: runs of the model are the same on strands, times included") {
  sim::StrandScheduler scheduler(model::actor_count);
  for (const std::string name : {"upstream-report", "two-rpcs", "r3-signal", "r4-minor-timeout"}) {
    const Scenario scenario = reachable::scenario(name);
    for (const std::string& policy : reachable::policies_by_name) {
      const RaceModel model = reachable::model_of(scenario, policy);
      for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        CAPTURE(name, policy, seed);
        const Seen direct = timed_run(scenario, policy, scenario.timing, seed);
        sim::TimedStrategy strategy(seed, scenario.timing);
        TraceRecorder recorder;
        recorder.follow(strategy);
        const auto result = scheduler.run(model, strategy, max_steps, recorder);
        REQUIRE(recorder.take_steps() == direct.trace.steps);
        REQUIRE(result.fingerprint == direct.trace.fingerprint);
      }
    }
  }
}

TEST_CASE("timed traces survive being written and read, the ledger with the steps' times") {
  for (const std::string& name : all_scenarios()) {
    const Scenario scenario = reachable::scenario(name);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      CAPTURE(name, seed);
      const Trace trace =
          timed_run(scenario, "unmap-on-marshal-error", scenario.timing, seed).trace;
      CHECK(trace.is_timed());
      const auto json = trace_to_json(trace);
      const Replayable read = replayable_from_json(parse_json(json.dump(1), "trace"), "trace");
      REQUIRE(read.trace.has_value());
      CHECK(read.trace->steps == trace.steps);
      CHECK(read.trace->origin == trace.origin);
      CHECK(trace_to_json(*read.trace).dump() == json.dump());
      for (const auto& entry : json.at("ledger")) {
        const std::size_t step = entry.at("step").get<std::size_t>();
        CHECK(entry.at("time_ns") == trace.steps.at(step - 1).time_ns);
      }
    }
  }
}
