// SPDX-License-Identifier: MIT
//
// Traces survive being written and read, and agree with themselves.
//
// Writing what was read gives the same bytes; replaying gives the same run; the
// ledger is the events' account of DMA mappings, kept here a second time.
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <set>

#include "model/labels.h"
#include "model/trace/ledger.h"
#include "model/trace/trace_json.h"
#include "sim/strategies/replay.h"
#include "sim/strategies/strand_scheduler.h"
#include "sim/strategies/strategies.h"

namespace {

using namespace model;

Trace traced(const Scenario& scenario, const PolicyEntry& policy, const sim::StrategySpec& spec,
             std::uint64_t seed, std::uint64_t max_steps = 100'000) {
  const RaceModel model(scenario.with_policy(policy.policy));
  TraceRecorder recorder;
  const auto result = sim::with_strategy(spec, model, seed, [&](auto& strategy) {
    return sim::run_directly(model, strategy, max_steps, recorder);
  });
  const bool pct = spec.kind == sim::StrategyKind::pct;
  return make_trace(
      scenario, std::string(policy.name),
      {pct ? "pct" : "uniform", seed, pct ? spec.depth : 0u, pct ? spec.step_bound : 0u}, model,
      result, recorder);
}

Trace replayed(const Trace& trace) {
  const RaceModel model(trace.scenario.with_policy(find_policy(trace.policy)->policy));
  const sim::ParsedToken parsed = sim::from_token(trace.token(), sim::schedule_names(model));
  REQUIRE(parsed.scenario_hash == trace.scenario.hash());
  sim::ReplayStrategy strategy(parsed.schedule);
  sim::StrandScheduler scheduler(model::actor_count);
  TraceRecorder recorder;
  const auto result = scheduler.run(model, strategy, parsed.schedule.size(), recorder);
  return make_trace(trace.scenario, trace.policy, trace.origin, model, result, recorder);
}

void check_round_trip(const Trace& trace) {
  const std::string bytes = trace_to_json(trace).dump(1);
  const Trace read = trace_from_json(parse_json(bytes, "trace"), "trace");
  CHECK(read.steps == trace.steps);
  CHECK(read.origin == trace.origin);
  CHECK(read.end == trace.end);
  CHECK(read.fingerprint == trace.fingerprint);
  CHECK(trace_to_json(read).dump(1) == bytes);
  const Replayable again = replayable_from_json(parse_json(bytes, "trace"), "trace");
  CHECK(again.token == trace.token());
  CHECK(again.policy == trace.policy);
  CHECK(again.scenario.hash() == trace.scenario.hash());
  REQUIRE(again.trace.has_value());
  CHECK(again.trace->fingerprint == trace.fingerprint);
  CHECK(again.trace->steps == trace.steps);
  const Replayable schedule =
      replayable_from_json(parse_json(schedule_to_json(trace).dump(), "schedule"), "schedule");
  CHECK(schedule.token == trace.token());
  CHECK_FALSE(schedule.trace.has_value());

  const Trace same = replayed(trace);
  CHECK(same.fingerprint == trace.fingerprint);
  CHECK(same.steps == trace.steps);
  CHECK(same.end == trace.end);
  CHECK(same.violation == trace.violation);
}

/// What an MR's mappings have come to, by the events alone.
struct Account {
  unsigned maps = 0;
  unsigned unmaps_since = 0;
  std::uint64_t iova = 0;
};

void check_ledger(const Trace& trace) {
  const auto ledger = ledger_of(trace);
  auto entry = ledger.begin();
  std::map<MrId, Account> accounts;
  std::set<std::uint64_t> iovas;
  for (std::size_t step = 1; step <= trace.steps.size(); ++step) {
    for (const Event& event : trace.steps[step - 1].events) {
      if (event.kind == EventKind::moved && static_cast<Place>(event.to) == Place::released) {
        accounts[event.mr] = {};  // whatever has this number from now on is another MR
      }
      const bool is_map = event.kind == EventKind::dma_map;
      if (!is_map && event.kind != EventKind::dma_unmap) continue;
      REQUIRE(entry != ledger.end());
      Account& account = accounts[event.mr];
      CHECK(entry->step == step);
      CHECK(entry->time_ns == 1000 * step);
      CHECK(entry->actor == trace.steps[step - 1].choice.actor);
      CHECK(entry->mr == event.mr);
      CHECK(entry->is_map == is_map);
      CHECK(entry->pages == trace.scenario.segment_pages);
      if (is_map) {
        ++account.maps;
        account.unmaps_since = 0;
        account.iova = entry->iova;
        // Pages of their own: no part of them was ever handed out before.
        CHECK(entry->iova % page_size == 0);
        const bool is_fresh = trace.scenario.setup.iova == IovaChoice::fresh;
        for (unsigned page = 0; is_fresh && page < entry->pages; ++page) {
          CHECK(iovas.insert(entry->iova + std::uint64_t{page} * page_size).second);
        }
      } else {
        // An unmap is of the mapping made last, a second one finds it unmapped.
        CHECK(entry->iova == account.iova);
        const DmaState expected = account.maps == 0           ? DmaState::none
                                  : account.unmaps_since == 0 ? DmaState::mapped
                                                              : DmaState::unmapped;
        CHECK(entry->found == expected);
        ++account.unmaps_since;
      }
      CHECK(entry->generation == account.maps);
      ++entry;
    }
  }
  CHECK(entry == ledger.end());
  // Where addresses are reused the culprit's entry may be long before the last one
  // (model_iova_test).
  if (trace.scenario.setup.detect == Detect::dma_api) return;

  // The verdict follows from the account: a double unmap is the last entry and
  // the only one of its kind; at rest every mapping was unmapped exactly once.
  bool doubled = false;
  bool leaked = false;
  for (const auto& [mr, account] : accounts) {
    doubled = doubled || account.unmaps_since > 1;
    leaked = leaked || (account.maps > 0 && account.unmaps_since == 0);
  }
  CHECK(doubled == (trace.violation.invariant == Invariant::double_unmap));
  if (doubled) {
    CHECK(ledger.back().found == DmaState::unmapped);
    CHECK(ledger.back().step == trace.steps.size());
    CHECK(ledger.back().mr == trace.violation.mr);
  }
  if (trace.end == sim::End::rest) CHECK_FALSE(leaked);
}

std::vector<Scenario> all_scenarios() {
  std::vector<Scenario> scenarios;
  for (const auto& file : std::filesystem::directory_iterator(FRWRSIM_SCENARIO_DIR)) {
    const std::string name = file.path().filename().string();
    if (file.path().extension() != ".json" || name.find(".schema.") != std::string::npos) continue;
    scenarios.push_back(load_scenario(file.path().string()));
  }
  REQUIRE_FALSE(scenarios.empty());
  return scenarios;
}

sim::StrategySpec pct_for(const Scenario& scenario) {
  sim::StrategySpec spec;
  spec.step_bound = sim::measured_step_bound(RaceModel(scenario.setup), 100'000);
  return spec;
}

/// Every other of forty seeds under every policy: by themselves they are minutes of work
/// under a sanitizer, so they are shared out to four test cases.
void check_traces(sim::StrategyKind kind, std::uint64_t first_seed) {
  for (const Scenario& scenario : all_scenarios()) {
    const sim::StrategySpec spec =
        kind == sim::StrategyKind::pct ? pct_for(scenario) : sim::StrategySpec{.kind = kind};
    for (const PolicyEntry& policy : policies()) {
      for (std::uint64_t seed = first_seed; seed <= 40; seed += 2) {
        CAPTURE(scenario.name, policy.name, seed);
        const Trace trace = traced(scenario, policy, spec, seed);
        check_ledger(trace);
        if (seed <= 15) check_round_trip(trace);
      }
    }
  }
}

}  // namespace

TEST_CASE(
    "traces of all scenarios and policies round-trip and agree with the ledger: pct, odd seeds",
    "[sanitized]") {
  check_traces(sim::StrategyKind::pct, 1);
}

TEST_CASE(
    "traces of all scenarios and policies round-trip and agree with the ledger: pct, even seeds",
    "[sanitized]") {
  check_traces(sim::StrategyKind::pct, 2);
}

TEST_CASE(
    "traces of all scenarios and policies round-trip and agree with the ledger: uniform, odd seeds",
    "[sanitized]") {
  check_traces(sim::StrategyKind::uniform, 1);
}

TEST_CASE(
    "traces of all scenarios and policies round-trip and agree with the ledger: uniform, even "
    "seeds",
    "[sanitized]") {
  check_traces(sim::StrategyKind::uniform, 2);
}

TEST_CASE("failing traces round-trip and agree with the ledger", "[sanitized]") {
  const Scenario scenario =
      load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/upstream-report.json");
  const sim::StrategySpec pct = pct_for(scenario);
  unsigned failing = 0;
  for (std::uint64_t seed = 1; seed <= 50'000 && failing < 20; ++seed) {
    const Trace trace = traced(scenario, policies().front(), pct, seed);
    if (trace.end != sim::End::violation) continue;
    ++failing;
    CAPTURE(seed);
    check_round_trip(trace);
    check_ledger(trace);
  }
  CHECK(failing == 20);
}

TEST_CASE("unfinished and empty traces round-trip", "[sanitized]") {
  const Scenario scenario =
      load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/upstream-report.json");
  for (const PolicyEntry& policy : policies()) {
    for (std::uint64_t steps = 0; steps < 60; ++steps) {
      const Trace trace =
          traced(scenario, policy, {.kind = sim::StrategyKind::uniform}, 18'000, steps);
      if (trace.end != sim::End::step_limit) continue;
      CHECK(trace.steps.size() == steps);
      check_round_trip(trace);
      check_ledger(trace);
    }
  }
}

TEST_CASE("every segment's mapping has the direction of its chunk list", "[sanitized]") {
  // Read list: the server reads, TO_DEVICE; the others are written.
  for (const Scenario& scenario : all_scenarios()) {
    unsigned to_device = 0;
    unsigned from_device = 0;
    for (unsigned i = 0; i < scenario.setup.rpc_count; ++i) {
      to_device += scenario.setup.rpcs[i].read_list;
      from_device += scenario.setup.rpcs[i].segments() - scenario.setup.rpcs[i].read_list;
    }
    const Trace trace = traced(scenario, policies().back(), pct_for(scenario), 1);
    for (const LedgerEntry& entry : ledger_of(trace)) {
      if (to_device == 0) CHECK(entry.direction == Direction::from_device);
      if (from_device == 0) CHECK(entry.direction == Direction::to_device);
    }
  }
}

TEST_CASE("no two steps of an actor are called the same: a trace is read back by name",
          "[sanitized]") {
  for (unsigned i = 0; i < model::actor_count; ++i) {
    const auto actor = static_cast<sim::ActorId>(i);
    const auto name_of_step = [actor](unsigned id) {
      return label_of(actor, static_cast<std::uint8_t>(id)).name;
    };
    if (name_of_step(first_take_lock - 1u) == name_of_step(0)) continue;  // it has one step only
    std::set<std::string_view> names;
    for (unsigned id = 0; id < 255; ++id) {
      if (name_of_step(id).empty()) continue;
      if (role_of(actor) == Role::link && id > link_establishes) break;
      CAPTURE(short_name(actor), name_of_step(id), id);
      CHECK(names.insert(name_of_step(id)).second);
    }
  }
}
