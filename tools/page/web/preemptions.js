// SPDX-License-Identifier: MIT
//
// What a run costs in preemptions: the rule of sim/questions/schedule_cost.h.
//
// A preemption is only this: to leave a kernel context that is enabled, for another
// kernel context. The environment is transparent. `last` is the actor that ran last and
// is enabled, or `nobody`: leaving one that was not enabled cost nothing, even if the
// environment wakes it before another takes a step.

export const nobody = '';

/// Whether `move` is a preemption.
export function isPreemption(move, last) {
  return last !== nobody && move.actorId !== last && !move.isEnvironment;
}

/// `last` after `move` has led to a state in which `isEnabled(id)` says what is
/// enabled.
export function lastAfter(move, last, isEnabled) {
  const now = move.isEnvironment ? last : move.actorId;
  return now !== nobody && isEnabled(now) ? now : nobody;
}
