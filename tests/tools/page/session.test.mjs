// SPDX-License-Identifier: MIT
//
// Tokens, links, policies, story and challenges, without a browser.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {cannotFail, failureName, whyNoFailure} from '../../../tools/page/web/challenges.js';
import {readFragment, writeFragment} from '../../../tools/page/web/fragment.js';
import {Session} from '../../../tools/page/web/session.js';
import {readToken, scheduleText, tokenOf} from '../../../tools/page/web/token.js';

import {tinyData, twoScenarios} from './tiny.mjs';

const choice = (text) => {
  const [actor, outcome = ''] = text.split('=');
  return {actor, outcome};
};
const choices = (...texts) => texts.map(choice);
const chooseAll = (session, ...texts) =>
    texts.forEach((text) => assert.ok(session.choose(choice(text)), `${text} is possible`));
const link = (rest) => `scenario=tiny&policy=old&run=1:0123abcd:${rest}`;

test('tokens, as sim/schedule.h describes them', () => {
  const run = [
    ...Array(14).fill(choice('t1')), choice('link'), choice('t1'), choice('t1'), choice('srv=1')
  ];
  assert.equal(tokenOf(run, '5f3a9c1e'), '1:5f3a9c1e:t1-14.link.t1-2.srv=1');
  assert.deepEqual(readToken('1:5f3a9c1e:t1-14.link.t1-2.srv=1'), {hash: '5f3a9c1e', choices: run});
  assert.equal(scheduleText([]), '');
  assert.deepEqual(readToken('1:00000000:').choices, []);
  assert.equal(
      scheduleText(choices('rec=ok', 'rec=ok', 'rec=fail', 'rec')), 'rec=ok-2.rec=fail.rec');
});

test('bad tokens are refused in words', () => {
  for (const [token, message] of [
           ['2:00000000:t1', /does not begin like a schedule/],
           ['1:0000:t1', /does not begin/],
           ['', /does not begin/],
           ['1:00000000:t1..t1', /no step/],
           ['1:00000000:t1.', /no step/],
           ['1:00000000:t1-0', /1 to 100000 times/],
           ['1:00000000:t1-99999999999999', /1 to 100000 times/],
           ['1:00000000:t1-90000.t1-90000', /longer than/],
           ['1:00000000:<b>', /no step/],
           ['1:00000000:t1=', /no step/],
  ])
    assert.throws(() => readToken(token), message, token);
});

test('fragments', () => {
  const moment = {scenario: 'a b', policy: 'p', run: '1:00000000:rec=ok.t1-2', at: '3'};
  const text = writeFragment(moment);
  assert.equal(text, 'scenario=a%20b&policy=p&run=1:00000000:rec=ok.t1-2&at=3');
  assert.deepEqual(readFragment(`#${text}`), moment);
  assert.throws(() => readFragment('what'), /means nothing/);
  assert.throws(() => readFragment('policy=%E0%A4%A'), /garbled/);
});

test('a link leads to the moment it was made at', () => {
  const session = new Session(twoScenarios());
  session.openScenario(1);
  session.showPolicies(0, 1);
  chooseAll(session, 'nic', 't1', 'rec=fail', 't1');
  session.goTo(3);
  const fragment = session.fragment();
  const other = new Session(twoScenarios());
  other.openFragment(fragment);
  assert.equal(other.message, '');
  assert.equal(other.fragment(), fragment);
  assert.equal(other.scenario.name, 'other');
  assert.ok(other.isLockstep);
  assert.equal(other.run.position, 3);
  assert.equal(other.run.length, 4);
});

test('a link with an alias', () => {
  const session = new Session(tinyData());
  session.openFragment('policy=fix');
  assert.equal(session.policy.name, 'new');
});

test('links that make no sense are answered in words', () => {
  for (const [fragment, message] of [
           ['scenario=nowhere', /no scenario in this page is called ‘nowhere’; there is tiny/],
           ['policy=nobody', /no policy .*‘nobody’; there is old, new, partial/],
           ['run=nonsense', /does not begin like a schedule/],
           ['nonsense', /means nothing/],
           [link('t1-3'), /followed up to step 2.*‘t1’ is not possible under old \(pre-fix\)/],
           [link('xyz'), /up to step 0.*‘xyz’/],
           [`${link('t1')}&at=7`, /does not have: ‘7’/],
           [`${link('t1')}&at=-1`, /does not have/],
           [link('t1').replace('0123abcd', 'ffffffff'), /another version of the scenario/],
           ['%%%', /means nothing/],
           ['policy=%', /garbled/],
  ]) {
    const session = new Session(tinyData());
    session.openFragment(fragment);
    assert.match(session.message, message, fragment);
  }
});

test('another policy gets the same choices as far as they are possible', () => {
  const session = new Session(tinyData());
  chooseAll(session, 'nic', 't1', 'rec=fail', 't1');
  session.showPolicies(1, -1);
  assert.match(session.message, /Not possible under new \(fix\), and left out: step 3 of the 4/);
  assert.equal(session.run.length, 3);
  assert.equal(session.run.position, 3);
  assert.equal(
      session.command(session.run.tracks[0]),
      'frwrsim replay tiny --policy new --schedule 1:0123abcd:nic.t1-2');
});

test('the moment stays the same under another policy', () => {
  for (const [before, after] of [[1, 1], [2, 2], [3, 2], [4, 3]]) {
    const session = new Session(tinyData());
    chooseAll(session, 'nic', 't1', 'rec=fail', 't1');
    session.goTo(before);
    session.showPolicies(1, -1);
    assert.equal(session.run.position, after);
  }
});

test('a link is not followed past a step that is not possible', () => {
  const session = new Session(tinyData());
  session.openFragment(link('nic.t1.nic.t1'));
  assert.equal(scheduleText(session.run.choices), 'nic.t1');
});

test('the command of a track has what it took, up to the position', () => {
  const session = new Session(tinyData());
  session.showPolicies(0, 1);
  chooseAll(session, 'nic', 't1', 'rec=fail', 't1');
  const [old, fix] = session.run.tracks;
  assert.equal(
      session.command(old),
      'frwrsim replay tiny --policy old --schedule 1:0123abcd:nic.t1.rec=fail.t1');
  assert.equal(
      session.command(fix), 'frwrsim replay tiny --policy new --schedule 1:0123abcd:nic.t1-2');
  session.goTo(1);
  assert.equal(session.command(fix), 'frwrsim replay tiny --policy new --schedule 1:0123abcd:nic');
});

test('going on stops where the context waits, or its step has several outcomes', () => {
  const session = new Session(tinyData());
  session.choose(choice('nic'), true);
  assert.equal(session.run.length, 1, 'the RNIC has no second step');
  session.choose(choice('t1'), true);
  assert.deepEqual(session.run.choices.map((c) => c.actor), ['nic', 't1', 't1', 't1']);
  session.reset();
  chooseAll(session, 't1');
  session.choose(choice('rec'), true);
  assert.equal(session.run.length, 2, 'ok or fail is a choice');
});

test('the counterexample and the passing run', () => {
  const session = new Session(tinyData());
  assert.ok(session.load('counterexample'));
  assert.equal(scheduleText(session.run.choices), 'nic.t1.rec=fail.t1');
  assert.ok(session.policy.isViolation(session.run.tracks[0].states[4]));
  assert.ok(session.load('passing'));
  assert.equal(scheduleText(session.run.choices), 't1-2');
  session.openScenario(0);
  session.showPolicies(1, -1);
  assert.ok(!session.load('counterexample'));
});

test('the story', () => {
  const session = new Session(tinyData());
  session.goToStop(0);
  assert.equal(session.run.position, 0);
  assert.equal(session.run.length, 4);
  session.goToStop(2);
  assert.equal(session.run.position, 4);
  session.goToStop(3);
  assert.equal(session.storyIndex, 2, 'there is no fourth stop');
  session.goTo(2);
  session.choose(choice('t1'));
  assert.equal(session.storyIndex, -1);
  session.goToStop(1);
  assert.equal(scheduleText(session.run.choices), 'nic.t1.rec=fail.t1');
  assert.equal(session.run.position, 2);
});

const won = (session) => session.challenges.list().filter((c) => c.won).map((c) => c.id);

test('a challenge is won by one\'s own run only', () => {
  const session = new Session(tinyData());
  session.load('counterexample');
  assert.deepEqual(won(session), []);
  session.goTo(3);
  session.choose(choice('t1'));
  assert.deepEqual(won(session), [], 'it began with a run that was loaded');
  session.openFragment(link('nic.t1.rec=fail.t1'));
  session.goTo(4);
  assert.deepEqual(won(session), []);
  session.reset();
  chooseAll(session, 'nic', 't1', 'rec=fail');
  assert.deepEqual(won(session), []);
  chooseAll(session, 't1');
  assert.deepEqual(won(session), ['fail', 'least']);
});

test('with more preemptions than needed only the first is won', () => {
  const session = new Session(tinyData());
  chooseAll(session, 't1', 'rec', 't1', 'rec');
  assert.deepEqual(won(session), ['fail']);
  assert.match(session.challenges.list()[0].won, /4 steps with 3 preemptions; 1 is enough/);
  session.goTo(0);
  chooseAll(session, 'nic', 't1', 't1', 'rec');
  assert.deepEqual(won(session), ['fail', 'least']);
});

test('the name of the failure', () => {
  const said = (...texts) => ({ends_said: texts.map((text) => ({end: 'violation', text}))});
  assert.equal(
      failureName(said('double DMA unmap of MR 1', 'double DMA unmap of MR 3')),
      'double DMA unmap');
  assert.equal(failureName(said('double DMA unmap of MR 1', 'RPC 1 is not done')), '');
  assert.equal(
      failureName(said('recovery of MR 1 with its FASTREG in flight')),
      'recovery with its FASTREG in flight');
  const session = new Session(tinyData());
  assert.equal(session.challenges.list()[0].title, 'Make it happen: double DMA unmap');
});

test('that the fix cannot fail is known from the graph, and only of a whole one', () => {
  const session = new Session(tinyData());
  const [old, fix, partial] = [0, 1, 2].map((i) => session.graph(i));
  assert.ok(!cannotFail(old));
  assert.ok(cannotFail(fix));
  assert.ok(!cannotFail(partial));
  assert.equal(
      whyNoFailure(fix),
      'All 9 states that can be reached under new (fix) are in this page, ' +
          'and with them all 7 interleavings. 4 states are ends, and none of them is a violation: ' +
          'no order of the steps makes it fail.');
  assert.match(whyNoFailure(partial), /Only a part .* says nothing about the rest/);
  assert.equal(session.challenges.list().at(-1).title, 'Try it under the fix');
});

test('of a part of a graph the verdict is quoted, not shown', () => {
  const data = tinyData();
  data.scenarios[0].policies[2].verdict = 'exhausted';
  const partial = new Session(data).graph(2);
  assert.ok(!cannotFail(partial));
  assert.match(
      whyNoFailure(partial), /found no violation\. Only a part .* cannot show it by itself/);
});

test('a verdict that the graph contradicts is not believed', () => {
  const data = tinyData();
  data.scenarios[0].policies[0].verdict = 'exhausted';
  assert.ok(!cannotFail(new Session(data).graph(0)));
});

test('data of another format is refused', () => {
  assert.throws(
      () => new Session({format: 'frwrsim-page/2', scenarios: []}), /should be frwrsim-page\/1/);
  assert.throws(() => new Session(null), /should be/);
});
