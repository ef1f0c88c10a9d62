// SPDX-License-Identifier: MIT
//
// The transition system: actors, what is enabled, the step.
//
// This is the model as sim/ sees it. Code that only wants to step it needs nothing
// else: what a step is, and what reductions know of it, is compiled elsewhere
// (race_model.cpp; kernel/, reduction/).
#pragma once

#include <cstdint>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

#include "model/actors.h"
#include "model/kernel/events.h"
#include "model/latency.h"
#include "model/setup.h"
#include "model/world.h"
#include "sim/model_concept.h"

namespace model {

struct Instant;

/// A violation found in a world.
struct Violation {
  Invariant invariant = Invariant::none;
  MrId mr = 0;    ///< 0 where no MR is involved
  RpcId rpc = 0;  ///< 0 where no RPC is involved
  friend bool operator==(const Violation&, const Violation&) = default;
};

/// One scenario under one policy. Immutable; may be used by several threads.
class RaceModel {
 public:
  using State = World;
  using Event = model::Event;
  /// Everything that could be repeated for ever has a budget.
  static constexpr bool acyclic = true;

  /// REQUIRES: a setup within the limits of world.h.
  explicit RaceModel(const Setup& setup) : setup_(setup) {}

  [[nodiscard]] const Setup& setup() const { return setup_; }

  [[nodiscard]] World initial() const;

  /// Signal and timer, the last two, are there only if the scenario has them: a seed of
  /// another scenario means what it meant without them.
  [[nodiscard]] unsigned actor_count() const {
    return interrupts() ? model::actor_count : signal_actor;
  }

  /// Link, signal and timer: a loss is enabled, but need not happen.
  [[nodiscard]] sim::ActorSet optional_actors() const {
    sim::ActorSet set = sim::ActorSet::of(link_actor);
    if (interrupts()) {
      set.insert(signal_actor);
      set.insert(timer_actor);
    }
    return set;
  }

  /// RNIC, link, server, signal and timer.
  [[nodiscard]] static constexpr sim::ActorSet environment() {
    sim::ActorSet set;
    for (unsigned actor = 0; actor < model::actor_count; ++actor) {
      if (is_environment(static_cast<sim::ActorId>(actor))) set.insert(actor);
    }
    return set;
  }

  [[nodiscard]] sim::ActorSet enabled(const World& w) const;

  /// Of the actors that could take a step, those that are enabled. A loss, a signal, a
  /// timeout need not happen: if only they could take a step, no actor is enabled.
  [[nodiscard]] static sim::ActorSet unless_optional(const World& w, sim::ActorSet set) {
    sim::ActorSet need_not_happen = sim::ActorSet::of(signal_actor);
    need_not_happen.insert(timer_actor);
    if (w.qp == QpState::rts) need_not_happen.insert(link_actor);
    if ((set - need_not_happen).empty()) return {};
    return set;
  }

  /// The possible outcomes of the actor's next step. REQUIRES: the actor is enabled.
  [[nodiscard]] sim::OutcomeSet outcomes(const World& w, sim::ActorId actor) const;

  /// Takes a step. A sink that is a sim::NullSink is told nothing, so telling costs a
  /// search nothing. REQUIRES: the choice is possible.
  template <class Sink>
  void step(World& w, sim::Choice choice, Sink& sink) const {
    if constexpr (std::is_base_of_v<sim::NullSink, Sink>) {
      step_untold(w, choice);
    } else {
      step_told(w, choice, EventSink(sink));
    }
  }

  [[nodiscard]] std::optional<sim::End> stopped(const World& w) const {
    if (w.violated != Invariant::none) return sim::End::violation;
    if (w.cut != Budget::none) return sim::End::cut;
    return std::nullopt;
  }

  /// REQUIRES: nothing is enabled and the run was not stopped.
  [[nodiscard]] sim::End end_when_blocked(const World& w) const {
    return blocked_violation(w).invariant == Invariant::none ? sim::End::rest : sim::End::violation;
  }

  /// The invariant violated, or the budget exceeded.
  [[nodiscard]] std::uint8_t end_detail(const World& w) const {
    if (w.cut != Budget::none) return static_cast<std::uint8_t>(w.cut);
    return static_cast<std::uint8_t>(violation(w).invariant);
  }

  /// What is violated in a state in which a run has ended.
  [[nodiscard]] Violation violation(const World& w) const;
  /// Deadlock and the invariants that only a world at rest can violate. If rules hold back
  /// every actor that could take a step, rpc_finishes is violated at least.
  /// REQUIRES the same as end_when_blocked.
  [[nodiscard]] Violation blocked_violation(const World& w) const;

  /// Symmetry reduction: MRs are interchangeable (reduction/symmetry.h).
  static void canonical(World& w);

  // Partial order reduction: which steps may conflict (reduction/footprint.h).
  [[nodiscard]] sim::Footprint footprint(const World& w, sim::ActorId actor) const;
  [[nodiscard]] sim::Footprint future(const World& w, sim::ActorSet enabled,
                                      sim::ActorId actor) const;
  [[nodiscard]] bool may_stop(const World& w, sim::ActorId actor) const;

  /// Virtual time: which Latency the actor's next step has (latency.h).
  [[nodiscard]] static std::uint8_t latency(const World& w, sim::ActorId actor, bool woken) {
    return static_cast<std::uint8_t>(
        lock_step_of(w, actor) == LockStep{} ? latency_of(w, actor, woken) : Latency::statement);
  }

  /// The program counter of the actor: part of the fingerprint.
  [[nodiscard]] static std::uint8_t step_id(const World& w, sim::ActorId actor) {
    return model::step_id(w, actor);
  }

  /// Bytes of a world that are part of a fingerprint: without the locks of the policy, which
  /// come last, if it has none.
  [[nodiscard]] std::size_t fingerprint_size(const World&) const {
    return sizeof(World) - (setup_.policy.rules.lock_count == 0 ? sizeof(Locks) : 0);
  }

  [[nodiscard]] static std::string_view actor_name(sim::ActorId actor) { return short_name(actor); }
  [[nodiscard]] static std::string_view outcome_name(sim::ActorId actor, sim::Outcome outcome) {
    return model::outcome_name(actor, outcome);
  }

 private:
  [[nodiscard]] bool interrupts() const {
    return setup_.faults.signal != 0 || setup_.faults.timeout != 0;
  }

  void step_untold(World& w, sim::Choice choice) const;
  void step_told(World& w, sim::Choice choice, EventSink sink) const;
  template <class Sink>
  void step_checked(World& w, sim::Choice choice, Sink& sink) const;
  template <class Sink>
  void check_properties(World& w, const Instant& moment, const Instant& before, Sink& sink) const;

  Setup setup_;
};

static_assert(offsetof(Rare, locks) + sizeof(Locks) == sizeof(Rare) &&
                  offsetof(World, rare) + sizeof(Rare) == sizeof(World),
              "the locks come last: fingerprint_size");
static_assert(sim::AcyclicModel<RaceModel>);
static_assert(sim::SymmetricModel<RaceModel>);
static_assert(sim::FootprintModel<RaceModel>);
static_assert(sim::TimedModel<RaceModel>);

}  // namespace model
