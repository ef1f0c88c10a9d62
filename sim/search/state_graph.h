// SPDX-License-Identifier: MIT
//
// The graph that a search leaves behind: which state leads where by which choice.
//
// States are numbers here, in the order in which a breadth-first search first met them,
// 0 is the initial one; the state store has what they contain. Every question asked
// after the search (counts, probabilities, labels, counterexamples) is asked of this
// graph, by code that knows nothing of models and is therefore compiled once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/byte_stream.h"
#include "sim/model_concept.h"
#include "sim/search/huge_array.h"

namespace sim {

/// Number of a state in the order of discovery.
using StateId = std::uint32_t;
/// "No state": a successor that a bound kept out.
inline constexpr StateId no_state = 0xffff'ffff;
/// In place of the actor that ran last: "no actor ran last that is still enabled".
/// Another actor can take over from one that is not enabled at no cost, so that one is
/// forgotten.
inline constexpr unsigned nobody = ActorSet::capacity;
/// Most states that one search can hold.
inline constexpr std::uint64_t most_states = std::uint64_t{1} << 31;

/// A state in which runs end.
struct EndState {
  StateId state = 0;
  End end = End::rest;
  std::uint8_t detail = 0;  ///< the model's end_detail; 0 for rest
  friend bool operator==(const EndState&, const EndState&) = default;
};

/// The tests of ends that most questions use.
inline bool is_violation(const EndState& end) { return end.end == End::violation; }
inline bool is_rest(const EndState& end) { return end.end == End::rest; }

/// Edges by source in ascending order, those of one source in the order of
/// (actor, outcome). Built by the explorer; const members are thread-safe.
class StateGraph {
 public:
  explicit StateGraph(ActorSet environment = {}) : environment_(environment) {}

  /// States known, expanded or not.
  [[nodiscard]] StateId state_count() const { return state_count_; }
  /// States whose successors are known: those below this number.
  [[nodiscard]] StateId expanded() const { return static_cast<StateId>(first_edge_.size() - 1); }
  /// No state and no edge is missing.
  [[nodiscard]] bool complete() const { return expanded() == state_count_ && !truncated_; }
  [[nodiscard]] std::uint64_t edge_count() const { return targets_.size(); }

  /// Number of the first edge of a state. REQUIRES: state <= expanded().
  [[nodiscard]] std::uint64_t first_edge(StateId state) const { return first_edge_[state]; }
  /// Where the edges of a state lead: other states, or no_state for a state that a
  /// bound kept out. Empty if the state was not expanded.
  [[nodiscard]] std::span<const StateId> targets(StateId state) const {
    if (state >= expanded()) return {};
    return {targets_.data() + first_edge_[state], targets_.data() + first_edge_[state + 1]};
  }
  /// Their choices, in the same order.
  [[nodiscard]] std::span<const Choice> choices(StateId state) const {
    if (state >= expanded()) return {};
    return {choices_.data() + first_edge_[state], choices_.data() + first_edge_[state + 1]};
  }
  /// The position of that choice among a state's edges, from 0; nothing if it is not
  /// possible.
  [[nodiscard]] std::optional<std::size_t> edge_by(StateId state, Choice choice) const {
    const auto all = choices(state);
    const auto at = std::find(all.begin(), all.end(), choice);
    if (at == all.end()) return std::nullopt;
    return static_cast<std::size_t>(at - all.begin());
  }
  /// Where a choice leads; no_state if it is not possible.
  [[nodiscard]] StateId after(StateId state, Choice choice) const {
    const auto edge = edge_by(state, choice);
    return edge ? targets(state)[*edge] : no_state;
  }
  /// The actors that can take a step from a state and are not of the environment: to leave
  /// one of them there, for another one, is a preemption. Empty if the state was not expanded.
  [[nodiscard]] ActorSet kernel_actors(StateId state) const {
    ActorSet set;
    for (const Choice choice : choices(state)) set.insert(choice.actor);
    return set - environment_;
  }
  /// States in which runs end, ascending.
  [[nodiscard]] std::span<const EndState> ends() const { return ends_; }
  /// Actors whose steps are transparent to preemptions.
  [[nodiscard]] ActorSet environment() const { return environment_; }

  /// What the explorer does. Adding states is separate from adding edges because
  /// a state is known before it is expanded.
  void set_state_count(StateId count) { state_count_ = count; }
  void set_truncated() { truncated_ = true; }
  void add_end(EndState end) { ends_.push_back(end); }
  /// Adds the edges of the next state, which may have none.
  void add_edges(std::span<const StateId> targets, std::span<const Choice> choices) {
    targets_.append(targets);
    choices_.append(choices);
    first_edge_.push_back(targets_.size());
  }
  /// Writes all but the environment. REQUIRES: no bound kept anything out.
  void save(const ByteSink& sink) const;
  /// A graph that save() wrote, over so many states. Throws BadBytes, also if an edge
  /// leads to no state or has no actor, or ends are not in order.
  static StateGraph restored(ActorSet environment, StateId states, unsigned actors,
                             ByteReader& reader);

  /// Bytes held.
  [[nodiscard]] std::uint64_t memory() const {
    return first_edge_.memory() + targets_.memory() + choices_.memory() +
           ends_.capacity() * sizeof(EndState);
  }

 private:
  HugeArray<std::uint64_t> first_edge_{std::uint64_t{0}};
  HugeArray<StateId> targets_;
  HugeArray<Choice> choices_;
  std::vector<EndState> ends_;
  ActorSet environment_;
  StateId state_count_ = 0;
  bool truncated_ = false;
};

}  // namespace sim
