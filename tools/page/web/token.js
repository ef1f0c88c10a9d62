// SPDX-License-Identifier: MIT
//
// Schedule tokens, written and read as sim/schedule.cpp does.
//
//     1:5f3a9c1e:t1-14.link.t1-2.srv=1
//
// version, hash of the scenario, then the choices: an actor's short id, "=outcome" where
// the step had one, "-N" for the same choice N times in a row.
import {sameChoice} from './policy_graph.js';

/// A bound on the work that a few typed characters can cause.
const longestSchedule = 100000;

/// What was typed, in a form that can be quoted.
const quoted = (text) => `‘${text.length > 40 ? `${text.slice(0, 40)}…` : text}’`;

/// The choices alone, "t1-14.link"; '' if there are none.
export function scheduleText(choices) {
  const items = [];
  for (let i = 0; i < choices.length;) {
    let run = 1;
    while (i + run < choices.length && sameChoice(choices[i + run], choices[i])) ++run;
    const {actor, outcome} = choices[i];
    items.push(actor + (outcome ? `=${outcome}` : '') + (run > 1 ? `-${run}` : ''));
    i += run;
  }
  return items.join('.');
}

export const tokenOf = (choices, hash) => `1:${hash}:${scheduleText(choices)}`;

function readItem(item) {
  const parts = /^([a-z][a-z0-9]*)(?:=([^-]+))?(?:-([0-9]+))?$/.exec(item);
  if (parts === null) {
    throw new Error(`${quoted(item)} is no step; expected an actor's short id, like t1 or t1-3`);
  }
  const count = parts[3] === undefined ? 1 : Number(parts[3]);
  if (count < 1 || count > longestSchedule) {
    throw new Error(`${quoted(item)}: a step is taken 1 to ${longestSchedule} times`);
  }
  return {choice: {actor: parts[1], outcome: parts[2] ?? ''}, count};
}

/// { hash, choices } of a token. Throws Error that says what was expected.
export function readToken(token) {
  const head = /^1:([0-9a-f]{8}):/.exec(token);
  if (head === null) {
    throw new Error(
        `${quoted(token)} does not begin like a schedule: 1:, eight hexadecimal digits, :`);
  }
  const choices = [];
  const text = token.slice(head[0].length);
  for (const item of text === '' ? [] : text.split('.')) {
    const {choice, count} = readItem(item);
    if (choices.length + count > longestSchedule) {
      throw new Error(`the schedule is longer than ${longestSchedule} steps`);
    }
    for (let i = 0; i < count; ++i) choices.push(choice);
  }
  return {hash: head[1], choices};
}
