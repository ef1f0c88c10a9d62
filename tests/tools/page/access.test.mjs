// SPDX-License-Identifier: MIT
//
// For everybody: axe's rules, the keyboard alone, a phone, paper, less motion.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {test} from 'node:test';

import {browserForTests, clickSteps, textOf, writePage} from './browser.mjs';
import {tinyData} from './tiny.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const onPage = browserForTests();
const address = writePage(tinyData());
const withPage = (options, body) => onPage(address, body, options);

/// What axe finds: "rule: selector".
async function findings(page) {
  await page.evaluate(axe);
  const {violations} = await page.evaluate(() => globalThis.axe.run());
  return violations.flatMap(
      (v) => v.nodes.map((node) => `${v.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}

const situations = {
  'at the beginning': async () => {},
  'at a violation, with the odds': async (page) => {
    await page.getByTestId('counterexample').click();
    await page.getByTestId('show-odds').check();
    await page.getByTestId('outlook').waitFor();
    await page.getByTestId('scrub').fill('2');
  },
  'in lockstep': async (page) => {
    await page.getByTestId('beside').selectOption('1');
    await page.getByTestId('counterexample').click();
  },
  'in lockstep, half undone': async (page) => {
    await page.getByTestId('beside').selectOption('1');
    await page.getByTestId('counterexample').click();
    await page.getByTestId('scrub').fill('3');
  },
  'with a challenge won and the proof': async (page) => {
    await page.getByTestId('tab-challenges').click();
    await clickSteps(page, 'nic', 't1', 'rec=fail', 't1');
    await page.getByTestId('challenge-why').click();
  },
  'with link and command, and a message': async (page) => {
    await page.getByTestId('counterexample').click();
    await page.getByTestId('policy').selectOption('1');
    await page.getByTestId('tab-share').click();
  },
  'in free play': (page) => page.getByTestId('tab-play').click(),
  'in the story side by side': async (page) => {
    await page.getByTestId('story-next').click();
    await page.getByTestId('story-next').click();
    await page.getByTestId('beside').selectOption('1');
  },
  'in a challenge with hints': async (page) => {
    await page.getByTestId('tab-challenges').click();
    await page.getByTestId('challenge-fail-start').click();
    for (let n = 0; n < 3; ++n) await page.getByTestId('challenge-hint').click();
  },
  'about': (page) => page.getByTestId('tab-about').click(),
  'keys': (page) => page.getByTestId('tab-keys').click(),
};

for (const colorScheme of ['light', 'dark']) {
  for (const [name, act] of Object.entries(situations)) {
    test(
        `axe finds nothing ${name}, ${colorScheme}`,
        () => withPage({colorScheme, reducedMotion: 'reduce'}, async (page) => {
          await act(page);
          assert.deepEqual(await findings(page), []);
        }));
  }
}

for (const colorScheme of ['light', 'dark']) {
  test(
      `axe finds nothing on the first screen, ${colorScheme}`,
      () => withPage({colorScheme, opening: true}, async (page) => {
        assert.deepEqual(await findings(page), []);
      }));
}

test(
    'axe finds nothing at a phone\'s width',
    () => withPage({viewport: {width: 360, height: 740}}, async (page) => {
      await page.getByTestId('counterexample').click();
      assert.deepEqual(await findings(page), []);
    }));

test(
    'a run by keys alone',
    () => withPage({}, async (page) => {
      const key = (name) => page.keyboard.press(name);
      await key('2');
      assert.match(await textOf(page, 'now-text'), /RNIC/);
      await key('1');
      await key('3');
      assert.match(await textOf(page, 'now-text'), /the reset fails/);
      await key('ArrowLeft');
      assert.match(await textOf(page, 'count'), /Step 2 of 3/);
      await key('ArrowRight');
      await key('1');
      assert.ok(await page.getByTestId('end-violation').isVisible());
      assert.match(await textOf(page, 'live'), /Step 4\. .*VIOLATION/);
      await key('Home');
      assert.match(await textOf(page, 'count'), /Step 0 of 4|The beginning/);
      await key('End');
      assert.match(await textOf(page, 'count'), /Step 4/);
      await key('Backspace');
      assert.match(await textOf(page, 'count'), /Step 3 of 4/);
      await key('9');
      await key('z');
      assert.match(await textOf(page, 'count'), /Step 3 of 4/, 'keys of no choice do nothing');
    }));

test(
    'with Tab and Enter alone, the focus stays where it is used',
    () => withPage({}, async (page) => {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'skip');
      await page.keyboard.press('Enter');
      const focused = () =>
          page.evaluate(() => document.activeElement.dataset.actor ?? document.activeElement.id);
      assert.equal(await focused(), 't1');
      await page.keyboard.press('Enter');
      assert.match(await textOf(page, 'count'), /Step 1/);
      assert.equal(await focused(), 't1');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      assert.match(await textOf(page, 'count'), /Step 2/);
      assert.equal(await focused(), 'rec', 'the second choice again');
      await page.keyboard.press('Enter');
      assert.equal(await focused(), 'choices-title', 'no choice is left');
    }));

test(
    'every control is reached by Tab',
    () => withPage({}, async (page) => {
      await clickSteps(page, 't1');
      const reached = new Set();
      await page.evaluate(() => document.activeElement.blur());
      for (let i = 0; i < 60; ++i) {
        await page.keyboard.press('Tab');
        reached.add(await page.evaluate(
            () => document.activeElement.id || document.activeElement.className));
      }
      for (const id
               of ['policy', 'beside', 'tab-story', 'story-next', 'reset', 'undo', 'redo', 'play',
                   'pace', 'counterexample', 'play-counterexample', 'passing', 'scrub', 'goes-on',
                   'show-odds', 'choice', 'only-notes', 'timeline-pane']) {
        assert.ok(reached.has(id), `${id} among ${[...reached].join(' ')}`);
      }
    }));

test(
    'tabs by arrow keys, which then do not undo',
    () => withPage({}, async (page) => {
      await clickSteps(page, 't1');
      await page.getByTestId('tab-story').focus();
      await page.keyboard.press('ArrowRight');
      assert.equal(await page.getByTestId('tab-challenges').getAttribute('aria-selected'), 'true');
      await page.keyboard.press('ArrowLeft');
      assert.match(await textOf(page, 'count'), /Step 1/);
    }));

test('a key that is held down chooses once', () => withPage({}, async (page) => {
                                               await page.keyboard.down('1');
                                               await page.keyboard.down('1');
                                               await page.keyboard.down('1');
                                               assert.match(
                                                   await textOf(page, 'count'), /Step 1 ·/);
                                             }));

test('the keys can be switched off', () => withPage({}, async (page) => {
                                       await page.getByTestId('tab-keys').click();
                                       await page.getByTestId('keys-on').uncheck();
                                       await page.getByTestId('title').click();
                                       await page.keyboard.press('1');
                                       assert.match(await textOf(page, 'count'), /The beginning/);
                                     }));

test('keys typed into a control are its own', () => withPage({}, async (page) => {
                                                await page.getByTestId('pace').focus();
                                                await page.keyboard.press('1');
                                                await page.getByTestId('tab-share').click();
                                                await page.getByTestId('link').focus();
                                                await page.keyboard.press('1');
                                                await page.keyboard.press('Backspace');
                                                assert.match(
                                                    await textOf(page, 'count'), /The beginning/);
                                              }));

for (const width of [360, 320]) {
  test(
      `nothing has to be scrolled sideways at ${width} pixels`,
      () => withPage({viewport: {width, height: 740}, hasTouch: true}, async (page) => {
        const overflow = () =>
            page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        for (const name of ['story', 'challenges', 'share', 'about', 'keys']) {
          await page.getByTestId(`tab-${name}`).tap();
          assert.ok(await overflow() <= 0, name);
        }
        await page.locator('[data-testid=choice]').first().tap();
        await page.getByTestId('beside').selectOption('1');
        await page.getByTestId('counterexample').tap();
        assert.ok(await overflow() <= 0, 'in lockstep');
      }));
}

test(
    'on paper: the timeline up to the moment and the world, no controls',
    () => withPage({}, async (page) => {
      await page.getByTestId('counterexample').click();
      await page.getByTestId('scrub').fill('3');
      await page.emulateMedia({media: 'print'});
      for (const id of ['policy', 'undo', 'scrub', 'tab-story', 'choices', 'show-odds']) {
        assert.equal(await page.getByTestId(id).isVisible(), false, id);
      }
      const shown = await page.getByTestId('event').evaluateAll(
          (all) => all.filter((row) => row.offsetHeight > 0).length);
      assert.equal(shown, 3);
      assert.ok(await page.getByTestId('world').isVisible());
      assert.ok(await page.getByTestId('title').isVisible());
      assert.ok(await page.getByTestId('band').isVisible());
      assert.ok(await page.getByTestId('story-text').isVisible());
    }));

test(
    'with reduced motion nothing moves by itself',
    () => withPage({reducedMotion: 'reduce'}, async (page) => {
      const moving = await page.evaluate(
          () => [...document.querySelectorAll('*')]
                    .filter(
                        (node) => !/^0s(, 0s)*$/.test(getComputedStyle(node).transitionDuration) ||
                            getComputedStyle(node).animationName !== 'none')
                    .length);
      assert.equal(moving, 0);
    }));
