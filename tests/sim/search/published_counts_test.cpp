// SPDX-License-Identifier: MIT
//
// The engine against published answers.
//
// What partial-order reduction is measured by is known for many programs: how many
// Mazurkiewicz traces they have, which is what an optimal algorithm explores
// (Abdulla, Aronis, Jonsson, Sagonas: "Optimal dynamic partial order reduction",
// POPL 2014, and "Source Sets", JACM 2017; the test suites of Concuerror and of
// GenMC hold their tools to the same numbers). Here a trace is an end state of the
// model Traced, so these numbers come out of the state search. Each operation is
// one step; starting and joining threads are none.
//
// Published figures for bounded preemptions count traces too: those that some
// interleaving with at most k preemptions belongs to. That is worked out here, in
// the test; what the engine counts is interleavings.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <variant>
#include <vector>

#include "sim/questions/interleavings.h"
#include "sim/questions/topological_order.h"
#include "sim/search/explorer.h"
#include "tests/reference/enumerator.h"
#include "tests/reference/explorer.h"
#include "tests/reference/paths.h"
#include "tests/sim/models/fib_bench.h"
#include "tests/sim/models/oracle_models.h"

using sim::End;
using namespace textbook;

namespace {

using TracedFib = Traced<FibBench, 15>;

static_assert(sim::FootprintModel<OracleProgram> && sim::FootprintModel<TracedOracle>);
static_assert(sim::FootprintModel<FibBench> && sim::FootprintModel<TracedFib>);
static_assert(std::has_unique_object_representations_v<OracleProgram::State>);
static_assert(std::has_unique_object_representations_v<TracedOracle::State>);
static_assert(std::has_unique_object_representations_v<FibBench::State>);
static_assert(std::has_unique_object_representations_v<TracedFib::State>);

constexpr sim::ExploreOptions reduced{.reductions = {.partial_order = true}};

/// T, the number of Mazurkiewicz traces. Partial order must keep them all.
template <class M>
std::size_t traces(const M& traced) {
  const std::size_t result = sim::explore(traced).graph.ends().size();
  CHECK(sim::explore(traced, reduced).graph.ends().size() == result);
  return result;
}
std::size_t traces(const OracleProgram& program) { return traces(TracedOracle(program)); }

/// Calls `visit` like sim::count_interleavings.
template <class M, class Visit>
void for_each_end(const M& model, bool by_preemptions, Visit visit) {
  const auto found = sim::explore(model);
  REQUIRE(found.graph.complete());
  const auto order = sim::topological_order(found.graph);
  REQUIRE(std::holds_alternative<sim::TopologicalOrder>(order));
  sim::count_interleavings(found.graph, std::get<0>(order), by_preemptions, visit);
}

/// I, the number of interleavings.
template <class M>
sim::BigInt interleavings(const M& model) {
  sim::BigInt sum = 0;
  for_each_end(model, false, [&](const auto&, const auto& counts) { sum += counts[0]; });
  return sum;
}

using PathCounts = std::vector<std::uint64_t>;

/// Interleavings with one kind of end, by exact number of preemptions.
template <class M>
PathCounts by_preemptions(const M& model, End kind) {
  PathCounts sum;
  for_each_end(model, true, [&](const auto& end, const auto& counts) {
    if (end.end != kind) return;
    if (sum.size() < counts.size()) sum.resize(counts.size());
    for (std::size_t k = 0; k < counts.size(); ++k) sum[k] += static_cast<std::uint64_t>(counts[k]);
  });
  while (!sum.empty() && sum.back() == 0) sum.pop_back();
  return sum;
}

/// PB: the k-th element is the number of traces that some interleaving with at
/// most k preemptions belongs to, up to the k that brings the last one.
PathCounts traces_by_preemptions(const OracleProgram& program) {
  PathCounts result;
  for_each_end(TracedOracle(program), true, [&](const auto&, const auto& counts) {
    std::size_t fewest = 0;
    while (counts[fewest] == 0) ++fewest;
    if (result.size() <= fewest) result.resize(fewest + 1);
    ++result[fewest];
  });
  for (std::size_t k = 1; k < result.size(); ++k) result[k] += result[k - 1];
  return result;
}

std::uint64_t factorial(unsigned n) { return n == 0 ? 1 : n * factorial(n - 1); }

/// The one end that is a violation.
sim::EndState deadlock(const sim::StateGraph& graph) {
  const auto is_violation = [](const auto& e) { return e.end == End::violation; };
  REQUIRE(std::ranges::count_if(graph.ends(), is_violation) == 1);
  return *std::ranges::find_if(graph.ends(), is_violation);
}

bool violated(const sim::StateGraph& graph) {
  REQUIRE(graph.complete());
  return std::ranges::any_of(graph.ends(), [](const auto& e) { return e.end == End::violation; });
}

bool violated(const OracleProgram& program) { return violated(sim::explore(program).graph); }

}  // namespace

TEST_CASE("readers: 2^N traces, (N+1)! interleavings") {
  // Each reader comes before or after the write.
  CHECK(traces(readers(2)) == 4);
  CHECK(traces(readers(8)) == 256);
  CHECK(interleavings(readers(2)) == 6);
  CHECK(interleavings(readers(8)) == 362'880);
  // Before the write, any subset has read; after it each has read 0, 1 or not yet.
  CHECK(sim::explore(readers(8)).state_count() == 256 + 6561);
}

TEST_CASE("readers(13): 8192 traces") {
  CHECK(traces(readers(13)) == 8192);
  CHECK(interleavings(readers(13)) == 87'178'291'200);
}

TEST_CASE("lastzero: (N+3) 2^(N-2) traces") {
  CHECK(traces(lastzero(5)) == 64);
  CHECK(interleavings(lastzero(5)) == 3'487'880);
  CHECK(traces(lastzero(10)) == 3328);
}

TEST_CASE("binc: the two increments are put in order independently, (N!)^2 traces") {
  CHECK(traces(binc(2)) == 4);
  CHECK(traces(binc(3)) == 36);
  CHECK(traces(binc(4)) == 576);
  CHECK(interleavings(binc(2)) == 6);  // (2N)! / 2^N
  CHECK(interleavings(binc(3)) == 90);
  CHECK(interleavings(binc(4)) == 2520);
  CHECK(traces_by_preemptions(binc(4)) == PathCounts{24, 168, 432, 576});
  // A thread has executed none, one or both; the values follow from that.
  CHECK(sim::explore(binc(4)).state_count() == 81);
}

TEST_CASE("inc: N reads and N writes") {
  CHECK(traces(inc(2)) == 4);
  CHECK(traces(inc(3)) == 36);
  CHECK(traces(inc(4)) == 576);
  CHECK(interleavings(inc(2)) == 6);
  CHECK(traces_by_preemptions(inc(4)) == PathCounts{24, 168, 432, 576});
}

TEST_CASE("wrw") {
  CHECK(traces(wrw(2)) == 22);
  CHECK(traces(wrw(3)) == 300);
  CHECK(traces(wrw(4)) == 6576);
  CHECK(traces_by_preemptions(wrw(4)) == PathCounts{120, 1080, 3600, 6000, 6576});
}

TEST_CASE("litmus tests of two threads: three traces each") {
  for (const auto& program :
       {store_buffering(), load_buffering(), message_passing(), two_plus_two_writes()}) {
    CHECK(traces(program) == 3);
    CHECK(interleavings(program) == 6);
    CHECK(traces_by_preemptions(program) == PathCounts{2, 3});
  }
}

TEST_CASE("SB, LB: states") {
  // SB by pc, a register being 0 until it is read: 00, 10, 01, 11 one state each;
  // 20 one, as the other has not written, likewise 02; 21 and 12 two each; 22 with
  // registers 01, 10 and 11. LB the same, but 00, 01 and 10 at the end.
  CHECK(sim::explore(store_buffering()).state_count() == 13);
  CHECK(sim::explore(load_buffering()).state_count() == 13);
}

TEST_CASE("IRIW") {
  CHECK(traces(independent_reads()) == 15);
  CHECK(interleavings(independent_reads()) == 180);
  CHECK(traces_by_preemptions(independent_reads()) == PathCounts{14, 15});
}

TEST_CASE("CoRR2") {
  CHECK(traces(coherent_reads()) == 72);
  CHECK(traces_by_preemptions(coherent_reads()) == PathCounts{18, 54, 72});
}

TEST_CASE("fib_bench") {
  CHECK(traces(TracedFib(FibBench(1))) == 11);
  CHECK(traces(TracedFib(FibBench(2))) == 140);
  CHECK(traces(TracedFib(FibBench(3))) == 1698);
  CHECK(traces(TracedFib(FibBench(4))) == 19'605);
  // No thread ever branches: 32! / (15! 15! 2!).
  CHECK(interleavings(FibBench(5)) == 76'938'289'920);
}

TEST_CASE("fib_bench(5): 218243 traces") {
  CHECK(sim::explore(TracedFib(FibBench(5)), {.jobs = 2}).graph.ends().size() == 218'243);
}

TEST_CASE("slow and obvious code agrees") {
  const auto rest = static_cast<std::size_t>(End::rest);
  CHECK(reference::count_paths(lastzero(5)).at(rest) == 3'487'880);
  CHECK(reference::count_paths(independent_reads()).at(rest) == 180);
  CHECK(reference::explore(TracedOracle(lastzero(5))).ending_in(End::rest) == 64);
  CHECK(reference::explore(TracedOracle(wrw(3))).ending_in(End::rest) == 300);
  CHECK(reference::explore(TracedFib(FibBench(3))).ending_in(End::rest) == 1698);
  for (const auto& program : {binc(4), inc(4), wrw(3), coherent_reads(), readers(5)}) {
    const reference::PathWalk walk(program, 100'000);
    REQUIRE(walk.complete());
    CHECK(by_preemptions(program, End::rest) == walk.counts(End::rest));
  }
}

TEST_CASE("the lost update") {
  const LostUpdate model;
  const auto found = sim::explore(model);
  CHECK(found.state_count() == 12);  // explorer_test.cpp has them one by one
  CHECK(found.transitions == 14);
  CHECK(violated(found.graph));
  // Right if a thread runs at a stretch. Else it is left once, and the other one
  // runs at a stretch or is left in turn.
  CHECK(by_preemptions(model, End::rest) == PathCounts{2});
  CHECK(by_preemptions(model, End::violation) == PathCounts{0, 2, 2});

  CHECK_FALSE(violated(sim::explore(AtomicCounter{}).graph));
  CHECK(violated(inc(3).expecting(x, 3)));
  CHECK_FALSE(violated(binc(3).expecting(x, 3)));
}

TEST_CASE("Peterson and Dekker exclude, their broken twins do not") {
  CHECK_FALSE(violated(peterson(false)));
  CHECK(violated(peterson(true)));
  CHECK_FALSE(violated(dekker(false)));
  CHECK(violated(dekker(true)));
  // Waiting is going round in circles, so they have no number of interleavings.
  const auto found = sim::explore(peterson(false));
  CHECK(std::holds_alternative<sim::Cycle>(sim::topological_order(found.graph)));
}

TEST_CASE("philosophers: all with a fork in hand, unless one is left-handed") {
  for (unsigned n = 3; n <= 5; ++n) {
    CAPTURE(n);
    const auto program = philosophers(n, false);
    const auto found = sim::explore(program);
    CHECK(violated(program));
    CHECK(violated(sim::explore(program, reduced).graph));
    CHECK_FALSE(violated(philosophers(n, true)));
    CHECK_FALSE(violated(sim::explore(philosophers(n, true), reduced).graph));
    // One deadlock, reached by taking a fork each, in any order.
    CHECK(found.graph.ends().size() == 2);
    CHECK(found.levels.at(n) <= deadlock(found.graph).state);
    CHECK(found.levels.at(n + 1) > deadlock(found.graph).state);
    const PathCounts counts = by_preemptions(program, End::violation);
    CHECK(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) == factorial(n));
  }
  // Whoever has taken a fork could go on unless the other one is taken, so leaving
  // the first always costs one, and leaving the second does unless it sits to the
  // left of the first, which it does in half of the cases.
  CHECK(by_preemptions(philosophers(3, false), End::violation) == PathCounts{0, 3, 3});
}
