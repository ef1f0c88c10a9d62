// SPDX-License-Identifier: MIT
//
// What follows a state, under the reductions in force.
//
// The explorer, and other code that walks the same states again, must agree on which
// choices are taken and how successors are renamed.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>

#include "sim/model_concept.h"
#include "sim/promises.h"
#include "sim/schedule.h"
#include "sim/search/partial_order.h"
#include "sim/search/state_graph.h"

namespace sim {

/// Reductions, off unless asked for.
struct Reductions {
  bool symmetry = false;       ///< one state for all that differ in names; a SymmetricModel
  bool partial_order = false;  ///< see partial_order.h; a FootprintModel
};

/// A model with reductions. The model must outlive it. Thread-safe. Members throw
/// BrokenPromise where the model breaks a promise that they check.
template <Model M>
class Expansion {
 public:
  using State = typename M::State;

  /// Throws std::invalid_argument for a reduction that the model cannot have.
  Expansion(const M& model, Reductions reductions)
      : model_(model), actors_(actors_of(model)), reductions_(reductions) {
    if (reductions.symmetry && !SymmetricModel<M>) {
      throw std::invalid_argument("symmetry: the model has no canonical(state)");
    }
    if (reductions.partial_order && !FootprintModel<M>) {
      throw std::invalid_argument("partial order: the model has no footprints");
    }
  }

  [[nodiscard]] const M& model() const { return model_; }

  [[nodiscard]] State initial() const {
    State state = model_.initial();
    rename(state);
    return state;
  }

  /// How runs end in this state, if they do; `enabled` is set to the actors whose
  /// steps are to be taken, none where runs end.
  [[nodiscard]] std::optional<EndState> look(const State& state, ActorSet& enabled) const {
    std::optional<End> end = model_.stopped(state);
    enabled = end ? ActorSet{} : enabled_of(model_, state, actors_);
    if (!end && enabled.empty()) end = model_.end_when_blocked(state);
    if (end) {
      const bool has_detail = *end == End::violation || *end == End::cut;
      return EndState{0, *end, has_detail ? model_.end_detail(state) : std::uint8_t{0}};
    }
    if (reductions_.partial_order) enabled = sufficient_actors(model_, state, enabled);
    return std::nullopt;
  }

  /// The outcomes of the next step of an actor that is enabled, at least one.
  [[nodiscard]] OutcomeSet outcomes(const State& state, ActorId actor) const {
    return outcomes_of(model_, state, actor);
  }

  /// Takes a step in `state` and, under partial order reduction, those that are
  /// forced after it; `taken` is told of every choice.
  template <class Taken>
  void step(State& state, Choice choice, Taken taken) const {
    // A path that is forced for ever is a cycle; a state is stored now and then, so that
    // the cycle is found.
    constexpr unsigned most_forced = 1000;
    NullSink sink;
    for (unsigned forced = 0;; ++forced) {
      model_.step(state, choice, sink);
      taken(choice);
      if (!reductions_.partial_order || forced == most_forced) break;
      ActorSet enabled;
      if (look(state, enabled) || enabled.size() != 1) break;
      choice.actor = static_cast<ActorId>(enabled.first());
      const OutcomeSet all = outcomes(state, choice.actor);
      if (all.size() != 1) break;
      choice.outcome = static_cast<Outcome>(all.first());
    }
    rename(state);
  }
  void step(State& state, Choice choice) const {
    step(state, choice, [](Choice) {});
  }

  /// All choices of a run that makes those of `schedule` and the forced ones.
  [[nodiscard]] Schedule with_forced_steps(const Schedule& schedule) const {
    Schedule all;
    State state = initial();
    for (const Choice choice : schedule) {
      step(state, choice, [&all](Choice taken) { all.push_back(taken); });
    }
    return all;
  }

 private:
  void rename(State& state) const {
    if constexpr (SymmetricModel<M>) {
      if (reductions_.symmetry) model_.canonical(state);
    }
  }

  const M& model_;
  ActorSet actors_;
  Reductions reductions_;
};

}  // namespace sim
