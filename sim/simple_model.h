// SPDX-License-Identifier: MIT
//
// What most models would say alike, so that a model need only say what it is about.
//
// A model derives from SimpleModel and adds its State, initial(), enabled(), step() and
// end_when_blocked(), which has no default: only the model knows whether it is done where
// nothing is enabled, or deadlocked. Whatever else it declares hides the default.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/model_concept.h"

namespace sim {

/// Defaults for a model of so many actors, called a, b, c: no environment and nothing
/// optional, steps with one outcome, runs that are never stopped, violations with detail 1.
template <unsigned actors>
struct SimpleModel {
  static_assert(actors <= ActorSet::capacity, "there can be 32 actors");

  struct Event {};
  static unsigned actor_count() { return actors; }
  static ActorSet optional_actors() { return {}; }
  static ActorSet environment() { return {}; }
  template <class State>
  static OutcomeSet outcomes(const State&, ActorId) {
    return OutcomeSet::of(0);
  }
  template <class State>
  static std::optional<End> stopped(const State&) {
    return std::nullopt;
  }
  template <class State>
  static std::uint8_t end_detail(const State&) {
    return 1;
  }
  template <class State>
  static std::uint8_t step_id(const State&, ActorId) {
    return 0;
  }
  /// "a" to "z", then "a26".
  static std::string actor_name(ActorId actor) {
    return actor < 26 ? std::string(1, static_cast<char>('a' + actor))
                      : "a" + std::to_string(actor);
  }
  /// Nothing for outcome 0, "1" and so on for the others.
  static std::string outcome_name(ActorId, Outcome outcome) {
    return outcome == 0 ? "" : std::to_string(outcome);
  }
};

}  // namespace sim
