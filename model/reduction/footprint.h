// SPDX-License-Identifier: MIT
//
// What a step touches, and what the others may still touch: for partial order
// reduction (sim/search/partial_order.h).
//
// The question is always the same: actor `a` is about to take a step; may anything
// that the others do *before a moves* disable the step, change what it does, or
// notice that it has been done? Three tables answer it, each of them an upper
// bound that can be checked against the step functions line by line:
//
//   footprint   what a's next step reads and writes (footprint.cpp)
//   territory   what an actor may read and write in all the steps it can take as
//               long as no other actor hands it anything
//   sets_going  which actors its steps may enable (both future.cpp)
//
// The future of an actor is the territory of itself and of all disabled actors it may
// enable, directly or not. An enabled actor is never in that set: it has a future of
// its own, and `a` itself is one of the enabled actors.
//
// Objects are finer than variables where the finer truth is simple:
//
//   Both ends of a queue are objects of their own. Pushing at the tail commutes
//   with popping at the head: only one actor pops at an end, and it is
//   enabled only while there is something. (Where a queue might fill up, which
//   cuts the run, posts do not go first and depend on the head too.) The free list is
//   taken from at its head and put to at its tail; a take that finds it empty also reads
//   the tail.
//   Becoming enabled is no conflict. If a condition is false until `a` moves, then
//   no path without a contains the step that waits for it. So the object `quiet`
//   (local_machinery_idle) is written only by steps that may make it false; taking a
//   completion, ending a recovery, executing a FASTREG make it true at most. The
//   same holds for the drain that waits for a reply handler.
//   MR m belongs to the contexts that refer to it: the holder of the register it is
//   in; task and reply handler of the RPC it is registered for; every task, if it is
//   free; the recovery worker, if it is stale; RNIC and softirq, if a WR or a
//   completion names it. Others get m only through a step of one of these, which
//   hands it over and thereby touches it. An MR that one context has in hand and no
//   other names is shared with none; nor is the place of an MR shared that
//   moves between a hand, a registered list and the stale list: it is read only by
//   the context that has it in hand, by one that would forget its callback if it were
//   free, by reply handlers that walk over it, and at rest.
//
// All of this depends on where MRs are, never on their names, so it can be combined
// with symmetry.h.
#pragma once

#include "model/setup.h"
#include "sim/model_concept.h"

namespace model {

/// Touched by the actor's next step, whatever its outcome. REQUIRES: it is enabled.
sim::Footprint footprint_of(const Setup& setup, const World& w, sim::ActorId actor);

/// What may be touched by an actor, and by those it may enable, before any other
/// enabled actor moves. Nothing for an actor that is not enabled: it is in the future
/// of the one that enables it. REQUIRES: `enabled` are the enabled actors.
sim::Footprint future_of(const Setup& setup, const World& w, sim::ActorSet enabled,
                         sim::ActorId actor);

/// Whether the actor's next step may violate an invariant or exceed a budget, or, while
/// a loss may still come, leave the actor without a next step that is certainly
/// enabled: a loss must not become the only step (RaceModel::enabled) where it was not.
/// REQUIRES: the actor is enabled.
bool step_may_stop(const Setup& setup, const World& w, sim::ActorId actor);

}  // namespace model
