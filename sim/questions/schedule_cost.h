// SPDX-License-Identifier: MIT
//
// What a schedule costs: preemptions first, then steps.
//
// A failure is easier to understand if fewer contexts were interrupted on the way to
// it. One place decides what a preemption is, this one, by one rule (docs/semantics.md,
// "Preemption"): a step is a preemption only if the actor that ran last is still
// enabled and another one, not of the environment, takes the step.
#pragma once

#include <compare>
#include <optional>

#include "sim/model_concept.h"
#include "sim/schedule.h"
#include "sim/search/expansion.h"
#include "sim/search/state_graph.h"

namespace sim {

/// Costs compare by preemptions, then by steps.
struct Cost {
  unsigned preemptions = 0;
  unsigned steps = 0;
  friend auto operator<=>(const Cost&, const Cost&) = default;
};

/// The rule. `last` is always the actor that ran last and is still enabled, or
/// `nobody`.
class PreemptionRule {
 public:
  explicit PreemptionRule(ActorSet environment) : environment_(environment) {}

  /// REQUIRES: the choice is possible.
  [[nodiscard]] bool is_preemption(Choice choice, unsigned last) const {
    return last != nobody && choice.actor != last && !environment_.contains(choice.actor);
  }
  /// `last` after a step to a state in which `enabled` are enabled. Steps of the
  /// environment are transparent.
  [[nodiscard]] unsigned after(Choice choice, unsigned last, ActorSet enabled) const {
    if (!environment_.contains(choice.actor)) last = choice.actor;
    return enabled.contains(last) ? last : nobody;
  }
  /// The cost with one more step.
  [[nodiscard]] Cost plus(Cost cost, Choice choice, unsigned last) const {
    return {cost.preemptions + (is_preemption(choice, last) ? 1u : 0u), cost.steps + 1};
  }

 private:
  ActorSet environment_;
};

/// A run whose choices are given one by one and whose cost is counted. The model
/// must outlive it.
template <Model M>
class CountedRun {
 public:
  explicit CountedRun(const M& model)
      : expansion_(model, {}),
        rule_(model.environment()),
        state_(model.initial()),
        end_(expansion_.look(state_, enabled_)) {}

  /// How the run has ended, if it has.
  [[nodiscard]] const std::optional<EndState>& end() const { return end_; }
  [[nodiscard]] ActorSet enabled() const { return enabled_; }
  [[nodiscard]] OutcomeSet outcomes(ActorId actor) const {
    return expansion_.outcomes(state_, actor);
  }
  [[nodiscard]] bool is_possible(Choice choice) const {
    return enabled_.contains(choice.actor) && outcomes(choice.actor).contains(choice.outcome);
  }
  /// REQUIRES: is_possible(choice).
  void take(Choice choice) {
    cost_ = rule_.plus(cost_, choice, last_);
    expansion_.step(state_, choice);
    end_ = expansion_.look(state_, enabled_);
    last_ = rule_.after(choice, last_, enabled_);
  }
  [[nodiscard]] Cost cost() const { return cost_; }
  /// The actor that another one would preempt now, or `nobody`.
  [[nodiscard]] unsigned last() const { return last_; }

 private:
  Expansion<M> expansion_;
  PreemptionRule rule_;
  typename M::State state_;
  ActorSet enabled_;  // set by what sets end_, so before it
  std::optional<EndState> end_;
  unsigned last_ = nobody;
  Cost cost_;
};

/// The cost of a schedule. REQUIRES: its choices are possible one after the other.
template <Model M>
Cost cost_of(const M& model, const Schedule& schedule) {
  CountedRun<M> run(model);
  for (const Choice choice : schedule) run.take(choice);
  return run.cost();
}

}  // namespace sim
