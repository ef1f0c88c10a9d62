// SPDX-License-Identifier: MIT
//
// What is asked of a state graph, on graphs small enough to answer by hand.
//
// Graphs are built edge by edge here, without a model: orders and cycles, labels,
// counts that need more than 1024 bits, probabilities and their digits.
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "sim/questions/counterexample.h"
#include "sim/questions/interleavings.h"
#include "sim/questions/probability.h"
#include "sim/questions/topological_order.h"

namespace {

using sim::BigInt;
using sim::End;
using sim::EndState;
using sim::Outlook;
using sim::StateGraph;
using sim::StateId;

struct Arrow {
  StateId target;
  sim::ActorId actor;
  sim::Outcome outcome = 0;
};

StateGraph graph_of(const std::vector<std::vector<Arrow>>& rows, const std::vector<EndState>& ends,
                    sim::ActorSet environment = {}) {
  StateGraph graph(environment);
  graph.set_state_count(static_cast<StateId>(rows.size()));
  for (const auto& row : rows) {
    std::vector<StateId> targets;
    std::vector<sim::Choice> choices;
    for (const Arrow& arrow : row) {
      targets.push_back(arrow.target);
      choices.push_back({arrow.actor, arrow.outcome});
    }
    graph.add_edges(targets, choices);
  }
  for (const EndState& end : ends) graph.add_end(end);
  return graph;
}

sim::TopologicalOrder order_of(const StateGraph& graph) {
  auto result = sim::topological_order(graph);
  REQUIRE(std::holds_alternative<sim::TopologicalOrder>(result));
  return std::get<sim::TopologicalOrder>(result);
}

bool fails(const EndState& end) { return end.end == End::violation; }

/// A chain of diamonds: 2^n paths through n of them.
StateGraph diamonds(unsigned n) {
  std::vector<std::vector<Arrow>> rows;
  for (unsigned i = 0; i < n; ++i) {
    const StateId base = 3 * i;
    rows.push_back({{base + 1, 0}, {base + 2, 1}});
    rows.push_back({{base + 3, 1}});
    rows.push_back({{base + 3, 0}});
  }
  rows.emplace_back();
  return graph_of(rows, {{3 * n, End::rest, 0}});
}

BigInt count_all(const StateGraph& graph) {
  BigInt all = 0;
  sim::count_interleavings(graph, order_of(graph), false,
                           [&](const EndState&, std::span<const BigInt> n) { all += n[0]; });
  return all;
}

}  // namespace

TEST_CASE("an order puts every state before its successors, whatever their numbers") {
  // 0 -> 1 -> 3, 0 -> 2, and 3 -> 2 against the order of discovery.
  const auto graph = graph_of({{{1, 0}, {2, 1}}, {{3, 0}}, {}, {{2, 0}}}, {{2, End::rest, 0}});
  CHECK(order_of(graph) == sim::TopologicalOrder{0, 1, 3, 2});
}

TEST_CASE("a cycle is handed out with its choices") {
  // 0 -> 1 -> 2 -> 3 -> 1, with a way out of the cycle and an unrelated branch.
  const auto graph =
      graph_of({{{1, 0}, {4, 1}}, {{2, 2}}, {{3, 3}, {4, 4}}, {{1, 5}}, {}}, {{4, End::rest, 0}});
  const auto result = sim::topological_order(graph);
  REQUIRE(std::holds_alternative<sim::Cycle>(result));
  const auto& cycle = std::get<sim::Cycle>(result);
  REQUIRE(cycle.states.size() == 3);
  REQUIRE(cycle.choices.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto targets = graph.targets(cycle.states[i]);
    const auto choices = graph.choices(cycle.states[i]);
    bool leads_on = false;
    for (std::size_t e = 0; e < targets.size(); ++e) {
      leads_on |= targets[e] == cycle.states[(i + 1) % 3] && choices[e] == cycle.choices[i];
    }
    CHECK(leads_on);
  }
}

TEST_CASE("a state that leads to itself is a cycle, too") {
  const auto graph = graph_of({{{1, 0}}, {{1, 0}}}, {});
  const auto result = sim::topological_order(graph);
  REQUIRE(std::holds_alternative<sim::Cycle>(result));
  CHECK(std::get<sim::Cycle>(result).states == std::vector<StateId>{1});
}

TEST_CASE("counts go beyond every fixed size") {
  // 2^n for 300, 700 and 1500 diamonds: more than 256, 512 and 1024 bits.
  for (const unsigned n : {1u, 10u, 255u, 256u, 300u, 700u, 1500u}) {
    CHECK(count_all(diamonds(n)) == BigInt(1) << n);
  }
}

TEST_CASE("preemptions: only leaving an actor that could go on counts") {
  // Two threads of one step each: whoever goes first is done, so no preemptions.
  // In a chain of diamonds the second thread's last step may go on with its first
  // step of the next one: every diamond but the first begins with a choice, and
  // inside a diamond whoever began cannot go on.
  std::vector<BigInt> counts;
  const auto graph = diamonds(2);
  sim::count_interleavings(
      graph, order_of(graph), true,
      [&](const EndState&, std::span<const BigInt> n) { counts.assign(n.begin(), n.end()); });
  // Of the four paths two go on with the same thread at state 3, two leave it.
  CHECK(counts == std::vector<BigInt>{2, 2});
}

TEST_CASE("a step of the environment is transparent") {
  // t0 has two steps, the environment e one, t1 one: t0 e t0 t1, t0 e t1 t0, ...
  // States: (t0 steps, e, t1).
  const auto id = [](unsigned a, unsigned e, unsigned b) {
    return static_cast<StateId>(a * 4 + e * 2 + b);
  };
  std::vector<std::vector<Arrow>> rows(12);
  for (unsigned a = 0; a < 3; ++a) {
    for (unsigned e = 0; e < 2; ++e) {
      for (unsigned b = 0; b < 2; ++b) {
        if (a < 2) rows[id(a, e, b)].push_back({id(a + 1, e, b), 0});
        if (b < 1) rows[id(a, e, b)].push_back({id(a, e, b + 1), 1});
        if (e < 1) rows[id(a, e, b)].push_back({id(a, e + 1, b), 2});
      }
    }
  }
  const auto graph = graph_of(rows, {{id(2, 1, 1), End::rest, 0}}, sim::ActorSet::of(2));
  std::vector<BigInt> counts;
  sim::count_interleavings(
      graph, order_of(graph), true,
      [&](const EndState&, std::span<const BigInt> n) { counts.assign(n.begin(), n.end()); });
  // Orders of t0 t0 t1: t0 t0 t1 and t1 t0 t0 cost nothing, t0 t1 t0 costs one;
  // the environment's step has four places in each.
  CHECK(counts == std::vector<BigInt>{8, 4});
}

TEST_CASE("labels, blame and the best path on a graph with a trap") {
  // 0 -a-> 1 (trap: 1 -> 3 fails)   0 -b-> 2, 2 -a-> 3 fails, 2 -b-> 4 rests
  const auto graph = graph_of({{{1, 0}, {2, 1}}, {{3, 1}}, {{3, 0}, {4, 1}}, {}, {}},
                              {{3, End::violation, 5}, {4, End::rest, 0}});
  const auto order = order_of(graph);
  const auto outlooks = sim::outlooks(graph, order, fails);
  CHECK(outlooks == std::vector<Outlook>{Outlook::avoidable, Outlook::inevitable,
                                         Outlook::avoidable, Outlook::inevitable, Outlook::safe});
  const auto causes = sim::blame(graph, order, outlooks, fails,
                                 [](StateId s, sim::Choice c) { return 10 * s + c.actor + 1u; });
  REQUIRE(causes.size() == 2);
  CHECK(causes[0].step == 1);  // 0 by a
  CHECK(causes[0].count == 1);
  CHECK(causes[1].step == 21);  // 2 by a
  CHECK(causes[1].count == 1);
  CHECK(causes[0].end.detail == 5);

  // Both failing paths have two steps. a b leaves nobody who could go on; b a
  // leaves b, who could.
  const auto best = sim::best_path(graph, order, sim::Best::fewest_preemptions, fails);
  REQUIRE(best);
  CHECK(best->schedule == sim::Schedule{{0, 0}, {1, 0}});
  CHECK(best->preemptions == 0);
  CHECK(best->states == std::vector<StateId>{0, 1, 3});
  CHECK_FALSE(sim::best_path(graph, order, sim::Best::fewest_steps,
                             [](const EndState& end) { return end.end == End::cut; }));
}

TEST_CASE("fewest preemptions and fewest steps may be two paths") {
  // a could always go on; leaving it fails at once, going on fails later.
  const auto graph =
      graph_of({{{1, 0}}, {{2, 0}, {4, 1}}, {{3, 0}}, {{4, 0}}, {}}, {{4, End::violation, 1}});
  const auto order = order_of(graph);
  const auto calm = sim::best_path(graph, order, sim::Best::fewest_preemptions, fails);
  const auto quick = sim::best_path(graph, order, sim::Best::fewest_steps, fails);
  CHECK(calm->schedule == sim::Schedule{{0, 0}, {0, 0}, {0, 0}, {0, 0}});
  CHECK(calm->preemptions == 0);
  CHECK(quick->schedule == sim::Schedule{{0, 0}, {1, 0}});
  CHECK(quick->preemptions == 1);
}

TEST_CASE("probability: the mean over actors of the mean over outcomes") {
  // Actor 0 has three outcomes of which one fails, actor 1 fails for certain.
  const auto graph = graph_of({{{1, 0, 0}, {2, 0, 1}, {2, 0, 2}, {1, 1, 0}}, {}, {}},
                              {{1, End::violation, 1}, {2, End::rest, 0}});
  const auto order = order_of(graph);
  const auto exact = sim::failure_fraction(graph, order, fails, 64);
  REQUIRE(exact);
  CHECK(exact->str() == "2/3");  // (1/3 + 1) / 2
  const auto fixed = sim::failure_probability(graph, order, fails);
  CHECK(fixed.decimal() == "0.66666666666666666666");
  CHECK(fixed.error_bound() == "1e-19");  // digits cut off, not rounding
  CHECK(fixed.width == 2);
  CHECK(std::abs(fixed.value() - 2.0 / 3.0) < 1e-15);
}

TEST_CASE("probability: certain, impossible, tiny") {
  const auto certain = graph_of({{{1, 0}}, {}}, {{1, End::violation, 1}});
  CHECK(sim::failure_probability(certain, order_of(certain), fails).decimal() == "1");
  const auto impossible = graph_of({{{1, 0}}, {}}, {{1, End::rest, 0}});
  const auto never = sim::failure_probability(impossible, order_of(impossible), fails);
  CHECK(never.decimal() == "0");
  CHECK(never.error_bound() == "0");
  CHECK(sim::seeds_for_99_percent(never.value()) == 0);

  // Twenty coins: 2^-20 = 9.5367431640625e-07, exactly.
  std::vector<std::vector<Arrow>> rows;
  for (StateId i = 0; i < 20; ++i) rows.push_back({{i + 1, 0}, {21, 1}});
  rows.emplace_back();
  rows.emplace_back();
  const auto coins = graph_of(rows, {{20, End::violation, 1}, {21, End::rest, 0}});
  const auto tiny = sim::failure_probability(coins, order_of(coins), fails);
  CHECK(tiny.decimal() == "9.5367431640625e-07");
  CHECK(sim::failure_fraction(coins, order_of(coins), fails, 64)->str() == "1/1048576");
  CHECK_FALSE(sim::failure_fraction(coins, order_of(coins), fails, 10));
  // ln 0.01 / ln(1 - 2^-20)
  CHECK(sim::seeds_for_99_percent(tiny.value()) == 4828869);
}

namespace {

using Rational = boost::multiprecision::cpp_rational;

/// What decimal() or error_bound() wrote, and the value of its last digit.
struct Decimal {
  explicit Decimal(const std::string& text) {
    const std::size_t power = text.find('e');
    std::string digits = text.substr(0, power);
    const std::size_t point = digits.find('.');
    int places = power == std::string::npos ? 0 : -std::stoi(text.substr(power + 1));
    if (point != std::string::npos) {
      places += static_cast<int>(digits.size() - point - 1);
      digits.erase(point, 1);
    }
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    unit = Rational(1, pow(BigInt(10), static_cast<unsigned>(places)));
    value = BigInt(digits) * unit;
    length = digits.size();
  }
  Rational value;
  Rational unit;
  std::size_t length = 0;
};

/// Fails if each of `steps` dice of so many faces shows the one that is asked for.
sim::StateGraph dice(unsigned faces, unsigned steps) {
  std::vector<std::vector<Arrow>> rows;
  for (StateId i = 0; i < steps; ++i) {
    std::vector<Arrow>& row = rows.emplace_back();
    for (std::uint8_t face = 0; face < faces; ++face) {
      row.push_back({face == 0 ? i + 1 : steps + 1, 0, face});
    }
  }
  rows.emplace_back();
  rows.emplace_back();
  return graph_of(rows, {{steps, End::violation, 1}, {steps + 1, End::rest, 0}});
}

}  // namespace

TEST_CASE("probability: as many digits as are certain") {
  std::size_t fewest = 20;
  for (unsigned faces = 2; faces <= 31; ++faces) {
    for (unsigned steps = 1; steps <= 30; ++steps) {
      const auto graph = dice(faces, steps);
      const auto found = sim::failure_probability(graph, order_of(graph), fails);
      CAPTURE(faces, steps, found.decimal());
      const Rational exact(1, pow(BigInt(faces), steps));
      const Rational lost(2 * steps, BigInt(1) << sim::probability_bits);
      CHECK(found.width == 2 * steps);
      const Decimal written(found.decimal());
      const Decimal bound(found.error_bound());
      // Digits of the true value, or a short number that is no farther away than rounding led.
      const bool cut_off = written.value <= exact && exact < written.value + written.unit;
      CHECK((written.value == 0 || cut_off || abs(written.value - exact) <= lost));
      CHECK(abs(written.value - exact) <= bound.value);
      // None is kept back: there are 20, or the number is short, or a few more digits would
      // tell apart what rounding may have lost. (Zeros at the end are not written.)
      const bool is_short = abs(written.value - exact) <= lost;
      const bool next_is_lost = 2 * lost * 1000 > (written.value == 0 ? exact : written.unit);
      CHECK((written.length >= 16 || is_short || next_is_lost));
      if (written.value != 0) fewest = std::min(fewest, written.length);
    }
  }
  CHECK(fewest < 4);
}

TEST_CASE("analyses stop when they are told to") {
  const auto graph = diamonds(10);
  const auto order = order_of(graph);
  const sim::Limits no_memory{.max_memory = 8, .ask = {}};
  CHECK_THROWS_AS(sim::topological_order(graph, no_memory), sim::Stopped);
  CHECK_THROWS_AS(sim::outlooks(graph, order, fails, no_memory), sim::Stopped);
  CHECK_THROWS_AS(sim::failure_probability(graph, order, fails, no_memory), sim::Stopped);
  CHECK_THROWS_AS(sim::best_path(graph, order, sim::Best::fewest_steps, fails, no_memory),
                  sim::Stopped);
  const sim::Limits interrupted{.ask = [] { return sim::Bound::interrupted; }};
  CHECK_THROWS_AS(
      sim::count_interleavings(
          graph, order, false, [](const EndState&, std::span<const BigInt>) {}, interrupted),
      sim::Stopped);
}
