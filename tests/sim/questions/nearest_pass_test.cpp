// SPDX-License-Identifier: MIT
//
// Two steps exchanged: by hand on a small race, and against the definition on random
// models.
#include "sim/questions/nearest_pass.h"

#include <catch2/catch.hpp>
#include <map>

#include "tests/sim/models/marked_models.h"

namespace {

using marked::Model;
using marked::State;
using sim::Choice;
using sim::Outlook;
using sim::Schedule;

bool is_failure(const sim::EndState& end) { return end.end == sim::End::violation; }
bool passes(const sim::EndState& end) { return end.end == sim::End::rest; }

/// What may come of a state, from all its paths.
struct Future {
  bool can_fail = false;
  bool can_end_otherwise = false;
  bool can_pass = false;
  [[nodiscard]] bool inevitable() const { return !can_end_otherwise; }
};

Future future_of(const Model& model, const State& state) {
  std::optional<sim::End> end = model.stopped(state);
  const sim::ActorSet enabled = end ? sim::ActorSet{} : model.enabled(state);
  if (!end && enabled.empty()) end = model.end_when_blocked(state);
  if (end) {
    return {*end == sim::End::violation, *end != sim::End::violation, *end == sim::End::rest};
  }
  Future all;
  for (const unsigned actor : enabled) {
    for (const unsigned outcome : model.outcomes(state, static_cast<sim::ActorId>(actor))) {
      State next = state;
      sim::NullSink sink;
      model.step(next, {static_cast<sim::ActorId>(actor), static_cast<sim::Outcome>(outcome)},
                 sink);
      const Future after = future_of(model, next);
      all.can_fail |= after.can_fail;
      all.can_end_otherwise |= after.can_end_otherwise;
      all.can_pass |= after.can_pass;
    }
  }
  return all;
}

/// The states of a schedule, as far as it is possible; and which steps its choices are.
struct Walk {
  std::vector<State> states;
  std::vector<unsigned> pcs;

  Walk(const Model& model, const Schedule& schedule) : states{model.initial()} {
    for (const Choice choice : schedule) {
      const State& now = states.back();
      const bool may_go = !model.stopped(now) && model.enabled(now).contains(choice.actor) &&
                          model.outcomes(now, choice.actor).contains(choice.outcome);
      if (!may_go) return;
      pcs.push_back(now.pc[choice.actor]);
      State next = now;
      sim::NullSink sink;
      model.step(next, choice, sink);
      states.push_back(next);
    }
  }
};

struct Move {
  std::size_t distance = 0;
  bool safe = false;
};

/// A schedule with a step, and what its actor does in between, moved.
Schedule exchanged(const Schedule& failing, std::size_t first, std::size_t second,
                   bool first_moves) {
  Schedule result(failing.begin(), failing.begin() + static_cast<long>(first));
  const sim::ActorId mover = failing[first_moves ? first : second].actor;
  for (const bool of_mover : {!first_moves, first_moves}) {
    for (std::size_t i = first; i <= second; ++i) {
      if ((failing[i].actor == mover) == of_mover) result.push_back(failing[i]);
    }
  }
  return result;
}

/// Whether the exchange is possible, leaves steps what they are, and avoids a failure that
/// was inevitable after as many steps.
std::optional<bool> is_safe_after(const Model& model, const Schedule& failing, std::size_t first,
                                  std::size_t second, bool first_moves) {
  const Walk before(model, failing);
  if (!future_of(model, before.states[second + 1]).inevitable()) return std::nullopt;
  const Schedule moved = exchanged(failing, first, second, first_moves);
  const Walk after(model, moved);
  if (after.states.size() != moved.size() + 1) return std::nullopt;
  // The same steps: of each actor in the same order, at the same places in its code.
  for (unsigned actor = 0; actor < model.actor_count(); ++actor) {
    std::vector<unsigned> then;
    std::vector<unsigned> now;
    for (std::size_t i = 0; i <= second; ++i) {
      if (failing[i].actor == actor) then.push_back(before.pcs[i]);
      if (moved[i].actor == actor) now.push_back(after.pcs[i]);
    }
    if (then != now) return std::nullopt;
  }
  const Future future = future_of(model, after.states.back());
  if (!future.can_pass) return std::nullopt;
  return !future.can_fail;
}

std::optional<Move> nearest_move(const Model& model, const Schedule& failing) {
  for (std::size_t distance = 1; distance < failing.size(); ++distance) {
    std::optional<Move> best;
    for (std::size_t first = 0; first + distance < failing.size(); ++first) {
      const std::size_t second = first + distance;
      if (failing[first].actor == failing[second].actor) continue;
      for (const bool first_moves : {false, true}) {
        const auto safe = is_safe_after(model, failing, first, second, first_moves);
        if (safe) best = {distance, *safe || (best && best->safe)};
      }
    }
    if (best) return best;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("of a race the two steps that decide it are named") {
  // Thread 0: two steps of its own, then it takes x for 1. Thread 1 sets x.
  using namespace textbook;
  Code checker;
  checker.push_back(put(1, 1));
  checker.push_back(put(2, 1));
  checker.push_back(check(0, 1));
  const Model model({checker, {put(0, 1)}});
  const auto found = sim::explore(model);
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(found.graph));
  const auto outlooks = sim::outlooks(found.graph, order, is_failure);
  const auto identity = [&](sim::StateId state, Choice choice) {
    return std::uint64_t{choice.actor} << 8 | found.state(state).pc[choice.actor];
  };
  // The check is_failure at once: there is no later step to exchange it with.
  CHECK_FALSE(
      sim::nearest_pass(found.graph, order, outlooks, passes, {{0, 0}, {0, 0}, {0, 0}}, identity));

  // Where a failure shows only later, it is: x = 2 before x = 1 leaves 1.
  const Model writers =
      Model({Code{put(0, 1), put(1, 1)}, Code{put(0, 2), put(2, 1)}}).expecting(0, 1);
  const auto all = sim::explore(writers);
  const auto all_order = std::get<sim::TopologicalOrder>(sim::topological_order(all.graph));
  const auto near = sim::nearest_pass(
      all.graph, all_order, sim::outlooks(all.graph, all_order, is_failure), passes,
      {{0, 0}, {0, 0}, {1, 0}, {1, 0}}, [&](sim::StateId state, Choice choice) {
        return std::uint64_t{choice.actor} << 8 | all.state(state).pc[choice.actor];
      });
  REQUIRE(near);
  CHECK(near->first == 0);
  CHECK(near->second == 2);
  CHECK(near->outlook == Outlook::safe);
  // x = 2 is put before x = 1; or x = 1 and what thread 0 does next behind x = 2.
  CHECK(near->moving == (near->first_moves ? 2 : 1));
  CHECK(near->schedule.size() == 4);
  CHECK(near->followed == 4);
}

TEST_CASE("of exchanges over as many steps a safe one is preferred, then the latest") {
  // 0 -a-> 1 -b-> 2 -a-> 3 -b-> 4 is_failure. Exchanged at 0: 5, then 6, which passes.
  // Exchanged at 1: 7, then 8, from where an a is_failure and a b passes.
  sim::StateGraph graph;
  graph.set_state_count(11);
  const auto add = [&graph](std::vector<std::pair<sim::ActorId, sim::StateId>> edges) {
    std::vector<sim::StateId> targets;
    std::vector<Choice> choices;
    for (const auto& [actor, target] : edges) {
      targets.push_back(target);
      choices.push_back({actor, 0});
    }
    graph.add_edges(targets, choices);
  };
  constexpr sim::ActorId a = 0;
  constexpr sim::ActorId b = 1;
  add({{a, 1}, {b, 5}});
  add({{a, 7}, {b, 2}});
  add({{a, 3}});
  add({{b, 4}});
  add({});
  add({{a, 6}});
  add({});
  add({{b, 8}});
  add({{a, 9}, {b, 10}});
  add({});
  add({});
  graph.add_end({4, sim::End::violation, 1});
  graph.add_end({6, sim::End::rest, 0});
  graph.add_end({9, sim::End::violation, 1});
  graph.add_end({10, sim::End::rest, 0});
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(graph));
  const Schedule failing{{a, 0}, {b, 0}, {a, 0}, {b, 0}};
  const auto same = [](sim::StateId, Choice choice) { return std::uint64_t{choice.actor}; };
  const auto near = sim::nearest_pass(graph, order, sim::outlooks(graph, order, is_failure), passes,
                                      failing, same);
  REQUIRE(near);
  CHECK(near->first == 0);
  CHECK(near->second == 1);
  CHECK(near->outlook == Outlook::safe);
  CHECK(near->schedule == Schedule{{b, 0}, {a, 0}});
  // Were the first way not there, the other would do, and end as it can.
  const auto rest_only = [](const sim::EndState& end) { return end.state == 10; };
  const auto other = sim::nearest_pass(graph, order, sim::outlooks(graph, order, is_failure),
                                       rest_only, failing, same);
  REQUIRE(other);
  CHECK(other->first == 1);
  CHECK(other->outlook == Outlook::avoidable);
  CHECK(other->schedule == Schedule{{a, 0}, {a, 0}, {b, 0}, {b, 0}});
}

TEST_CASE("an exchange that makes another step of one is none") {
  // Thread 1 looks at x and then draws y, or, before thread 0 has set x, z. Drawing 1 for y
  // is wrong. With x = 1 moved behind it the same choice would draw z instead.
  using namespace textbook;
  const Model model = Model({Code{put(0, 1)}, Code{branch(0, 1, 1, 2), choose(1, 2), choose(2, 2)}})
                          .expecting(1, 0);
  const auto found = sim::explore(model);
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(found.graph));
  const Schedule failing{{0, 0}, {1, 0}, {1, 1}, {1, 0}};
  REQUIRE(sim::states_along(found.graph, failing).size() == failing.size() + 1);
  const auto outlooks = sim::outlooks(found.graph, order, is_failure);
  CHECK_FALSE(sim::nearest_pass(
      found.graph, order, outlooks, passes, failing, [&](sim::StateId state, Choice choice) {
        return std::uint64_t{choice.actor} << 8 | found.state(state).pc[choice.actor];
      }));
  // Who does not tell steps apart would take it.
  CHECK(sim::nearest_pass(found.graph, order, outlooks, passes, failing,
                          [](sim::StateId, Choice) { return 0; }));
}

TEST_CASE("the nearest exchange is that of the definition, and its schedule passes") {
  textbook::ProgramGenerator generator(11);
  unsigned found_some = 0;
  unsigned found_none = 0;
  unsigned several_move = 0;
  for (unsigned i = 0; i < 900; ++i) {
    const Model model = generator.next({.instructions = 8});
    const auto paths = marked::paths_of(model, 400);
    if (!paths) continue;
    const auto failing = std::find_if(paths->begin(), paths->end(), [](const marked::Path& path) {
      return path.judged.counts == sim::Counts::failing;
    });
    if (failing == paths->end()) continue;
    const marked::Graph graph(model);
    const sim::StateGraph& states = graph.search.graph;
    const auto identity = [&](sim::StateId state, Choice choice) {
      return std::uint64_t{choice.actor} << 8 | graph.search.state(state).pc[choice.actor];
    };
    const auto near =
        sim::nearest_pass(states, graph.order, sim::outlooks(states, graph.order, is_failure),
                          passes, failing->schedule, identity);
    const auto expected = nearest_move(model, failing->schedule);
    REQUIRE(near.has_value() == expected.has_value());
    ++(near ? found_some : found_none);
    if (!near) continue;
    CHECK(near->second - near->first == expected->distance);
    CHECK((near->outlook == Outlook::safe) == expected->safe);
    CHECK(is_safe_after(model, failing->schedule, near->first, near->second, near->first_moves) ==
          expected->safe);
    if (near->moving > 1) ++several_move;
    // It begins with the exchange, follows the failing one, and passes.
    Schedule begin = exchanged(failing->schedule, near->first, near->second, near->first_moves);
    begin.insert(begin.end(), failing->schedule.begin() + static_cast<long>(near->second) + 1,
                 failing->schedule.begin() + static_cast<long>(near->followed));
    REQUIRE(near->schedule.size() >= begin.size());
    CHECK(std::equal(begin.begin(), begin.end(), near->schedule.begin()));
    const auto path = std::find_if(paths->begin(), paths->end(), [&](const marked::Path& other) {
      return other.schedule == near->schedule;
    });
    REQUIRE(path != paths->end());
    CHECK(path->judged.counts == sim::Counts::passing);
  }
  CHECK(found_some > 15);
  CHECK(found_none > 15);
  CHECK(several_move > 0);
}
