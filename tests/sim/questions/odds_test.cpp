// SPDX-License-Identifier: MIT
//
// Odds of the states of a graph that is small enough to work them out by hand.
//
//     0 --a/0--> 1 violation      3 --a--> 4 --a--> 2
//       --a/1--> 2 rest             --b--> 5 --a--> 1
//       --b----> 3                  --c--> 4 --b--> 6 cut
#include "sim/questions/odds.h"

#include <catch2/catch.hpp>

namespace {

using sim::Choice;
using sim::Odds;
using sim::Outlook;

constexpr Choice a{0, 0};
constexpr Choice a_other{0, 1};
constexpr Choice b{1, 0};
constexpr Choice c{2, 0};

sim::OddsTable table() {
  sim::StateGraph graph;
  graph.set_state_count(7);
  const auto add = [&graph](std::vector<sim::StateId> targets, std::vector<Choice> choices) {
    graph.add_edges(targets, choices);
  };
  add({1, 2, 3}, {a, a_other, b});
  add({}, {});
  add({}, {});
  add({4, 5, 4}, {a, b, c});
  add({2, 6}, {a, b});
  add({1}, {a});
  add({}, {});
  graph.add_end({1, sim::End::violation, 1});
  graph.add_end({2, sim::End::rest, 0});
  graph.add_end({6, sim::End::cut, 1});
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(graph));
  return {std::move(graph), order,
          [](const sim::EndState& end) { return end.end == sim::End::violation; }};
}

}  // namespace

TEST_CASE("odds: actors are equally likely, then the outcomes of a step") {
  // 3: one of three actors fails. 0: (1/2 + 1/3) / 2 = 5/12, not (1 + 0 + 1/3) / 3.
  const Odds three = table().at(3);
  CHECK(three.failure.decimal() == "0.33333333333333333333");
  const Odds start = table().at(0);
  CHECK(start.failure.decimal() == "0.41666666666666666666");
  CHECK(start.failure.width == 6);  // the longest path, 0-3-4-2, has three steps
}

TEST_CASE("odds: what always or never fails has exactly 1 or 0") {
  for (const sim::StateId state : {1u, 5u}) {
    CHECK(table().at(state).outlook == Outlook::inevitable);
    CHECK(table().at(state).failure.decimal() == "1");
    CHECK(table().at(state).failure.error_bound() == "0");
  }
  for (const sim::StateId state : {2u, 4u, 6u}) {
    CHECK(table().at(state).outlook == Outlook::safe);
    CHECK(table().at(state).failure.decimal() == "0");
    CHECK(table().at(state).failure.error_bound() == "0");
  }
  CHECK(table().at(0).outlook == Outlook::avoidable);
  CHECK(table().at(3).outlook == Outlook::avoidable);
}

TEST_CASE("odds: the nearest ends") {
  CHECK(table().at(0).to_failure == 1u);
  CHECK(table().at(0).to_rest == 1u);
  CHECK(table().at(3).to_failure == 2u);
  CHECK(table().at(3).to_rest == 2u);
  CHECK(table().at(5).to_failure == 1u);
  CHECK(table().at(5).to_rest == std::nullopt);
  CHECK(table().at(4).to_failure == std::nullopt);
  CHECK(table().at(4).to_rest == 1u);
  CHECK(table().at(1).to_failure == 0u);
  // A cut run has shown nothing: it is no good end.
  CHECK(table().at(6).to_rest == std::nullopt);
}

TEST_CASE("odds: choices are followed edge by edge") {
  const sim::OddsTable odds = table();
  CHECK(odds.after(std::vector<Choice>{}) == 0);
  CHECK(odds.after(std::vector<Choice>{a_other}) == 2);
  CHECK(odds.after(std::vector<Choice>{b, c, b}) == 6);
  CHECK(odds.after(std::vector<Choice>{b, b, a}) == 1);
}
