// SPDX-License-Identifier: MIT
//
// I/O addresses that are used again, and what a second unmap then does.
//
// Addresses are kept here a second time, from the events alone: the address freed
// last is given out first, an unmap takes away whatever mapping has the address,
// and DMA-API debugging notices an unmap that finds none (docs/kernel.md, "What a
// kernel prints"). Steps first, then whole runs through their traces.
#include <map>
#include <set>
#include <string>

#include "model/kernel/dma.h"
#include "model/trace/ledger.h"
#include "model/trace/trace_json.h"
#include "sim/strategies/strand_scheduler.h"
#include "sim/strategies/strategies.h"
#include "tests/model/model_fixture.h"
#include "tests/model/reachable_states.h"

using namespace fixture;

namespace {

/// A bench on which MRs are mapped and unmapped by hand. Each call leaves its events.
struct Mapping : Bench {
  explicit Mapping(Detect detect, IovaChoice iova = IovaChoice::reuse) : Bench(basic_setup()) {
    setup.iova = iova;
    setup.detect = detect;
  }
  /// As op_map does: the scatterlist is new. The address, as the event tells it.
  unsigned map(MrId id) {
    log.events.clear();
    if (w.mr(id).dma == DmaState::unmapped) w.mr(id).dma = DmaState::none;
    Kernel<Recorder> k{setup, w, log};
    dma_map(k, id, 1, Direction::to_device);
    return log.events.at(0).iova;
  }
  /// The victim, as the event tells it.
  MrId unmap(MrId id) {
    log.events.clear();
    Kernel<Recorder> k{setup, w, log};
    dma_unmap(k, id);
    REQUIRE(log.events.at(0).kind == EventKind::dma_unmap);
    return log.events.at(0).to;
  }
  [[nodiscard]] unsigned address_told() const { return log.events.at(0).iova; }
  [[nodiscard]] bool noticed() const { return w.violated != Invariant::none; }
};

/// A scenario of the tests: a shipped one with keys added.
Scenario variant(const std::string& name, const nlohmann::json& changes) {
  nlohmann::json document = reachable::scenario(name).document;
  document.merge_patch(changes);
  return read_scenario(document, "variant", "variant");
}

Trace traced(const Scenario& scenario, const PolicyEntry& policy, std::uint64_t seed) {
  const RaceModel model(scenario.with_policy(policy.policy));
  sim::StrategySpec spec;
  spec.step_bound = 150;
  TraceRecorder recorder;
  const auto result = sim::with_strategy(spec, model, seed, [&](auto& strategy) {
    return sim::run_directly(model, strategy, 100'000, recorder);
  });
  return make_trace(scenario, std::string(policy.name), {"pct", seed, spec.depth, spec.step_bound},
                    model, result, recorder);
}

/// The addresses of a run, by its events alone.
struct Account {
  unsigned given_out = 0;
  std::vector<unsigned> freed;                   ///< the last one at the back
  std::map<MrId, unsigned> address;              ///< where an MR was mapped last
  std::map<MrId, std::pair<bool, bool>> mapped;  ///< as it believes; as is true

  void map(const Event& event) {
    unsigned expected = 0;
    if (freed.empty()) {
      expected = ++given_out;
    } else {
      expected = freed.back();
      freed.pop_back();
    }
    CHECK(event.iova == expected);
    address[event.mr] = expected;
    mapped[event.mr] = {true, true};
  }
  /// Whether DMA-API debugging notices.
  bool unmap(const Event& event) {
    const unsigned at = address[event.mr];
    CHECK(event.iova == at);
    MrId owner = 0;
    for (const auto& [mr, state] : mapped) {
      if (state.second && address[mr] == at && at != 0) owner = mr;
    }
    if (owner != 0) {
      mapped[owner].second = false;
      freed.push_back(at);
    }
    CHECK(event.to == (owner == event.mr ? 0 : owner));
    mapped[event.mr].first = false;
    return owner == 0;
  }
};

void check_addresses(const Trace& trace) {
  Account account;
  std::size_t noticed = 0;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    for (const Event& event : trace.steps[i].events) {
      if (event.kind == EventKind::dma_map) account.map(event);
      if (event.kind == EventKind::dma_unmap && account.unmap(event)) noticed = i + 1;
    }
  }
  const Invariant violated = trace.violation.invariant;
  const bool unmapped =
      violated == Invariant::double_unmap || violated == Invariant::unmap_never_mapped;
  if (trace.scenario.setup.detect == Detect::dma_api) {
    CHECK((noticed != 0) == unmapped);
    if (unmapped) CHECK(noticed == trace.steps.size());
  }
}

void check_round_trip(const Trace& trace) {
  const std::string bytes = trace_to_json(trace).dump(1);
  const Trace read = trace_from_json(parse_json(bytes, "trace"), "trace");
  CHECK(read.steps == trace.steps);
  CHECK(read.violation == trace.violation);
  CHECK(trace_to_json(read).dump(1) == bytes);
  const Replayable again = replayable_from_json(parse_json(bytes, "trace"), "trace");
  REQUIRE(again.trace.has_value());
  CHECK(again.trace->steps == trace.steps);
  CHECK(again.scenario.hash() == trace.scenario.hash());
  const nlohmann::json json = nlohmann::json::parse(bytes);
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    for (std::size_t j = 0; j < trace.steps[i].events.size(); ++j) {
      const Event& event = trace.steps[i].events[j];
      const nlohmann::json& written = json.at("steps").at(i).at("events").at(j);
      const bool victim = event.kind == EventKind::dma_unmap && event.to != 0;
      CHECK(written.contains("victim") == victim);
      if (victim) CHECK(written.at("victim") == event.to);
      CHECK(written.contains("iova") == (event.iova != 0));
      if (event.iova != 0) CHECK(written.at("iova") == event.iova);
    }
  }
}

/// A trace of maps and unmaps, one a step: `{mr, is_map, found, address, victim}`.
struct Entry {
  MrId mr;
  bool is_map;
  DmaState found;
  std::uint8_t iova;
  MrId victim = 0;
};
Trace trace_of(const std::vector<Entry>& entries) {
  Trace trace;
  trace.scenario.segment_pages = 2;
  for (const Entry& e : entries) {
    TraceStep step;
    step.choice.actor = recovery_actor;
    step.events.push_back({.kind = e.is_map ? EventKind::dma_map : EventKind::dma_unmap,
                           .mr = e.mr,
                           .from = static_cast<std::uint8_t>(e.found),
                           .to = e.victim,
                           .iova = e.iova});
    trace.steps.push_back(step);
  }
  return trace;
}

}  // namespace

TEST_CASE("the address freed last is used first, a new one only when none is free") {
  Mapping b(Detect::ledger);
  CHECK(b.map(1) == 1);
  CHECK(b.map(2) == 2);
  CHECK(b.map(3) == 3);
  b.unmap(1);
  b.unmap(3);
  CHECK(b.map(4) == 3);
  CHECK(b.map(3) == 1);
  CHECK(b.map(1) == 4);
  b.unmap(2);
  CHECK(b.map(2) == 2);
  CHECK_FALSE(b.noticed());
  CHECK(b.w.rare.iovas.given_out == 4);
  CHECK(b.w.rare.iovas.free_count == 0);
}

TEST_CASE("addresses that are no longer free leave no trace in the world") {
  Mapping b(Detect::ledger);
  b.map(1);
  b.map(2);
  const World before = b.w;
  b.unmap(2);
  b.map(2);
  CHECK(same(b.w, before));
}

TEST_CASE("fresh addresses: none is in the world, none is told") {
  Mapping b(Detect::ledger, IovaChoice::fresh);
  CHECK(b.map(1) == 0);
  CHECK(b.unmap(1) == 0);
  CHECK(b.map(2) == 0);
  CHECK(b.unmap(1) == 0);  // a second time, and nobody is the victim
  CHECK(b.noticed());
  const Rare none{};
  CHECK(std::memcmp(&b.w.rare, &none, sizeof none) == 0);
}

TEST_CASE("detection by the ledger: a second unmap is noticed at once, and has a victim") {
  Mapping b(Detect::ledger);
  b.map(1);
  b.unmap(1);
  CHECK(b.map(2) == 1);
  CHECK(b.unmap(1) == 2);
  CHECK(b.address_told() == 1);
  CHECK(b.violation() == Violation{Invariant::double_unmap, 1, 0});
}

TEST_CASE("detection by the ledger: without a victim it is noticed as well") {
  Mapping b(Detect::ledger);
  b.map(1);
  b.map(2);
  b.unmap(1);
  CHECK(b.unmap(1) == 0);
  CHECK(b.violation() == Violation{Invariant::double_unmap, 1, 0});
  CHECK(b.w.mr(2).dma == DmaState::mapped);
}

TEST_CASE("detection as by DMA-API debugging: the victim's own unmap is the one noticed") {
  Mapping b(Detect::dma_api);
  b.map(1);
  b.unmap(1);
  CHECK(b.map(2) == 1);
  CHECK(b.unmap(1) == 2);
  CHECK_FALSE(b.noticed());
  CHECK(b.w.mr(1).dma == DmaState::unmapped);
  CHECK(b.w.mr(2).dma == DmaState::mapped);  // as it believes
  CHECK(b.unmap(2) == 0);
  CHECK(b.violation() == Violation{Invariant::double_unmap, 2, 0});
}

TEST_CASE("detection as by DMA-API debugging: an address that nobody has is noticed at once") {
  Mapping b(Detect::dma_api);
  b.map(1);
  b.map(2);
  b.unmap(1);
  b.unmap(1);
  CHECK(b.violation() == Violation{Invariant::double_unmap, 1, 0});
}

TEST_CASE("an address is free once, however often it is freed") {
  Mapping b(Detect::ledger);
  b.setup.severities.at(static_cast<std::size_t>(Invariant::double_unmap)) = Severity::observed;
  b.map(1);
  b.unmap(1);
  b.unmap(1);
  b.unmap(1);
  CHECK(b.w.rare.iovas.free_count == 1);
  CHECK(b.map(2) == 1);
  CHECK(b.map(3) == 2);
}

TEST_CASE("the address a second unmap frees is given out again, though its victim lives") {
  Mapping b(Detect::dma_api);
  b.map(1);
  b.unmap(1);
  b.map(2);
  b.unmap(1);
  CHECK(b.map(3) == 1);
  // Now it is MR 3 that loses its mapping, to the victim's legitimate unmap.
  CHECK(b.unmap(2) == 3);
  CHECK_FALSE(b.noticed());
  CHECK(b.unmap(3) == 0);
  CHECK(b.violation() == Violation{Invariant::double_unmap, 3, 0});
}

TEST_CASE("whose mapping an unmap takes does not depend on the MRs' names") {
  // The same story with the roles of MRs 2 and 3 exchanged.
  for (const auto& [victim, newcomer] : {std::pair<MrId, MrId>{2, 3}, {3, 2}}) {
    CAPTURE(victim);
    Mapping b(Detect::dma_api);
    b.map(1);
    b.unmap(1);
    b.map(victim);
    b.unmap(1);
    b.map(newcomer);
    CHECK(b.unmap(1) == newcomer);  // a third time: the victim's went long ago
  }
}

TEST_CASE("an unmap of what is not mapped goes to the address it had before") {
  const Detect detect = GENERATE(Detect::ledger, Detect::dma_api);
  const bool taken = GENERATE(false, true);
  Mapping b(detect);
  b.map(1);
  b.unmap(1);
  if (taken) CHECK(b.map(2) == 1);
  b.w.mr(1).dma = DmaState::none;  // op_map has begun, its DMA mapping fails
  CHECK(b.unmap(1) == (taken ? 2 : 0));
  CHECK(b.address_told() == 1);
  if (detect == Detect::dma_api && taken) {
    CHECK_FALSE(b.noticed());
    b.unmap(2);
    CHECK(b.violation() == Violation{Invariant::double_unmap, 2, 0});
  } else {
    CHECK(b.violation() == Violation{Invariant::unmap_never_mapped, 1, 0});
  }
}

TEST_CASE("an unmap of an MR that never had an address is noticed at once, by either") {
  const Detect detect = GENERATE(Detect::ledger, Detect::dma_api);
  Mapping b(detect);
  b.map(2);
  CHECK(b.unmap(1) == 0);
  CHECK(b.address_told() == 0);
  CHECK(b.violation() == Violation{Invariant::unmap_never_mapped, 1, 0});
  CHECK(b.w.rare.iovas.free_count == 0);
}

TEST_CASE("reuse changes nothing but the addresses, as long as the ledger detects") {
  const Scenario fresh = reachable::scenario("upstream-report");
  const Scenario reuse = variant("upstream-report", {{"iova", "reuse"}});
  for (const PolicyEntry& policy : policies()) {
    const RaceModel with_fresh(fresh.with_policy(policy.policy));
    const RaceModel with_reuse(reuse.with_policy(policy.policy));
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
      const auto worlds = reachable::random_run(with_fresh, seed);
      const auto others = reachable::random_run(with_reuse, seed);
      REQUIRE(worlds.size() == others.size());
      for (std::size_t i = 0; i < worlds.size(); ++i) {
        World w = others[i];
        w.rare.iova = {};
        w.rare.iovas = {};
        if (!same(worlds[i], w)) FAIL("another world under " << policy.name);
        CHECK(worlds[i].rare.iovas.given_out == 0);
      }
    }
  }
}

TEST_CASE("runs of every policy: addresses, victims, detection, round trip") {
  nlohmann::json changes = nlohmann::json::parse(R"({
    "iova": "reuse", "mr_pool": 4,
    "faults": {"dma_map": 1, "map_mr_sg": 1, "prepare_send": 1, "reset": 1, "drain_marker": 1,
               "signal": 1, "timeout": 1},
    "rpcs": [{"name": "a", "read_list": 2}, {"name": "b", "write_list": 1}],
    "losses": {"count": 1, "when": "any-time", "rpc": null},
    "budgets": {"retransmissions": 3, "enobufs_retries": 2, "reconnects": 2}})");
  for (const char* detect : {"ledger", "dma-api"}) {
    changes["detect"] = detect;
    const Scenario scenario = variant("upstream-report", changes);
    for (const PolicyEntry& policy : policies()) {
      for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(policy.name, seed, detect);
        const Trace trace = traced(scenario, policy, seed);
        if (trace.end == sim::End::violation || seed <= 20) {
          check_addresses(trace);
          check_round_trip(trace);
        }
      }
    }
  }
}

TEST_CASE("runs before the fix: the victim's unmap is noticed, and the ledger names the culprit") {
  const Scenario scenario =
      variant("upstream-next-request", {{"iova", "reuse"}, {"detect", "dma-api"}});
  unsigned with_culprit = 0;
  unsigned without = 0;
  for (std::uint64_t seed = 1; seed <= 60'000 && with_culprit < 5; ++seed) {
    const Trace trace = traced(scenario, *find_policy("pre-fix"), seed);
    if (trace.violation.invariant != Invariant::double_unmap) continue;
    CAPTURE(seed);
    check_addresses(trace);
    check_round_trip(trace);
    const auto ledger = ledger_of(trace);
    const LedgerEntry& last = ledger.back();
    const LedgerEntry* culprit = culprit_of(ledger);
    CHECK_FALSE(last.is_map);
    CHECK(last.mr == trace.violation.mr);
    CHECK(last.step == trace.steps.size());
    if (last.found == DmaState::unmapped) {
      ++without;
      CHECK(culprit == nullptr);
      continue;
    }
    ++with_culprit;
    REQUIRE(culprit != nullptr);
    CHECK(culprit->mr != last.mr);
    CHECK(culprit->found == DmaState::unmapped);
    CHECK(culprit->victim == last.mr);
    CHECK(culprit->iova == last.iova);
    CHECK(culprit->step < last.step);
  }
  UNSCOPED_INFO(with_culprit << " victims, " << without << " others");
  CHECK(with_culprit == 5);
  CHECK(without > 0);
}

TEST_CASE("the ledger: an address is pages of its own, the same wherever it is used again") {
  const auto ledger = ledger_of(trace_of({{1, true, DmaState::none, 1},
                                          {2, true, DmaState::none, 2},
                                          {1, false, DmaState::mapped, 1},
                                          {3, true, DmaState::none, 1},
                                          {1, false, DmaState::unmapped, 1, 3},
                                          {3, false, DmaState::mapped, 1}}));
  REQUIRE(ledger.size() == 6);
  CHECK(ledger[0].iova % page_size == 0);
  CHECK(ledger[0].iova < 0x1'0000'0000);
  CHECK(ledger[1].iova + 2 * page_size <= ledger[0].iova);
  for (const std::size_t i : {2, 3, 4, 5}) CHECK(ledger[i].iova == ledger[0].iova);
  for (const std::size_t i : {0, 1, 2, 3, 5}) CHECK(ledger[i].victim == 0);
  CHECK(ledger[4].victim == 3);
  CHECK(ledger[4].generation == 1);
  CHECK(culprit_of(ledger) == &ledger[4]);
  CHECK(dma_api_line(ledger[5]).find("[size=8192 bytes]") != std::string::npos);
}

TEST_CASE("the ledger: who has no culprit") {
  CHECK(culprit_of({}) == nullptr);
  SECTION("a second unmap without a victim") {
    const auto ledger = ledger_of(trace_of({{1, true, DmaState::none, 1},
                                            {1, false, DmaState::mapped, 1},
                                            {1, false, DmaState::unmapped, 1}}));
    CHECK(culprit_of(ledger) == nullptr);
  }
  SECTION("the culprit itself") {
    const auto ledger = ledger_of(trace_of({{1, true, DmaState::none, 1},
                                            {1, false, DmaState::mapped, 1},
                                            {2, true, DmaState::none, 1},
                                            {1, false, DmaState::unmapped, 1, 2}}));
    CHECK(culprit_of(ledger) == nullptr);
  }
  SECTION("a victim that has been mapped anew since") {
    const auto ledger = ledger_of(trace_of({{1, true, DmaState::none, 1},
                                            {1, false, DmaState::mapped, 1},
                                            {2, true, DmaState::none, 1},
                                            {1, false, DmaState::unmapped, 1, 2},
                                            {2, true, DmaState::mapped, 2},
                                            {2, false, DmaState::mapped, 2}}));
    CHECK(culprit_of(ledger) == nullptr);
  }
  SECTION("the victim of another") {
    const auto ledger = ledger_of(trace_of({{1, true, DmaState::none, 1},
                                            {1, false, DmaState::mapped, 1},
                                            {2, true, DmaState::none, 1},
                                            {3, true, DmaState::none, 2},
                                            {1, false, DmaState::unmapped, 1, 2},
                                            {3, false, DmaState::mapped, 2}}));
    CHECK(culprit_of(ledger) == nullptr);
  }
}

TEST_CASE("the ledger: a new MR in the slot of a freed one has never been mapped") {
  // LedgerEntry: generation 0 and address 0 if it never was.
  Trace trace = trace_of({{1, true, DmaState::none, 1}, {1, false, DmaState::mapped, 1}});
  trace.steps.push_back(trace.steps.back());
  trace.steps.back().events = {{.kind = EventKind::moved,
                                .mr = 1,
                                .from = static_cast<std::uint8_t>(Place::in_hand),
                                .to = static_cast<std::uint8_t>(Place::released)}};
  trace.steps.push_back(trace.steps.back());
  trace.steps.back().events = {
      {.kind = EventKind::dma_unmap, .mr = 1, .from = static_cast<std::uint8_t>(DmaState::none)}};
  const auto ledger = ledger_of(trace);
  REQUIRE(ledger.size() == 3);
  CHECK(ledger[2].generation == 0);
  CHECK(ledger[2].iova == 0);
}

TEST_CASE("a trace with an address or a victim that cannot be is refused") {
  const Scenario scenario = variant("upstream-report", {{"iova", "reuse"}});
  const nlohmann::json json = trace_to_json(traced(scenario, policies()[0], 1));
  const auto refused_with = [&json](const char* key, const nlohmann::json& value) {
    nlohmann::json broken = json;
    for (nlohmann::json& step : broken.at("steps")) {
      for (nlohmann::json& event : step.at("events")) {
        if (event.at("event") != "dma_unmap") continue;
        event[key] = value;
        CHECK_THROWS_AS(replayable_from_json(broken, "trace"), InputError);
        return;
      }
    }
    FAIL("nothing was unmapped");
  };
  for (const char* key : {"iova", "victim"}) {
    for (const nlohmann::json& value : {nlohmann::json(0), nlohmann::json(-1), nlohmann::json(13),
                                        nlohmann::json("1"), nlohmann::json(nullptr)}) {
      refused_with(key, value);
    }
  }
}
