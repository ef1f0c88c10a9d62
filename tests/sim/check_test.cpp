// SPDX-License-Identifier: MIT
//
// A verdict, counts and a counterexample from one call, on models whose answers are known.
#include "sim/check.h"

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>

#include "sim/run.h"
#include "sim/strategies/replay.h"
#include "tests/reference/explorer.h"
#include "tests/sim/models/random_models.h"
#include "tests/sim/models/textbook_models.h"

using sim::Bound;
using sim::check;
using sim::End;
using sim::Verdict;
using textbook::ProgramGenerator;
using textbook::RandomProgram;

namespace {

constexpr sim::Reductions symmetry{.symmetry = true};
constexpr sim::Reductions partial_order{.partial_order = true};
constexpr sim::Reductions both{.symmetry = true, .partial_order = true};

/// The schedule is possible and ends as it is said to.
template <class M>
void check_example(const M& model, const sim::CheckResult& result) {
  REQUIRE(result.counterexample);
  const sim::Schedule& schedule = result.counterexample->schedule;
  CHECK(sim::from_token(result.counterexample->token, sim::schedule_names(model)).schedule ==
        schedule);
  sim::ReplayStrategy replay(schedule);
  sim::NullObserver nobody;
  const auto run = sim::run_directly(model, replay, schedule.size() + 1, nobody);
  CHECK(run.end == End::violation);
  CHECK(run.steps == schedule.size());
  CHECK(model.end_detail(run.state) == result.counterexample->detail);
}

/// Two threads that hand a token to each other for ever; the third one may break it.
struct Handover : sim::SimpleModel<3> {
  struct State {
    std::uint8_t holder, broken;
  };
  static State initial() { return {}; }
  static sim::ActorSet enabled(const State& s) {
    sim::ActorSet set = sim::ActorSet::of(s.holder);
    if (s.broken < 2) set.insert(2);
    return set;
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    if (choice.actor == 2) {
      ++s.broken;
    } else {
      s.holder = static_cast<std::uint8_t>(1 - s.holder);
    }
  }
  static std::optional<End> stopped(const State& s) {
    if (s.broken == 2) return End::violation;
    return std::nullopt;
  }
  static End end_when_blocked(const State&) { return End::rest; }
  static sim::Footprint footprint(const State&, sim::ActorId actor) {
    return actor == 2 ? sim::Footprint{2, 2} : sim::Footprint{1, 1};
  }
  static sim::Footprint future(const State& s, sim::ActorSet enabled, sim::ActorId actor) {
    return enabled.contains(actor) ? footprint(s, actor) : sim::Footprint{};
  }
  static bool may_stop(const State& s, sim::ActorId actor) { return actor == 2 && s.broken == 1; }
};

/// The same, unbreakable, so that nothing is violated.
struct Unbreakable : Handover {
  static std::optional<End> stopped(const State&) { return std::nullopt; }
};

}  // namespace

TEST_CASE("check: the lost update") {
  const auto result = check(textbook::LostUpdate{});
  CHECK(result.verdict == Verdict::violated);
  CHECK(result.bound == Bound::none);
  CHECK(result.states == 12);
  CHECK(result.transitions == 14);
  CHECK(result.resting == 1);
  CHECK(result.violating == 1);
  CHECK_FALSE(result.cyclic);
  CHECK(result.interleavings == sim::BigInt(6));
  CHECK(result.violating_interleavings == sim::BigInt(4));
  check_example(textbook::LostUpdate{}, result);
  CHECK(result.counterexample->preemptions == 1u);
  CHECK(result.text() ==
        "violated: 12 states, 14 transitions, 6 interleavings, 4 of them violating\n"
        "violation 1 after 4 steps, 1 preemption: 1:00000000:t0.t1-2.t0\n");
}

TEST_CASE("check: nothing is violated") {
  const auto result = check(textbook::AtomicCounter{}, {.jobs = 2});
  CHECK(result.text() == "exhausted: 4 states, 4 transitions, 2 interleavings\n");
  CHECK_FALSE(result.counterexample);
}

TEST_CASE("check: a bound") {
  const auto states = check(textbook::Readers<6>{}, {.max_states = 100});
  CHECK(states.verdict == Verdict::bound_reached);
  CHECK(states.bound == Bound::states);
  CHECK_FALSE(states.interleavings);
  CHECK(states.text().find("bound_reached: 100 states") == 0);
  CHECK(states.text().find("ended by: states") != std::string::npos);
  CHECK(check(textbook::Readers<6>{}, {.max_memory = 1}).bound == Bound::memory);
  // A budget of the model's own.
  const auto cut = check(RandomProgram({{textbook::cut()}, {textbook::put(0, 1)}}));
  CHECK(cut.verdict == Verdict::bound_reached);
  CHECK(cut.cut == 2);
}

TEST_CASE("check: a model with a cycle") {
  const auto broken = check(Handover{});
  CHECK(broken.verdict == Verdict::violated);
  CHECK(broken.cyclic);
  CHECK(broken.states == 6);
  CHECK_FALSE(broken.interleavings);
  check_example(Handover{}, broken);
  CHECK(broken.counterexample->schedule == sim::Schedule{{2, 0}, {2, 0}});
  const auto never = check(Unbreakable{});
  CHECK(never.verdict == Verdict::exhausted);
  CHECK(never.text() == "exhausted: 6 states, 10 transitions; runs can go on for ever\n");
}

TEST_CASE("check: partial order has shown nothing about a model with a cycle") {
  CHECK_THROWS_WITH(check<partial_order>(Handover{}),
                    Catch::Contains("can come back to where it was"));
  CHECK_THROWS_AS(check<partial_order>(Unbreakable{}), std::invalid_argument);
}

TEST_CASE("check: random programs, with every reduction, against the slow explorer") {
  unsigned violated = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next();
    const textbook::RenamedCells renamed(program);
    const auto expected = reference::explore(program);
    const Verdict verdict = expected.ending_in(End::violation) > 0 ? Verdict::violated
                            : expected.ending_in(End::cut) > 0     ? Verdict::bound_reached
                                                                   : Verdict::exhausted;
    const auto plain = check(program);
    CHECK(plain.verdict == verdict);
    CHECK(plain.states == expected.states);
    CHECK(plain.transitions == expected.transitions);
    CHECK(plain.resting == expected.ending_in(End::rest));
    CHECK(plain.violating == expected.ending_in(End::violation));
    CHECK(plain.cut == expected.ending_in(End::cut));
    const auto by_symmetry = check<symmetry>(renamed);
    CHECK(by_symmetry.states == expected.states);
    CHECK(by_symmetry.interleavings == plain.interleavings);
    for (const Verdict reduced : {by_symmetry.verdict, check<partial_order>(program).verdict,
                                  check<both>(renamed).verdict}) {
      CHECK(reduced == verdict);
    }
    if (verdict != Verdict::violated) continue;
    ++violated;
    check_example(program, plain);
    check_example(renamed, by_symmetry);
    check_example(program, check<partial_order>(program));
    check_example(renamed, check<both>(renamed));
  }
  CHECK(violated > 50);
}
