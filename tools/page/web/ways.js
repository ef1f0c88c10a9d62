// SPDX-License-Identifier: MIT
//
// Ways through the graph that nobody has taken yet: to an end, and the best next step.
import {beyondPage, none} from './graph.js';

/// Choices of a shortest way from `state` to an end at rest; null if there is none.
export function wayToRest(policy, state) {
  const {graph} = policy;
  const from = new Map([[state, none]]);
  const queue = [state];
  for (const at of queue) {
    if (policy.endOf(at)?.end === 'rest') return choicesBack(policy, from, at);
    for (const edge of policy.edges(at)) {
      const target = graph.target[edge];
      if (target === beyondPage || from.has(target)) continue;
      from.set(target, {edge, state: at});
      queue.push(target);
    }
  }
  return null;
}

function choicesBack(policy, from, end) {
  const choices = [];
  for (let step = from.get(end); step !== none; step = from.get(step.state))
    choices.push(policy.choice(step.edge));
  return choices.reverse();
}

/// The edge from `state` that leads to the greatest odds of a failure, or, with `least`,
/// the smallest; `none` if there is no edge. `odds` are by state.
export function bestEdge(policy, state, odds, least = false) {
  const better = (a, b) => (least ? a < b : a > b);
  let best = none;
  for (const edge of policy.edges(state)) {
    if (policy.isBeyond(edge)) continue;
    if (best === none || better(odds[policy.target(edge)], odds[policy.target(best)])) best = edge;
  }
  return best;
}
