// SPDX-License-Identifier: MIT
//
// Every interleaving as often as every other.
//
// Small models are walked path by path, and runs of a range of seeds compared with
// the flat distribution over what was found. Counts that need several words are
// known in closed form: n threads of m steps have (nm)!/(m!)^n interleavings, and
// drawn uniformly they are the shuffles of a pack of cards.
#include "sim/questions/interleavings.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "model/policy.h"
#include "model/race_model.h"
#include "model/scenario/scenario.h"
#include "sim/strategies/interleavings.h"
#include "tests/sim/models/random_models.h"
#include "tests/sim/strategies/strategy_fixture.h"

using namespace fixture;
using sim::BigInt;
using sim::InterleavingsStrategy;

namespace {

BigInt big(sim::ConstWords words) {
  BigInt number = 0;
  for (std::size_t i = words.size(); i-- > 0;) number = (number << 64) + words[i];
  return number;
}

/// 60 runs for each interleaving. Under the flat distribution the sum below is
/// chi-square with one degree of freedom less than there are interleavings; beyond
/// the bound it is with a chance of less than 1 in 10,000.
template <sim::Model M>
void check_flat(const M& model, bool symmetry = false) {
  const AllInterleavings all(model);
  const auto numbered = ranked(model, symmetry);
  REQUIRE(big(numbered->count(0)) == all.preemptions().size());
  std::map<Steps, unsigned> seen;
  const std::size_t size = all.preemptions().size();
  constexpr unsigned each = 60;
  for (std::uint64_t seed = 0; seed < each * size; ++seed) {
    InterleavingsStrategy strategy(seed, *numbered);
    ++seen[steps_of_run(model, strategy)];
  }
  REQUIRE(seen.size() == size);  // every one was drawn
  double chi_square = 0;
  for (const auto& [steps, count] : seen) {
    REQUIRE(all.preemptions().count(steps) == 1);
    chi_square += (count - double{each}) * (count - double{each}) / each;
  }
  const double freedom = static_cast<double>(size) - 1;
  CHECK(chi_square <= freedom + 5 * std::sqrt(2 * freedom) + 10 * (freedom > 0));
}

/// `n` threads, each of which adds to a variable of its own `m` times.
template <unsigned n>
textbook::Program<n, n> adders(unsigned m) {
  std::vector<textbook::Code> codes;
  for (unsigned t = 0; t < n; ++t) codes.emplace_back(m, textbook::add(t, 1));
  return textbook::Program<n, n>(codes);
}

BigInt factorial(unsigned n) { return n == 0 ? BigInt(1) : n * factorial(n - 1); }

}  // namespace

TEST_CASE("interleavings: all equally likely on textbook models") {
  check_flat(textbook::LostUpdate{});
  check_flat(textbook::StoreBuffering{});
  check_flat(textbook::TwoLocks<true>{});  // some end in a deadlock, sooner than the others
  check_flat(textbook::TwoLocks<false>{});
  check_flat(textbook::Window<9, 4>{});
}

TEST_CASE("interleavings: all equally likely on random programs, outcomes and ends of all kinds") {
  textbook::ProgramGenerator generator(71);
  unsigned used = 0;
  while (used < 60) {
    const auto program = generator.next({.variables = 3, .instructions = 7});
    const std::size_t size = AllInterleavings(program).preemptions().size();
    if (size < 2 || size > 400) continue;
    ++used;
    CAPTURE(used, size);
    check_flat(program);
    // A graph in which states stand for all that differ in names only.
    check_flat(textbook::RenamedCells(program), true);
  }
}

TEST_CASE("interleavings: counts of several words") {
  CHECK(big(ranked(adders<8>(4))->count(0)) ==
        factorial(32) / boost::multiprecision::pow(factorial(4), 8));  // 82 bits
  const auto numbered = ranked(adders<4>(20));
  const BigInt all = factorial(80) / boost::multiprecision::pow(factorial(20), 4);
  CHECK(numbered->count(0).size() == 3);  // 150 bits
  CHECK(big(numbered->count(0)) == all);
  // One of the four equal parts that follow the first step.
  CHECK(big(numbered->count(numbered->graph().targets(0)[2])) == all / 4);
}

TEST_CASE("interleavings: numbers of several words are drawn flat") {
  // Four suits of 20 cards, shuffled: the second card is of the first one's suit
  // with probability 19/79, the last one likewise.
  const auto model = adders<4>(20);
  const auto numbered = ranked(model);
  std::array<unsigned, 4> first{};
  unsigned second_same = 0;
  unsigned last_same = 0;
  constexpr unsigned runs = 20'000;
  for (unsigned seed = 0; seed < runs; ++seed) {
    InterleavingsStrategy strategy(seed, *numbered);
    const Steps steps = steps_of_run(model, strategy);
    ++first.at(steps.front().first);
    second_same += steps[1] == steps[0];
    last_same += steps.back() == steps[0];
  }
  for (const unsigned count : first) CHECK(std::abs(count - runs / 4.0) < 4 * 61.3);
  CHECK(std::abs(second_same - runs * 19 / 79.0) < 4 * 60.5);
  CHECK(std::abs(last_same - runs * 19 / 79.0) < 4 * 60.5);
}

TEST_CASE("interleavings: the race fails as often as its interleavings do") {
  const model::RaceModel race(
      model::load_scenario(std::string(FRWRSIM_SCENARIO_DIR) + "/upstream-report.json")
          .with_policy(model::find_policy("pre-fix")->policy));
  const auto numbered = ranked(race, true);
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(numbered->graph()));
  BigInt all = 0;
  BigInt failing = 0;
  sim::count_interleavings(numbered->graph(), order, false,
                           [&](const sim::EndState& end, std::span<const BigInt> counts) {
                             all += counts[0];
                             if (end.end == sim::End::violation) failing += counts[0];
                           });
  REQUIRE(big(numbered->count(0)) == all);
  const double share = static_cast<double>(boost::multiprecision::cpp_rational(failing, all));
  constexpr unsigned runs = 50'000;
  unsigned failed = 0;
  for (unsigned seed = 0; seed < runs; ++seed) {
    InterleavingsStrategy strategy(seed, *numbered);
    sim::NullObserver nobody;
    failed += sim::run_directly(race, strategy, 10'000, nobody).end == sim::End::violation;
  }
  CHECK(std::abs(failed - runs * share) < 4 * std::sqrt(runs * share * (1 - share)));
}

TEST_CASE("interleavings: counting stops when it takes more memory than it may") {
  auto found = sim::explore(adders<4>(4));
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(found.graph));
  const sim::Limits no_memory{.max_memory = 1000};
  CHECK_THROWS_AS(sim::RankedInterleavings(std::move(found.graph), order, no_memory), sim::Stopped);
}
