// SPDX-License-Identifier: MIT
//
// What every enabled context would do next.
//
// With two policies the lists are one: a choice that only one of them has says so.
import {none} from './graph.js';

/// The key of the n-th choice.
export const choiceKeys = '123456789abcdefghijklmnopqrstuvwxyz';

/// The choices at the position: { choice, edges, n } with an edge or `none` by track, and
/// whether the edge leads beyond the page. `n` is their place among them, from 0.
export function choicesAt(run) {
  const found = new Map();
  run.tracks.forEach((track, t) => {
    for (const edge of track.policy.edges(track.states[run.position])) {
      const choice = track.policy.choice(edge);
      const key = `${choice.actor}=${choice.outcome}`;
      if (!found.has(key)) {
        found.set(key, {
          choice,
          edges: run.tracks.map(() => none),
          isBeyond: true,
          n: found.size,
        });
      }
      const item = found.get(key);
      item.edges[t] = edge;
      item.isBeyond &&= track.policy.isBeyond(edge);
    }
  });
  return [...found.values()];
}

/// The only choice there is, if there is just one and it leads nowhere else: a step that
/// is forced. Otherwise null.
export function forcedChoice(run) {
  const items = choicesAt(run);
  return items.length === 1 && !items[0].isBeyond ? items[0].choice : null;
}
