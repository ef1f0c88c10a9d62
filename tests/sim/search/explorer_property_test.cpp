// SPDX-License-Identifier: MIT
//
// The engine against slow, obvious code, on hundreds of random programs.
//
// The reference explorer keeps whole states in a map and goes through a queue; the
// path walk recognises no state at all. What the engine says about a program has
// to be the same, whatever the number of threads and the size of a round, and what
// a reduction promises to keep has to be kept.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "sim/questions/counterexample.h"
#include "sim/questions/interleavings.h"
#include "sim/questions/outlook.h"
#include "sim/questions/probability.h"
#include "sim/questions/topological_order.h"
#include "sim/search/explorer.h"
#include "tests/reference/explorer.h"
#include "tests/reference/paths.h"
#include "tests/sim/models/random_models.h"

using sim::End;
using sim::StateId;
using textbook::ProgramGenerator;
using textbook::RandomProgram;
using Renamed = textbook::RenamedCells<RandomProgram>;

namespace {

static_assert(sim::FootprintModel<RandomProgram>);
static_assert(sim::FootprintModel<Renamed> && sim::SymmetricModel<Renamed>);
static_assert(std::has_unique_object_representations_v<RandomProgram::State>);
static_assert(std::has_unique_object_representations_v<Renamed::State>);

constexpr std::uint64_t programs = 300;
constexpr std::uint64_t max_paths = 1'000'000;

template <class State>
std::string bytes(const State& state) {
  return std::string(reference::bytes_of(state));
}

/// All states in the order in which a queue meets them.
template <class M>
std::vector<typename M::State> reference_states(const M& model) {
  std::vector<typename M::State> states;
  (void)reference::explore(model, [&](const typename M::State& s) {
    states.push_back(s);
    return false;
  });
  return states;
}

/// How a run ends in a state, if it does.
template <class M>
std::optional<reference::Ending> ending(const M& model, const typename M::State& s) {
  std::optional<End> end = model.stopped(s);
  if (!end && model.enabled(s).empty()) end = model.end_when_blocked(s);
  if (!end) return std::nullopt;
  return reference::Ending{*end, *end == End::rest ? 0 : model.end_detail(s)};
}

/// The states after a step of an actor, one for each outcome.
template <class M>
std::vector<typename M::State> successors(const M& model, const typename M::State& s,
                                          sim::ActorId actor) {
  std::vector<typename M::State> result;
  for (const unsigned outcome : model.outcomes(s, actor)) {
    result.push_back(s);
    sim::NullSink sink;
    model.step(result.back(), {actor, static_cast<sim::Outcome>(outcome)}, sink);
  }
  return result;
}

using EndStates = std::set<std::pair<reference::Ending, std::string>>;
using Endings = std::set<reference::Ending>;

template <class M>
EndStates end_states(const sim::Exploration<M>& found) {
  EndStates result;
  for (const auto& end : found.graph.ends()) {
    result.insert({{end.end, end.detail}, bytes(found.state(end.state))});
  }
  return result;
}

Endings endings(const EndStates& states) {
  Endings result;
  for (const auto& [how, state] : states) result.insert(how);
  return result;
}

/// Rest and deadlock: what partial order keeps state by state.
EndStates blocked(const EndStates& states) {
  EndStates result;
  for (const auto& end : states) {
    const auto [how, detail] = end.first;
    if (how == End::rest || (how == End::violation && detail < 4)) result.insert(end);
  }
  return result;
}

/// Everything in `found` that can be seen is as it must be.
template <class M>
void check_graph(const M& model, const sim::Exploration<M>& found) {
  const auto states = reference_states(model);
  REQUIRE(found.state_count() == states.size());
  REQUIRE(found.graph.complete());
  std::vector<sim::EndState> ends;
  std::uint64_t edges = 0;
  bool as_it_must_be = true;
  std::vector<unsigned> depth(states.size(), ~0u);
  depth[0] = 0;
  for (StateId id = 0; id < states.size(); ++id) {
    as_it_must_be &= bytes(found.state(id)) == bytes(states[id]);
    const auto how = ending(model, states[id]);
    if (how) ends.push_back({id, how->first, how->second});
    std::size_t i = 0;
    const auto targets = found.graph.targets(id);
    for (const unsigned actor : how ? sim::ActorSet{} : model.enabled(states[id])) {
      const auto outcomes = model.outcomes(states[id], static_cast<sim::ActorId>(actor));
      for (const unsigned outcome : outcomes) {
        const sim::Choice choice{static_cast<sim::ActorId>(actor),
                                 static_cast<sim::Outcome>(outcome)};
        auto successor = states[id];
        sim::NullSink sink;
        model.step(successor, choice, sink);
        REQUIRE(i < targets.size());
        as_it_must_be &= found.graph.choices(id)[i] == choice;
        as_it_must_be &= bytes(states.at(targets[i])) == bytes(successor);
        depth[targets[i]] = std::min(depth[targets[i]], depth[id] + 1);
        ++i;
      }
    }
    edges += i;
    as_it_must_be &= i == targets.size();
  }
  CHECK(as_it_must_be);
  CHECK(found.transitions == edges);
  CHECK(found.graph.edge_count() == edges);
  CHECK(std::equal(ends.begin(), ends.end(), found.graph.ends().begin(), found.graph.ends().end()));
  std::vector<StateId> levels;
  for (StateId id = 0; id < states.size(); ++id) {
    if (depth[id] == levels.size()) levels.push_back(id);
  }
  CHECK(found.levels == levels);
}

/// Same numbers, same edges, same ends.
template <class M>
void check_same(const sim::Exploration<M>& a, const sim::Exploration<M>& b) {
  REQUIRE(a.state_count() == b.state_count());
  CHECK(a.levels == b.levels);
  CHECK(a.transitions == b.transitions);
  REQUIRE(a.graph.expanded() == b.graph.expanded());
  bool same = std::ranges::equal(a.graph.ends(), b.graph.ends());
  for (StateId id = 0; id < a.state_count(); ++id) {
    same &= bytes(a.state(id)) == bytes(b.state(id));
    if (id >= a.graph.expanded()) continue;
    same &= std::ranges::equal(a.graph.targets(id), b.graph.targets(id));
    same &= std::ranges::equal(a.graph.choices(id), b.graph.choices(id));
  }
  CHECK(same);
}

/// Its edges are there, and the last one closes it.
void check_cycle(const sim::StateGraph& graph, const sim::Cycle& cycle) {
  REQUIRE(!cycle.states.empty());
  REQUIRE(cycle.states.size() == cycle.choices.size());
  for (std::size_t i = 0; i < cycle.states.size(); ++i) {
    const auto choices = graph.choices(cycle.states[i]);
    const auto at = std::ranges::find(choices, cycle.choices[i]);
    REQUIRE(at != choices.end());
    const StateId target =
        graph.targets(cycle.states[i])[static_cast<std::size_t>(at - choices.begin())];
    CHECK(target == cycle.states[(i + 1) % cycle.states.size()]);
  }
}

/// Every state is there once, before those that its edges lead to.
void check_order(const sim::StateGraph& graph, const sim::TopologicalOrder& order) {
  REQUIRE(order.size() == graph.state_count());
  std::vector<std::size_t> place(order.size(), order.size());
  for (std::size_t i = 0; i < order.size(); ++i) place.at(order[i]) = i;
  CHECK(std::ranges::find(place, order.size()) == place.end());
  bool before = true;
  for (StateId from = 0; from < graph.state_count(); ++from) {
    for (const StateId to : graph.targets(from)) before &= place[from] < place[to];
  }
  CHECK(before);
}

using Counts = std::map<reference::Ending, std::vector<sim::BigInt>>;

bool violates(const sim::EndState& end) { return end.end == End::violation; }

/// Interleavings by how they end and by exact number of preemptions.
Counts interleavings(const sim::StateGraph& graph, const sim::TopologicalOrder& order) {
  Counts result;
  sim::count_interleavings(graph, order, true, [&](const auto& end, const auto& counts) {
    auto& sum = result[{end.end, end.detail}];
    if (sum.size() < counts.size()) sum.resize(counts.size());
    for (std::size_t k = 0; k < counts.size(); ++k) sum[k] += counts[k];
  });
  for (auto& [ending, counts] : result) {
    while (!counts.empty() && counts.back() == 0) counts.pop_back();
  }
  return result;
}

template <class M>
Counts interleavings(const reference::PathWalk<M>& walk) {
  Counts result;
  for (const auto& [ending, paths] : walk.endings()) {
    result[ending].assign(paths.by_preemptions.begin(), paths.by_preemptions.end());
  }
  return result;
}

/// All that is said about interleavings is what walking them one by one finds.
template <class M>
void check_paths(const sim::StateGraph& graph, const reference::PathWalk<M>& walk) {
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(graph));
  const Counts counts = interleavings(graph, order);
  CHECK(counts == interleavings(walk));
  sim::BigInt all = 0;
  for (const auto& [ending, by_preemptions] : counts) {
    for (const auto& count : by_preemptions) all += count;
  }
  sim::BigInt unsplit = 0;
  sim::count_interleavings(graph, order, false, [&](const auto&, const auto& total) {
    REQUIRE(total.size() == 1);
    unsplit += total[0];
  });
  CHECK(unsplit == all);

  const reference::Rational exact = walk.probability(End::violation);
  CHECK(sim::failure_fraction(graph, order, violates, 4096) == exact);
  const sim::Probability bounded = sim::failure_probability(graph, order, violates);
  const reference::Rational one = sim::BigInt(1) << sim::probability_bits;
  const sim::BigInt low(bounded.low);
  CHECK(low <= exact * one);
  CHECK(exact * one <= low + bounded.width);

  const auto path = sim::best_path(graph, order, sim::Best::fewest_preemptions, violates);
  REQUIRE(path.has_value() == walk.best().has_value());
  if (path) {
    CHECK(path->preemptions == walk.best()->preemptions);
    CHECK(path->schedule == walk.best()->schedule);
  }
}

/// The choices after which nothing but failure was possible.
template <class M>
void check_blame(const sim::StateGraph& graph, const reference::BlameWalk<M>& walk) {
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(graph));
  const auto number = [](unsigned actor, unsigned outcome) { return actor * 32 + outcome + 1; };
  const auto name = [&](StateId, sim::Choice c) { return number(c.actor, c.outcome); };
  const auto outlooks = sim::outlooks(graph, order, violates);
  std::map<std::pair<std::uint8_t, std::uint32_t>, sim::BigInt> found;
  for (const auto& blame : sim::blame(graph, order, outlooks, violates, name)) {
    found[{blame.end.detail, blame.step}] = blame.count;
  }
  std::map<std::pair<std::uint8_t, std::uint32_t>, sim::BigInt> expected;
  for (const auto& [key, count] : walk.blames()) {
    const auto& [detail, choice] = key;
    expected[{detail, choice ? number(choice->first, choice->second) : 0}] = count;
  }
  CHECK(found == expected);
}

}  // namespace

TEST_CASE("random programs: states, numbers, edges, ends and levels", "[threads]") {
  std::map<End, unsigned> seen;
  for (std::uint64_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next();
    const auto found = sim::explore(program);
    check_graph(program, found);
    for (const auto& how : endings(end_states(found))) ++seen[how.first];
  }
  // They are not all of a kind.
  CHECK(seen[End::rest] > programs / 4);
  CHECK(seen[End::violation] > programs / 4);
  CHECK(seen[End::cut] > programs / 20);
}

TEST_CASE("random programs with loops: the same, and a cycle is found exactly if there is one",
          "[threads]") {
  unsigned cyclic = 0;
  for (std::uint64_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next({.loops = true});
    const auto found = sim::explore(program);
    check_graph(program, found);
    const auto order = sim::topological_order(found.graph);
    if (const auto* cycle = std::get_if<sim::Cycle>(&order)) {
      ++cyclic;
      check_cycle(found.graph, *cycle);
    } else {
      check_order(found.graph, std::get<sim::TopologicalOrder>(order));
    }
  }
  CHECK(cyclic > programs / 4);
  CHECK(cyclic < programs * 3 / 4);
}

TEST_CASE("random programs: neither threads nor the size of a round make a difference",
          "[threads]") {
  for (std::uint64_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next({.loops = seed % 2 == 0});
    const auto found = sim::explore(program);
    for (const unsigned jobs : {1u, 2u, 3u}) {
      if (jobs > 1 && seed % 10 != 0) continue;  // barriers take their time
      CAPTURE(jobs);
      check_same(found, sim::explore(program, {.jobs = jobs, .chunk_states = 1, .chunks = 1}));
      check_same(found, sim::explore(program, {.jobs = jobs, .chunk_states = 3, .chunks = 2}));
      check_same(found, sim::explore(program, {.jobs = jobs, .chunk_states = 1, .chunks = 64}));
      check_same(found, sim::explore(program, {.jobs = jobs, .chunk_states = 4096, .chunks = 4}));
    }
  }
}

TEST_CASE("random programs: a bound on states cuts in the same place with any number of threads",
          "[threads]") {
  for (std::uint64_t seed = 1; seed <= programs; seed += 10) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next();
    sim::ExploreOptions options{.chunk_states = 2, .chunks = 3};
    options.max_states = sim::explore(program).state_count() / 2 + 1;
    const auto cut = sim::explore(program, options);
    CHECK(cut.state_count() == options.max_states);
    CHECK_FALSE(cut.graph.complete());
    CHECK(cut.bound == sim::Bound::states);
    for (options.jobs = 2; options.jobs <= 3; ++options.jobs) {
      check_same(cut, sim::explore(program, options));
    }
  }
}

TEST_CASE("random programs: interleavings, preemptions, probabilities, the best path",
          "[threads]") {
  std::uint64_t most = 0;
  for (std::uint64_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next();
    const reference::PathWalk walk(program, max_paths);
    REQUIRE(walk.complete());
    check_paths(sim::explore(program).graph, walk);
    check_blame(sim::explore(program).graph, reference::BlameWalk(program));
    const Renamed renamed(program);
    check_paths(sim::explore(renamed).graph, walk);
    check_paths(sim::explore(renamed, {.reductions = {.symmetry = true}}).graph, walk);
    for (const auto& [ending, paths] : walk.endings()) {
      most = std::max<std::uint64_t>(most, paths.by_preemptions.size());
    }
  }
  CHECK(most >= 6);
}

TEST_CASE("who fell asleep is not preempted when the environment wakes it up", "[threads]") {
  // t0 takes the lock twice. Only the environment, t2, can give it back; then t1
  // may get it before t0 does, which leaves nobody: t0 was asleep. That is a path
  // to the failed check without a preemption; the shorter one has one, as there t1
  // takes the lock before t0 does.
  using namespace textbook;
  constexpr unsigned mutex = 0, state = 1;
  const RandomProgram program = RandomProgram({{put(state, 2), lock(mutex), lock(mutex)},
                                               {lock(mutex), check(state, 0)},
                                               {unlock(mutex)}})
                                    .with_environment(sim::ActorSet::of(2));
  const auto found = sim::explore(program);
  const auto order = std::get<sim::TopologicalOrder>(sim::topological_order(found.graph));
  const auto failed_check = [](const sim::EndState& end) { return end.detail == 5; };
  const auto path = sim::best_path(found.graph, order, sim::Best::fewest_preemptions, failed_check);
  REQUIRE(path);
  CHECK(path->preemptions == 0);
  CHECK(path->schedule == sim::Schedule{{0, 0}, {0, 0}, {2, 0}, {1, 0}, {1, 0}});
  const auto shortest = sim::best_path(found.graph, order, sim::Best::fewest_steps, failed_check);
  REQUIRE(shortest);
  CHECK(shortest->preemptions == 1);
  CHECK(shortest->schedule == sim::Schedule{{0, 0}, {1, 0}, {1, 0}});
  check_paths(found.graph, reference::PathWalk(program, max_paths));
}

TEST_CASE("random programs: symmetry leaves the program without names", "[threads]") {
  std::uint64_t with_names = 0;
  std::uint64_t without = 0;
  for (std::uint64_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next({.loops = seed % 2 == 0});
    const Renamed renamed(program);
    const auto full = sim::explore(renamed);
    check_graph(renamed, full);
    const auto reduced = sim::explore(renamed, {.reductions = {.symmetry = true}});
    const auto found = sim::explore(program);
    REQUIRE(reduced.state_count() == found.state_count());
    bool same = std::ranges::equal(reduced.graph.ends(), found.graph.ends());
    for (StateId id = 0; id < found.state_count(); ++id) {
      same &= bytes(Renamed::plain(reduced.state(id))) == bytes(found.state(id));
      same &= std::ranges::equal(reduced.graph.targets(id), found.graph.targets(id));
      same &= std::ranges::equal(reduced.graph.choices(id), found.graph.choices(id));
    }
    CHECK(same);
    with_names += full.state_count();
    without += reduced.state_count();
  }
  CHECK(without * 3 < with_names * 2);  // else this would show little
}

TEST_CASE("random programs: footprints tell the truth", "[threads]") {
  // What partial order relies on: steps that do not conflict commute, and nobody
  // ever accesses more than was announced.
  std::uint64_t commuting = 0;
  for (std::uint64_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next();
    bool true_to_word = true;
    for (const auto& s : reference_states(program)) {
      if (ending(program, s)) continue;
      for (const unsigned first : program.enabled(s)) {
        const auto a = static_cast<sim::ActorId>(first);
        const sim::Footprint future = program.future(s, {}, a);
        const auto after_a = successors(program, s, a);
        true_to_word &= (future | program.footprint(s, a)) == future;
        for (const auto& next : after_a) {
          true_to_word &= (future | program.future(next, {}, a)) == future;
          true_to_word &= program.may_stop(s, a) || program.enabled(next).contains(a);
          true_to_word &= program.may_stop(s, a) || !program.stopped(next);
        }
        for (const unsigned second : program.enabled(s)) {
          const auto b = static_cast<sim::ActorId>(second);
          if (a >= b || conflict(program.footprint(s, a), program.footprint(s, b))) continue;
          ++commuting;
          std::multiset<std::string> ab;
          std::multiset<std::string> ba;
          for (const auto& next : after_a) {
            true_to_word &= program.enabled(next).contains(b);
            for (const auto& end : successors(program, next, b)) ab.insert(bytes(end));
          }
          for (const auto& next : successors(program, s, b)) {
            for (const auto& end : successors(program, next, a)) ba.insert(bytes(end));
          }
          // Of two that stop the run the last one is remembered.
          true_to_word &= ab == ba || (program.may_stop(s, a) && program.may_stop(s, b));
        }
      }
    }
    CHECK(true_to_word);
  }
  CHECK(commuting > 50 * programs);
}

TEST_CASE("random programs: partial order keeps ends", "[threads]") {
  std::uint64_t full_states = 0;
  std::uint64_t reduced_states = 0;
  for (std::uint64_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const RandomProgram program = ProgramGenerator(seed).next({.variables = 6, .instructions = 14});
    const auto full = sim::explore(program);
    const auto reduced = sim::explore(program, {.reductions = {.partial_order = true}});
    CHECK(endings(end_states(reduced)) == endings(end_states(full)));
    CHECK(blocked(end_states(reduced)) == blocked(end_states(full)));
    full_states += full.state_count();
    reduced_states += reduced.state_count();

    // Both reductions together, where overwriting two variables commutes but for names.
    const auto both =
        sim::explore(Renamed(program), {.reductions = {.symmetry = true, .partial_order = true}});
    REQUIRE(both.state_count() == reduced.state_count());
    CHECK(std::ranges::equal(both.graph.ends(), reduced.graph.ends()));
  }
  CHECK(reduced_states * 10 < full_states * 9);  // else this would show little
}
