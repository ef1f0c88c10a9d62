// SPDX-License-Identifier: MIT
//
// Odds and labels against what was worked out on paper, and against random runs.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {avoidable, inevitable, oddsText, outlookOf, safe, topologicalOrder} from '../../../tools/page/web/odds.js';
import {PolicyGraph} from '../../../tools/page/web/policy_graph.js';

import {randomNumbers} from './big.mjs';
import {compilePolicy} from './compile_policy.mjs';
import {actors, tinyPolicies} from './tiny.mjs';

const [old, fix, partial] = tinyPolicies();

/// The state that these choices lead to.
function after(policy, ...choices) {
  let state = 0;
  for (const choice of choices) {
    const [actor, outcome = ''] = choice.split('=');
    state = policy.target(policy.findEdge(state, {actor, outcome}));
  }
  return state;
}

const cases = [
  // choices, odds, label
  [[], 5 / 24, avoidable],
  [['t1'], 5 / 24, avoidable],
  [['nic'], 5 / 24, avoidable],
  [['t1', 't1'], 0, safe],
  [['t1', 'rec'], 5 / 12, avoidable],
  [['nic', 'rec'], 0, safe],
  [['nic', 't1', 't1'], 1 / 3, avoidable],
  [['nic', 't1', 'rec=ok'], 0, safe],
  [['nic', 't1', 'rec=fail'], 1, inevitable],
  [['nic', 't1', 'rec=fail', 't1'], 1, inevitable],
  [['nic', 't1', 't1', 'rec'], 1, inevitable],
];

test('odds and labels of the tiny graph', () => {
  const policy = new PolicyGraph(old);
  const {odds, outlook} = outlookOf(policy);
  for (const [choices, expected, label] of cases) {
    const state = after(policy, ...choices);
    assert.ok(Math.abs(odds[state] - expected) < 1e-12, `${choices}: ${odds[state]}`);
    assert.equal(outlook[state], label, `${choices}`);
  }
});

test('under the fix everything is safe', () => {
  const {odds, outlook} = outlookOf(new PolicyGraph(fix));
  assert.ok(odds.every((p) => p === 0));
  assert.ok(outlook.every((label) => label === safe));
});

test('of a part of a graph the odds are unknown', () => {
  assert.equal(outlookOf(new PolicyGraph(partial)), null);
});

test('a circle has no order and no odds', () => {
  const step = {actor: 't1', step: 's', func: 'f', statement: 's'};
  const policy = new PolicyGraph(compilePolicy({
    name: 'circle',
    verdict: 'exhausted',
    actors,
    fields: [],
    first: 'a',
    states: {a: {edges: [{...step, to: 'b'}]}, b: {edges: [{...step, to: 'a'}]}},
  }));
  assert.equal(topologicalOrder(policy.graph), null);
  assert.equal(outlookOf(policy), null);
});

test('random scheduling fails about as often as the odds say', () => {
  const policy = new PolicyGraph(old);
  const random = randomNumbers(7);
  const runs = 40000;
  let failed = 0;
  for (let n = 0; n < runs; ++n) {
    let state = 0;
    while (policy.edges(state).length > 0) {
      const edges = policy.edges(state);
      const ids = [...new Set(edges.map((e) => policy.move(e).actor))];
      const actor = ids[random(ids.length)];
      const mine = edges.filter((e) => policy.move(e).actor === actor);
      state = policy.target(mine[random(mine.length)]);
    }
    if (policy.isViolation(state)) ++failed;
  }
  // 5/24 with a standard deviation of 0.002 in 40,000 runs.
  assert.ok(Math.abs(failed / runs - 5 / 24) < 0.01, String(failed / runs));
});

test('odds in words', () => {
  assert.equal(oddsText(0.25, avoidable), '25.0 %');
  assert.equal(oddsText(3.7e-7, avoidable), '1 in 2,700,000');
  assert.equal(oddsText(0.99999, avoidable), 'more than 99.9 %');
  assert.equal(oddsText(1, inevitable), 'certain');
  assert.equal(oddsText(0, safe), 'none');
  assert.equal(oddsText(0, avoidable), 'too small for this page to say');
});
