// SPDX-License-Identifier: MIT
//
// The picture on the tiny scenario: places, tokens, band, curve, first screen, challenges.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {browserForTests, clickSteps, textOf, writePage} from './browser.mjs';
import {tinyData} from './tiny.mjs';

const onPage = browserForTests();
const address = writePage(tinyData());
const pageTest = (name, body, options = {}) => test(name, () => onPage(address, body, options));

const region = (page, name = 'MR 1') => page.locator(`[data-testid=region][data-region="${name}"]`);
const glowing = (page) =>
    page.locator('.place.can').evaluateAll((places) => places.map((place) => place.dataset.place));

pageTest('whoever can take the next step glows, and nobody else', async (page) => {
  assert.deepEqual(await glowing(page), ['t1', 'nic']);
  await clickSteps(page, 'nic', 't1');
  assert.deepEqual(await glowing(page), ['t1', 'rec']);
});

pageTest('a click anywhere on a glowing place takes its step', async (page) => {
  const box = await page.locator('[data-place=nic]').boundingBox();
  await page.mouse.click(box.x + box.width - 8, box.y + box.height - 8);
  assert.match(await textOf(page, 'count'), /Step 1/);
  assert.match(await textOf(page, 'qp'), /ERROR/);
});

pageTest('a token looks like its state, and says it in words', async (page) => {
  assert.match(await region(page).getAttribute('class'), /state-invalid unmapped/);
  await clickSteps(page, 'nic', 't1');
  assert.match(await region(page).getAttribute('class'), /state-valid mapped/);
  assert.match(await region(page).textContent(), /MR 1: 1VALID/);
  await clickSteps(page, 't1', 'rec');
  assert.match(await region(page).getAttribute('class'), /state-flushed unmapped.*violated/);
  assert.match(await textOf(page, 'caption'), /Double DMA unmap of MR 1\./);
});

pageTest('envelopes are in their queue', async (page) => {
  await clickSteps(page, 'nic', 't1');
  assert.deepEqual(
      await page.locator('[data-tray="Send queue"] [data-testid=envelope] b').allTextContents(),
      ['FASTREG', 'SEND']);
});

pageTest('statements that ran have their step, the next one has the counter', async (page) => {
  await clickSteps(page, 'nic', 't1');
  const lines = page.locator('[data-place=rec] .code li');
  assert.deepEqual(
      await lines.evaluateAll((all) => all.map((li) => li.classList.contains('next'))),
      [false, false, true, false]);
  await clickSteps(page, 'rec=fail');
  assert.equal(await lines.nth(2).locator('.ran').textContent(), '3');
});

pageTest(
    'the curve is there without asking, and marks where it became inevitable', async (page) => {
      await page.getByTestId('counterexample').click();
      await page.locator('.turn-mark').waitFor();
      assert.match(await page.locator('.inevitable-name').textContent(), /inevitable from step 3/);
      assert.match(await page.getByTestId('band').textContent(), /20\.8 %/);
    });

pageTest('a click in the band goes to the nearest step', async (page) => {
  await page.getByTestId('counterexample').click();
  const box = await page.getByTestId('band').boundingBox();
  await page.mouse.click(box.x + 118 + (box.width - 182) / 2, box.y + 60);
  assert.match(await textOf(page, 'count'), /Step 2 of 4/);
});

pageTest('what was undone stays as a ghost when another way is taken', async (page) => {
  await clickSteps(page, 'nic', 't1', 't1');
  await page.locator('.dot-now').first().waitFor();
  assert.equal(await page.locator('.ghost').count(), 0);
  await page.getByTestId('undo').click();
  await clickSteps(page, 'rec=fail');
  assert.equal(await page.locator('.ghost').count(), 1);
  await page.getByTestId('reset').click();
  assert.equal(await page.locator('.ghost').count(), 0);
});

pageTest('with the odds shown every choice says what would follow', async (page) => {
  await clickSteps(page, 'nic', 't1');
  await page.getByTestId('show-odds').check();
  await page.getByTestId('then').first().waitFor();
  // Worked out in tiny.mjs: nine 1/3, rest 0, six certain.
  assert.deepEqual(
      await page.getByTestId('then').allTextContents(), ['then 33.3 %', 'then 0 %', 'then 100 %']);
});

pageTest('the first screen asks, and leads on', async (page) => {
  assert.ok(await page.getByTestId('opening').isVisible());
  assert.match(await textOf(page, 'opening'), /release the same memory twice\. Who did it\?/);
  assert.equal(await page.getByTestId('stage').isVisible(), false);
  await page.getByTestId('opening-begin').click();
  assert.match(await textOf(page, 'story-place'), /Stop 1 of 3/);
  assert.ok(await page.getByTestId('stage').isVisible());
}, {opening: true});

pageTest('who only wants to look around finds the whole page', async (page) => {
  await page.getByTestId('opening-skip').click();
  assert.equal(await page.getByTestId('tab-play').getAttribute('aria-selected'), 'true');
  assert.match(await textOf(page, 'count'), /The beginning/);
}, {opening: true});

pageTest('who wants to make it happen is in a challenge', async (page) => {
  await page.getByTestId('opening-try').click();
  assert.equal(await page.getByTestId('tab-challenges').getAttribute('aria-selected'), 'true');
  assert.match(await textOf(page, 'score'), /^0 steps/);
}, {opening: true});

pageTest('a stop says what changed since the one before', async (page) => {
  await page.getByTestId('story-next').click();
  await page.getByTestId('story-next').click();
  const changes = await textOf(page, 'changes');
  assert.match(changes, /Changed since stop 1/);
  assert.match(changes, /2MR 1: INVALID -> VALID/);
  assert.match(changes, /2MR 1 is DMA-mapped/);
  assert.match(await region(page).getAttribute('class'), /changed/);
});

pageTest('a word of the glossary is explained by tap and focus', async (page) => {
  await page.getByTestId('story-next').click();
  await page.getByTestId('story-next').click();
  const word = page.locator('.term', {hasText: 'FASTREG'});
  await word.focus();
  assert.match(
      await page.locator('#meaning').textContent(), /FASTREG: the work request that registers/);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#meaning').isVisible(), false);
  await word.click();
  assert.ok(await page.locator('#meaning').isVisible());
});

pageTest('hints, each more telling; the last is the next step', async (page) => {
  await page.getByTestId('tab-challenges').click();
  await page.getByTestId('challenge-fail-start').click();
  await page.locator('.dot-now').first().waitFor();
  for (let n = 1; n <= 3; ++n) {
    await page.getByTestId('challenge-hint').click();
    assert.equal(await page.getByTestId('hints').locator('li').count(), n);
  }
  assert.equal(await page.getByTestId('challenge-hint').count(), 0);
  // t1 and nic are equally likely to fail; after nic t1, one of rec's outcomes is certain to.
  await clickSteps(page, 'nic', 't1');
  assert.match(
      await page.getByTestId('hints').locator('li').nth(2).textContent(),
      /The next step: MR recovery worker: reset the MR \(fail\)/);
});

pageTest('decisions that mattered are counted: where label or odds changed', async (page) => {
  await page.getByTestId('tab-challenges').click();
  await page.getByTestId('challenge-fail-start').click();
  await page.locator('.dot-now').first().waitFor();
  // 5/24 stays 5/24 by nic; t1 and rec=fail change it; the last step is forced.
  await clickSteps(page, 'nic');
  assert.match(await textOf(page, 'score'), /1 step, 0 decisions mattered/);
  await clickSteps(page, 't1', 'rec=fail');
  assert.match(await textOf(page, 'score'), /4 steps, 2 decisions mattered, 1 preemption/);
});

pageTest('forced steps run in a challenge unless switched off', async (page) => {
  await page.getByTestId('tab-challenges').click();
  await page.getByTestId('forced').uncheck();
  await page.getByTestId('challenge-fail-start').click();
  await clickSteps(page, 'nic', 't1', 'rec=fail');
  assert.match(await textOf(page, 'count'), /Step 3 ·/);
});

pageTest('it can be avoided from just before it was inevitable', async (page) => {
  await page.getByTestId('counterexample').click();
  await page.locator('.turn-mark').waitFor();
  await page.getByTestId('end-avoid').click();
  assert.match(await textOf(page, 'count'), /Step 2 ·/);
  await clickSteps(page, 'rec=ok');
  assert.match(await textOf(page, 'won-avoid'), /Avoided in 1 step\./);
});

pageTest('side by side: one side that cannot follow goes on to rest and says so', async (page) => {
  await page.getByTestId('beside').selectOption('1');
  await page.getByTestId('counterexample').click();
  assert.equal(await page.getByTestId('stage').count(), 2);
  assert.match(await textOf(page, 'count'), /Step 4 of 5/);
  assert.equal(await page.locator('.region.violated').count(), 1, 'red only where it is violated');
  await page.keyboard.press('End');
  assert.match(await textOf(page, 'end-rest'), /fix: At rest/);
  assert.match(await textOf(page, 'now-text'), /the run has ended under pre-fix/);
});

pageTest('side by side the story goes on where it was, and compares', async (page) => {
  await page.getByTestId('story-next').click();
  await page.getByTestId('story-next').click();
  await page.getByTestId('beside').selectOption('1');
  assert.match(await textOf(page, 'story-place'), /Stop 2 of 3/);
  assert.match(await textOf(page, 'both'), /fr_stateVALIDVALID/);
  await page.getByTestId('story-next').click();
  assert.match(await page.locator('#changes').textContent(), /The life of MR 1/);
});

test('two policies are chosen from by three buttons, and both by a key', () => {
  const data = tinyData();
  data.scenarios[0].policies.length = 2;
  return onPage(writePage(data), async (page) => {
    const pressed = () => page.locator('#segment [aria-pressed=true]').textContent();
    assert.equal(await page.getByTestId('policy').isVisible(), false);
    assert.equal(await pressed(), 'Before the fix');
    await page.getByTestId('segment-1').click();
    assert.match(
        await page.evaluate(() => location.hash + document.getElementById('policy').value), /1$/);
    assert.equal(await pressed(), 'The fix');
    await page.keyboard.press('b');
    assert.equal(await page.getByTestId('stage').count(), 2);
    assert.equal(await pressed(), 'Both');
    await page.keyboard.press('b');
    assert.equal(await page.getByTestId('stage').count(), 1);
  });
});

pageTest('the stage in words follows', async (page) => {
  const words = () => page.locator('#stage-text-0').textContent();
  assert.match(await words(), /MR 1: INVALID, not mapped\. Can go next: RPC task 1, RNIC\./);
  await clickSteps(page, 'nic', 't1');
  assert.match(await words(), /MR 1: VALID, mapped for DMA\. Can go next: RPC task 1, MR recovery/);
});

pageTest('with less motion a step moves nothing', async (page) => {
  await clickSteps(page, 'nic', 't1');
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
}, {reducedMotion: 'reduce'});

pageTest('a step lets things fly, and the next step ends the flight', async (page) => {
  const flights = () => page.evaluate(
      () => document.getAnimations().filter((a) => !(a instanceof CSSTransition)).length);
  await clickSteps(page, 'nic');
  await page.evaluate(() => document.querySelector('[data-testid=choice][data-actor=t1]').click());
  assert.ok(await flights() > 0, 'the work requests fly from the task to the queue');
  await page.evaluate(() => document.querySelector('[data-testid=choice][data-actor=t1]').click());
  await page.waitForTimeout(500);
  assert.equal(await flights(), 0);
});
