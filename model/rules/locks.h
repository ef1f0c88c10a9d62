// SPDX-License-Identifier: MIT
//
// Locks: rules of a fix, which let one context at a time into regions of statements.
//
// Many real fixes are a lock around two statements. A lock of a policy guards two
// regions. A context that comes to the first statement of one takes the lock in a step
// of its own, and releases it in a step of its own once it has executed the region's
// last statement or has left the region in another way: between any two of these steps
// others can take theirs. Whoever comes meanwhile waits.
//
// There is one lock for the transport, one for each request, or one for each MR. Which
// one a step means is read from the state when the lock is taken: the request of the
// task or reply handler, or the one for which the step's MR is registered; the MR that
// the step is about (ordering.h). A step that is about none takes no lock. If, where it
// has the lock and is to begin with the region, the step has come to be about another
// request or MR, the lock is released first, as a loop that locks anew each time does.
// A region that begins where a context sleeps takes its lock when it is woken.
//
// What an actor does next about locks is in the world (Locks::next), a function of the
// rest, because a step's name is read from the world alone.
#pragma once

#include <string_view>

#include "model/policy.h"
#include "model/world.h"

namespace model {

/// Why the statements are no region; empty if they are one: they are of one context of
/// the kernel, and the first does not come after the last.
std::string_view fault_of(const Region& region);

/// Whether the statement is about several MRs at once: the post of a LOCAL_INV chain.
bool is_about_several_mrs(StepKind statement);

/// Notes that the actor has executed that statement: if it ends a region, the lock is to
/// be released.
void note_executed(const Rules& rules, World& w, sim::ActorId actor, StepKind executed);

/// Brings Locks::next up to date. To be called for the initial state and after each step,
/// if there are locks.
void plan_lock_steps(const Rules& rules, World& w);

/// The lock of that step, from 0.
constexpr unsigned lock_of(LockStep step) { return (static_cast<unsigned>(step) - 1) % most_locks; }

/// Whether the step takes its lock; otherwise it releases it. REQUIRES: it is one.
constexpr bool takes(LockStep step) { return static_cast<unsigned>(step) <= most_locks; }

/// Which one of the lock's instances the actor's next statement means, as Locks::held has
/// it; 0 if none.
std::uint8_t instance_of(const Exclusion& lock, const World& w, sim::ActorId actor);

/// Takes or releases the lock that is next. Returns the instance.
std::uint8_t take_lock_step(const Rules& rules, World& w, sim::ActorId actor);

/// Of those that could take a step without rules, those that can take one: no ordering and
/// no lock holds them back; and those that are to release a lock.
sim::ActorSet under_rules(const Rules& rules, const World& w, sim::ActorSet enabled);

}  // namespace model
