// SPDX-License-Identifier: MIT
//
// Replay: the strategy that has no freedom.
//
// It makes the choices of a schedule and nothing else. Where a choice is not
// possible the schedule does not belong to this model, scenario or policy, and
// the replay stops at the first such step instead of guessing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include "sim/schedule.h"

namespace sim {

/// The schedule asks for a step that is not possible. The caller knows the names, so it
/// writes the message.
struct ScheduleMismatch : std::exception {
  std::size_t step = 0;  ///< index of the choice that does not fit, from 0
  Choice wanted;         ///< what the schedule asks for
  ActorSet enabled;      ///< the actors that could take a step, or
  OutcomeSet outcomes;   ///< if the actor could: the outcomes it has
  [[nodiscard]] const char* what() const noexcept override {
    return "the schedule asks for a step that is not possible";
  }
};

/// Makes the choices of a schedule, which must outlive it. Ask it for no more
/// choices than the schedule has: limit the run to schedule.size() steps.
/// Throws ScheduleMismatch. One object per run.
class ReplayStrategy {
 public:
  explicit ReplayStrategy(const Schedule& schedule) : schedule_(schedule) {}

  ActorId pick_actor(ActorSet enabled) {
    if (!enabled.contains(wanted().actor)) reject(enabled, {});
    return wanted().actor;
  }
  Outcome pick_outcome(ActorId actor, OutcomeSet outcomes) {
    if (!outcomes.contains(wanted().outcome)) reject(ActorSet::of(actor), outcomes);
    return schedule_[next_++].outcome;
  }

 private:
  [[nodiscard]] const Choice& wanted() const { return schedule_.at(next_); }
  [[noreturn]] void reject(ActorSet enabled, OutcomeSet outcomes) const {
    ScheduleMismatch mismatch;
    mismatch.step = next_;
    mismatch.wanted = wanted();
    mismatch.enabled = enabled;
    mismatch.outcomes = outcomes;
    throw mismatch;
  }

  const Schedule& schedule_;
  std::size_t next_ = 0;
};

}  // namespace sim
