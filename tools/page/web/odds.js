// SPDX-License-Identifier: MIT
//
// The odds of random scheduling from every state: the probability that the run fails,
// and whether failure cannot be reached, can be reached or is certain.
//
// One pass from the ends to the beginning, in topological order. The odds of a state
// are the mean over its enabled actors of the mean over their outcomes, as
// docs/semantics.md defines `uniform`. Only a whole graph has odds: nothing is known of
// states that are not here.

export const safe = 1;
export const avoidable = 2;
export const inevitable = 3;

export const outlookNames = {
  [safe]: 'safe',
  [avoidable]: 'avoidable',
  [inevitable]: 'inevitable'
};

/// States, every one before those its edges lead to; null if there is a circle.
export function topologicalOrder(graph) {
  const waiting = new Uint32Array(graph.states);
  for (let e = 0; e < graph.edges; ++e) ++waiting[graph.target[e]];
  const order = new Uint32Array(graph.states);
  let size = 0;
  for (let s = 0; s < graph.states; ++s) {
    if (waiting[s] === 0) order[size++] = s;
  }
  for (let i = 0; i < size; ++i) {
    const last = graph.firstEdge[order[i] + 1];
    for (let e = graph.firstEdge[order[i]]; e < last; ++e) {
      if (--waiting[graph.target[e]] === 0) order[size++] = graph.target[e];
    }
  }
  return size === graph.states ? order : null;
}

/// Mean over the actors of the mean over their outcomes. `actorOf(edge)` is less than 256;
/// `counts` is 256 zeros and is so again afterwards.
function meanOfMeans(graph, state, actorOf, odds, counts) {
  const first = graph.firstEdge[state];
  const last = graph.firstEdge[state + 1];
  let actors = 0;
  for (let e = first; e < last; ++e) {
    if (counts[actorOf(e)]++ === 0) ++actors;
  }
  let sum = 0;
  for (let e = first; e < last; ++e) sum += odds[graph.target[e]] / counts[actorOf(e)];
  for (let e = first; e < last; ++e) counts[actorOf(e)] = 0;
  return sum / actors;
}

/// { odds, outlook } by state, or null if they are unknown: the graph is not whole.
export function outlookOf(policy) {
  const {graph} = policy;
  if (!policy.data.whole) return null;
  const order = topologicalOrder(graph);
  if (order === null) return null;
  const odds = new Float64Array(graph.states);
  const canFail = 1;
  const canPass = 2;
  const future = new Uint8Array(graph.states);
  const counts = new Uint32Array(256);
  const actorOf = (edge) => policy.move(edge).actor;
  for (let i = order.length - 1; i >= 0; --i) {
    const state = order[i];
    const first = graph.firstEdge[state];
    const last = graph.firstEdge[state + 1];
    if (graph.end[state] !== -1 || first === last) {
      const fails = policy.isViolation(state);
      future[state] = fails ? canFail : canPass;
      odds[state] = fails ? 1 : 0;
      continue;
    }
    for (let e = first; e < last; ++e) future[state] |= future[graph.target[e]];
    odds[state] = meanOfMeans(graph, state, actorOf, odds, counts);
  }
  const outlook = future.map(
      (bits) => bits === canFail ? inevitable :
          bits === canPass       ? safe :
                                   avoidable);
  return {odds, outlook};
}

/// Odds as text for readers: "12.3 %", "1 in 2,700,000". Never rounded to none or to
/// certainty: the outlook says those.
export function oddsText(odds, outlook) {
  if (outlook === inevitable) return 'certain';
  if (outlook === safe) return 'none';
  if (odds >= 0.9995) return 'more than 99.9 %';
  if (odds >= 0.001) return `${(odds * 100).toPrecision(3)} %`;
  if (odds === 0) return 'too small for this page to say';
  return `1 in ${Number((1 / odds).toPrecision(3)).toLocaleString('en-GB')}`;
}
