// SPDX-License-Identifier: MIT
//
// POS against a second implementation and against probabilities worked out by hand.
//
// Let B have one step and A have n. If they do not conflict, B keeps its priority:
// it comes after i steps of A exactly if the smallest of the first i + 1 priorities
// of A's is the last of them, and the second smallest of these and B's is B's own:
// 1/((i+1)(i+2)), and 1/(n+1) that it comes last. If they conflict, every step of A
// is a new draw: 1/2^(i+1), and 1/2^n that it comes last.
#include "sim/strategies/pos.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/sim/models/random_models.h"
#include "tests/sim/strategies/strategy_fixture.h"

using namespace fixture;
using sim::ActorSet;
using sim::PosStrategy;

namespace {

using Program = textbook::Program<4, 6>;
constexpr unsigned a_steps = 6;
constexpr unsigned runs = 400'000;

/// How often thread 1 took its single step after so many steps of thread 0.
template <class M>
std::vector<unsigned> when_thread_1_came(const M& model) {
  std::vector<unsigned> counts(a_steps + 1);
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    PosStrategy strategy(seed, {}, 10);
    const Steps steps = steps_of_run(model, strategy);
    unsigned at = 0;
    while (steps.at(at).first != 1) ++at;
    ++counts.at(at);
  }
  return counts;
}

void check_shares(const std::vector<unsigned>& counts, const std::vector<double>& shares) {
  REQUIRE(counts.size() == shares.size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    CAPTURE(i);
    const double sigma = std::sqrt(runs * shares[i] * (1 - shares[i]));
    CHECK(std::abs(counts[i] - runs * shares[i]) < 4 * sigma);
  }
}

std::vector<double> kept_priority() {
  std::vector<double> shares;
  for (unsigned i = 0; i < a_steps; ++i) shares.push_back(1.0 / ((i + 1) * (i + 2)));
  shares.push_back(1.0 / (a_steps + 1));
  return shares;
}
std::vector<double> new_draws() {
  std::vector<double> shares;
  for (unsigned i = 0; i < a_steps; ++i) shares.push_back(std::pow(0.5, i + 1));
  shares.push_back(std::pow(0.5, a_steps));
  return shares;
}

Program two_threads(const textbook::Instruction& of_a, const textbook::Instruction& of_b) {
  return Program({textbook::Code(a_steps, of_a), {of_b}});
}

/// POS as the paper tells it, of a list of pending steps. It shares with the
/// strategy the order in which random numbers are drawn: arrivals, then priorities
/// of the actors in ascending order, then outcomes.
class PlainPos {
 public:
  PlainPos(std::uint64_t seed, ActorSet optional, unsigned step_bound) : random_(seed) {
    for (const unsigned actor : optional) comes_[actor] = random_.below(step_bound);
  }

  Steps run(const Program& program) {
    Steps steps;
    Program::State state = program.initial();
    std::map<unsigned, std::uint64_t> priority;  // of pending steps
    ActorSet struck;                             // moved since they have come
    while (!program.stopped(state) && !program.enabled(state).empty()) {
      const ActorSet enabled = program.enabled(state);
      for (unsigned actor = 0; actor < 4; ++actor) {
        if (!enabled.contains(actor)) priority.erase(actor);
        if (enabled.contains(actor) && priority.count(actor) == 0) {
          priority[actor] = random_.next();
        }
      }
      const unsigned next = choose(priority, struck, steps.size());
      const auto id = static_cast<sim::ActorId>(next);
      const sim::OutcomeSet outcomes = program.outcomes(state, id);
      const unsigned outcome =
          outcomes.size() == 1 ? outcomes.first() : outcomes.at(random_.below(outcomes.size()));
      std::erase_if(priority, [&](const auto& pending) {
        return pending.first == next || race(program.footprint(state, id),
                                             program.footprint(state, sim::ActorId(pending.first)));
      });
      if (has_come(next, steps.size())) struck.insert(next);
      steps.emplace_back(next, outcome);
      sim::NullSink sink;
      program.step(state, {id, static_cast<sim::Outcome>(outcome)}, sink);
    }
    return steps;
  }

 private:
  static bool race(sim::Footprint a, sim::Footprint b) {
    for (unsigned object = 0; object < 64; ++object) {
      const auto has = [object](std::uint64_t set) { return (set >> object & 1) != 0; };
      if (has(a.writes) && (has(b.writes) || has(b.reads))) return true;
      if (has(b.writes) && has(a.reads)) return true;
    }
    return false;
  }
  [[nodiscard]] bool has_come(unsigned actor, std::size_t now) const {
    const auto comes = comes_.find(actor);
    return comes == comes_.end() || comes->second <= now;
  }
  /// The highest priority, of those who have come and not struck if any, else of
  /// those who are there; of all if nobody is.
  [[nodiscard]] unsigned choose(const std::map<unsigned, std::uint64_t>& priority, ActorSet struck,
                                std::size_t now) const {
    std::map<std::uint64_t, unsigned> strike, present, all;
    for (const auto& [actor, value] : priority) {
      all[value] = actor;
      if (!has_come(actor, now)) continue;
      present[value] = actor;
      if (comes_.count(actor) == 1 && !struck.contains(actor)) strike[value] = actor;
    }
    if (!strike.empty()) return strike.rbegin()->second;
    return (present.empty() ? all : present).rbegin()->second;
  }

  sim::Random random_;
  std::map<unsigned, std::size_t> comes_;
};

}  // namespace

TEST_CASE("POS: a step that conflicts with none of those before it keeps its priority") {
  check_shares(when_thread_1_came(two_threads(textbook::put(0, 1), textbook::put(1, 1))),
               kept_priority());
  check_shares(when_thread_1_came(two_threads(textbook::load(0), textbook::load(0))),
               kept_priority());  // reads do not conflict
}

TEST_CASE("POS: a step that conflicts with one taken draws anew") {
  check_shares(when_thread_1_came(two_threads(textbook::put(0, 1), textbook::put(0, 1))),
               new_draws());
  check_shares(when_thread_1_came(two_threads(textbook::put(0, 1), textbook::load(0))),
               new_draws());
  check_shares(when_thread_1_came(two_threads(textbook::load(0), textbook::put(0, 1))),
               new_draws());
}

TEST_CASE("POS: in a model that does not say what steps touch, every two conflict") {
  static_assert(!sim::FootprintModel<textbook::Window<a_steps, 1>>);
  check_shares(when_thread_1_came(textbook::Window<a_steps, 1>{}), new_draws());
}

TEST_CASE("POS: only the first of two races of a step is decided when it becomes pending") {
  // A: put x, put y. B: put x. C: put y. Orders by hand: the first step is each of
  // the three with probability 1/3. After A's first, B draws anew and C does not: C
  // was not the largest of three, so it beats two new draws with
  //   E[c^2 | c not the largest], c uniform: its density is (1 - c^2) * 3/2, so
  //   3/2 * (1/3 - 1/5) = 1/5.
  const Program program(
      {{textbook::put(0, 1), textbook::put(1, 1)}, {textbook::put(0, 2)}, {textbook::put(1, 2)}});
  unsigned a_first = 0;
  unsigned then_c = 0;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    PosStrategy strategy(seed, {}, 10);
    const Steps steps = steps_of_run(program, strategy);
    if (steps[0].first != 0) continue;
    ++a_first;
    then_c += steps[1].first == 2;
  }
  CHECK(std::abs(a_first - runs / 3.0) < 4 * std::sqrt(runs * 2 / 9.0));
  CHECK(std::abs(then_c - a_first / 5.0) < 4 * std::sqrt(a_first * 4 / 25.0));
}

TEST_CASE("POS: the same as told plainly, on random programs") {
  textbook::ProgramGenerator generator(72);
  unsigned longest = 0;
  for (unsigned i = 0; i < 3000; ++i) {
    const auto program = generator.next();
    const ActorSet optional = ActorSet::from_bits(i % 3);  // none, thread 0, thread 1
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      CAPTURE(i, seed);
      PosStrategy strategy(seed, optional, 8);
      const Steps steps = steps_of_run(program, strategy);
      REQUIRE(steps == PlainPos(seed, optional, 8).run(program));
      longest = std::max(longest, static_cast<unsigned>(steps.size()));
    }
  }
  CHECK(longest >= 9);
}

TEST_CASE("POS: an optional actor waits for its time, then goes at once") {
  const Program program = two_threads(textbook::put(0, 1), textbook::put(0, 1));
  std::vector<unsigned> counts(a_steps);
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    PosStrategy strategy(seed, ActorSet::of(1), a_steps);
    const Steps steps = steps_of_run(program, strategy);
    unsigned at = 0;
    while (steps.at(at).first != 1) ++at;
    ++counts.at(at);
  }
  for (const unsigned count : counts) CHECK(std::abs(count - 1000.0) < 4 * 28.9);  // flat
}
