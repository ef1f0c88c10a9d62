// SPDX-License-Identifier: MIT
//
// Orderings: rules of a fix, which make one step wait for another.
//
// An ordering says "a step of kind B is held back while an A of the same MR is
// pending". It names kinds, no MR and no RPC, so it is a rule that a driver could
// follow, and renaming MRs (symmetry.h) does not change it. What is pending is read
// from the state: nothing is remembered, so a success that makes no completion holds
// nothing back. constrained_model.h is the system under orderings.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string_view>
#include <vector>

#include "model/actors.h"
#include "model/world.h"

namespace model {

/// MRs by id.
using MrSet = sim::SmallSet;
static_assert(max_mrs < MrSet::capacity);

/// What may be pending of an MR.
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

/// The MRs of which something of that kind is pending. A completion that the softirq
/// has taken is of the kind whose handler is at work on it: the MR's callback decides
/// that, not the work request (Mr::done).
MrSet pending(const World& w, Pending kind);

/// A kind of step: the same statement of any task or reply handler.
struct StepKind {
  Role role{};
  std::uint8_t step_id = 0;  ///< step_id() of an actor of that role
  friend auto operator<=>(const StepKind&, const StepKind&) = default;
};

/// Some actor of that role.
sim::ActorId some_actor(Role role);

/// "RPC task", "MR recovery worker", ...
std::string_view role_name(Role role);

/// The kind of the actor's next step.
inline StepKind step_kind(const World& w, sim::ActorId actor) {
  return {role_of(actor), model::step_id(w, actor)};
}

/// The MRs that the actor's next step is about: those it has in hand, or the one at the
/// head of the list or queue it takes from. Usually one; the post of a LOCAL_INV chain
/// is about all of the chain. None if the step is about no MR: also if it only tests
/// whether a list is empty, finds it empty, or makes new MRs. The post of a Send is
/// about its RPC, whatever is posted in front of it. REQUIRES: the actor is enabled.
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

}  // namespace model
