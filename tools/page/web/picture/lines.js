// SPDX-License-Identifier: MIT
//
// The statements of a context, in the order of its program, and which of them ran when.
//
// The statements are those of the model's program counters (model/trace/labels.h); a
// page has those that are ever taken. Beside a statement stands the step at which it
// ran; what a new round of a loop has not come to yet has no step.

/// [{ step, func, statement }] by actor id, in program order. From the data's "code", or,
/// for data without it, in the order of the moves.
export function codeOf(policy) {
  const code = new Map(policy.data.actors.map((actor) => [actor.id, []]));
  if (policy.data.code) {
    for (const [actor, step, func, statement] of policy.data.code) {
      const words = policy.data.words;
      code.get(policy.data.actors[actor].id)
          .push({step: words[step], func: words[func], statement: words[statement]});
    }
    return code;
  }
  for (const {actorId, step, func, statement} of policy.moves) {
    const lines = code.get(actorId);
    if (!lines.some((line) => line.step === step)) lines.push({step, func, statement});
  }
  return code;
}

/// Steps of a run, counted from 1, at which the lines of one actor ran last, by line; 0:
/// not in this round. A line that runs again, or an earlier one, begins a new round.
export function ranAt(track, length, actorId, lines) {
  const ran = lines.map(() => 0);
  for (let i = 0; i < length; ++i) {
    if (track.isSkipped(i)) continue;
    const move = track.policy.move(track.edges[i]);
    if (move.actorId !== actorId) continue;
    const at = lines.findIndex((line) => line.step === move.step);
    if (at < 0) continue;
    if (ran.slice(at).some((step) => step > 0)) ran.fill(0, at);
    ran[at] = i + 1;
  }
  return ran;
}

/// Whether a statement writes what two contexts may write: these lines stand out.
export const writesState = (statement) => /\bfr_state = /.test(statement);
