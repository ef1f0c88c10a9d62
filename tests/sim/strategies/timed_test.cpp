// SPDX-License-Identifier: MIT
//
// Virtual time: by hand where the latencies are constant, and against a plain
// simulation with a list of events where they are not.
//
// The plain one is the textbook's: pending events, each with its time; those of
// actors that cannot go on are struck out, missing ones are added, the earliest
// happens. It draws its random numbers in the same order as sim::TimedStrategy,
// which is all that the two share.
#include "sim/strategies/timed.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <vector>

#include "sim/run.h"
#include "sim/strategies/strand_scheduler.h"
#include "sim/strategies/strategies.h"
#include "tests/sim/models/random_models.h"

using sim::Distribution;
using sim::End;
using sim::Nanoseconds;

namespace {

/// A program whose latencies are a function of the test.
struct TimedProgram : textbook::RandomProgram {
  using Which = std::function<unsigned(const State&, sim::ActorId, bool woken)>;
  TimedProgram(textbook::RandomProgram program, Which latency)
      : Program(std::move(program)), which(std::move(latency)) {}
  [[nodiscard]] std::uint8_t latency(const State& s, sim::ActorId actor, bool woken) const {
    REQUIRE(enabled(s).contains(actor));
    return static_cast<std::uint8_t>(which(s, actor, woken));
  }
  Which which;
};
static_assert(sim::TimedModel<TimedProgram>);
static_assert(sim::Onlooker<sim::TimedStrategy, TimedProgram>);
static_assert(!sim::TimedModel<textbook::RandomProgram>);

/// A step and its time.
struct Timed {
  sim::Choice choice;
  Nanoseconds time;
  friend bool operator==(const Timed&, const Timed&) = default;
};
std::ostream& operator<<(std::ostream& out, const Timed& step) {
  return out << unsigned{step.choice.actor} << '.' << unsigned{step.choice.outcome} << '@'
             << step.time;
}
Timed at(Nanoseconds time, unsigned actor) { return {{static_cast<sim::ActorId>(actor), 0}, time}; }

/// Keeps the strategy's clock with each step.
struct Watch : sim::NullSink {
  const Nanoseconds& now;
  std::vector<Timed> steps{};
  template <class M>
  void before_step(const M&, const typename M::State&, sim::Choice choice) {
    steps.push_back({choice, now});
  }
};

using Table = std::vector<Distribution>;

std::vector<Timed> timed_run(const TimedProgram& model, const Table& latencies,
                             std::uint64_t seed = 1) {
  sim::TimedStrategy strategy(seed, latencies);
  CHECK(strategy.now() == 0);
  Watch watch{{}, strategy.now()};
  (void)sim::run_directly(model, strategy, 1000, watch);
  return watch.steps;
}

/// The same by a list of events.
std::vector<Timed> plain_run(const TimedProgram& model, const Table& latencies, std::uint64_t seed,
                             std::uint64_t max_steps) {
  struct Event {
    sim::ActorId actor;
    bool woken;
    unsigned latency;
    Nanoseconds time;
  };
  sim::Random random(seed);
  std::vector<Event> events;
  std::vector<Timed> steps;
  auto state = model.initial();
  Nanoseconds now = 0;
  while (!model.stopped(state) && steps.size() < max_steps) {
    const sim::ActorSet enabled = model.enabled(state);
    if (enabled.empty()) break;
    std::erase_if(events, [&](const Event& e) { return !enabled.contains(e.actor); });
    for (const unsigned who : enabled) {
      const auto actor = static_cast<sim::ActorId>(who);
      const auto old = std::find_if(events.begin(), events.end(),
                                    [actor](const Event& e) { return e.actor == actor; });
      const bool goes_on = !steps.empty() && steps.back().choice.actor == actor;
      const bool woken = old != events.end() ? old->woken : !goes_on;
      const unsigned latency = model.latency(state, actor, woken);
      if (old != events.end() && old->latency == latency) continue;
      if (old != events.end()) events.erase(old);
      events.push_back({actor, woken, latency, now + latencies.at(latency).sample(random)});
    }
    for (const Event& event : events) REQUIRE(event.time >= now);
    now = std::min_element(events.begin(), events.end(), [](const Event& a, const Event& b) {
            return a.time < b.time;
          })->time;
    std::vector<sim::ActorId> first;
    for (const Event& e : events) {
      if (e.time == now) first.push_back(e.actor);
    }
    std::sort(first.begin(), first.end());
    const auto drawn = [&random](std::size_t n) {
      return n == 1 ? 0 : random.below(static_cast<std::uint32_t>(n));
    };
    sim::Choice choice;
    choice.actor = first.at(drawn(first.size()));
    const sim::OutcomeSet outcomes = model.outcomes(state, choice.actor);
    choice.outcome = static_cast<sim::Outcome>(outcomes.at(drawn(outcomes.size())));
    std::erase_if(events, [&](const Event& e) { return e.actor == choice.actor; });
    steps.push_back({choice, now});
    sim::NullSink sink;
    model.step(state, choice, sink);
  }
  return steps;
}

constexpr unsigned x = 0;
constexpr unsigned y = 1;

textbook::Code steps_on(unsigned variable, unsigned count) {
  return textbook::Code(count, textbook::add(variable, 1));
}
unsigned by_actor(const TimedProgram::State&, sim::ActorId actor, bool) { return actor; }

const Table one_to_six{Distribution::constant(0),  Distribution::constant(10),
                       Distribution::constant(30), Distribution::constant(100),
                       Distribution::constant(7),  Distribution::constant(50)};
enum Index : unsigned { t0, t10, t30, t100, t7, t50 };

}  // namespace

TEST_CASE("timed: the order follows from the latencies - the seed decides ties alone") {
  // A takes four steps of 10 ns, B three of 15 ns.
  const TimedProgram model(textbook::RandomProgram({steps_on(x, 4), steps_on(y, 3)}), by_actor);
  const Table latencies{Distribution::constant(10), Distribution::constant(15)};
  const std::vector<Timed> a_first{at(10, 0), at(15, 1), at(20, 0), at(30, 0),
                                   at(30, 1), at(40, 0), at(45, 1)};
  std::vector<Timed> b_first = a_first;
  std::swap(b_first[3], b_first[4]);
  unsigned a = 0;
  constexpr unsigned runs = 1000;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    const auto steps = timed_run(model, latencies, seed);
    a += steps == a_first;
    if (steps != a_first) REQUIRE(steps == b_first);
  }
  CHECK(std::abs(a - 500.0) < 5 * std::sqrt(runs * 0.25));
}

TEST_CASE("timed: of many at one time every order is as likely") {
  const TimedProgram model(
      textbook::RandomProgram({steps_on(x, 1), steps_on(x, 1), steps_on(x, 1)}),
      [](const auto&, sim::ActorId, bool) { return t10; });
  std::map<std::vector<unsigned>, unsigned> orders;
  constexpr unsigned runs = 6000;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    std::vector<unsigned> order;
    for (const Timed& step : timed_run(model, one_to_six, seed)) {
      CHECK(step.time == 10);
      order.push_back(step.choice.actor);
    }
    ++orders[order];
  }
  CHECK(orders.size() == 6);
  for (const auto& [order, count] : orders) {
    CHECK(std::abs(count - 1000.0) < 5 * std::sqrt(runs * 5 / 36.0));
  }
}

TEST_CASE("timed: one who can no longer go on forgets its step and is woken anew") {
  // Both want the lock. A has it from 0 to 100; what B meant to do at 10 is forgotten.
  const TimedProgram model(textbook::RandomProgram({{textbook::lock(x), textbook::unlock(x)},
                                                    {textbook::lock(x), textbook::unlock(x)}}),
                           [](const TimedProgram::State& s, sim::ActorId actor, bool woken) {
                             if (actor == 0) return s.pc[0] == 0 ? t0 : t100;
                             return woken ? (s.pc[0] == 0 ? t10 : t7) : t50;
                           });
  CHECK(timed_run(model, one_to_six) ==
        std::vector<Timed>{at(0, 0), at(100, 0), at(107, 1), at(157, 1)});
}

TEST_CASE("timed: one who is woken stays so until its step, one who goes on is not woken") {
  // At the start all are woken. B is due at 100 whatever A does before; were it forgotten
  // at A's first step that B was woken, B would be due 7 later.
  const TimedProgram model(textbook::RandomProgram({steps_on(x, 4), steps_on(y, 3)}),
                           [](const auto&, sim::ActorId actor, bool woken) {
                             if (actor == 0) return woken ? t50 : t30;
                             return woken ? t100 : t7;
                           });
  CHECK(timed_run(model, one_to_six) == std::vector<Timed>{at(50, 0), at(80, 0), at(100, 1),
                                                           at(107, 1), at(110, 0), at(114, 1),
                                                           at(140, 0)});
}

TEST_CASE("timed: a step that others turn into another begins anew, else it does not") {
  const auto latency = [](const TimedProgram::State& s, sim::ActorId actor, bool) {
    if (actor == 0) return t30;
    return s.memory[x] == 1 ? t50 : t100;
  };
  const auto b_after = [&](const textbook::Code& a) {
    const TimedProgram model(textbook::RandomProgram({a, steps_on(y, 1)}), latency);
    const auto steps = timed_run(model, one_to_six);
    return std::find_if(steps.begin(), steps.end(),
                        [](const Timed& s) { return s.choice.actor == 1; })
        ->time;
  };
  using textbook::put;
  CHECK(b_after({put(y, 1), put(y, 1)}) == 100);       // nothing of B's has changed
  CHECK(b_after({put(x, 1), put(y, 1)}) == 30 + 50);   // turned at 30
  CHECK(b_after({put(y, 1), put(x, 1)}) == 60 + 50);   // turned at 60
  CHECK(b_after({put(x, 1), put(x, 0)}) == 60 + 100);  // ... and back at 60
  CHECK(b_after({put(x, 1), put(x, 1)}) == 30 + 50);   // turned once
}

TEST_CASE("timed: outcomes are uniform, whatever the latencies") {
  const TimedProgram model(textbook::RandomProgram({{textbook::choose(x, 3)}, steps_on(y, 1)}),
                           by_actor);
  const Table latencies{Distribution::exponential(10), Distribution::constant(1000)};
  std::array<unsigned, 3> seen{};
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    ++seen.at(timed_run(model, latencies, seed).front().choice.outcome);
  }
  for (const unsigned count : seen) CHECK(std::abs(count - 1000.0) < 5 * std::sqrt(3000 * 2 / 9.0));
}

TEST_CASE("timed: the same choices and times as a plain simulation, on strands too") {
  // Which latency a step has depends on all that it may depend on; some are short, so
  // that there are ties.
  const Table latencies{Distribution::constant(0),       Distribution::constant(3),
                        Distribution::uniform(0, 4),     Distribution::uniform(10, 10'000),
                        Distribution::exponential(5),    Distribution::exponential(1000),
                        Distribution::lognormal(20, 50), Distribution::lognormal(1000, 200)};
  const auto latency = [&](const TimedProgram::State& s, sim::ActorId actor, bool woken) {
    const unsigned sum = s.pc[actor] * 7u + s.memory[actor % 3] * 3u + actor * 5u + woken;
    return sum % static_cast<unsigned>(latencies.size());
  };
  textbook::ProgramGenerator programs(20);
  sim::StrandScheduler scheduler(textbook::RandomProgram::max_threads);
  unsigned ties = 0;
  unsigned ends = 0;
  for (unsigned i = 0; i < 2000; ++i) {
    const bool loops = i % 4 == 0;
    const TimedProgram model(
        programs.next({.loops = loops, .variables = 3, .instructions = i % 2 == 0 ? 10u : 18u}),
        latency);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      constexpr std::uint64_t limit = 200;
      CAPTURE(i, seed);
      sim::TimedStrategy strategy(seed, latencies);
      Watch direct{{}, strategy.now()};
      const auto result = sim::run_directly(model, strategy, limit, direct);
      REQUIRE(direct.steps == plain_run(model, latencies, seed, limit));
      Nanoseconds before = 0;
      for (const Timed& step : direct.steps) {
        REQUIRE(step.time >= before);
        ties += step.time == before;
        before = step.time;
      }
      ends |= 1u << static_cast<unsigned>(result.end);

      sim::TimedStrategy again(seed, latencies);
      Watch strands{{}, again.now()};
      const auto same = scheduler.run(model, again, limit, strands);
      REQUIRE(strands.steps == direct.steps);
      REQUIRE(same.end == result.end);
      REQUIRE(same.fingerprint == result.fingerprint);
      REQUIRE(std::memcmp(&same.state, &result.state, sizeof result.state) == 0);
    }
  }
  CHECK(ties > 1000);
  CHECK(ends == 0b1111);  // rest, violation, cut, limit: all of them
}

TEST_CASE("timed: by its name, with the latencies of the specification") {
  const TimedProgram model(textbook::RandomProgram({steps_on(x, 1), steps_on(y, 1)}), by_actor);
  const sim::StrategySpec spec{.kind = sim::StrategyKind::timed,
                               .latencies = {Distribution::constant(5), Distribution::constant(4)}};
  CHECK(sim::name_of(spec.kind) == "timed");
  const auto steps = sim::with_strategy(spec, model, 1, [&](auto& strategy) {
    std::vector<Timed> seen;
    if constexpr (requires { strategy.now(); }) {
      Watch watch{{}, strategy.now()};
      (void)sim::run_directly(model, strategy, 10, watch);
      seen = watch.steps;
    }
    return seen;
  });
  CHECK(steps == std::vector<Timed>{at(4, 1), at(5, 0)});
}
