// SPDX-License-Identifier: MIT
//
// The page in a browser: what a reader does with it, on the tiny scenario.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {browserForTests, clickSteps, textOf, writePage} from './browser.mjs';
import {tinyData, twoScenarios} from './tiny.mjs';

const onPage = browserForTests();
const address = writePage(tinyData());

/// A test with a page of its own.
function pageTest(name, body, fragment = '', at = () => address) {
  test(name, () => onPage(at() + fragment, body));
}

/// From here on time passes in the page only when a test lets it, however busy the machine is.
async function stopClock(page) {
  await page.clock.install({time: 0});
  await page.clock.pauseAt(1000);
}

const events = (page) => page.getByTestId('event').allTextContents();
const count = (page) => textOf(page, 'count');
const field = (page, name) => page.locator(`[data-testid=field][data-field="${name}"] dd`).first();

pageTest('steps are chosen, and the world follows', async (page) => {
  assert.equal(await textOf(page, 'title'), 'A tiny race');
  assert.equal(await page.getByTestId('choice').count(), 2);
  assert.equal(await field(page, 'fr_state').textContent(), 'INVALID');
  await clickSteps(page, 't1');
  assert.match(await field(page, 'fr_state').textContent(), /^VALID.*was INVALID/);
  assert.match((await events(page))[0], /fr_state of MR 1: INVALID -> VALID/);
  assert.match((await events(page))[0], /RPC task 1 · frwr_op_map/);
  await clickSteps(page, 'rec');
  assert.equal(await field(page, 'fr_state').textContent(), 'VALID');
  assert.deepEqual(
      await field(page, 'work requests').locator('li').allTextContents(),
      ['FASTREG of MR 1', 'SEND of RPC 1']);
  assert.match(await count(page), /Step 2 · 1 preemption$/);
  assert.equal(await page.getByTestId('preempts').count(), 1, 'the task would preempt the worker');
  await clickSteps(page, 'rec=ok');
  assert.match(await textOf(page, 'end-rest'), /At rest: all RPCs done/);
  assert.equal(await page.getByTestId('choice').count(), 0);
});

pageTest('a subject that never has anything to show has no card', async (page) => {
  assert.equal(await page.locator('[data-subject="MR 1"]').count(), 1);
  assert.equal(await page.locator('[data-subject="MR 2"]').count(), 0);
});

pageTest('undo, redo, scrub, reset', async (page) => {
  await clickSteps(page, 'nic', 't1', 't1');
  await page.getByTestId('undo').click();
  assert.match(await count(page), /Step 2 of 3/);
  assert.equal(await field(page, 'DMA-mapped').textContent(), 'yeswas no');
  await page.getByTestId('redo').click();
  assert.match(await count(page), /Step 3 ·/);
  await page.getByTestId('scrub').fill('0');
  assert.match(await count(page), /The beginning|Step 0 of 3/);
  assert.equal(await field(page, 'QP').textContent(), 'RTS');
  await page.getByTestId('scrub').fill('1');
  assert.match(await field(page, 'QP').textContent(), /^ERROR/);
  assert.equal((await events(page)).length, 3, 'what was undone is still there');
  await clickSteps(page, 'rec');
  assert.equal((await events(page)).length, 2, 'and is gone when another step is taken');
  assert.match((await events(page))[1], /MR recovery worker/);
  await page.getByTestId('reset').click();
  assert.equal((await events(page)).length, 0);
  assert.equal(await page.getByTestId('message').isVisible(), false);
});

pageTest('a row of the timeline leads to its moment', async (page) => {
  await clickSteps(page, 'nic', 't1', 't1');
  await page.getByTestId('event').nth(0).click();
  assert.match(await count(page), /Step 1 of 3/);
  assert.equal(await page.locator('[aria-current=step]').getAttribute('data-step'), '1');
});

pageTest('a click with Shift lets the context go on', async (page) => {
  await clickSteps(page, 'nic');
  await page.locator('[data-testid=choice][data-actor=t1]').click({modifiers: ['Shift']});
  assert.match(await count(page), /Step 4/);
  await page.getByTestId('reset').click();
  await page.getByTestId('goes-on').check();
  await clickSteps(page, 't1');
  assert.match(await count(page), /Step 2/);
});

pageTest('the counterexample: jump, and play from the start', async (page) => {
  await page.getByTestId('counterexample').click();
  assert.match(await textOf(page, 'end-violation'), /double DMA unmap of MR 1/);
  assert.match(await textOf(page, 'now-text'), /VIOLATION: double DMA unmap of MR 1/);
  assert.equal(await page.locator('.violates').count(), 1);
  await stopClock(page);
  await page.getByTestId('pace').selectOption('250');
  await page.getByTestId('play-counterexample').click();
  assert.match(await count(page), /Step 0 of 4/);
  await page.clock.runFor(250);
  assert.match(await count(page), /Step 1 of 4/);
  await page.getByTestId('play').click();
  await page.clock.runFor(600);
  assert.match(await count(page), /Step 1 of 4/, 'paused');
  await page.getByTestId('play').click();
  await page.clock.runFor(3 * 250);
  assert.ok(await page.getByTestId('end-violation').isVisible());
  assert.match(await count(page), /Step 4 ·/);
  assert.equal(await textOf(page, 'play'), 'Play');
});

pageTest('a choice made while a run plays ends the playing', async (page) => {
  await stopClock(page);
  await page.getByTestId('pace').selectOption('2000');
  await page.getByTestId('play-counterexample').click();
  await clickSteps(page, 't1');
  assert.equal(await textOf(page, 'play'), 'Play');
  await page.clock.runFor(5000);
  assert.match(await count(page), /Step 1 ·/);
});

pageTest('the story leads from stop to stop', async (page) => {
  assert.equal(await page.getByTestId('tab-story').getAttribute('aria-selected'), 'true');
  await page.getByTestId('story-next').click();
  assert.equal(await textOf(page, 'story-text'), 'Nothing is mapped yet.');
  assert.match(await textOf(page, 'story-place'), /Stop 1 of 3/);
  await page.getByTestId('story-next').click();
  assert.equal(await textOf(page, 'story-text'), 'The FASTREG is posted to a broken QP.');
  assert.match(await count(page), /Step 2 of 4/);
  await page.getByTestId('story-next').click();
  assert.ok(await page.getByTestId('end-violation').isVisible());
  assert.ok(await page.getByTestId('story-next').isDisabled());
  await page.getByTestId('story-previous').click();
  assert.match(await count(page), /Step 2 of 4/);
  await clickSteps(page, 'rec=ok');
  assert.match(await textOf(page, 'story-text'), /You have left the story/);
  await page.getByTestId('story-next').click();
  assert.equal(await textOf(page, 'story-text'), 'The FASTREG is posted to a broken QP.');
});

pageTest('challenges are won, and not by what was loaded', async (page) => {
  await page.getByTestId('tab-challenges').click();
  assert.match(await textOf(page, 'challenge-fail'), /Make it happen: double DMA unmap/);
  await page.getByTestId('counterexample').click();
  assert.equal(await page.getByTestId('won-fail').count(), 0);
  await page.getByTestId('challenge-fail-start').click();
  await clickSteps(page, 't1', 'rec', 't1', 'rec');
  assert.match(await textOf(page, 'won-fail'), /4 steps with 3 preemptions/);
  assert.equal(await page.getByTestId('won-least').count(), 0);
  await page.getByTestId('challenge-least-start').click();
  // The last step is forced: there is no other, and it is taken.
  await clickSteps(page, 'nic', 't1', 'rec=fail');
  assert.match(await textOf(page, 'won-least'), /4 steps with 1 preemption, the fewest possible/);
});

pageTest('under the fix the page says why it cannot be done', async (page) => {
  await page.getByTestId('tab-challenges').click();
  await page.getByTestId('challenge-fix-start').click();
  assert.equal(await page.getByTestId('policy').inputValue(), '1');
  assert.equal(await page.getByTestId('proof').count(), 0);
  await page.getByTestId('challenge-why').click();
  assert.match(
      await textOf(page, 'proof'),
      /All 9 states .* none of them is a violation.*leaves the MRs on the request/);
});

pageTest('from a failure to the fix, alone or beside', async (page) => {
  await clickSteps(page, 'nic', 't1', 'rec=fail', 't1');
  assert.match(
      await textOf(page, 'done'), /Done in 4 steps with 1 preemption, the fewest possible/);
  await page.getByTestId('end-beside').click();
  assert.equal(await page.getByTestId('world').count(), 2);
  assert.equal((await events(page)).length, 4);
  await page.getByTestId('beside').selectOption('-1');
  await page.getByTestId('end-fix').click();
  assert.equal(await page.getByTestId('policy').inputValue(), '1');
  assert.equal((await events(page)).length, 3);
});

pageTest('a run that was loaded is not praised', async (page) => {
  await page.getByTestId('counterexample').click();
  assert.equal(await page.getByTestId('done').count(), 0);
});

pageTest('a run that ended under the fix asks for the reason by itself', async (page) => {
  await page.getByTestId('policy').selectOption('1');
  await clickSteps(page, 't1', 't1');
  await page.getByTestId('tab-challenges').click();
  assert.ok(await page.getByTestId('proof').isVisible());
});

pageTest('the odds are hidden until asked for', async (page) => {
  assert.equal(await page.getByTestId('odds').isVisible(), false);
  await page.getByTestId('show-odds').check();
  await page.getByTestId('outlook').waitFor();
  assert.equal(await textOf(page, 'outlook'), 'avoidable');
  assert.equal(await textOf(page, 'odds-value'), '20.8 %');
  await clickSteps(page, 'nic', 't1', 'rec=fail');
  assert.equal(await textOf(page, 'outlook'), 'inevitable');
  assert.match(await textOf(page, 'badge-turn'), /inevitable from here/);
  await page.getByTestId('policy').selectOption('1');
  await page.getByText('no failure can be reached from here').waitFor();
});

pageTest('of a part of the graph the odds are unknown, and its border is one', async (page) => {
  await page.getByTestId('policy').selectOption('2');
  assert.match(await textOf(page, 'summary'), /a part of new The first steps of every run\./);
  await page.getByTestId('show-odds').check();
  await page.getByText('The odds are unknown').waitFor();
  await clickSteps(page, 'nic', 't1', 't1');
  const disabled =
      await page.getByTestId('choice').evaluateAll((all) => all.map((b) => b.disabled));
  assert.deepEqual(disabled, [true, true]);
  assert.match(await page.getByTestId('choice').first().textContent(), /beyond this page/);
});

pageTest('lockstep: the same choices, what is impossible, the first difference', async (page) => {
  await page.getByTestId('beside').selectOption('1');
  assert.equal(await page.getByTestId('world').count(), 2);
  await clickSteps(page, 'nic', 't1');
  assert.equal(await page.getByTestId('badge-difference').count(), 0);
  assert.match(
      await page.locator('[data-testid=stage]').nth(1).locator('[data-place=rec]').textContent(),
      /fail: not possible under fix/);
  await clickSteps(page, 'rec=fail');
  assert.match((await events(page))[2], /skipped: not possible under fix/);
  assert.equal(await page.locator('.has-difference').getAttribute('data-step'), '3');
  assert.ok(await page.locator('.apart').count() > 0);
  await clickSteps(page, 't1');
  assert.match(await textOf(page, 'end-violation'), /pre-fix: Violation/);
  assert.equal(await page.getByTestId('choice').count(), 2, 'the fix can go on');
  await page.getByTestId('tab-share').click();
  assert.equal(
      await page.getByTestId('command').nth(1).inputValue(),
      'frwrsim replay tiny --policy new --schedule 1:0123abcd:nic.t1-2');
  await page.getByTestId('beside').selectOption('-1');
  assert.equal(await page.getByTestId('world').count(), 1);
});

pageTest('another policy: the choices go along, and what is not possible is said', async (page) => {
  await page.getByTestId('counterexample').click();
  await page.getByTestId('policy').selectOption('1');
  assert.match(
      await textOf(page, 'message'),
      /Not possible under new \(fix\), and left out: step 3 of the 4/);
  assert.equal((await events(page)).length, 3);
});

pageTest('a link leads to its moment', async (page) => {
  assert.match(await count(page), /Step 2 of 4/);
  assert.equal(await page.getByTestId('policy').inputValue(), '0');
  assert.equal((await events(page)).length, 4);
}, '#scenario=tiny&policy=pre-fix&run=1:0123abcd:nic.t1.rec=fail.t1&at=2');

pageTest('the address follows the run, and following it again changes nothing', async (page) => {
  await clickSteps(page, 'nic', 't1');
  await page.waitForFunction(() => location.hash.endsWith('at=2'));
  const hash = await page.evaluate(() => location.hash);
  assert.equal(hash, '#scenario=tiny&policy=old&run=1:0123abcd:nic.t1&at=2');
  await page.getByTestId('tab-share').click();
  assert.equal(await page.getByTestId('link').inputValue(), address + hash);
  await page.reload();
  assert.match(await count(page), /Step 2/);
  await page.evaluate(() => {
    location.hash = '#policy=fix';
  });
  await page.waitForFunction(() => document.getElementById('policy').value === '1');
});

for (const fragment
         of ['#nonsense', '#run=1:0123abcd:t9', '#policy=%ff', '#scenario=x&policy=y', '#at=1e99',
             '#run=%3Cimg%20src=x%3E']) {
  pageTest(`a link that makes no sense gets an answer: ${fragment}`, async (page) => {
    assert.match(await textOf(page, 'message'), /^This link /);
    await clickSteps(page, 't1');
    assert.equal(await page.getByTestId('message').isVisible(), false);
  }, fragment);
}

pageTest('the command is copied', async (page) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']).catch(() => {});
  await clickSteps(page, 'nic', 't1', 't1');
  await page.getByTestId('tab-share').click();
  await page.getByTestId('copy-command').click();
  await page.waitForFunction(
      () =>
          /Copied|Selected/.test(document.querySelector('[data-testid=copy-command]').textContent));
  assert.equal(
      await page.getByTestId('command').inputValue(),
      'frwrsim replay tiny --policy old --schedule 1:0123abcd:nic.t1-2');
});

const markup = '<img src=x onerror=alert(1)><b>bold</b> & </script><script>alert(2)</script>';
let markedUp;
pageTest('markup in titles is text', async (page) => {
  assert.equal(await textOf(page, 'title'), markup);
  assert.ok((await page.title()).startsWith(markup));
  await page.getByTestId('tab-about').click();
  assert.equal(await textOf(page, 'about'), markup);
  assert.equal(await page.locator('img, header b:has-text("bold")').count(), 0);
}, '', () => (markedUp ??= writePage(tinyData({title: markup, about: markup}))));

let two;
pageTest('another scenario', async (page) => {
  await clickSteps(page, 't1');
  await page.getByTestId('scenario').selectOption('1');
  assert.equal(await textOf(page, 'title'), 'Another race');
  assert.equal((await events(page)).length, 0);
}, '', () => (two ??= writePage(twoScenarios())));

pageTest('data of another format gets an answer', async (page) => {
  assert.match(await textOf(page, 'message'), /cannot be shown.*frwrsim-page\/1/);
}, '', () => writePage({format: 'something else'}));
