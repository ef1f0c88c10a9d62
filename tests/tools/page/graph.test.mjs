// SPDX-License-Identifier: MIT
//
// The graph is unpacked to what was packed, and garbage is refused in words.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {decodeGraph} from '../../../tools/page/web/graph.js';
import {PolicyGraph} from '../../../tools/page/web/policy_graph.js';

import {bigData, randomNumbers} from './big.mjs';
import {breadthFirst, encodeGraph} from './compile_policy.mjs';
import {tinyPolicies} from './tiny.mjs';

const base64 = (...bytes) => Buffer.from(bytes).toString('base64');

test('bytes written out by hand', () => {
  // State 0: two edges, move 5 to a new state, move 300 to a new one. State 1: one edge,
  // move 1 to the newest of 3 states met. State 2: an end, number 7, without edges.
  const graph = decodeGraph(base64(4, 5, 0, 0xac, 0x02, 0, 2, 1, 1, 1, 7), 3, true);
  assert.deepEqual([...graph.firstEdge], [0, 2, 3, 3]);
  assert.deepEqual([...graph.move], [5, 300, 1]);
  assert.deepEqual([...graph.target], [1, 2, 2]);
  assert.deepEqual([...graph.parentEdge], [-1, 0, 1]);
  assert.deepEqual([...graph.parentState], [-1, 0, 0]);
  assert.deepEqual([...graph.end], [-1, -1, 7]);
});

test('an edge back before the first state leads beyond the page', () => {
  assert.throws(() => decodeGraph(base64(2, 0, 2), 1, true), /leads nowhere/);
  assert.deepEqual([...decodeGraph(base64(2, 0, 2), 1, false).target], [-1]);
});

test('a target that is not described is beyond the page', () => {
  assert.deepEqual([...decodeGraph(base64(2, 0, 0), 1, false).target], [-1]);
});

test('what is no graph is refused', () => {
  assert.throws(() => decodeGraph('!', 1, true), /not base64/);
  assert.throws(() => decodeGraph(base64(2, 0x80), 1, true), /middle of a number/);
  assert.throws(() => decodeGraph('', 1, true), /no state/);
  assert.throws(() => decodeGraph(base64(1, 0), 2, true), /should have 2 states and has 1/);
});

test('random graphs come back', () => {
  const random = randomNumbers(3);
  for (let round = 0; round < 50; ++round) {
    const count = 1 + random(300);
    const states = {};
    for (let n = 0; n < count; ++n) {
      const edges =
          Array.from({length: random(5)}, () => ({to: String(random(count)), move: random(1000)}));
      states[n] = {edges};
    }
    const order = breadthFirst(states, '0');
    const ends = new Map(order.map((name) => [name, random(3) - 1]));
    const graph = decodeGraph(
        encodeGraph(states, order, (name) => ends.get(name), (edge) => edge.move), order.length,
        true);
    order.forEach((name, s) => {
      assert.equal(graph.end[s], ends.get(name));
      const edges = [];
      for (let e = graph.firstEdge[s]; e < graph.firstEdge[s + 1]; ++e) {
        edges.push({to: order[graph.target[e]], move: graph.move[e]});
      }
      assert.deepEqual(edges, states[name].edges);
    });
  }
});

test('the worlds of the tiny graph are those written down', () => {
  const policy = new PolicyGraph(tinyPolicies()[0]);
  const say = (state) => policy.data.fields.map((_, f) => policy.valueIn(policy.world(state), f));
  let state = 0;
  assert.deepEqual(say(state), ['INVALID', 'no', '', '', 'RTS']);
  const take = (actor, outcome = '') => {
    state = policy.target(policy.findEdge(state, {actor, outcome}));
  };
  take('nic');
  assert.deepEqual(say(state), ['INVALID', 'no', '', '', 'ERROR']);
  take('t1');
  assert.deepEqual(say(state), ['VALID', 'yes', '', 'FASTREG of MR 1, SEND of RPC 1', 'RTS']);
  take('rec', 'fail');
  take('t1');
  assert.deepEqual(say(state), ['FLUSHED_FR', 'no', '', 'bad', 'RTS']);
  assert.deepEqual(policy.endOf(state), {end: 'violation', text: 'double DMA unmap of MR 1'});
  assert.deepEqual(policy.endCounts, {rest: 4, violation: 2, cut: 1});
});

test('a world does not depend on the way to it, nor on what is in the cache', () => {
  const policy = new PolicyGraph(bigData(3000).scenarios[0].policies[0]);
  const {graph} = policy;
  for (let s = graph.states - 1; s >= 0; --s) {
    for (const edge of policy.edges(s)) {
      const patched = Uint32Array.from(policy.world(s));
      const {patch} = policy.move(edge);
      for (let i = 0; i < patch.length; i += 2) patched[patch[i]] = patch[i + 1];
      assert.deepEqual(patched, policy.world(policy.target(edge)));
    }
  }
});

test('a part with a border shows everybody who can go on, a reduced graph need not', () => {
  const [old, , partial] = tinyPolicies();
  assert.ok(new PolicyGraph(old).showsAllEnabled);
  assert.ok(new PolicyGraph(partial).showsAllEnabled);
  assert.ok(!new PolicyGraph({...old, whole: false}).showsAllEnabled);
});
