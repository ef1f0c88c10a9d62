// SPDX-License-Identifier: MIT
//
// Runs on strands mean the same as runs that call step() in a loop.
//
// Same strategy, same seed: same choices offered, same choices made, same
// fingerprint, same end, on programs of a few lines and on the real model.
#include "sim/strategies/strand_scheduler.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <set>
#include <stdexcept>
#include <vector>

#include "model/race_model.h"
#include "model/scenario/timing.h"
#include "sim/strategies/replay.h"
#include "sim/strategies/strategies.h"
#include "tests/sim/models/program_model.h"
#include "tests/sim/models/textbook_models.h"
#include "tests/sim/strategies/strategy_fixture.h"

using sim::ActorSet;
using sim::End;
using sim::NullObserver;
using sim::OutcomeSet;

namespace {

/// A strategy that writes down what it was offered and what it chose.
template <class Strategy>
struct Recording {
  Strategy inner;
  std::vector<std::uint32_t> offered;
  sim::Schedule chosen;

  template <class M>
  void see(const M& model, const typename M::State& state, ActorSet enabled) {
    if constexpr (sim::Onlooker<Strategy, M>) inner.see(model, state, enabled);
  }
  sim::ActorId pick_actor(ActorSet enabled) {
    offered.push_back(enabled.bits());
    const sim::ActorId actor = inner.pick_actor(enabled);
    chosen.push_back({actor, 0});
    return actor;
  }
  sim::Outcome pick_outcome(sim::ActorId actor, OutcomeSet outcomes) {
    chosen.back().outcome = inner.pick_outcome(actor, outcomes);
    return chosen.back().outcome;
  }
};

/// Takes any step, but throws instead of the step numbered `at`.
struct ThrowingStrategy {
  unsigned at;
  sim::ActorId pick_actor(ActorSet enabled) {
    if (at-- == 0) throw std::runtime_error("enough");
    return static_cast<sim::ActorId>(enabled.first());
  }
  static sim::Outcome pick_outcome(sim::ActorId, OutcomeSet outcomes) {
    return static_cast<sim::Outcome>(outcomes.first());
  }
};

/// Both drivers, the same strategy: everything must be the same.
template <class M, class Strategy>
sim::RunResult<M> run_both(const M& model, sim::StrandScheduler& scheduler,
                           const Strategy& strategy, std::uint64_t max_steps = 5000) {
  NullObserver nobody;
  Recording<Strategy> direct{strategy, {}, {}};
  Recording<Strategy> strands{strategy, {}, {}};
  const auto expected = sim::run_directly(model, direct, max_steps, nobody);
  const auto result = scheduler.run(model, strands, max_steps, nobody);
  REQUIRE(direct.offered == strands.offered);
  REQUIRE(direct.chosen == strands.chosen);
  REQUIRE(expected.fingerprint == result.fingerprint);
  REQUIRE(expected.end == result.end);
  REQUIRE(expected.steps == result.steps);
  REQUIRE(std::memcmp(&expected.state, &result.state, sizeof expected.state) == 0);

  // And the schedule alone makes the same run once more.
  sim::ReplayStrategy replay(strands.chosen);
  const auto again = scheduler.run(model, replay, strands.chosen.size(), nobody);
  REQUIRE(again.steps == result.steps);
  REQUIRE(std::memcmp(&again.state, &result.state, sizeof result.state) == 0);
  return result;
}

/// The interleavings of a model by number; null for one of too many states.
using Ranked = std::shared_ptr<const sim::RankedInterleavings>;

/// Every strategy that can be used, by seeds 0..seeds-1; which ends were seen, one bit each.
template <class M>
unsigned compare_on(const M& model, const Ranked& ranked, unsigned seeds, unsigned step_bound) {
  sim::StrandScheduler scheduler(model.actor_count());
  unsigned ends = 0;
  for (const sim::StrategyEntry& entry : sim::strategies) {
    if (entry.kind == sim::StrategyKind::interleavings && !ranked) continue;
    CAPTURE(entry.name);
    if (entry.kind == sim::StrategyKind::timed && !sim::TimedModel<M>) continue;
    sim::StrategySpec spec{.kind = entry.kind, .step_bound = step_bound, .ranked = ranked};
    const model::Timing timing = model::usual_timing();
    spec.latencies.assign(timing.begin(), timing.end());
    std::set<std::uint64_t> fingerprints;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const auto result = sim::with_strategy(spec, model, seed, [&](const auto& strategy) {
        return run_both(model, scheduler, strategy);
      });
      ends |= 1u << static_cast<unsigned>(result.end);
      fingerprints.insert(result.fingerprint);
      // A strategy made anew from the same seed makes the same run.
      NullObserver nobody;
      REQUIRE(sim::with_strategy(spec, model, seed, [&](auto& strategy) {
                return sim::run_directly(model, strategy, 5000, nobody).fingerprint;
              }) == result.fingerprint);
    }
    CHECK(fingerprints.size() > 1);  // other seeds, other runs
  }
  return ends;
}

template <class M>
void compare_on(const M& model) {
  compare_on(model, fixture::ranked(model), 100, 20);
}

}  // namespace

TEST_CASE("on textbook models strands and the direct loop agree") {
  compare_on(textbook::LostUpdate{});
  compare_on(textbook::AtomicCounter{});
  compare_on(textbook::TwoLocks<true>{});
  compare_on(textbook::TwoLocks<false>{});
  using textbook::Code;  // a writer and five readers
  std::vector<Code> codes(6, Code{textbook::load(0)});
  codes.front() = {textbook::put(0, 1)};
  compare_on(textbook::Program<6, 1>(codes));
  compare_on(textbook::StoreBuffering{});
  compare_on(textbook::Window<9, 4>{});
}

TEST_CASE("on the real model strands and the direct loop agree, under both policies") {
  unsigned ends = 0;
  for (const bool pre_fix : {true, false}) {
    for (const model::Provider provider : {model::Provider::reject, model::Provider::flush}) {
      model::Setup setup;
      setup.rpcs[0].read_list = 3;
      setup.pool = 4;
      setup.losses = 1;
      setup.provider = provider;
      setup.faults.map_mr_sg = 1;
      setup.faults.prepare_send = 1;
      setup.budgets = {.retransmissions = 3, .enobufs_retries = 3, .reconnects = 3, .refreshes = 0};
      setup.policy.failed_marshal =
          pre_fix ? model::FailedMarshal::unmap_safe : model::FailedMarshal::leaves_registered;
      const model::RaceModel model(setup);
      ends |= compare_on(model, nullptr, 250, 150);
    }
  }
  CHECK((ends & 1u << static_cast<unsigned>(End::rest)) != 0);
}

TEST_CASE("with two RPCs on one transport lock, strands and the direct loop agree") {
  model::Setup setup;
  setup.rpc_count = 2;
  setup.rpcs[0].read_list = 1;
  setup.rpcs[1].write_list = 1;
  setup.pool = 3;
  setup.losses = 1;
  setup.guards = {.enobufs_delay = true,
                  .wake_means_reconnect = true,
                  .reply_pins_request = true,
                  .drain_covers_replies = true};
  setup.budgets = {.retransmissions = 4, .enobufs_retries = 3, .reconnects = 3, .refreshes = 0};
  const model::RaceModel model(setup);
  sim::StrandScheduler scheduler(model::actor_count);
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    run_both(model, scheduler, sim::UniformStrategy(seed));
  }
}

TEST_CASE("an actor disabled by another's step is not offered, though its handler is posted") {
  // Both threads can lock the same lock; when one has it, the other cannot.
  using Model = textbook::TwoLocks<false>;
  sim::StrandScheduler scheduler(2);
  NullObserver nobody;
  Recording<ThrowingStrategy> strategy{{99}, {}, {}};  // the first enabled always runs
  const auto result = scheduler.run(Model{}, strategy, 100, nobody);
  CHECK(result.end == End::rest);
  CHECK(strategy.offered ==
        std::vector<std::uint32_t>{0b11,        // both could lock
                                   0b01, 0b01,  // thread 0 holds the first lock
                                   0b01,        // ... and still, having unlocked the second
                                   0b10, 0b10, 0b10, 0b10});
}

TEST_CASE("a deadlock ends a run on strands") {
  using Model = textbook::TwoLocks<true>;
  sim::StrandScheduler scheduler(2);
  NullObserver nobody;
  const sim::Schedule schedule{{0, 0}, {1, 0}};
  sim::ReplayStrategy replay(schedule);
  CHECK(scheduler.run(Model{}, replay, 100, nobody).end == End::violation);
}

TEST_CASE("a run may be limited to a number of steps") {
  using Model = textbook::Window<20, 1>;
  sim::StrandScheduler scheduler(2);
  CHECK(run_both(Model{}, scheduler, sim::UniformStrategy(1), 5).end == End::step_limit);
  CHECK(run_both(Model{}, scheduler, sim::UniformStrategy(1), 21).end != End::step_limit);
}

TEST_CASE("after a strategy has thrown the scheduler can be used again") {
  const textbook::Readers<5> model;
  sim::StrandScheduler scheduler(model.actor_count());
  NullObserver nobody;
  for (unsigned at = 0; at < 6; ++at) {
    ThrowingStrategy strategy{at};
    CHECK_THROWS_WITH(scheduler.run(model, strategy, 100, nobody), "enough");
    run_both(model, scheduler, sim::UniformStrategy(at));
  }
  ThrowingStrategy last{0};
  CHECK_THROWS(scheduler.run(model, last, 100, nobody));  // and can be destroyed so
}

TEST_CASE("fingerprints tell runs apart") {
  // Two orders of the same steps that end in the same state are different runs.
  const textbook::AtomicCounter model;
  NullObserver nobody;
  const sim::Schedule ab{{0, 0}, {1, 0}};
  const sim::Schedule ba{{1, 0}, {0, 0}};
  sim::ReplayStrategy first(ab);
  sim::ReplayStrategy second(ba);
  const auto x = sim::run_directly(model, first, 2, nobody);
  const auto y = sim::run_directly(model, second, 2, nobody);
  CHECK(std::memcmp(&x.state, &y.state, sizeof x.state) == 0);
  CHECK(x.fingerprint != y.fingerprint);
}
