// SPDX-License-Identifier: MIT
//
// The cheapest failure, found without exploring everything.
//
// best_path() finds the canonical counterexample in a complete graph. Here a search in
// order of cost finds the same one: a failure with one preemption needs only states
// that can be reached with at most one, and of those only states that are no farther
// than the failure. A node is a state and the actor that would be preempted if another
// one ran next, because that decides what the rest costs. States that differ only in
// names are one node: renaming preserves choices.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

#include "sim/questions/cheapest_paths.h"
#include "sim/questions/outlook.h"
#include "sim/questions/schedule_cost.h"
#include "sim/search/explorer.h"

namespace sim {

/// How far to search.
struct CheapestOptions {
  /// What a failure may cost: what a known one does, or anything.
  Cost most{std::numeric_limits<unsigned>::max(), std::numeric_limits<unsigned>::max()};
  StateId max_nodes = static_cast<StateId>(most_states);
  std::uint64_t max_memory = std::numeric_limits<std::uint64_t>::max();  ///< bytes
};

/// What was found.
struct CheapestFailure {
  /// The canonical one, if no bound ended the search; else the best one that was found,
  /// if any. Nothing if no failure costs at most what the options say.
  std::optional<Schedule> schedule;
  Cost at_least;  ///< every failure costs that or more
  StateId nodes = 0;
  std::uint64_t memory = 0;  ///< bytes, the most that was held at a time
  Bound bound = Bound::none;
};

namespace detail {

/// A state and the actor that another one would preempt there.
template <class State>
struct CostNode {
  Padded<State> state;
  std::array<std::uint64_t, Padded<State>::alignment> last{nobody};  // the others are zero

  [[nodiscard]] unsigned char* bytes() { return reinterpret_cast<unsigned char*>(this); }
};

template <Model M, class Monitor>
class CheapestSearch {
  using Node = CostNode<typename M::State>;
  static_assert(sizeof(Node) == sizeof(Node::state) + sizeof(Node::last), "no padding");

 public:
  CheapestSearch(const M& model, const EndTest& wanted, const CheapestOptions& options,
                 Monitor& monitor)
      : expansion_(model, {SymmetricModel<M>, false}),
        rule_(model.environment()),
        wanted_(wanted),
        options_(options),
        monitor_(monitor) {}

  CheapestFailure run() {
    Node node;
    node.state.state = expansion_.initial();
    ActorSet enabled;
    if (const auto end = expansion_.look(node.state.state, enabled)) {
      if (wanted_(*end)) found_.schedule.emplace();
      return std::move(found_);
    }
    CheapestPaths paths({node.bytes(), sizeof node}, options_.most, options_.max_memory);
    try {
      while (paths.next()) {
        if (paths.expanded() % 1024 == 0) look_around(paths);
        paths.get(node.bytes());
        expand(paths, node);
        if (paths.nodes() > options_.max_nodes) throw Stopped{Bound::states};
      }
      found_.at_least = paths.most();
    } catch (const Stopped& stopped) {
      found_.bound = stopped.bound;
      found_.at_least = {paths.cost().preemptions, paths.cost().steps + 1};
    }
    if (paths.has_goal()) found_.schedule = paths.goal();
    found_.nodes = paths.nodes();
    found_.memory = std::max(found_.memory, paths.memory());
    return std::move(found_);
  }

 private:
  void expand(CheapestPaths& paths, Node& node) {
    const auto last = static_cast<unsigned>(node.last[0]);
    Node successor;
    ActorSet enabled;
    (void)expansion_.look(node.state.state, enabled);
    for (const unsigned a : enabled) {
      const auto actor = static_cast<ActorId>(a);
      for (const unsigned outcome : expansion_.outcomes(node.state.state, actor)) {
        const Choice choice{actor, static_cast<Outcome>(outcome)};
        const Cost cost = rule_.plus(paths.cost(), choice, last);
        if (paths.most() < cost) continue;
        successor.state.copy(node.state);
        expansion_.step(successor.state.state, choice);
        ActorSet enabled_there;
        if (const auto end = expansion_.look(successor.state.state, enabled_there)) {
          if (wanted_(*end)) paths.arrive_at_goal(choice, cost);
          continue;
        }
        successor.last[0] = rule_.after(choice, last, enabled_there);
        paths.arrive(node.bytes(), successor.bytes(), choice, cost);
      }
    }
  }

  void look_around(const CheapestPaths& paths) {
    const std::uint64_t memory = paths.memory();
    found_.memory = std::max(found_.memory, memory);
    if (memory + paths.soon_needed() > options_.max_memory) throw Stopped{Bound::memory};
    const Bound bound =
        monitor_(Progress{paths.nodes(), paths.expanded(), 0, memory, paths.cost().steps});
    if (bound != Bound::none) throw Stopped{bound};
  }

  Expansion<M> expansion_;
  PreemptionRule rule_;
  const EndTest& wanted_;
  CheapestOptions options_;
  Monitor& monitor_;
  CheapestFailure found_;
};

}  // namespace detail

/// The schedule to an end that is `wanted` with the fewest preemptions, of those with
/// the fewest steps, of those with the least choices in order of (actor, outcome).
/// `monitor` is asked regularly whether to continue. Deterministic; also where
/// `max_nodes` ends it. Throws std::bad_alloc, and what the model throws.
template <Model M, class Monitor>
CheapestFailure cheapest_failure(const M& model, const EndTest& wanted,
                                 const CheapestOptions& options, Monitor monitor) {
  return detail::CheapestSearch<M, Monitor>(model, wanted, options, monitor).run();
}
template <Model M>
CheapestFailure cheapest_failure(const M& model, const EndTest& wanted,
                                 const CheapestOptions& options) {
  return cheapest_failure(model, wanted, options, NullMonitor{});
}

}  // namespace sim
