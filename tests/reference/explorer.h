// SPDX-License-Identifier: MIT
//
// The slow, obvious explorer that fast ones are held against.
//
// Breadth-first over all states of a model, an ordinary std::unordered_map of
// whole states compared byte by byte, one parent per state. No hashing tricks, no
// reductions, no threads: what it answers can be checked by reading it. Because
// it goes breadth first, the schedule it returns for a state is a shortest one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

#include "sim/model_concept.h"
#include "sim/schedule.h"

namespace reference {

/// What a search has seen. `states` and `transitions` cover everything reachable,
/// whatever the ends are; a state that stopped (violation, cut) has no successors.
template <sim::Model M>
struct Exploration {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::array<std::uint64_t, 4> ends{};     ///< states that end a run, by sim::End
  std::optional<sim::Schedule> schedule;   ///< to the first state that was looked for
  std::optional<typename M::State> found;  ///< that state
  [[nodiscard]] std::uint64_t ending_in(sim::End end) const {
    return ends.at(static_cast<std::size_t>(end));
  }
};

template <class State>
std::string_view bytes_of(const State& state) {
  return {reinterpret_cast<const char*>(&state), sizeof state};
}

/// Visits every reachable state of `model`. `wanted(state)` says which state to
/// return a shortest schedule to. Throws std::length_error beyond `max_states`.
template <sim::Model M, class Predicate>
Exploration<M> explore(const M& model, Predicate wanted, std::uint64_t max_states = 4'000'000,
                       bool stops_when_found = false) {
  using State = typename M::State;
  struct Hash {
    std::size_t operator()(const State& s) const {
      return std::hash<std::string_view>{}(bytes_of(s));
    }
  };
  struct Equal {
    bool operator()(const State& a, const State& b) const { return bytes_of(a) == bytes_of(b); }
  };
  struct Origin {
    const State* parent = nullptr;
    sim::Choice choice{};
  };

  Exploration<M> result;
  std::unordered_map<State, Origin, Hash, Equal> visited;  // its nodes never move
  std::deque<const State*> frontier;
  const auto visit = [&](const State& state, Origin origin) {
    const auto [at, is_new] = visited.try_emplace(state, origin);
    if (!is_new) return;
    if (visited.size() > max_states) throw std::length_error("reference explorer: too many states");
    frontier.push_back(&at->first);
    if (result.schedule || !wanted(state)) return;
    result.found = state;
    result.schedule.emplace();
    for (const Origin* o = &at->second; o->parent != nullptr; o = &visited.at(*o->parent)) {
      result.schedule->insert(result.schedule->begin(), o->choice);
    }
  };

  visit(model.initial(), {});
  while (!frontier.empty() && !(stops_when_found && result.schedule)) {
    const State& state = *frontier.front();
    frontier.pop_front();
    std::optional<sim::End> end = model.stopped(state);
    const sim::ActorSet enabled = end ? sim::ActorSet{} : model.enabled(state);
    if (!end && enabled.empty()) end = model.end_when_blocked(state);
    if (end) ++result.ends.at(static_cast<std::size_t>(*end));
    for (const unsigned actor : enabled) {
      for (const unsigned outcome : model.outcomes(state, static_cast<sim::ActorId>(actor))) {
        const sim::Choice choice{static_cast<sim::ActorId>(actor),
                                 static_cast<sim::Outcome>(outcome)};
        State successor = state;
        sim::NullSink sink;
        model.step(successor, choice, sink);
        ++result.transitions;
        visit(successor, {&state, choice});
      }
    }
  }
  result.states = visited.size();
  return result;
}

/// The same, only until the first such state: nothing but its schedule is complete.
template <sim::Model M, class Predicate>
Exploration<M> explore_until(const M& model, Predicate wanted, std::uint64_t max_states) {
  return explore(model, wanted, max_states, true);
}

/// The same without looking for a state.
template <sim::Model M>
Exploration<M> explore(const M& model) {
  return explore(model, [](const typename M::State&) { return false; });
}

}  // namespace reference
