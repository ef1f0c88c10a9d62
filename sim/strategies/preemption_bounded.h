// SPDX-License-Identifier: MIT
//
// Preemption bounding: a random walk that seldom takes the processor away.
//
// Musuvathi, Qadeer: "Iterative context bounding for systematic testing of
// multithreaded programs", PLDI 2007: most bugs show with very few preemptions, which
// are switches from an actor that is still enabled; a switch from one that is not
// enabled is free. Here the actor that ran last continues as long as it is enabled, and
// only then the next one is drawn; but at each of N random steps another one takes
// over. docs/semantics.md defines a preemption; a run never has more than N. Thomson,
// Donaldson, Betts, "Concurrency testing using controlled schedulers: an empirical
// study", ACM TOPC 2016, compare such bounds with PCT and random choice.
//
// Deviations from the paper:
// - It enumerates all executions with 0, 1, 2, ... preemptions; this draws some
//   with at most N, all of which it may draw if the step bound holds.
// - Steps of the environment cost nothing. One that is possible is as likely as
//   to continue with the same actor, and so is each other one.
// - A preemption does not take place at a step where the actor that ran last is not
//   enabled, or where no other one could take over.
// - An *optional* actor, whose step need not happen at all, has a random time of
//   arrival (arrivals.h) and then runs at once; from then on it is like any other.
// - Outcomes, which the paper does not have, are uniform.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/model_concept.h"
#include "sim/random.h"
#include "sim/strategies/arrivals.h"
#include "sim/uniform_outcome.h"

namespace sim {

/// Random walk with at most so many preemptions. One object per run.
class PreemptionBoundedStrategy {
 public:
  static constexpr unsigned most_preemptions = 16;

  /// `environment` are the actors whose steps are transparent to preemptions,
  /// `optional` those whose steps need not happen; `step_bound` the number of steps
  /// a run is expected not to exceed.
  /// REQUIRES: preemptions <= most_preemptions, step_bound >= 1.
  PreemptionBoundedStrategy(std::uint64_t seed, ActorSet environment, ActorSet optional,
                            unsigned step_bound, unsigned preemptions)
      : random_(seed), environment_(environment), points_(preemptions) {
    for (unsigned i = 0; i < points_; ++i) at_[i] = random_.below(step_bound);
    arrivals_ = Arrivals(random_, optional, step_bound);
  }

  ActorId pick_actor(ActorSet enabled) {
    if (!enabled.contains(running_)) running_ = nobody;
    const ActorSet candidates = candidates_among(enabled);
    ++step_;
    const auto actor = candidates.at(random_.below(candidates.size()));
    striking_.erase(actor);
    if (!environment_.contains(actor)) running_ = actor;
    return static_cast<ActorId>(actor);
  }
  Outcome pick_outcome(ActorId /*actor*/, OutcomeSet outcomes) {
    return uniform_outcome(random_, outcomes);
  }

 private:
  static constexpr unsigned nobody = ActorSet::capacity;

  ActorSet candidates_among(ActorSet enabled) {
    const ActorSet present =
        arrivals_.present(enabled, step_, [this](unsigned who) { striking_.insert(who); });
    if (const ActorSet first = present & striking_; !first.empty()) return first;
    if (running_ == nobody) return present;
    const ActorSet others = present - environment_ - ActorSet::of(running_);
    if (!others.empty() && preempted_now()) return others;
    return present - others;
  }
  [[nodiscard]] bool preempted_now() const {
    return std::find(at_.begin(), at_.begin() + points_, step_) != at_.begin() + points_;
  }

  Random random_;
  ActorSet environment_;
  unsigned points_;
  std::array<std::uint32_t, most_preemptions> at_;  // steps before which to preempt
  std::uint32_t step_ = 0;
  unsigned running_ = nobody;  // not of the environment, and still enabled
  Arrivals arrivals_;
  ActorSet striking_;  // optional ones that have come and not yet taken a step
};

}  // namespace sim
