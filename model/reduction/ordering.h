// SPDX-License-Identifier: MIT
//
// Orderings: what a fix could make wait for what.
//
// An ordering says "a step of kind B is held back while an A of the same MR is
// pending". It names kinds, no MR and no RPC, so it is a rule a driver could keep,
// and renaming MRs (symmetry.h) does not show in it. What is pending is read off
// the world: nothing is remembered, so a success that makes no completion holds
// nothing back.
//
// A system under orderings has the worlds and steps of the one without, only
// fewer: no step is added and none does anything else. Hence its interleavings are
// interleavings of the other one, up to a world in which everything is held back.
// That is a deadlock of the orderings' own making.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string_view>
#include <vector>

#include "model/race_model.h"

namespace model {

/// MRs by id.
using MrSet = sim::SmallSet;
static_assert(max_mrs < MrSet::capacity);

/// What of an MR may be pending.
enum class Pending : std::uint8_t {
  /// A FASTREG of it is on the send queue, or its completion queued, or the softirq
  /// is inside frwr_wc_fastreg with it.
  fastreg,
  /// The same of a LOCAL_INV, signaled or not: frwr_wc_localinv, _wake.
  local_inv,
  /// It is on the stale list, or being recovered, by the worker or inline.
  recovery,
};
inline constexpr std::array pending_kinds{Pending::fastreg, Pending::local_inv, Pending::recovery};
inline constexpr std::array<std::string_view, 3> pending_names{"FASTREG", "LOCAL_INV", "recovery"};
static_assert(pending_names.size() == pending_kinds.size());

/// MRs of which something of that kind is pending. A completion that the softirq
/// has taken is of the kind whose handler is at work on it: the MR's callback
/// decides that, not the work request (Mr::done).
MrSet pending(const World& w, Pending kind);

/// A kind of step: the same statement of whichever task or reply handler.
struct StepKind {
  Role role{};
  std::uint8_t step_id = 0;  ///< RaceModel::step_id
  friend auto operator<=>(const StepKind&, const StepKind&) = default;
};

/// Some actor of that role.
sim::ActorId some_actor(Role role);

/// "RPC task", "MR recovery worker", ...
std::string_view role_name(Role role);

/// The kind of the actor's next step.
inline StepKind step_kind(const World& w, sim::ActorId actor) {
  return {role_of(actor), RaceModel::step_id(w, actor)};
}

/// The MRs the actor's next step is about: those it has in hand, or the one at the
/// head of the list or queue it takes from. One as a rule; the post of a LOCAL_INV
/// chain is about all of the chain. None if the step is about no MR: also where it
/// only asks whether a list is empty, finds it empty, or makes new MRs; and the post of
/// a Send is about its RPC, with whatever is posted in front of it.
/// REQUIRES: the actor is enabled.
MrSet mrs_of_step(const World& w, sim::ActorId actor);

/// "A step `waits` is held back while a `pending` of the same MR is pending."
struct Ordering {
  Pending pending{};
  StepKind waits;
  friend auto operator<=>(const Ordering&, const Ordering&) = default;
};

/// Whether the ordering holds the actor's next step back. REQUIRES: the actor is
/// enabled without it.
inline bool holds_back(const Ordering& ordering, const World& w, sim::ActorId actor) {
  return step_kind(w, actor) == ordering.waits &&
         !(mrs_of_step(w, actor) & pending(w, ordering.pending)).empty();
}

/// How an RPC ends, in the step that decides it (xprt_release): with its reply or
/// without. Nothing for every other step. REQUIRES: the actor is enabled.
std::optional<bool> ends_with_reply(const World& w, sim::ActorId actor);

/// A RaceModel under orderings. Immutable; may be used by several threads. No
/// FootprintModel: an ordering lets a step depend on more than the step touches,
/// so partial order reduction would be unsound.
class ConstrainedModel {
 public:
  using State = World;
  using Event = model::Event;

  /// All orderings hold at once.
  ConstrainedModel(const Setup& setup, std::vector<Ordering> orderings)
      : model_(setup), orderings_(std::move(orderings)) {}

  [[nodiscard]] World initial() const { return model_.initial(); }
  [[nodiscard]] unsigned actor_count() const { return model_.actor_count(); }
  [[nodiscard]] sim::ActorSet optional_actors() const { return model_.optional_actors(); }
  [[nodiscard]] static constexpr sim::ActorSet environment() { return RaceModel::environment(); }

  /// A loss that could go on alone, all others being held back, need not happen
  /// either.
  [[nodiscard]] sim::ActorSet enabled(const World& w) const {
    const sim::ActorSet all = model_.enabled(w);
    sim::ActorSet set = all;
    for (const unsigned actor : all) {
      for (const Ordering& ordering : orderings_) {
        if (holds_back(ordering, w, static_cast<sim::ActorId>(actor))) set.erase(actor);
      }
    }
    return RaceModel::unless_optional(w, set);
  }
  [[nodiscard]] sim::OutcomeSet outcomes(const World& w, sim::ActorId actor) const {
    return enabled(w).contains(actor) ? model_.outcomes(w, actor) : sim::OutcomeSet{};
  }
  template <class Sink>
  void step(World& w, sim::Choice choice, Sink& sink) const {
    assert(enabled(w).contains(choice.actor));
    model_.step(w, choice, sink);
  }
  [[nodiscard]] std::optional<sim::End> stopped(const World& w) const { return model_.stopped(w); }
  [[nodiscard]] sim::End end_when_blocked(const World& w) const {
    return violation(w).invariant == Invariant::none ? sim::End::rest : sim::End::violation;
  }
  [[nodiscard]] std::uint8_t end_detail(const World& w) const {
    if (w.cut != Budget::none) return static_cast<std::uint8_t>(w.cut);
    return static_cast<std::uint8_t>(violation(w).invariant);
  }
  /// As RaceModel::violation. Where all that could go on is held back, rpc_finishes
  /// is violated at least, even if what is left to do is no RPC's.
  [[nodiscard]] Violation violation(const World& w) const;

  static void canonical(World& w) { RaceModel::canonical(w); }
  [[nodiscard]] static std::uint8_t step_id(const World& w, sim::ActorId actor) {
    return RaceModel::step_id(w, actor);
  }
  [[nodiscard]] static std::string_view actor_name(sim::ActorId actor) {
    return RaceModel::actor_name(actor);
  }
  [[nodiscard]] static std::string_view outcome_name(sim::ActorId actor, sim::Outcome outcome) {
    return RaceModel::outcome_name(actor, outcome);
  }

 private:
  RaceModel model_;
  std::vector<Ordering> orderings_;
};

static_assert(sim::Model<ConstrainedModel>);
static_assert(sim::SymmetricModel<ConstrainedModel>);
static_assert(!sim::FootprintModel<ConstrainedModel>);

}  // namespace model
