// SPDX-License-Identifier: MIT
//
// An audit finds whatever promise a model breaks, names it, and says where; and has nothing
// to say against models that keep all of them, ours among them.
#include "sim/audit.h"

#include <array>
#include <catch2/catch.hpp>
#include <optional>
#include <string>

#include "model/policy.h"
#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "tests/sim/models/contract_models.h"
#include "tests/sim/models/fib_bench.h"
#include "tests/sim/models/oracle_models.h"
#include "tests/sim/models/random_models.h"
#include "tests/sim/models/textbook_models.h"

using Catch::Matchers::Contains;
using sim::End;
using textbook::Byte;
using textbook::LostUpdate;
using textbook::Reading;

namespace {

template <class M>
void check_kept(const M& model, const sim::AuditOptions& options = {}) {
  const sim::Audit found = sim::audit(model, options);
  CHECK(found.text() == "no promise was broken in " + std::to_string(found.steps) + " steps");
  CHECK(found.steps > 0);
}

/// What the audit says of a model that breaks a promise.
template <class M>
std::string said(const M& model) {
  const sim::Audit found = sim::audit(model);
  CHECK_FALSE(found.ok());
  return found.text();
}

// Lost updates, each with one thing wrong.

struct ManyActors : LostUpdate {
  static unsigned actor_count() { return 33; }
};
struct SameNames : LostUpdate {
  static std::string actor_name(sim::ActorId) { return "thread"; }
};
struct DottedName : LostUpdate {
  static std::string actor_name(sim::ActorId t) { return t == 0 ? "t0" : "t.1"; }
};
struct NamelessOutcome : LostUpdate {
  static sim::OutcomeSet outcomes(const State& s, sim::ActorId t) {
    return sim::OutcomeSet::from_bits(s.pc[t] == 1 ? 3 : 1);
  }
  static std::string outcome_name(sim::ActorId, sim::Outcome) { return ""; }
};
struct SameOutcomes : LostUpdate {
  static std::string outcome_name(sim::ActorId, sim::Outcome o) { return o == 0 ? "" : "other"; }
};
struct StrangeOptional : LostUpdate {
  static sim::ActorSet optional_actors() { return sim::ActorSet::of(2); }
};
struct StrangeEnabled : LostUpdate {
  static sim::ActorSet enabled(const State& s) {
    sim::ActorSet set = running(s, 2);
    if (s.pc[0] == 2) set.insert(5);
    return set;
  }
};
struct NoOutcomes : LostUpdate {
  static sim::OutcomeSet outcomes(const State& s, sim::ActorId t) {
    return s.pc[t] == 1 && s.x == 1 ? sim::OutcomeSet{} : sim::OutcomeSet::of(0);
  }
};
struct Remembers : LostUpdate {
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink& sink) {
    static Byte times = 0;
    LostUpdate::step(s, choice, sink);
    if (s.pc[choice.actor] == 2) s.x = ++times;
  }
};
struct StoppedAtRest : LostUpdate {
  static std::optional<End> stopped(const State& s) {
    return s.pc[0] == 2 ? std::optional(End::rest) : std::nullopt;
  }
};
struct NoDetail : LostUpdate {
  static Byte end_detail(const State&) { return 0; }
};
struct LargeDetail : LostUpdate {
  static Byte end_detail(const State&) { return 64; }
};
struct LimitedBlock : LostUpdate {
  static End end_when_blocked(const State&) { return End::step_limit; }
};
struct EndlessAcyclic : LostUpdate {
  static constexpr bool acyclic = true;
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink& sink) {
    LostUpdate::step(s, choice, sink);
    if (s.pc[choice.actor] == 2) s = initial();
  }
};

/// Two cells with names that nobody sees, and what is wrong with making one state of two.
template <unsigned fault>
struct Cells : LostUpdate {
  static void canonical(State& s) {
    if (fault == 0 && s.pc[0] == 1) s.r[0] = static_cast<Byte>(s.r[0] + 1);  // never the same
    if (fault == 1) std::swap(s.pc[0], s.pc[1]);                             // seen by actors
    if (fault == 2) s.x = 0;                                                 // makes a difference
  }
};
/// A violation that is renamed away.
struct Renamed : Cells<3> {
  static std::optional<End> stopped(const State& s) {
    return s.x == 7 ? std::optional(End::violation) : std::nullopt;
  }
  static void canonical(State& s) {
    if (s.pc[0] == 1) s.x = 7;
  }
};

/// A lost update with footprints: reads x, then writes it.
struct Footprints : LostUpdate {
  static sim::Footprint footprint(const State& s, sim::ActorId t) {
    return s.pc[t] == 0 ? sim::Footprint{1, 0} : sim::Footprint{0, 1};
  }
  static sim::Footprint future(const State& s, sim::ActorSet, sim::ActorId t) {
    return s.pc[t] == 2 ? sim::Footprint{} : sim::Footprint{s.pc[t] == 0 ? 1u : 0u, 1};
  }
  static bool may_stop(const State&, sim::ActorId) { return false; }
};
struct NoWrites : Footprints {
  static sim::Footprint footprint(const State&, sim::ActorId) { return {1, 0}; }
};
struct NoFuture : Footprints {
  static sim::Footprint future(const State&, sim::ActorSet, sim::ActorId) { return {}; }
};
struct StopsUnsaid : Footprints {
  static std::optional<End> stopped(const State& s) {
    return s.x == 2 ? std::optional(End::violation) : std::nullopt;
  }
};
/// Thread 1 need not run; nothing of what the two touch is shared.
struct OptionalMayWait : Footprints {
  static sim::ActorSet optional_actors() { return sim::ActorSet::of(1); }
  static sim::ActorSet enabled(const State& s) {
    return s.pc[0] == 2 ? sim::ActorSet{} : running(s, 2);
  }
  template <class Sink>
  static void step(State& s, sim::Choice choice, Sink&) {
    ++s.pc[choice.actor];
  }
  static sim::Footprint footprint(const State&, sim::ActorId t) {
    return {0, std::uint64_t{1} << t};
  }
  static sim::Footprint future(const State& s, sim::ActorSet, sim::ActorId t) {
    return footprint(s, t);
  }
  static End end_when_blocked(const State&) { return End::rest; }
  static bool may_stop(const State& s, sim::ActorId t) { return t == 0 && s.pc[0] == 1; }
};

}  // namespace

TEST_CASE("an audit names the promise, what was done, and where") {
  CHECK(said(ManyActors{}) == "actor_count: 33; there can be 32 actors (at the beginning)");
  CHECK_THAT(said(SameNames{}), Contains("actor_name: 'thread' is there twice"));
  CHECK_THAT(said(DottedName{}), Contains("actor_name: 't.1'; expected letters, digits and '-'"));
  CHECK_THAT(said(NamelessOutcome{}), Contains("outcome_name: outcome 1 of 't"));
  CHECK_THAT(said(SameOutcomes{}), Contains("outcome_name: 'other' is there twice"));
  CHECK_THAT(said(StrangeOptional{}), Contains("optional_actors: not all exist"));
  CHECK_THAT(said(StrangeEnabled{}), Contains("enabled: actor number 5 does not exist (after "));
  CHECK_THAT(said(NoOutcomes{}), Contains("outcomes: 't") && Contains("is enabled and has none"));
  CHECK_THAT(said(Remembers{}), Contains("step: the same step leads to two states"));
  CHECK_THAT(said(StoppedAtRest{}), Contains("stopped: a run that is stopped is not at rest"));
  CHECK_THAT(said(NoDetail{}), Contains("end_detail: 0; expected 1 to 63"));
  CHECK_THAT(said(LargeDetail{}), Contains("end_detail: 64; expected 1 to 63"));
  CHECK_THAT(said(LimitedBlock{}), Contains("end_when_blocked: step_limit"));
  CHECK_THAT(said(EndlessAcyclic{}), Contains("acyclic: a run has come back to this state"));
}

TEST_CASE("an audit says after which steps") {
  // Thread 0 has run to its end, alone or not; the last step was its own.
  const sim::Audit found = sim::audit(StrangeEnabled{});
  const sim::Schedule steps =
      sim::from_token(found.where, sim::schedule_names(StrangeEnabled{})).schedule;
  LostUpdate::State s{};
  sim::NullSink sink;
  for (const sim::Choice choice : steps) {
    CHECK(s.pc[0] < 2);
    LostUpdate::step(s, choice, sink);
  }
  CHECK(s.pc[0] == 2);
}

TEST_CASE("an audit finds what is wrong with symmetry") {
  CHECK_THAT(said(Cells<0>{}), Contains("canonical: done twice it is another state"));
  CHECK_THAT(said(Cells<1>{}), Contains("canonical: "));
  CHECK_THAT(said(Cells<2>{}), Contains("canonical: ") && Contains("that is no renaming"));
  CHECK_THAT(said(Renamed{}), Contains("canonical: the run ends there in another way"));
}

TEST_CASE("an audit finds what is wrong with footprints") {
  check_kept(Footprints{});
  CHECK_THAT(said(NoWrites{}), Contains("footprint: ") && Contains("their order matters"));
  CHECK_THAT(said(NoFuture{}), Contains("future: ") && Contains("which could have moved"));
  CHECK_THAT(said(StopsUnsaid{}), Contains("may_stop: false for") && Contains("ends the run"));
  CHECK_THAT(said(OptionalMayWait{}), Contains("may_stop: 't0' disables or changes 't1'"));
}

TEST_CASE("an audit finds models that take an insufficient contract at its word") {
  // The first promise found broken among so many random models.
  const auto promise_broken = [](Reading reading, std::uint64_t models) {
    std::string broken;
    for (std::uint64_t seed = 1; seed <= models && broken.empty(); ++seed) {
      const textbook::Promises model(textbook::drawn_contract(seed), reading);
      broken = sim::audit(model, {.walks = 10}).promise;
    }
    return broken;
  };
  CHECK(promise_broken(Reading::as_written, 300).empty());
  CHECK(promise_broken(Reading::future_before_any_other, 10'000) == "future");
  CHECK(promise_broken(Reading::disables_at_once, 10'000) == "may_stop");
  CHECK(promise_broken(Reading::stopped_is_nobodys, 10'000) == "footprint");
}

TEST_CASE("our models keep their promises") {
  check_kept(LostUpdate{});
  check_kept(textbook::TwoLocks<true>{});
  check_kept(textbook::Readers<4>{});
  check_kept(textbook::StoreBuffering{});
  check_kept(textbook::FibBench(3));
  check_kept(textbook::lastzero(5));
  check_kept(textbook::peterson(true));
  check_kept(textbook::philosophers(4, false));
  check_kept(textbook::TracedOracle(textbook::readers(4)));
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    const auto program = textbook::ProgramGenerator(seed).next({.loops = seed % 2 == 0});
    check_kept(program, {.walks = 5});
    check_kept(textbook::RenamedCells(program), {.walks = 5});
  }
}

TEST_CASE("the race keeps its promises") {
  for (const char* name : {"upstream-report", "two-rpcs", "r7-dma-map-failure", "one-slide"}) {
    const auto scenario =
        model::load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/" + name + ".json");
    for (const char* policy : {"pre-fix", "fix", "drain-first"}) {
      CAPTURE(name, policy);
      check_kept(model::RaceModel(scenario.with_policy(model::find_policy(policy)->policy)),
                 {.walks = 40, .max_steps = 150});
    }
  }
}
