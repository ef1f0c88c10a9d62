// SPDX-License-Identifier: MIT
//
// Least costs backwards, least choices forwards.
#include "sim/questions/counterexample.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "sim/questions/schedule_cost.h"

namespace sim {
namespace {

/// Preemptions in the upper half, steps in the lower one: ordered as wanted.
using PackedCost = std::uint64_t;
constexpr PackedCost preemption = PackedCost{1} << 32;
constexpr PackedCost one_step = 1;
constexpr PackedCost never = std::numeric_limits<PackedCost>::max();

class LeastCosts {
 public:
  LeastCosts(const StateGraph& graph, const TopologicalOrder& order, Best best,
             const EndTest& is_wanted, const Limits& limits)
      : graph_(graph),
        rule_(graph.environment()),
        by_preemptions_(best == Best::fewest_preemptions) {
    limits.check(graph.state_count() * sizeof(ActorSet) + slot_count() * sizeof(PackedCost));
    kernel_.resize(graph.state_count());
    if (by_preemptions_) {
      for (StateId s = 0; s < graph.expanded(); ++s) kernel_[s] = graph.kernel_actors(s);
    }
    costs_.assign(slot_count(), never);
    for (const EndState& end : graph.ends()) {
      if (is_wanted(end)) costs_[slot(end.state, nobody)] = 0;
    }
    for (std::size_t i = order.size(); i-- > 0;) {
      if (i % 65536 == 0) limits.check(0);
      compute(order[i]);
    }
  }

  [[nodiscard]] PackedCost cost(StateId state, unsigned last) const {
    return costs_[slot(state, last)];
  }

  /// What a failure costs at least from here if the edge is taken.
  [[nodiscard]] PackedCost cost_by(StateId target, Choice choice, unsigned last) const {
    if (target == no_state) return never;
    const PackedCost rest = cost(target, after(choice, last, target));
    if (rest == never) return never;
    return rest + one_step + (rule_.is_preemption(choice, last) ? preemption : 0);
  }

  /// The actor that ran last after a step, if it is still enabled.
  [[nodiscard]] unsigned after(Choice choice, unsigned last, StateId target) const {
    return rule_.after(choice, last, kernel_[target]);
  }

 private:
  // A state has a slot for "no actor ran last that is still enabled" and one for each
  // kernel actor that can be that actor: no more of them than it has edges.
  [[nodiscard]] std::uint64_t slot_count() const {
    return graph_.state_count() + (by_preemptions_ ? graph_.edge_count() : 0);
  }
  [[nodiscard]] std::uint64_t slot(StateId state, unsigned last) const {
    if (!by_preemptions_) return state;
    const StateId row = std::min(state, graph_.expanded());
    const std::uint64_t first = graph_.first_edge(row) + state;
    if (!kernel_[state].contains(last)) return first;
    const std::uint32_t below = kernel_[state].bits() & ((1u << last) - 1);
    return first + 1 + static_cast<unsigned>(std::popcount(below));
  }

  void compute(StateId state) {
    const auto targets = graph_.targets(state);
    if (targets.empty()) return;
    const auto least = [&](unsigned last) {
      PackedCost result = never;
      for (std::size_t i = 0; i < targets.size(); ++i) {
        result = std::min(result, cost_by(targets[i], graph_.choices(state)[i], last));
      }
      return result;
    };
    costs_[slot(state, nobody)] = least(nobody);
    for (const unsigned last : kernel_[state]) costs_[slot(state, last)] = least(last);
  }

  const StateGraph& graph_;
  PreemptionRule rule_;
  bool by_preemptions_;
  std::vector<ActorSet> kernel_;  // the enabled ones; empty if preemptions do not count
  std::vector<PackedCost> costs_;
};

}  // namespace

std::optional<Path> best_path(const StateGraph& graph, const TopologicalOrder& order, Best best,
                              const EndTest& is_wanted, const Limits& limits) {
  const LeastCosts costs(graph, order, best, is_wanted, limits);
  StateId state = 0;
  unsigned last = nobody;
  if (costs.cost(state, last) == never) return std::nullopt;
  Path path;
  path.states.push_back(state);
  while (costs.cost(state, last) != 0) {
    const auto targets = graph.targets(state);
    std::size_t i = 0;  // edges are in the order of (actor, outcome)
    while (costs.cost_by(targets[i], graph.choices(state)[i], last) != costs.cost(state, last)) {
      ++i;
    }
    const Choice choice = graph.choices(state)[i];
    state = targets[i];
    last = costs.after(choice, last, state);
    path.schedule.push_back(choice);
    path.states.push_back(state);
  }
  path.preemptions = preemptions_of(graph, path);
  return path;
}

unsigned preemptions_of(const StateGraph& graph, const Path& path) {
  const PreemptionRule rule(graph.environment());
  unsigned count = 0;
  unsigned last = nobody;
  for (std::size_t i = 0; i < path.schedule.size(); ++i) {
    const Choice choice = path.schedule[i];
    if (rule.is_preemption(choice, last)) ++count;
    last = rule.after(choice, last, graph.kernel_actors(path.states[i + 1]));
  }
  return count;
}

}  // namespace sim
