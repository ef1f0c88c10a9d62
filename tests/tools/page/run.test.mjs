// SPDX-License-Identifier: MIT
//
// Runs: preemptions by the rule of docs/semantics.md, replays, two policies in lockstep.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {fieldPairs, firstDifference} from '../../../tools/page/web/differences.js';
import {PolicyGraph} from '../../../tools/page/web/policy_graph.js';
import {replay, Run} from '../../../tools/page/web/run.js';

import {compilePolicy} from './compile_policy.mjs';
import {actors, tinyPolicies} from './tiny.mjs';

const graphs = () => tinyPolicies().map((data) => new PolicyGraph(data));
const choices = (...texts) => texts.map((text) => {
  const [actor, outcome = ''] = text.split('=');
  return {actor, outcome};
});

function costs(policy, ...texts) {
  const {run, leftOut} = replay([policy], choices(...texts));
  assert.deepEqual(leftOut, []);
  return run.tracks[0].preemptions;
}

test('preemptions in the tiny graph', () => {
  const [old] = graphs();
  // In "four" the task could go on: leaving it for the worker is one. In "six" the worker
  // cannot: going back to the task is none.
  assert.deepEqual(costs(old, 'nic', 't1', 'rec=fail', 't1'), [0, 0, 0, 1, 1]);
  assert.deepEqual(costs(old, 't1', 'rec', 't1', 'rec'), [0, 0, 1, 2, 3]);
  // The RNIC's step is free, whoever could go on.
  assert.deepEqual(costs(old, 'nic', 't1', 't1', 'nic'), [0, 0, 0, 0, 0]);
});

/// A line of states in each of which several can go on: who of them is given by the test.
function line(...enabled) {
  const states = {};
  enabled.forEach((ids, n) => {
    const edges =
        ids.map((id) => ({actor: id, step: 's', func: 'f', statement: 's', to: String(n + 1)}));
    states[n] = {edges};
  });
  states[enabled.length] = {end: {end: 'rest', text: 'done'}};
  return new PolicyGraph(compilePolicy({
    name: 'line',
    verdict: 'exhausted',
    actors,
    fields: [],
    states,
    first: '0',
  }));
}

test('the environment is transparent', () => {
  // The task could go on before and after the RNIC's step: going on with it is none, leaving
  // it after the RNIC's step is one.
  const policy = line(['t1'], ['t1', 'nic'], ['t1', 'rec']);
  assert.deepEqual(costs(policy, 't1', 'nic', 't1'), [0, 0, 0, 0]);
  assert.deepEqual(costs(policy, 't1', 'nic', 'rec'), [0, 0, 0, 1]);
});

test('one that could not go on has been left, even if the environment wakes it', () => {
  const policy = line(['t1'], ['nic'], ['t1', 'rec']);
  assert.deepEqual(costs(policy, 't1', 'nic', 'rec'), [0, 0, 0, 0]);
});

test('one that the environment put to sleep has been left at no cost', () => {
  const policy = line(['t1'], ['t1', 'nic'], ['rec']);
  assert.deepEqual(costs(policy, 't1', 'nic', 'rec'), [0, 0, 0, 0]);
});

test('taking a step forgets what was undone', () => {
  const run = new Run([graphs()[0]]);
  for (const choice of choices('nic', 't1', 'rec=fail', 't1')) assert.ok(run.take(choice, true));
  assert.equal(run.position, 4);
  run.goTo(2);
  assert.equal(run.length, 4);
  assert.ok(run.take(choices('t1')[0], true));
  assert.equal(run.length, 3);
  assert.equal(run.tracks[0].states.length, 4);
  assert.ok(!run.take(choices('rec=fail')[0], true), 'not possible in nine');
  assert.equal(run.length, 3);
});

test('a position is kept within the run', () => {
  const {run} = replay([graphs()[0]], choices('nic', 't1'));
  run.goTo(-3);
  assert.equal(run.position, 0);
  run.goTo(99);
  assert.equal(run.position, 2);
  run.goTo(Number.NaN);
  assert.equal(run.position, 0);
});

test('a replay leaves out what is not possible, or stops there', () => {
  const [, fix] = graphs();
  const wanted = choices('nic', 't1', 'rec=fail', 't1', 'nic');
  const all = replay([fix], wanted);
  assert.deepEqual(all.leftOut, [2]);
  assert.equal(all.run.length, 4);
  const stopped = replay([fix], wanted, true);
  assert.deepEqual(stopped.leftOut, [2]);
  assert.equal(stopped.run.length, 2);
});

test('lockstep: what is impossible in one is skipped there', () => {
  const [old, fix] = graphs();
  const {run, leftOut} = replay([old, fix], choices('nic', 't1', 'rec=fail', 't1'));
  assert.deepEqual(leftOut, []);
  assert.deepEqual(
      [0, 1, 2, 3].map((i) => run.tracks[1].isSkipped(i)), [false, false, true, false]);
  assert.equal(run.tracks[1].taken(4), 3);
  assert.equal(run.tracks[1].states[3], run.tracks[1].states[2]);
  assert.equal(firstDifference(...run.tracks, fieldPairs(old, fix)), 2);
});

test('lockstep: no difference while all is the same', () => {
  const [old, fix] = graphs();
  const {run} = replay([old, fix], choices('nic', 't1', 't1'));
  assert.equal(firstDifference(...run.tracks, fieldPairs(old, fix)), -1);
});

test('lockstep: another effect is a difference, even if the world does not show it', () => {
  const says = (text) => new PolicyGraph(compilePolicy({
    name: text,
    verdict: 'exhausted',
    actors,
    fields: [],
    first: 'a',
    states: {
      a: {edges: [{actor: 't1', step: 's', func: 'f', statement: 's', says: [text], to: 'b'}]},
      b: {end: {end: 'rest', text: 'done'}},
    },
  }));
  const {run} = replay([says('drains'), says('does not drain')], choices('t1'));
  assert.equal(firstDifference(...run.tracks, []), 0);
});

test('a step that leads beyond the page is not taken', () => {
  const [, , partial] = graphs();
  const {run, leftOut} = replay([partial], choices('nic', 't1', 't1', 'nic'));
  assert.deepEqual(leftOut, [3]);
  assert.equal(run.length, 3);
});
