// SPDX-License-Identifier: MIT
//
// MRs are interchangeable: renames a world, so that the new names depend only on where
// the MRs are, and not on the names given so far.
//
// A permutation of the allocated MRs, applied to every MrId in the world, is an
// automorphism. Kernel code compares MRs with each other, follows links and keeps
// them in registers; no step computes with an id, orders two of them, or visits
// the MRs in an order that shows in the world (destroy_old_qp does visit all, but
// what it does to one depends on no other). Actors and outcomes name RPCs, never
// MRs. So a world and its renamed twin enable the same choices, the same choice
// leads to twins again, and the same kinds of ends with the same invariants can be
// reached from them. The one step that makes a name, refresh, gives an id past all that
// are in use; those keep their places here, so it gives twins the same one.
//
// An MR's canonical name is its rank in a walk over the world's lists and registers
// that depends only on *where* an MR is met first. Twins are walked alike, so their
// canonical forms are equal. MRs to which nothing refers, of which the kernel's steps
// leave none, come last, ordered by what they contain. If two of them differ only in
// links, twins may get two canonical forms. That costs memory and is no less sound,
// because renaming is always a permutation.
//
// For a search this means: a state that it finds is a class of worlds. Paths correspond
// one to one, because a class and any of its worlds have the same choices, so the
// numbers of interleavings, probabilities and the lengths of schedules are those of the
// worlds; only the states are fewer, and a schedule is valid in either graph. Only
// *which* MR it was is lost: to know that, replay the schedule.
#pragma once

#include "model/world.h"

namespace model {

/// Renames the MRs canonically. Idempotent; equal for worlds that differ in the
/// names of MRs only.
void rename_mrs(World& w);

}  // namespace model
