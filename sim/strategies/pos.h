// SPDX-License-Identifier: MIT
//
// POS: partial order sampling.
//
// Yuan, Yang, Gu: "Partial order aware concurrency sampling", CAV 2018. Every pending
// step has a random priority, drawn when it becomes pending, and the enabled step of
// highest priority runs. Once it has run, new priorities are drawn for the steps that
// were in a race with it: enabled at the same time, of another actor, with an access
// that conflicts. So every race is decided afresh, while steps that do not matter to
// each other waste no chances on their order.
//
// Deviations from the paper:
// - A race is sim::conflict of what two steps declare to touch, locks and "being
//   enabled" included. In a model that declares nothing every two steps conflict,
//   which leaves the uniform random walk.
// - An actor that is not enabled has no pending step: it draws when it is enabled.
// - An *optional* actor, whose step need not happen at all, has a random time of
//   arrival (arrivals.h), runs at once when it has come, and has priorities like
//   all others from its second step on. With priorities from the start it comes too
//   early: on scenarios/upstream-report.json before the fix 25 of 1,000,000 runs
//   failed instead of 1,160.
// - Outcomes, which the paper does not have, are uniform.
#pragma once

#include <array>
#include <cstdint>

#include "sim/model_concept.h"
#include "sim/random.h"
#include "sim/strategies/arrivals.h"
#include "sim/uniform_outcome.h"

namespace sim {

/// Random priorities of steps, drawn anew after each conflict. One object per run.
class PosStrategy {
 public:
  /// `optional` are the actors whose steps need not happen; `step_bound` the number
  /// of steps a run is expected not to exceed. REQUIRES: step_bound >= 1.
  PosStrategy(std::uint64_t seed, ActorSet optional, unsigned step_bound)
      : random_(seed), arrivals_(random_, optional, step_bound) {}

  /// Draws the priorities that are missing and learns what the steps touch.
  template <Model M>
  void see(const M& model, const typename M::State& state, ActorSet enabled) {
    for (const unsigned actor : enabled) {
      if (!pending_.contains(actor)) priority_[actor] = random_.next();
      touches_[actor] = touched_by(model, state, static_cast<ActorId>(actor));
    }
    pending_ = enabled;
  }

  ActorId pick_actor(ActorSet enabled) {
    enabled = arrivals_.present(enabled, step_++, [this](unsigned who) { striking_.insert(who); });
    const ActorSet first = enabled & striking_;
    const unsigned next = highest(first.empty() ? enabled : first);
    striking_.erase(next);
    forget_races_with(next);
    return static_cast<ActorId>(next);
  }
  Outcome pick_outcome(ActorId /*actor*/, OutcomeSet outcomes) {
    return uniform_outcome(random_, outcomes);
  }

 private:
  template <Model M>
  static Footprint touched_by(const M& model, const typename M::State& state, ActorId actor) {
    if constexpr (FootprintModel<M>) return model.footprint(state, actor);
    constexpr std::uint64_t everything = ~std::uint64_t{0};
    return {everything, everything};
  }
  [[nodiscard]] unsigned highest(ActorSet actors) const {
    unsigned best = actors.first();
    for (const unsigned actor : actors) {
      if (priority_[actor] > priority_[best]) best = actor;
    }
    return best;
  }
  void forget_races_with(unsigned next) {
    pending_.erase(next);
    for (const unsigned other : pending_) {
      if (conflict(touches_[next], touches_[other])) pending_.erase(other);
    }
  }

  Random random_;
  Arrivals arrivals_;
  std::uint32_t step_ = 0;
  ActorSet striking_;  // optional ones that have come and not yet taken a step
  ActorSet pending_;   // those that have a priority
  std::array<std::uint64_t, SmallSet::capacity> priority_;
  std::array<Footprint, SmallSet::capacity> touches_;
};

}  // namespace sim
