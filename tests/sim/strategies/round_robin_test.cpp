// SPDX-License-Identifier: MIT
//
// Round-robin: turns in an order that the seed draws.
#include "sim/strategies/round_robin.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <vector>

using sim::ActorSet;
using sim::RoundRobinStrategy;

namespace {

constexpr unsigned actors = 4;

ActorSet set_of(const std::vector<unsigned>& members) {
  ActorSet set;
  for (const unsigned member : members) set.insert(member);
  return set;
}

/// The first round, when everybody can go on.
std::vector<unsigned> first_round(RoundRobinStrategy& strategy) {
  std::vector<unsigned> order;
  for (unsigned i = 0; i < actors; ++i) order.push_back(strategy.pick_actor(set_of({0, 1, 2, 3})));
  return order;
}

}  // namespace

TEST_CASE("round-robin: each in turn, who cannot go on is passed by and keeps its place") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    RoundRobinStrategy strategy(seed, actors, {}, 20);
    const std::vector<unsigned> o = first_round(strategy);
    REQUIRE(set_of(o) == set_of({0, 1, 2, 3}));
    // By hand: who can go on, as places in the order, and who goes on.
    const std::vector<std::pair<std::vector<unsigned>, unsigned>> turns{
        {{0, 1, 2, 3}, 0}, {{0, 1, 2, 3}, 1}, {{0, 1, 3}, 3},    {{0, 1, 2, 3}, 0}, {{0, 2}, 2},
        {{0, 2}, 0},       {{0}, 0},          {{0, 1, 2, 3}, 1}, {{1}, 1},          {{0, 1}, 0},
        {{1, 2, 3}, 1},    {{2, 3}, 2},       {{2, 3}, 3},       {{2, 3}, 2}};
    for (const auto& [places, next] : turns) {
      ActorSet enabled;
      for (const unsigned place : places) enabled.insert(o[place]);
      CHECK(strategy.pick_actor(enabled) == o[next]);
    }
  }
}

TEST_CASE("round-robin: every order is equally likely") {
  std::map<std::vector<unsigned>, unsigned> seen;
  for (std::uint64_t seed = 0; seed < 24'000; ++seed) {
    RoundRobinStrategy strategy(seed, actors, {}, 20);
    ++seen[first_round(strategy)];
  }
  REQUIRE(seen.size() == 24);
  // binomial(24000, 1/24): mean 1000, standard deviation 31.0.
  for (const auto& [order, count] : seen) CHECK(std::abs(count - 1000.0) < 4 * 31.0);
}

TEST_CASE("round-robin: an optional actor goes when it has come, then has its turn") {
  std::vector<unsigned> arrivals(20);
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
    RoundRobinStrategy strategy(seed, actors, ActorSet::of(3), 20);
    std::vector<unsigned> others;
    unsigned step = 0;
    for (unsigned actor; (actor = strategy.pick_actor(set_of({0, 1, 2, 3}))) != 3; ++step) {
      others.push_back(actor);
    }
    ++arrivals.at(step);
    for (std::size_t i = 3; i < others.size(); ++i) REQUIRE(others[i] == others[i - 3]);
    // From now on it is one of four, each once a round, in the same order each time.
    const std::vector<unsigned> round = first_round(strategy);
    CHECK(set_of(round) == set_of({0, 1, 2, 3}));
    CHECK(first_round(strategy) == round);
    // Its coming has cost nobody a turn.
    if (others.size() >= 3) {
      CHECK((round[0] == 3 ? round[1] : round[0]) == others[others.size() - 3]);
    }
  }
  // binomial(10000, 1/20): mean 500, standard deviation 21.8.
  for (const unsigned count : arrivals) CHECK(std::abs(count - 500.0) < 4 * 21.8);
  RoundRobinStrategy strategy(1, actors, ActorSet::of(3), 20);
  CHECK(strategy.pick_actor(ActorSet::of(3)) == 3);  // nobody else can go on
}

TEST_CASE("round-robin: outcomes are equally likely") {
  RoundRobinStrategy strategy(5, actors, {}, 20);
  std::array<unsigned, 4> seen{};
  for (unsigned i = 0; i < 30'000; ++i) {
    ++seen.at(strategy.pick_outcome(0, sim::OutcomeSet::from_bits(0b1101)));
  }
  for (const unsigned outcome : {0u, 2u, 3u}) {
    CHECK(std::abs(seen.at(outcome) - 10'000.0) < 4 * 81.6);
  }
  CHECK(seen[1] == 0);
}
