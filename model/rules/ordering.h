// SPDX-License-Identifier: MIT
//
// Orderings: rules of a fix, which make one step wait for another.
//
// An ordering says "a step of kind B is held back while an A of the same MR is
// pending". It names kinds, no MR and no RPC, so it is a rule that a driver could
// follow, and renaming MRs (symmetry.h) does not change it. What is pending is read
// from the state: nothing is remembered, so a success that makes no completion holds
// nothing back.
//
// A system under orderings has the states and steps of the one without, only fewer: no
// step is added and none has another effect. Hence its interleavings are interleavings
// of the other one, up to a state in which everything is held back. That state is a
// deadlock that the orderings make.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "model/actors.h"
#include "model/policy.h"
#include "model/world.h"

namespace model {

/// MRs by id.
using MrSet = sim::SmallSet;
static_assert(max_mrs < MrSet::capacity);

inline constexpr std::array pending_kinds{Pending::fastreg, Pending::local_inv, Pending::recovery};
inline constexpr std::array<std::string_view, 3> pending_names{"FASTREG", "LOCAL_INV", "recovery"};
static_assert(pending_names.size() == pending_kinds.size());

/// The MRs of which something of that kind is pending. A completion that the softirq
/// has taken is of the kind whose handler is at work on it: the MR's callback decides
/// that, not the work request (Mr::done).
MrSet pending(const World& w, Pending kind);

/// The MRs that the actor's next step is about: those it has in hand, or the one at the
/// head of the list or queue it takes from. Usually one; the post of a LOCAL_INV chain
/// is about all of the chain. None if the step is about no MR: also if it only tests
/// whether a list is empty, finds it empty, or makes new MRs. The post of a Send is
/// about its RPC, whatever is posted in front of it. REQUIRES: the actor is enabled.
MrSet mrs_of_step(const World& w, sim::ActorId actor);

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
