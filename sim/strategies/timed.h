// SPDX-License-Identifier: MIT
//
// Timed: the strategy that does not choose, but waits.
//
// Discrete-event simulation in virtual time: an actor that can take a step takes it
// when that step's latency is over, and the earliest step is the next one. A latency is
// drawn when the step becomes possible: when the actor has taken its previous one, or
// when another actor has woken it. The pending step of an actor that is no longer
// enabled is dropped. An actor whose step turns into another one, because another actor
// has changed the state, draws anew. Actors do not wait for each other's processors:
// there are as many as there are actors. The seed breaks ties.
//
// Outcomes do not depend on time; they are uniform, as with the other strategies.
// Whatever the latencies are, a run is one of the model's interleavings: they only say
// which are likely.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "sim/distribution.h"
#include "sim/model_concept.h"
#include "sim/random.h"
#include "sim/uniform_outcome.h"

namespace sim {

/// The earliest step is the next one. One object per run.
class TimedStrategy {
 public:
  /// `latencies` is the table that the model's latency() refers to; it must outlive
  /// the strategy.
  TimedStrategy(std::uint64_t seed, std::span<const Distribution> latencies)
      : random_(seed), latencies_(latencies) {}

  /// The time of the step picked last; 0 before the first.
  [[nodiscard]] const Nanoseconds& now() const { return now_; }

  template <TimedModel M>
  void see(const M& model, const typename M::State& state, ActorSet enabled) {
    const ActorSet idle = ActorSet::from_bits(~waiting_.bits());
    waiting_ = enabled;
    woken_ = (woken_ & enabled) - ActorSet::of(last_);
    for (const unsigned who : enabled) {
      const auto actor = static_cast<ActorId>(who);
      const bool has_moved = steps_ > 0 && actor == last_;
      const bool is_new = has_moved || idle.contains(actor);
      if (is_new && !has_moved) woken_.insert(actor);
      const std::uint8_t latency = model.latency(state, actor, woken_.contains(actor));
      if (!is_new && latency == latency_[actor]) continue;
      latency_[actor] = latency;
      due_[actor] = now_ + latencies_[latency].sample(random_);
    }
  }

  ActorId pick_actor(ActorSet enabled) {
    ActorSet earliest;
    Nanoseconds time = ~Nanoseconds{0};
    for (const unsigned actor : enabled) {
      if (due_[actor] > time) continue;
      if (due_[actor] < time) earliest = {};
      time = due_[actor];
      earliest.insert(actor);
    }
    now_ = time;
    ++steps_;
    const unsigned rank = earliest.is_single() ? 0 : random_.below(earliest.size());
    last_ = static_cast<ActorId>(earliest.at(rank));
    return last_;
  }
  Outcome pick_outcome(ActorId /*actor*/, OutcomeSet outcomes) {
    return uniform_outcome(random_, outcomes);
  }

 private:
  Random random_;
  std::span<const Distribution> latencies_;
  Nanoseconds now_ = 0;
  std::uint64_t steps_ = 0;
  ActorId last_ = 0;
  ActorSet waiting_;  // enabled when last seen
  ActorSet woken_;    // of those, the ones that another actor's step enabled
  std::array<std::uint8_t, ActorSet::capacity> latency_{};
  std::array<Nanoseconds, ActorSet::capacity> due_{};
};

}  // namespace sim
