// SPDX-License-Identifier: MIT
//
// The strategies: uniform, PCT, replay.
//
// PCT is held against a second implementation that keeps a number per actor and
// looks for the largest one, as the paper writes it (Burckhardt, Kothari,
// Musuvathi, Nagarakatte, ASPLOS 2010), and against the probability that can be
// worked out by hand for a bug of depth 2.
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "sim/run.h"
#include "sim/strategies/pct.h"
#include "sim/strategies/replay.h"
#include "sim/strategies/uniform.h"
#include "tests/sim/models/textbook_models.h"

using sim::ActorSet;
using sim::End;
using sim::OutcomeSet;
using sim::PctStrategy;

namespace {

/// PCT in the paper's words. Draws its random numbers in the same order as
/// sim::PctStrategy, which is all that the two share.
class PlainPct {
 public:
  PlainPct(std::uint64_t seed, unsigned actors, ActorSet optional, unsigned step_bound,
           unsigned depth)
      : random_(seed), priority_(actors), arrival_(actors, 0), absent_(optional) {
    std::vector<unsigned> rank;  // a permutation built inside out
    for (unsigned i = 0; i < actors; ++i) {
      const unsigned j = random_.below(i + 1);
      rank.push_back(i);
      std::swap(rank[j], rank[i]);
    }
    // Initial priorities are d, d+1, ..., above all change priorities 1..d-1.
    for (unsigned i = 0; i < actors; ++i) priority_[i] = depth + rank[i];
    top_ = depth + actors;
    for (unsigned i = 1; i < depth; ++i) change_step_.push_back(random_.below(step_bound));
    for (const unsigned actor : optional) arrival_[actor] = random_.below(step_bound);
  }

  unsigned pick(ActorSet enabled) {
    for (unsigned actor = 0; actor < arrival_.size(); ++actor) {
      if (!absent_.contains(actor) || arrival_[actor] > now_) continue;
      absent_.erase(actor);
      priority_[actor] = ++top_;  // strikes at once
    }
    const ActorSet present = enabled - absent_;
    if (!present.empty()) enabled = present;
    for (unsigned i = 0; i < change_step_.size(); ++i) {
      if (change_step_[i] == now_) priority_[highest(enabled)] = i + 1;
    }
    ++now_;
    return highest(enabled);
  }

 private:
  [[nodiscard]] unsigned highest(ActorSet enabled) const {
    unsigned best = enabled.first();
    for (const unsigned actor : enabled) {
      if (priority_[actor] > priority_[best]) best = actor;
    }
    return best;
  }

  sim::Random random_;
  std::vector<unsigned> priority_;
  std::vector<unsigned> arrival_;
  std::vector<unsigned> change_step_;
  ActorSet absent_;
  unsigned now_ = 0;
  unsigned top_ = 0;
};

/// A non-empty random subset of 0..actors-1.
ActorSet some_actors(sim::Random& random, unsigned actors) {
  for (;;) {
    const auto bits = static_cast<std::uint32_t>(random.next()) & ((1u << actors) - 1);
    if (bits != 0) return ActorSet::from_bits(bits);
  }
}

}  // namespace

TEST_CASE("uniform: every enabled actor equally often, nobody else") {
  const ActorSet enabled = ActorSet::from_bits(0b1001'0110);
  std::array<unsigned, 32> seen{};
  sim::UniformStrategy strategy(11);
  constexpr unsigned draws = 40'000;
  for (unsigned i = 0; i < draws; ++i) ++seen.at(strategy.pick_actor(enabled));
  // Each count is binomial(40000, 1/4): mean 10000, standard deviation 86.6.
  for (unsigned actor = 0; actor < 32; ++actor) {
    if (enabled.contains(actor)) {
      CHECK(std::abs(seen[actor] - 10'000.0) < 4 * 86.6);
    } else {
      CHECK(seen[actor] == 0);
    }
  }
}

TEST_CASE("uniform: outcomes are drawn after the actor, and equally often") {
  std::array<unsigned, 32> seen{};
  sim::UniformStrategy strategy(12);
  const OutcomeSet outcomes = OutcomeSet::from_bits(0b1101);
  for (unsigned i = 0; i < 30'000; ++i) ++seen.at(strategy.pick_outcome(3, outcomes));
  for (const unsigned outcome : outcomes) {
    CHECK(std::abs(seen[outcome] - 10'000.0) < 4 * 81.6);  // binomial(30000, 1/3)
  }
  CHECK(seen[1] == 0);
}

TEST_CASE("the same seed makes the same choices, another one others") {
  sim::UniformStrategy a(5);
  sim::UniformStrategy b(5);
  sim::UniformStrategy c(6);
  unsigned differ = 0;
  for (unsigned i = 0; i < 1000; ++i) {
    const ActorSet all = ActorSet::from_bits(0xffff);
    const auto pick = a.pick_actor(all);
    CHECK(pick == b.pick_actor(all));
    differ += pick != c.pick_actor(all);
  }
  CHECK(differ > 800);
}

TEST_CASE("PCT does what the paper says, step for step") {
  for (unsigned depth = 1; depth <= 6; ++depth) {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      const ActorSet optional = seed % 2 == 0 ? ActorSet{} : ActorSet::from_bits(0b100'1000);
      constexpr unsigned actors = 9;
      constexpr unsigned bound = 40;
      PctStrategy strategy(seed, actors, optional, bound, depth);
      PlainPct plain(seed, actors, optional, bound, depth);
      sim::Random environment(seed + 1000);
      for (unsigned step = 0; step < 60; ++step) {  // past the bound, too
        const ActorSet enabled = some_actors(environment, actors);
        const unsigned expected = plain.pick(enabled);
        INFO("depth " << depth << ", seed " << seed << ", step " << step);
        REQUIRE(strategy.pick_actor(enabled) == expected);
      }
    }
  }
}

TEST_CASE("PCT of depth 1 has no change points: one order of priorities for the whole run") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    PctStrategy strategy(seed, 6, {}, 50, 1);
    ActorSet left = ActorSet::from_bits(0b11'1111);
    std::array<unsigned, 6> order{};
    for (unsigned& actor : order) {
      actor = strategy.pick_actor(left);
      left.erase(actor);
    }
    sim::Random environment(seed);
    for (unsigned step = 0; step < 100; ++step) {
      const ActorSet enabled = some_actors(environment, 6);
      unsigned rank = 0;
      while (!enabled.contains(order.at(rank))) ++rank;
      CHECK(strategy.pick_actor(enabled) == order.at(rank));
    }
  }
}

TEST_CASE("PCT: at a change point the actor about to run goes below everybody, to stay") {
  // Depth 2, all always enabled: one actor runs until the change point, another
  // from there on, and the first never again.
  unsigned changed = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    PctStrategy strategy(seed, 5, {}, 20, 2);
    const ActorSet all = ActorSet::from_bits(0b1'1111);
    unsigned changes = 0;
    const unsigned first = strategy.pick_actor(all);
    unsigned before = first;
    for (unsigned step = 1; step < 20; ++step) {
      const unsigned now = strategy.pick_actor(all);
      changes += now != before;
      before = now;
    }
    CHECK(changes <= 1);
    changed += changes;
    if (changes == 1) {
      CHECK(before != first);
      CHECK(strategy.pick_actor(ActorSet::from_bits(all.bits() & ~(1u << before))) != first);
      CHECK(strategy.pick_actor(ActorSet::of(first)) == first);
    }
  }
  // The change point is uniform over 20 steps; at step 0 it shows no change here.
  CHECK(std::abs(changed - 300 * 0.95) < 4 * std::sqrt(300 * 0.95 * 0.05));
}

TEST_CASE("PCT: an optional actor waits for its time, then strikes at once") {
  std::vector<unsigned> arrivals(40, 0);
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    PctStrategy strategy(seed, 4, ActorSet::of(3), 40, 1);
    unsigned step = 0;
    while (strategy.pick_actor(ActorSet::from_bits(0b1111)) != 3) ++step;
    ++arrivals.at(step);
    CHECK(strategy.pick_actor(ActorSet::from_bits(0b1111)) == 3);  // it stays at the front
  }
  for (const unsigned count : arrivals) {
    CHECK(std::abs(count - 100.0) < 5 * std::sqrt(100.0));  // uniform over the steps
  }
  PctStrategy strategy(1, 4, ActorSet::of(3), 40, 1);
  CHECK(strategy.pick_actor(ActorSet::of(3)) == 3);  // nobody else can run
}

TEST_CASE("PCT finds a bug of depth 2 as often as can be worked out, and the bound holds") {
  // Thread 0 takes 8 steps, thread 1 must take its one between the third and the
  // fourth: n = 2 threads, k = 9 steps, d = 2. PCT hits it exactly if thread 0 has
  // the higher priority (1/2) and the change point is step 3 (1/9): 1/18, which
  // here is the paper's bound 1/(n k^(d-1)) itself.
  using Model = textbook::Window<8, 3>;
  const Model model;
  constexpr unsigned runs = 18'000;
  unsigned hits = 0;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    PctStrategy strategy(seed, 2, {}, 9, 2);
    sim::NullObserver nobody;
    hits += sim::run_directly(model, strategy, 100, nobody).end == End::violation;
  }
  // binomial(18000, 1/18): mean 1000, standard deviation 30.7.
  CHECK(std::abs(hits - 1000.0) < 4 * 30.7);

  unsigned shallow = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    PctStrategy strategy(seed, 2, {}, 9, 1);
    sim::NullObserver nobody;
    shallow += sim::run_directly(model, strategy, 100, nobody).end == End::violation;
  }
  CHECK(shallow == 0);  // depth 1 cannot find a bug of depth 2
}

TEST_CASE("replay makes the schedule's choices") {
  const sim::Schedule schedule{{0, 0}, {1, 0}, {0, 0}, {1, 0}};
  sim::ReplayStrategy replay(schedule);
  sim::NullObserver nobody;
  const auto run = sim::run_directly(textbook::LostUpdate{}, replay, schedule.size(), nobody);
  CHECK(run.steps == 4);
  CHECK(run.end == End::violation);
  CHECK(run.state.x == 1);
}

TEST_CASE("replay stops at the first choice that is not possible and says what was") {
  SECTION("the actor cannot take a step") {
    const sim::Schedule schedule{{0, 0}, {1, 0}, {0, 0}, {0, 0}};
    sim::ReplayStrategy replay(schedule);
    sim::NullObserver nobody;
    try {
      sim::run_directly(textbook::LostUpdate{}, replay, schedule.size(), nobody);
      FAIL("accepted");
    } catch (const sim::ScheduleMismatch& mismatch) {
      CHECK(mismatch.step == 3);
      CHECK(mismatch.wanted == sim::Choice{0, 0});
      CHECK(mismatch.enabled == ActorSet::of(1));
      CHECK(mismatch.outcomes.empty());
    }
  }
  SECTION("the actor can, but not with this outcome") {
    const sim::Schedule schedule{{0, 0}, {1, 7}};
    sim::ReplayStrategy replay(schedule);
    sim::NullObserver nobody;
    try {
      sim::run_directly(textbook::LostUpdate{}, replay, schedule.size(), nobody);
      FAIL("accepted");
    } catch (const sim::ScheduleMismatch& mismatch) {
      CHECK(mismatch.step == 1);
      CHECK(mismatch.wanted == sim::Choice{1, 7});
      CHECK(mismatch.enabled == ActorSet::of(1));
      CHECK(mismatch.outcomes == OutcomeSet::of(0));
    }
  }
}
