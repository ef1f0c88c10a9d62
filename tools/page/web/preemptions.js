// SPDX-License-Identifier: MIT
//
// What a run costs in preemptions: the rule of sim/questions/schedule_cost.h.
//
// Only leaving a kernel context that could go on, for another kernel context, is one.
// The environment is transparent. `last` is the actor that ran last and can go on, or
// `nobody`: one that could not go on has been left at no cost, even if the environment
// wakes it before another takes a step.

export const nobody = '';

/// Whether `move` is a preemption.
export function isPreemption(move, last) {
  return last !== nobody && move.actorId !== last && !move.isEnvironment;
}

/// `last` after `move` has led to where `isEnabled(id)` tells who can go on.
export function lastAfter(move, last, isEnabled) {
  const now = move.isEnvironment ? last : move.actorId;
  return now !== nobody && isEnabled(now) ? now : nobody;
}
