// SPDX-License-Identifier: MIT
//
// Nothing overlaps and nothing leaves the screen: computed from boxes, on real pages, at
// every stop of every story and after random steps, in light and dark.
//
// FRWRSIM_PROGRAM names the program; without it these tests are skipped.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import {launch, open, temporaryDirectory} from './browser.mjs';

const program = process.env.FRWRSIM_PROGRAM ?? '';
const skip = program === '' ? 'FRWRSIM_PROGRAM is not set' : false;

/// Scenarios that fit a page, with what differs between them: a refresh, faults, two requests,
/// signals, a small graph.
const scenarios =
    ['upstream-report', 'one-slide', 'root-cause', 'r7-dma-map-failure', 'r8-reset-failure'];
const sizes = [[1440, 900], [1280, 720], [768, 1024], [390, 844]];
const randomSteps = 50;

let browser;
let address;
before(async () => {
  if (skip) return;
  browser = await launch();
  const file = join(temporaryDirectory(), 'layout.html');
  execFileSync(program, ['teach', ...scenarios, '--max-size', '30M', '-o', file]);
  address = pathToFileURL(file).href;
});
after(() => browser?.close());

/// What is wrong with the boxes that can be seen. Runs in the page.
function faultsOfLayout() {
  const shown = (selector) => [...document.querySelectorAll(selector)]
                                  .filter((node) => node.getClientRects().length > 0)
                                  .map((node) => ({node, box: node.getBoundingClientRect()}))
                                  .filter(({box}) => box.width > 0 && box.height > 0);
  const name = ({node}) => node.dataset.place ?? node.dataset.tray ?? node.dataset.region ??
      node.dataset.key ?? (node.id || String(node.className.baseVal ?? node.className));
  const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const apart = (items) => items.flatMap(
      (a, i) => items.slice(i + 1)
                    .filter(
                        (b) => !a.node.contains(b.node) && !b.node.contains(a.node) &&
                            overlap(a.box, b.box))
                    .map((b) => `${name(a)} overlaps ${name(b)}`));
  const isWide = innerWidth >= 900;
  const things = shown('.region, .envelope');
  const boxes = shown('.place, .area.tray, .caption');
  const inside = things.filter(({node, box}) => {
    const outer = node.closest('.tray').getBoundingClientRect();
    return box.left < outer.left - 1 || box.right > outer.right + 1 || box.top < outer.top - 1 ||
        box.bottom > outer.bottom + 1;
  });
  const seen = [...things, ...boxes, ...shown(isWide ? '.desk > .panel, .top' : '.desk > .panel')];
  const out = seen.filter(
      ({box}) => box.left < -1 || box.right > innerWidth + 1 ||
          (isWide && (box.top < -1 || box.bottom > innerHeight + 1)));
  const cut = shown('.place').filter(({node}) => node.scrollHeight > node.clientHeight + 2);
  return [
    ...apart(things),
    ...apart(boxes),
    ...(isWide ? apart(shown('.desk > .panel, .top')) : []),
    ...inside.map((item) => `${name(item)} is not inside its tray`),
    ...out.map((item) => `${name(item)} leaves the screen`),
    ...cut.map((item) => `${name(item)} does not hold what is in it`),
    ...(document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : []),
  ];
}

/// A phone shows stage and sheet at once, the one above the other.
function faultsOfPhone() {
  const box = (id) => document.querySelector(`[data-testid=${id}]`).getBoundingClientRect();
  const stage = box('stage');
  const sheet = box('sheet');
  return stage.top >= 0 && stage.bottom <= sheet.top + 1 && sheet.bottom <= innerHeight + 1 ?
      [] :
      [`stage ${stage.top} to ${stage.bottom}, sheet ${sheet.top} to ${sheet.bottom}`];
}

/// Takes a random step. Runs in the page.
function stepAtRandom(number) {
  const buttons = document.querySelectorAll('[data-testid=choice]:not([disabled])');
  if (buttons.length === 0) return false;
  buttons[number % buttons.length].click();
  return true;
}

for (const [width, height] of sizes) {
  for (const colorScheme of ['light', 'dark']) {
    test(`boxes at ${width} x ${height}, ${colorScheme}`, {skip}, async () => {
      const page = await open(
          browser, address, {viewport: {width, height}, colorScheme, reducedMotion: 'reduce'});
      const found = [];
      const check = async (where) => {
        const faults = await page.evaluate(faultsOfLayout);
        if (width < 500) faults.push(...await page.evaluate(faultsOfPhone));
        found.push(...faults.map((fault) => `${where}: ${fault}`));
      };
      for (const [s, scenario] of scenarios.entries()) {
        await page.getByTestId('scenario').selectOption(String(s));
        for (const policy of [0, 1]) {
          await page.getByTestId(`segment-${policy}`).click();
          await page.getByTestId('tab-story').click();
          const next = page.getByTestId('story-next');
          for (let stop = 1; stop <= 12 && await next.isEnabled(); ++stop) {
            await next.click();
            await check(`${scenario}, ${policy}, stop ${stop}`);
          }
        }
        if (colorScheme === 'dark') continue;  // Colours move no box; the stories show it.
        await page.getByTestId('segment-0').click();
        await page.getByTestId('reset').click();
        await page.getByTestId('tab-play').click();
        let seed = 7 + s;
        for (let step = 1; step <= randomSteps; ++step) {
          seed = seed * 48271 % 2147483647;
          if (!await page.evaluate(stepAtRandom, seed)) break;
          if (step % 5 === 0) await check(`${scenario}, random step ${step}`);
        }
      }
      assert.deepEqual(page.faults, []);
      assert.equal([...new Set(found)].join('\n'), '');
      await page.context().close();
    });
  }
}
