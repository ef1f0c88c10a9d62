// SPDX-License-Identifier: MIT
//
// The page in Firefox: the story and a challenge, on the tiny scenario. Skipped where there
// is no Firefox.
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {after, before, test} from 'node:test';

import {writePage} from './browser.mjs';
import {firefoxProgram, startFirefox} from './marionette.mjs';
import {tinyData} from './tiny.mjs';

const skip = existsSync(firefoxProgram) ? false : `there is no ${firefoxProgram}`;

let firefox;
before(async () => {
  if (!skip) firefox = await startFirefox();
}, {timeout: 90000});
after(() => firefox?.stop());

const click = (id) =>
    firefox.run('document.querySelector(`[data-testid="${arguments[0]}"]`).click()', id);
const textOf = (id) =>
    firefox.run('return document.querySelector(`[data-testid="${arguments[0]}"]`).textContent', id);
const choose = (actor, outcome = '') => firefox.run(
    'document.querySelector(`[data-testid=choice][data-actor="${arguments[0]}"]` +' +
        '`[data-outcome="${arguments[1]}"]`).click()',
    actor, outcome);

test('the story, from the first screen to the violation', {skip}, async () => {
  await firefox.go(writePage(tinyData()));
  assert.match(await textOf('opening'), /release the same memory twice/);
  await click('opening-begin');
  assert.match(await textOf('story-place'), /Stop 1 of 3/);
  await click('story-next');
  assert.match(await textOf('changes'), /MR 1: INVALID -> VALID/);
  await click('story-next');
  assert.match(await textOf('end-violation'), /double DMA unmap of MR 1/);
  assert.equal(await firefox.run('return document.querySelectorAll(".region.violated").length'), 1);
  assert.ok(await firefox.run('return document.querySelectorAll(".band-cell").length > 2'));
});

test('a challenge is won', {skip}, async () => {
  await firefox.go(writePage(tinyData()));
  await click('opening-try');
  await choose('nic');
  await choose('t1');
  await choose('rec', 'fail');
  assert.match(await textOf('won-fail'), /Done in 4 steps with 1 preemption/);
});

test('nothing is wider than the screen, and the stage is not empty', {skip}, async () => {
  await firefox.go(`${writePage(tinyData())}#at=0`);
  assert.ok(await firefox.run('return document.documentElement.scrollWidth <= innerWidth'));
  const box = await firefox.run(
      'const {width, height} = document.querySelector(".stage").getBoundingClientRect();' +
      'return [width, height]');
  assert.ok(box[0] > 300 && box[1] > 200, String(box));
});
