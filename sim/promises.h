// SPDX-License-Identifier: MIT
//
// What a model promised and does not keep, noticed while it is driven.
//
// Whoever drives a model relies on model_concept.h. A promise that costs a comparison is
// checked wherever a model is driven, here, because a search of a model that breaks it
// would end with wrong counts and call them complete. sim/audit.h checks the others.
#pragma once

#include <stdexcept>
#include <string_view>

#include "sim/model_concept.h"

namespace sim {

/// A model that does not keep a promise; what() says which.
struct BrokenPromise : std::logic_error {
  using std::logic_error::logic_error;
};

namespace detail {

[[noreturn]] void too_many_actors(unsigned count);
[[noreturn]] void enabled_stranger(ActorSet strangers, unsigned count);
[[noreturn]] void no_outcomes(std::string_view actor);

}  // namespace detail

/// The actors of a model. Throws BrokenPromise if it has more than 32.
template <Model M>
ActorSet actors_of(const M& model) {
  const auto count = static_cast<unsigned>(model.actor_count());
  if (count > ActorSet::capacity) detail::too_many_actors(count);
  return ActorSet::from_bits(count == 0 ? 0 : ~0u >> (ActorSet::capacity - count));
}

// Asked before and after every step: a call would cost as much as the comparison.

/// What is enabled. Throws BrokenPromise if that is not one of `actors`, all there are.
template <Model M>
[[gnu::always_inline]] inline ActorSet enabled_of(const M& model, const typename M::State& state,
                                                  ActorSet actors) {
  const ActorSet enabled = model.enabled(state);
  if (!(enabled - actors).empty()) [[unlikely]] {
    detail::enabled_stranger(enabled - actors, actors.size());
  }
  return enabled;
}

/// The outcomes of an enabled actor's next step. Throws BrokenPromise if there are none.
template <Model M>
[[gnu::always_inline]] inline OutcomeSet outcomes_of(const M& model, const typename M::State& state,
                                                     ActorId actor) {
  const OutcomeSet outcomes = model.outcomes(state, actor);
  if (outcomes.empty()) [[unlikely]]
    detail::no_outcomes(model.actor_name(actor));
  return outcomes;
}

}  // namespace sim
