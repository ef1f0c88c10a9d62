// SPDX-License-Identifier: MIT
//
// The explorer: every reachable state of a model, once.
//
// Breadth first from the initial state, in rounds (round.h). States are packed
// (bit_packing.h) and stored whole (state_store.h), so that "exhausted" rests on
// comparison, not on hashes. States are numbered in the order in which a plain queue
// would meet them, for any number of threads. The edges are kept on request
// (state_graph.h) for the questions that come after the search.
//
// Two reductions, off unless asked for: symmetry stores one state for all that
// differ in names only (SymmetricModel), partial order expands a single actor
// where the others' steps can wait (partial_order.h).
//
// Between two rounds a search consists only of what it has found. It can be written
// down there (saved_search.h), and another process can continue with the next round.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sim/limits.h"
#include "sim/random.h"
#include "sim/search/bit_packing.h"
#include "sim/search/crew.h"
#include "sim/search/expansion.h"
#include "sim/search/round.h"
#include "sim/search/state_graph.h"
#include "sim/search/state_store.h"
#include "sim/uniform_outcome.h"

namespace sim {

/// How to search.
struct ExploreOptions {
  unsigned jobs = 1;       ///< threads, at least 1; the result does not depend on it
  bool keep_graph = true;  ///< keep the edges, which most questions need
  Reductions reductions{};
  StateId max_states = static_cast<StateId>(most_states);  ///< ends a search deterministically
  std::uint64_t max_memory = std::numeric_limits<std::uint64_t>::max();  ///< bytes, of all arrays
  unsigned chunk_states = 512;  ///< states expanded in one piece of work, at least 1
  unsigned chunks = 16;         ///< pieces per round, at least 1; times that at most most_states
};

/// A search as seen from outside while it runs.
struct Progress {
  StateId states = 0;
  StateId expanded = 0;
  std::uint64_t transitions = 0;
  std::uint64_t memory = 0;
  unsigned depth = 0;  ///< of the states being expanded
};

/// Asked after every round whether to continue; a bound other than none ends the
/// search. Called by the searching thread only. A monitor that has `keep(exploration)`
/// receives what was found after every round that no bound ended.
struct NullMonitor {
  /// Continues.
  Bound operator()(const Progress&) const { return Bound::none; }
};

/// What a search has found.
template <Model M>
struct Exploration {
  BitPacking packing;
  StateStore store;
  StateGraph graph;               ///< edges only if they were to be kept
  std::vector<StateId> levels{};  ///< number of the first state of each depth
  StateId level_end = 0;          ///< the states of the last of these depths are below this number
  StateId expanded = 0;           ///< the states below this number: all their steps were taken
  std::uint64_t transitions = 0;  ///< steps taken
  std::uint64_t memory = 0;       ///< bytes, the most that was held at a time
  Bound bound = Bound::none;

  [[nodiscard]] StateId state_count() const { return store.size(); }
  /// The length of the longest of all shortest paths, in steps that the search took.
  [[nodiscard]] unsigned depth() const { return static_cast<unsigned>(levels.size()) - 1; }
  /// A state by number. Thread-safe.
  [[nodiscard]] typename M::State state(StateId id) const {
    Padded<typename M::State> padded;
    packing.unpack(store.packed(id), padded.bytes());
    return padded.state;
  }
};

namespace detail {

/// The options that a search uses. Throws std::invalid_argument for those that none can.
inline ExploreOptions checked(ExploreOptions options) {
  const auto at_least_1 = [](unsigned value, const char* name) {
    if (value == 0) throw std::invalid_argument(std::string(name) + " is 0; expected at least 1");
  };
  at_least_1(options.jobs, "jobs");
  at_least_1(options.chunk_states, "chunk_states");
  at_least_1(options.chunks, "chunks");
  at_least_1(options.max_states, "max_states");
  if (std::uint64_t{options.chunk_states} * options.chunks > most_states) {
    throw std::invalid_argument("chunk_states times chunks is more than " +
                                std::to_string(most_states));
  }
  options.max_states = std::min(options.max_states, static_cast<StateId>(most_states));
  return options;
}

template <Model M, class Monitor>
class Explorer {
  using State = typename M::State;

 public:
  Explorer(const M& model, const ExploreOptions& options, Monitor& monitor,
           std::optional<Exploration<M>> begun)
      : expansion_(model, options.reductions),
        options_(checked(options)),
        monitor_(monitor),
        crew_(options.jobs),
        found_(begun ? std::move(*begun) : only_initial()) {
    if (options.reductions.partial_order && !options.keep_graph && !AcyclicModel<M>) {
      throw std::invalid_argument(
          "partial order without the graph: a cycle could hide violations, and would not be "
          "noticed; keep the graph, or let the model say that it is acyclic");
    }
  }

  Exploration<M> run() {
    while (found_.bound == Bound::none && found_.expanded < found_.store.size()) {
      one_round();
      if constexpr (requires { monitor_.keep(found_); }) {
        if (found_.bound == Bound::none) monitor_.keep(found_);
      }
    }
    found_.graph.set_state_count(found_.store.size());
    return std::move(found_);
  }

 private:
  [[nodiscard]] Padded<State> initial() const {
    Padded<State> padded;
    padded.state = expansion_.initial();
    return padded;
  }

  [[nodiscard]] BitPacking first_packing() const {
    const Padded<State> start = initial();
    BitPacking packing({start.bytes(), sizeof start});
    observe_runs(packing, start, 0, 10'000);
    packing.extend();
    return packing;
  }

  /// Random runs from a state teach the packing bits that it is going to need. This
  /// only saves time: what they miss is learned when it occurs.
  void observe_runs(BitPacking& packing, const Padded<State>& start, std::uint64_t seed,
                    unsigned steps) const {
    const Expansion<M> every_step(expansion_.model(), {options_.reductions.symmetry, false});
    Random random(seed);
    Padded<State> now = start;
    for (; steps > 0; --steps) {
      packing.observe(now.bytes());
      ActorSet enabled;
      if (every_step.look(now.state, enabled)) {
        now.state = start.state;
        continue;
      }
      const auto actor = static_cast<ActorId>(enabled.at(random.below(enabled.size())));
      const OutcomeSet outcomes = every_step.outcomes(now.state, actor);
      every_step.step(now.state, {actor, uniform_outcome(random, outcomes)});
    }
  }

  [[nodiscard]] Exploration<M> only_initial() const {
    const Padded<State> start = initial();
    Exploration<M> found{first_packing(), StateStore(1),
                         StateGraph(expansion_.model().environment())};
    found.store = StateStore(found.packing.packed_words());
    std::vector<std::uint64_t> packed(found.packing.packed_words());
    (void)found.packing.pack(start.bytes(), packed.data());
    found.store.add(packed.data());
    found.levels.push_back(0);
    found.level_end = 1;
    return found;
  }

  void one_round() {
    const unsigned per_round = options_.chunk_states * options_.chunks;
    const StateId first = found_.expanded;
    const auto last = static_cast<StateId>(
        std::min<std::uint64_t>(std::uint64_t{first} + per_round, found_.level_end));
    const unsigned used = (last - first + options_.chunk_states - 1) / options_.chunk_states;
    Round& round = round_of(found_.packing.packed_words());
    strange_.assign(used, {});
    crew_.share_out(used, [&](unsigned c) {
      const StateId from = first + c * options_.chunk_states;
      expand(round.chunk(c), from, std::min(last, from + options_.chunk_states), strange_[c]);
    });
    if (learned()) return;  // and the round is made again
    for (unsigned c = 0; c < used; ++c) {
      found_.transitions += round.chunk(c).edge_count();
      for (const EndState& end : round.chunk(c).ends()) found_.graph.add_end(end);
    }
    if (!round.settle(used, found_.store, options_.max_states,
                      options_.keep_graph ? &found_.graph : nullptr, crew_)) {
      found_.graph.set_truncated();
      found_.bound = Bound::states;
    }
    found_.expanded = last;
    if (last == found_.level_end && found_.store.size() > found_.level_end) {
      found_.levels.push_back(found_.level_end);
      found_.level_end = found_.store.size();
    }
    look_around(round);
  }

  Round& round_of(unsigned words) {
    if (round_.empty() || round_words_ != words) {
      round_.clear();
      round_.emplace_back(words, options_.chunks);
      round_words_ = words;
    }
    return round_.front();
  }

  void look_around(const Round& round) {
    const std::uint64_t memory = found_.store.memory() + found_.graph.memory() + round.memory();
    found_.memory = std::max(found_.memory, memory);
    if (found_.bound != Bound::none) return;
    if (found_.expanded == found_.store.size()) return;
    // The index may double in the next round, a shard at a time.
    if (memory + found_.store.index_memory() > options_.max_memory) {
      found_.bound = Bound::memory;
      return;
    }
    found_.bound = monitor_(Progress{found_.store.size(), found_.expanded, found_.transitions,
                                     memory, static_cast<unsigned>(found_.levels.size()) - 1});
  }

  void expand(Chunk& chunk, StateId first, StateId last, std::vector<Padded<State>>& strange) {
    chunk.clear();
    Padded<State> source;
    Padded<State> successor;
    for (StateId id = first; id < last; ++id) {
      const std::uint64_t* source_packed = found_.store.packed(id);
      found_.packing.unpack(source_packed, source.bytes());
      ActorSet enabled;
      if (std::optional<EndState> end = expansion_.look(source.state, enabled)) {
        end->state = id;
        chunk.add_end(*end);
      }
      for (const unsigned a : enabled) {
        const auto actor = static_cast<ActorId>(a);
        for (const unsigned outcome : expansion_.outcomes(source.state, actor)) {
          const Choice choice{actor, static_cast<Outcome>(outcome)};
          successor.copy(source);
          expansion_.step(successor.state, choice);
          std::uint64_t* packed = chunk.begin_edge(choice);
          if (!found_.packing.repack(source.bytes(), source_packed, successor.bytes(), packed)) {
            strange.push_back(successor);
          }
          chunk.end_edge();
        }
      }
      chunk.end_source();
    }
  }

  /// Some states were not covered by the packing: widens it. If packed states become
  /// longer, all are stored anew.
  bool learned() {
    BitPacking wider = found_.packing;
    bool any = false;
    for (const auto& states : strange_) {
      for (const Padded<State>& state : states) {
        any = true;
        wider.observe(state.bytes());
      }
    }
    if (!any) return false;
    // To look ahead from there costs no more than the round that is made again.
    for (const auto& states : strange_) {
      if (!states.empty()) observe_runs(wider, states.front(), found_.store.size(), 10'000);
    }
    wider.extend();
    const unsigned words = wider.packed_words();
    // For a while there may be two stores.
    const std::uint64_t memory = 2 * found_.store.memory() + found_.graph.memory();
    if (words != found_.store.words() && memory > options_.max_memory) {
      found_.bound = Bound::memory;
      return true;
    }
    found_.packing = std::move(wider);
    if (words == found_.store.words()) return true;
    found_.memory = std::max(found_.memory, memory);
    StateStore store(words);
    std::vector<std::uint64_t> packed(words);
    for (StateId id = 0; id < found_.store.size(); ++id) {
      std::copy_n(found_.store.packed(id), found_.store.words(), packed.begin());
      store.add(packed.data());
    }
    found_.store = std::move(store);
    return true;
  }

  Expansion<M> expansion_;
  ExploreOptions options_;
  Monitor& monitor_;
  Crew crew_;
  Exploration<M> found_;
  std::vector<Round> round_;  // at most one; made anew when packed states change size
  unsigned round_words_ = 0;
  std::vector<std::vector<Padded<State>>> strange_;
};

}  // namespace detail

/// Searches all states of `model` that can be reached. `monitor` is asked after every
/// round whether to continue. `begun`, if given, is the search to continue: one between
/// two rounds, REQUIRES of the same model with the same options but for jobs and
/// max_memory. Throws std::invalid_argument for options that are no options, for a
/// reduction that the model cannot have, and for partial order without the graph, unless
/// the model is an AcyclicModel; BrokenPromise; std::length_error if a round is too large;
/// std::bad_alloc; and what the model throws.
/// Partial order has shown nothing if the graph has a cycle (topological_order.h).
template <Model M, class Monitor>
Exploration<M> explore(const M& model, const ExploreOptions& options, Monitor monitor,
                       std::optional<Exploration<M>> begun = std::nullopt) {
  return detail::Explorer<M, Monitor>(model, options, monitor, std::move(begun)).run();
}
template <Model M>
Exploration<M> explore(const M& model, const ExploreOptions& options = {}) {
  return explore(model, options, NullMonitor{});
}

}  // namespace sim
