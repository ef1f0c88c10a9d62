// SPDX-License-Identifier: MIT
//
// The two steps that race: in a failing run, the writes of one region's state that come
// before and after the step which made failure inevitable, by two different contexts.
//
// They are found in the run and the labels of its states, so every failing run of every
// scenario is asked the same question; there need not be such a pair.
import {none} from './graph.js';
import {inevitable} from './odds.js';
import {violationAt} from './picture/life.js';
import {regionIn} from './picture/machine.js';
import {Run} from './run.js';

/// The run of a path in the data of a policy ("counterexample"), at its end; null if it has
/// no such path.
export function runOf(policy, which) {
  if (!policy.data[which]) return null;
  const run = new Run([policy]);
  for (const choice of policy.choicesOfOrdinals(policy.data[which])) run.take(choice, false);
  return run;
}

/// Number of choices after which a run could only fail; `none` if there is none or the
/// labels are unknown.
export function turnOf(track, known) {
  if (known === null) return none;
  return track.states.findIndex((state) => known.outlook[state] === inevitable);
}

/// { region, turn, first, second }, each { step, who, actorId, statement, func, value }; null
/// if no two contexts race for a region's state.
export function raceOf(track, known) {
  const turn = turnOf(track, known);
  const region = violationAt(track, track.edges.length)?.region ?? '';
  if (turn === none || region === '') return null;
  const writes = [];
  track.edges.forEach((edge, i) => {
    if (track.isSkipped(i)) return;
    const {who, actorId, statement, func, said} = track.policy.move(edge);
    const write =
        said.find(({text}) => text.startsWith('fr_state of ') && regionIn(text) === region);
    if (write !== undefined)
      writes.push(
          {step: i + 1, who, actorId, statement, func, value: write.text.split(' -> ').at(-1)});
  });
  const second = writes.find(({step}) => step > turn);
  const first = writes.filter(({step}) => step <= turn).at(-1);
  if (!first || !second || first.actorId === second.actorId) return null;
  return {region, turn, first, second};
}
