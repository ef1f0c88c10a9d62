// SPDX-License-Identifier: MIT
//
// The reference explorer and enumerator on programs whose answers are known.
//
// Counts are derived by hand in the comments, or published: readers(N) and SB are
// benchmarks of the optimal DPOR papers (Abdulla, Aronis, Jonsson, Sagonas, POPL
// 2014) and of GenMC's test suite. A checker is only worth something if it fails
// on a program that is wrong, so each test has its twin.
#include "tests/reference/explorer.h"

#include <catch2/catch.hpp>

#include "sim/run.h"
#include "sim/strategies/replay.h"
#include "tests/reference/enumerator.h"
#include "tests/sim/models/textbook_models.h"

using reference::count_paths;
using reference::explore;
using sim::End;

namespace {

std::uint64_t paths_ending_in(const reference::PathCounts& counts, End end) {
  return counts.at(static_cast<std::size_t>(end));
}

/// States in which a run has ended in a violation.
template <class M>
auto violates() {
  return [](const typename M::State& s) {
    const M model;
    return model.enabled(s).empty() && model.end_when_blocked(s) == End::violation;
  };
}

}  // namespace

TEST_CASE("two-thread lost update: all twelve states") {
  // pc of the two threads, the registers still to be read, x:
  //
  //   00      x=0   neither has begun
  //   10 r=0  x=0   one has read             01 r=0  x=0
  //   11 r=00 x=0   both have read 0
  //   20      x=1   one is done              02      x=1
  //   21 r=0  x=1   the other read before    12 r=0  x=1
  //   21 r=1  x=1   ... or after             12 r=1  x=1
  //   22      x=1   one update is lost
  //   22      x=2   as it should be
  //
  // Transitions: two from each of 00, 10, 01 and 11; one from each of 20, 02 and
  // the four states in which only one thread is left to store: 8 + 6 = 14.
  const textbook::LostUpdate model;
  const auto result = explore(model);
  CHECK(result.states == 12);
  CHECK(result.transitions == 14);
  CHECK(result.ending_in(End::rest) == 1);
  CHECK(result.ending_in(End::violation) == 1);

  // C(4,2) interleavings; the update survives only if a thread runs at a stretch.
  const auto paths = count_paths(model);
  CHECK(paths_ending_in(paths, End::rest) == 2);
  CHECK(paths_ending_in(paths, End::violation) == 4);
}

TEST_CASE("the checker fails on a buggy counter, and its schedule shows why") {
  const textbook::LostUpdate model;
  const auto result = explore(model, violates<textbook::LostUpdate>());
  REQUIRE(result.schedule);
  REQUIRE(result.schedule->size() == 4);
  CHECK(result.found->x == 1);
  sim::ReplayStrategy replay(*result.schedule);
  sim::NullObserver nobody;
  const auto run = sim::run_directly(model, replay, result.schedule->size(), nobody);
  CHECK(run.end == End::violation);
  CHECK(run.state.x == 1);
}

TEST_CASE("the checker passes the counter that is right") {
  const textbook::AtomicCounter model;
  const auto result = explore(model, violates<textbook::AtomicCounter>());
  CHECK_FALSE(result.schedule);
  CHECK(result.states == 4);  // nobody, either, both
  CHECK(result.transitions == 4);
  CHECK(result.ending_in(End::rest) == 1);
  CHECK(paths_ending_in(count_paths(model), End::rest) == 2);
}

TEST_CASE("locks taken in opposite orders deadlock") {
  using Crossed = textbook::TwoLocks<true>;
  const Crossed model;
  const auto result = explore(model, violates<Crossed>());
  REQUIRE(result.schedule);
  CHECK(result.schedule->size() == 2);  // each takes its first lock
  CHECK(result.ending_in(End::violation) == 1);
  CHECK(result.ending_in(End::rest) == 1);
  // Either both take their first lock, in two orders; or one takes both, and the
  // other gets its first lock before or after the fourth step of the first.
  const auto paths = count_paths(model);
  CHECK(paths_ending_in(paths, End::violation) == 2);
  CHECK(paths_ending_in(paths, End::rest) == 4);
}

TEST_CASE("locks taken in the same order do not") {
  using Ordered = textbook::TwoLocks<false>;
  const auto result = explore(Ordered{}, violates<Ordered>());
  CHECK_FALSE(result.schedule);
  CHECK(result.ending_in(End::violation) == 0);
  // Whoever gets the first lock excludes the other until it has given it back.
  CHECK(paths_ending_in(count_paths(Ordered{}), End::rest) == 2);
}

TEST_CASE("readers(N) has (N+1)! interleavings") {
  CHECK(paths_ending_in(count_paths(textbook::Readers<1>{}), End::rest) == 2);
  CHECK(paths_ending_in(count_paths(textbook::Readers<2>{}), End::rest) == 6);
  CHECK(paths_ending_in(count_paths(textbook::Readers<3>{}), End::rest) == 24);
  CHECK(paths_ending_in(count_paths(textbook::Readers<6>{}), End::rest) == 5040);
}

TEST_CASE("readers(N) has 2^N final states and 2^N + 3^N states") {
  // Before the write any subset of the readers has read 0: 2^N. After it each has
  // read 0, read 1 or not read: 3^N. At the end each has read 0 or 1: 2^N, which
  // is the number of Mazurkiewicz traces, too.
  const auto two = explore(textbook::Readers<2>{});
  CHECK(two.states == 4 + 9);
  CHECK(two.ending_in(End::rest) == 4);
  const auto six = explore(textbook::Readers<6>{});
  CHECK(six.states == 64 + 729);
  CHECK(six.ending_in(End::rest) == 64);
}

TEST_CASE("SB has 6 interleavings and no weak outcome") {
  const auto paths = count_paths(textbook::StoreBuffering{});
  CHECK(paths_ending_in(paths, End::rest) == 6);
  CHECK(paths_ending_in(paths, End::violation) == 0);
  CHECK(explore(textbook::StoreBuffering{}).ending_in(End::rest) == 3);  // a, b = 01, 10, 11
}

TEST_CASE("a shortest schedule is returned") {
  // The bug is hit after exactly three steps of thread 0.
  using Model = textbook::Window<9, 3>;
  const auto result = explore(Model{}, [](const Model::State& s) { return s.hit != 0; });
  REQUIRE(result.schedule);
  const sim::Schedule expected{{0, 0}, {0, 0}, {0, 0}, {1, 0}};
  CHECK(*result.schedule == expected);
}

TEST_CASE("the initial state itself may be what was looked for") {
  const auto result = explore(textbook::AtomicCounter{}, [](const auto&) { return true; });
  REQUIRE(result.schedule);
  CHECK(result.schedule->empty());
}

TEST_CASE("a search that outgrows its limit says so") {
  const auto never = [](const auto&) { return false; };
  CHECK_THROWS_AS(explore(textbook::LostUpdate{}, never, 11), std::length_error);
  CHECK_NOTHROW(explore(textbook::LostUpdate{}, never, 12));
}
