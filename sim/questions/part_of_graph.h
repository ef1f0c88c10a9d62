// SPDX-License-Identifier: MIT
//
// A part of a system's state graph, walked state by state.
//
// The explorer is made for graphs of many millions of states, all of them. This is for
// the few states that a person wants to look at: those near a given run, or those that
// partial order reduction leaves. Every edge is one step (the explorer takes forced
// steps without stopping), states are numbered in the order in which a plain queue
// meets them, and a step that leads out of the part leads to no_state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sim/schedule.h"
#include "sim/search/expansion.h"
#include "sim/search/state_graph.h"

namespace sim {

namespace detail {

struct BytesHash {
  template <class State>
  std::size_t operator()(const State& state) const {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(&state), sizeof(State)});
  }
};
struct BytesEqual {
  template <class State>
  bool operator()(const State& a, const State& b) const {
    return std::memcmp(&a, &b, sizeof(State)) == 0;
  }
};

/// Visits each choice that is to be made in a state, with the state it leads to. Returns how
/// runs end there, if they do.
template <Model M, class Visit>
std::optional<EndState> visit_successors(const Expansion<M>& expansion,
                                         const typename M::State& state, Visit visit) {
  const M& model = expansion.model();
  ActorSet enabled;
  const std::optional<EndState> end = expansion.look(state, enabled);
  NullSink sink;
  for (const unsigned a : enabled) {
    const auto actor = static_cast<ActorId>(a);
    for (const unsigned outcome : model.outcomes(state, actor)) {
      const Choice choice{actor, static_cast<Outcome>(outcome)};
      typename M::State successor = state;
      model.step(successor, choice, sink);
      visit(choice, successor);
    }
  }
  return end;
}

}  // namespace detail

template <Model M>
using StateSet = std::unordered_set<typename M::State, detail::BytesHash, detail::BytesEqual>;

/// States by number, and what connects them.
template <Model M>
struct PartOfGraph {
  std::vector<typename M::State> states;
  StateGraph graph;
};

/// The states that can be reached from the initial state through states that are
/// `is_part`, by the steps that the expansion takes, one at a time. Nothing if there
/// are more than `most` states. REQUIRES: the initial state is part of it; no symmetry
/// reduction.
template <Model M, class IsPart>
std::optional<PartOfGraph<M>> part_of_graph(const Expansion<M>& expansion, IsPart is_part,
                                            StateId most) {
  using State = typename M::State;
  const M& model = expansion.model();
  PartOfGraph<M> part{{model.initial()}, StateGraph(model.environment())};
  std::unordered_map<State, StateId, detail::BytesHash, detail::BytesEqual> known{
      {part.states.front(), 0}};
  for (StateId id = 0; id < part.states.size(); ++id) {
    std::vector<StateId> targets;
    std::vector<Choice> choices;
    const State state = part.states[id];
    auto end = detail::visit_successors(expansion, state, [&](Choice choice, const State& next) {
      StateId target = no_state;
      if (is_part(next)) {
        const auto [at, is_new] = known.try_emplace(next, static_cast<StateId>(part.states.size()));
        if (is_new) part.states.push_back(next);
        target = at->second;
      } else {
        part.graph.set_truncated();
      }
      targets.push_back(target);
      choices.push_back(choice);
    });
    if (end) {
      end->state = id;
      part.graph.add_end(*end);
    }
    part.graph.add_edges(targets, choices);
    if (part.states.size() > most) return std::nullopt;
  }
  part.graph.set_state_count(static_cast<StateId>(part.states.size()));
  return part;
}

/// The states at most `radius` steps away from a run: those that the run passes
/// through, and those that can be reached from them in so many steps. Nothing if there
/// are more than `most`.
template <Model M>
std::optional<StateSet<M>> near_run(const M& model, const Schedule& schedule, unsigned radius,
                                    StateId most) {
  StateSet<M> near;
  NullSink sink;
  std::vector<typename M::State> rim{model.initial()};
  for (const Choice choice : schedule) {
    rim.push_back(rim.back());
    model.step(rim.back(), choice, sink);
  }
  near.insert(rim.begin(), rim.end());
  const Expansion<M> expansion(model, {});
  for (unsigned r = 0; r < radius; ++r) {
    std::vector<typename M::State> next;
    for (const auto& state : rim) {
      (void)detail::visit_successors(expansion, state, [&](Choice, const auto& successor) {
        if (near.insert(successor).second) next.push_back(successor);
      });
      if (near.size() > most) return std::nullopt;
    }
    rim = std::move(next);
  }
  return near;
}

}  // namespace sim
