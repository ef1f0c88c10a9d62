// SPDX-License-Identifier: MIT
//
// One run: from the initial state to an end, a strategy choosing every step.
//
// `Run` is the part that both drivers share: what is enabled, asking the strategy,
// taking the step, the fingerprint, noticing the end. Driving it directly is a loop of
// two lines (run_directly, below); strand_scheduler.h drives the same object from
// Boost.Asio strands. A run reports what it does to an observer, so a run without one
// costs nothing but its steps.
#pragma once

#include <cassert>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include "sim/fingerprint.h"
#include "sim/model_concept.h"
#include "sim/promises.h"
#include "sim/run_result.h"

namespace sim {

/// An observer that ignores everything. Observers are also the model's event sink.
struct NullObserver : NullSink {
  /// Called before each step with the state and the choice it is about to take.
  template <class M>
  void before_step(const M&, const typename M::State&, Choice) {}
};

/// A strategy. `pick_actor(enabled)` is one of `enabled`, of which there is at least one;
/// `pick_outcome(actor, outcomes)`, asked next, one of the outcomes of the actor picked.
template <class Strategy>
concept Chooser = requires(Strategy& strategy, ActorSet enabled, ActorId actor,
                           OutcomeSet outcomes) {
  { strategy.pick_actor(enabled) } -> std::same_as<ActorId>;
  { strategy.pick_outcome(actor, outcomes) } -> std::same_as<Outcome>;
};

/// A strategy that looks at states before it is asked: `see(model, state, enabled)` is
/// called once with every state from which the run continues.
template <class Strategy, class M>
concept Onlooker = requires(Strategy& strategy, const M& model, const typename M::State& state,
                            ActorSet enabled) {
  strategy.see(model, state, enabled);
};

/// A run in progress. Model, strategy and observer must outlive it. Not thread-safe.
/// Members throw BrokenPromise where the model breaks a promise that they check.
template <Model M, Chooser Strategy, class Observer>
class Run {
 public:
  Run(const M& model, Strategy& strategy, std::uint64_t max_steps, Observer& observer)
      : model_(model),
        actors_(actors_of(model)),
        strategy_(strategy),
        observer_(observer),
        max_steps_(max_steps),
        state_(model.initial()) {
    look();
  }

  [[nodiscard]] bool over() const { return end_.has_value(); }
  /// The actors that can take a step now. Empty once the run is over.
  [[nodiscard]] ActorSet enabled() const { return enabled_; }

  /// Asks the strategy for the next choice among `offered`.
  /// REQUIRES: !over(), offered not empty and a subset of enabled().
  [[nodiscard]] Choice choose(ActorSet offered) {
    Choice choice;
    choice.actor = strategy_.pick_actor(offered);
    choice.outcome =
        strategy_.pick_outcome(choice.actor, outcomes_of(model_, state_, choice.actor));
    return choice;
  }

  /// Takes a step. REQUIRES: !over() and the choice is possible.
  void take(Choice choice) {
    assert(model_.outcomes(state_, choice.actor).contains(choice.outcome));
    fingerprint_.add(std::uint64_t{choice.actor} << 16 | std::uint64_t{choice.outcome} << 8 |
                     model_.step_id(state_, choice.actor));
    observer_.before_step(model_, state_, choice);
    model_.step(state_, choice, observer_);
    ++steps_;
    look();
  }

  /// REQUIRES: over().
  [[nodiscard]] RunResult<M> result() const {
    Fingerprint all = fingerprint_;
    all.add_bytes({reinterpret_cast<const unsigned char*>(&state_), bytes_that_count()});
    all.add(static_cast<std::uint64_t>(*end_));
    return {*end_, steps_, all.value(), state_};
  }

 private:
  static_assert(std::has_unique_object_representations_v<typename M::State>,
                "equal states must have equal bytes");

  // A model whose states have grown at their end may leave that end out of fingerprints
  // where it is not in use, so that they stay what they were.
  [[nodiscard]] std::size_t bytes_that_count() const {
    if constexpr (requires { model_.fingerprint_size(state_); }) {
      return model_.fingerprint_size(state_);
    } else {
      return sizeof state_;
    }
  }

  // Finds out what is possible in the state just reached.
  void look() {
    enabled_ = {};
    if ((end_ = model_.stopped(state_))) return;
    const ActorSet enabled = enabled_of(model_, state_, actors_);
    if (enabled.empty()) {
      end_ = model_.end_when_blocked(state_);
    } else if (steps_ == max_steps_) {
      end_ = End::step_limit;
    } else {
      enabled_ = enabled;
      if constexpr (Onlooker<Strategy, M>) strategy_.see(model_, state_, enabled_);
    }
  }

  const M& model_;
  ActorSet actors_;
  Strategy& strategy_;
  Observer& observer_;
  std::uint64_t max_steps_;
  typename M::State state_;
  ActorSet enabled_;
  std::optional<End> end_;
  std::uint64_t steps_ = 0;
  Fingerprint fingerprint_;
};

/// Runs to the end by calling step() in a loop: the fast driver.
/// Throws what the strategy throws.
template <Model M, Chooser Strategy, class Observer>
RunResult<M> run_directly(const M& model, Strategy& strategy, std::uint64_t max_steps,
                          Observer& observer) {
  Run run(model, strategy, max_steps, observer);
  while (!run.over()) run.take(run.choose(run.enabled()));
  return run.result();
}

}  // namespace sim
