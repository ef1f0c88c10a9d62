// SPDX-License-Identifier: MIT
//
// What a model must offer. Nothing here says what a model is about.
//
// A model is a transition system. Its *state* is a plain value: copying it is
// taking a snapshot. Its *actors* each have at most one next *step*; a step may
// have several *outcomes*. A *choice* is (actor, outcome), and which choice is
// made is the only freedom a run has: everything that looks like chance in the
// modelled system is an outcome or an order.
//
// There are two ways to drive a model: one run at a time (run.h, on strands in
// strand_scheduler.h) and all runs at once (explorer.h). Both call the same step().
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/small_set.h"

namespace sim {

/// Number of an actor, 0..31, stable within one scenario.
using ActorId = std::uint8_t;
/// Number of an outcome of a step, 0..31. A step with one outcome has outcome 0.
using Outcome = std::uint8_t;
using ActorSet = SmallSet;
using OutcomeSet = SmallSet;

/// One decision of a schedule: which actor takes the next step, and its outcome.
struct Choice {
  ActorId actor = 0;
  Outcome outcome = 0;
  friend bool operator==(const Choice&, const Choice&) = default;
};

/// How a run ended.
enum class End : std::uint8_t {
  rest,        ///< all work done, nothing outstanding
  violation,   ///< an invariant was violated; a deadlock is one of them
  cut,         ///< a budget of the scenario was exceeded
  step_limit,  ///< the caller's limit on steps was reached
};

/// A sink that ignores every event; with it, reporting costs nothing.
struct NullSink {
  /// Does nothing.
  template <class Event>
  void operator()(const Event&) const {}
};

/// A transition system that can be driven.
///
/// - `initial()` the state every run starts from.
/// - `optional_actors()` the actors whose steps are events that need not happen.
/// - `environment()` the actors whose steps are transparent to preemptions: to
///   continue with an actor after a step of the environment is no preemption.
/// - `actor_count()` at most 32; actors are numbered from 0.
/// - `enabled(state)` the actors that can take a step now.
/// - `outcomes(state, actor)` the possible outcomes of that actor's next step, at
///   least one. REQUIRES: the actor is enabled.
/// - `step(state, choice, sink)` takes the step; its effects on the state are
///   its result, what happened is told to `sink` as values of `Event`.
///   REQUIRES: the choice is enabled.
/// - `stopped(state)` whether the run ends here, whatever is enabled: a violation or
///   a cut.
/// - `end_when_blocked(state)` the kind of end of a run when nothing is enabled.
/// - `end_detail(state)` for a state that ends a run in a violation or a cut: a
///   small number, 1..63, that names the invariant or the budget.
/// - `step_id(state, actor)` a small number that names the actor's next step, part
///   of a run's fingerprint.
/// - `actor_name(actor)` and `outcome_name(actor, outcome)` short ids used in
///   schedule tokens: views or strings; never empty, letters, digits and '-' only, those
///   of two actors, or of two outcomes of one actor, never the same. An outcome 0 that
///   needs no name has the empty one, as have numbers that are no outcome of the actor.
///
/// All of these are const and may be called from several threads at once.
template <class M>
concept Model = std::copyable<typename M::State> &&
    requires(const M& model, typename M::State& state, const typename M::State& seen, Choice choice,
             ActorId actor, Outcome outcome, NullSink& sink) {
  typename M::Event;
  { model.initial() } -> std::same_as<typename M::State>;
  { model.actor_count() } -> std::convertible_to<unsigned>;
  { model.optional_actors() } -> std::same_as<ActorSet>;
  { model.environment() } -> std::same_as<ActorSet>;
  { model.enabled(seen) } -> std::same_as<ActorSet>;
  { model.outcomes(seen, actor) } -> std::same_as<OutcomeSet>;
  model.step(state, choice, sink);
  { model.stopped(seen) } -> std::same_as<std::optional<End>>;
  { model.end_when_blocked(seen) } -> std::same_as<End>;
  { model.end_detail(seen) } -> std::same_as<std::uint8_t>;
  { model.step_id(seen, actor) } -> std::convertible_to<std::uint8_t>;
  { model.actor_name(actor) } -> std::convertible_to<std::string_view>;
  { model.outcome_name(actor, outcome) } -> std::convertible_to<std::string_view>;
};

/// A model no run of which comes back to a state that it has left: every loop has a budget.
/// It says so by `static constexpr bool acyclic = true`.
template <class M>
concept AcyclicModel = Model<M> && M::acyclic;

/// A model in which several states may differ only in names. `canonical(state)`
/// renames: it turns a state into the one that represents all states that differ from
/// it only in names.
///
/// REQUIRES that renaming is an automorphism that actors do not see: a state and its
/// canonical form enable the same choices, the same choice leads from both to states
/// with the same canonical form, and both end runs in the same way.
template <class M>
concept SymmetricModel = Model<M> && requires(const M& model, typename M::State& state) {
  model.canonical(state);
};

/// A model whose steps take time. `latency(state, actor, woken)` is how long the
/// actor's next step takes, as the number of a distribution in a table; the code that
/// drives the model has that table. `woken` says that the actor was not enabled until
/// just now. REQUIRES: the actor is enabled.
template <class M>
concept TimedModel = Model<M> &&
    requires(const M& model, const typename M::State& seen, ActorId actor) {
  { model.latency(seen, actor, true) } -> std::same_as<std::uint8_t>;
};

/// What a step touches: one bit per shared object, up to 64 of them.
struct Footprint {
  std::uint64_t reads = 0;   ///< what it looks at, its being enabled included
  std::uint64_t writes = 0;  ///< what it may change
  friend constexpr bool operator==(Footprint, Footprint) = default;
  friend constexpr Footprint operator|(Footprint a, Footprint b) {
    return {a.reads | b.reads, a.writes | b.writes};
  }
};

/// Two steps of different actors whose order may matter.
constexpr bool conflict(Footprint a, Footprint b) {
  return ((a.writes & (b.reads | b.writes)) | (b.writes & a.reads)) != 0;
}

/// A model that knows what a step touches before it runs; partial_order.h says how that
/// is used, and proves that it suffices.
///
/// - `footprint(state, actor)` of the actor's next step, whatever its outcome. Steps of
///   two actors whose footprints do not conflict leave each other as they are, enabled and
///   with the same outcomes, and lead to the same state in either order. What `stopped`
///   looks at is in nobody's footprint of itself: so a step after which the run may stop
///   or not, depending on an object, reads that object. (A step that marks the state as
///   stopped has looked already; `stopped` then only reads the mark.) To say too much is
///   safe, and no future need repeat it.
///   REQUIRES: the actor is enabled.
/// - `future(state, enabled, actor)` an upper bound of what the actor may touch from this
///   state on, whatever the others do, as long as some other enabled actor has not moved;
///   and likewise of what those actors may touch that are not enabled and that it may
///   enable, directly or not. So what it does after another actor has moved is in it. May
///   be empty for an actor that is not enabled, as one that enables it has it. Where an
///   actor needs something that another one hands to it, the other one's future may have
///   it instead: together, the futures of all but one have every step that is taken before
///   that one moves.
///   REQUIRES: `enabled` is what is enabled.
/// - `may_stop(state, actor)` whether the actor's next step may end the run; or need not
///   happen, as an optional actor's; or may leave the actor without a step, until it
///   moves again, where an optional actor could take one. For an optional actor is enabled
///   only while others are: not this step may disable it, but others that come after it.
template <class M>
concept FootprintModel = Model<M> &&
    requires(const M& model, const typename M::State& seen, ActorSet enabled, ActorId actor) {
  { model.footprint(seen, actor) } -> std::same_as<Footprint>;
  { model.future(seen, enabled, actor) } -> std::same_as<Footprint>;
  { model.may_stop(seen, actor) } -> std::same_as<bool>;
};

}  // namespace sim
