// SPDX-License-Identifier: MIT
//
// The historic bug: upstream 18c0fb31a034, "xprtrdma: Properly recover FRWRs
// with in-flight FASTREG WRs".
//
// Its story: a request of several segments is marshaled, the connection is lost
// part-way, and the failed marshal hands the request's MRs to the recovery
// worker. One of them has its FASTREG in flight. Recovery last: frwr_wc_fastreg's
// FLUSHED_FR is overwritten, life goes on. frwr_wc_fastreg last: the MR lies on
// the free list FLUSHED_FR and already unmapped; its next user sends it to
// recovery again and it is unmapped a second time.
//
// Timeline of the second order (MR 1, one request of two segments, pool of 3):
//   RPC task   op_map MR 1: VALID, map, post; op_map MR 2: VALID, map,
//   link                                          connection lost
//   RPC task   post of MR 2 rejected; MR 2, then MR 1 to the stale list; reconnect
//   recovery   MR 1: snapshot, dereg, alloc, INVALID, unmap, free list; MR 2 too
//   RNIC, softirq   MR 1's FASTREG flushed, FLUSHED_FR   <- poisoned
//   connect worker  drain, new QP, connected
//   RPC task   op_map takes MR 3, then MR 1: not INVALID, stale list
//   recovery   MR 1: unmapped a second time
#include <catch2/catch.hpp>

#include "model/policy.h"
#include "model/trace/trace.h"
#include "sim/strategies/replay.h"
#include "sim/strategies/strategies.h"

namespace {

using namespace model;

constexpr std::uint64_t kept_seed = 209;

Scenario upstream_report() {
  return load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/upstream-report.json");
}

RaceModel model_under(std::string_view policy) {
  return RaceModel(upstream_report().with_policy(find_policy(policy)->policy));
}

sim::StrategySpec pct() {
  return {sim::StrategyKind::pct, 3, sim::measured_step_bound(model_under("pre-fix"), 100'000)};
}

sim::RunResult<RaceModel> run_seed(const RaceModel& model, const sim::StrategySpec& spec,
                                   std::uint64_t seed) {
  sim::NullObserver observer;
  return sim::with_strategy(spec, model, seed, [&](auto& strategy) {
    return sim::run_directly(model, strategy, 100'000, observer);
  });
}

/// Plays the choices part of a token and keeps what happened to one MR.
struct Play {
  RaceModel model = model_under("pre-fix");
  World w = model.initial();
  std::vector<std::pair<FrState, FrState>> fr_states;  // of MR 1
  std::vector<DmaState> unmaps;                        // what MR 1's unmaps found

  void operator()(const Event& event) {
    if (event.mr != 1) return;
    if (event.kind == EventKind::fr_state) {
      fr_states.emplace_back(static_cast<FrState>(event.from), static_cast<FrState>(event.to));
    }
    if (event.kind == EventKind::dma_unmap) unmaps.push_back(static_cast<DmaState>(event.from));
  }

  void choices(const std::string& text) {
    const auto parsed = sim::from_token("1:00000000:" + text, sim::schedule_names(model));
    for (const sim::Choice choice : parsed.schedule) {
      REQUIRE(model.enabled(w).contains(choice.actor));
      model.step(w, choice, *this);
    }
  }
  /// Any continuation will do: the lowest-numbered actor goes first.
  void to_the_end() {
    while (!model.stopped(w) && !model.enabled(w).empty()) {
      const auto actor = static_cast<sim::ActorId>(model.enabled(w).first());
      model.step(w, {actor, static_cast<sim::Outcome>(model.outcomes(w, actor).first())}, *this);
    }
  }
};

// Both orders share the way to the two hand-overs: MR 1 posted and registered,
// MR 2 mapped, the link lost, MR 2's post rejected, both on the stale list, the
// task asleep until reconnected.
constexpr const char* until_handed_over = "t1-15.link.t1-12";
constexpr const char* recover_both = ".rec-14";
constexpr const char* flush_and_mark = ".nic.irq-2";
constexpr const char* reconnect = ".cm.rep.t1.con-4.nic.irq.con-4.link.cm.con-2.rep";

using Change = std::pair<FrState, FrState>;
constexpr Change marked_valid{FrState::is_invalid, FrState::is_valid};

}  // namespace

TEST_CASE("a kept seed reproduces the reported bug before the fix and not after it") {
  const auto before = run_seed(model_under("pre-fix"), pct(), kept_seed);
  REQUIRE(before.end == sim::End::violation);
  CHECK(model_under("pre-fix").violation(before.state) == Violation{Invariant::double_unmap, 1, 0});
  CHECK(run_seed(model_under("fix"), pct(), kept_seed).end == sim::End::rest);
}

TEST_CASE("recovery last: the late mark is erased and the MR is sound") {
  Play play;
  play.choices(std::string(until_handed_over) + flush_and_mark + recover_both + reconnect);
  const std::vector<Change> so_far{marked_valid,
                                   {FrState::is_valid, FrState::flushed_fr},
                                   {FrState::flushed_fr, FrState::is_invalid}};
  CHECK(play.fr_states == so_far);
  CHECK(play.w.mr(1).place == Place::free_list);
  CHECK(play.w.mr(1).dma == DmaState::unmapped);
  play.to_the_end();
  CHECK(play.model.violation(play.w) == Violation{});
  CHECK(play.model.end_when_blocked(play.w) == sim::End::rest);
  // MR 1 was used again by the retransmission, and invalidated by the reply.
  const std::vector<Change> in_all{marked_valid,
                                   {FrState::is_valid, FrState::flushed_fr},
                                   {FrState::flushed_fr, FrState::is_invalid},
                                   marked_valid,
                                   {FrState::is_valid, FrState::is_invalid}};
  CHECK(play.fr_states == in_all);
  CHECK(play.unmaps == std::vector<DmaState>{DmaState::mapped, DmaState::mapped});
}

TEST_CASE("frwr_wc_fastreg last: the MR is poisoned and unmapped a second time") {
  Play play;
  play.choices(until_handed_over);
  CHECK(play.w.mr(1).fr_state == FrState::is_valid);
  CHECK(play.w.mr(1).place == Place::stale_list);
  play.choices("rec-4");  // taken, snapshot, dereg, alloc
  CHECK(play.w.mr(1).fr_state == FrState::is_valid);
  play.choices("rec");  // r4
  CHECK(play.w.mr(1).fr_state == FrState::is_invalid);
  CHECK(play.w.mr(1).dma == DmaState::mapped);
  play.choices("rec-2.rec-7");  // r5 and r6, then MR 2
  CHECK(play.w.mr(1).dma == DmaState::unmapped);
  CHECK(play.w.mr(1).place == Place::free_list);
  play.choices("nic.irq-2");
  CHECK(play.w.mr(1).fr_state == FrState::flushed_fr);  // free, unmapped, and not INVALID
  CHECK(play.w.mr(1).place == Place::free_list);
  play.choices(std::string(reconnect).substr(1));
  play.to_the_end();
  CHECK(play.model.violation(play.w) == Violation{Invariant::double_unmap, 1, 0});
  const std::vector<Change> in_all{marked_valid,
                                   {FrState::is_valid, FrState::is_invalid},
                                   {FrState::is_invalid, FrState::flushed_fr},
                                   {FrState::flushed_fr, FrState::is_invalid}};
  CHECK(play.fr_states == in_all);
  CHECK(play.unmaps == std::vector<DmaState>{DmaState::mapped, DmaState::unmapped});
}

TEST_CASE("as many seeds as fail a thousand times before the fix never fail after it") {
  const RaceModel before = model_under("pre-fix");
  const RaceModel after = model_under("fix");
  const sim::StrategySpec spec = pct();
  unsigned failing = 0;
  std::uint64_t seeds = 0;
  for (; failing < 1000 && seeds < 10'000'000; ++seeds) {
    failing += run_seed(before, spec, seeds).end == sim::End::violation;
    if (run_seed(after, spec, seeds).end != sim::End::rest) FAIL("seed " << seeds);
  }
  INFO("seeds: " << seeds);
  CHECK(failing == 1000);
}
