// SPDX-License-Identifier: MIT
//
// Fast enough for 50,000 states: open within a second, a step within a frame.
//
// Measured in the page: from the start of the navigation to the page's being ready, and
// for each step from the click to the end of the layout that it forces. Medians, printed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {bigData} from './big.mjs';
import {launch, open, writePage} from './browser.mjs';

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

test('a graph of 50,000 states', async (t) => {
  const browser = await launch();
  const address = writePage(bigData(50000));
  const ready = [];
  const steps = [];
  for (let round = 0; round < 5; ++round) {
    const page = await open(browser, address);
    ready.push(await page.evaluate(() => performance.getEntriesByName('page-ready')[0].startTime));
    steps.push(...await page.evaluate(() => {
      const times = [];
      for (let i = 0; i < 150; ++i) {
        const button = document.querySelector('[data-testid=choice]');
        if (button === null) break;
        const start = performance.now();
        button.click();
        document.body.getBoundingClientRect();
        times.push(performance.now() - start);
      }
      return times;
    }));
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
  await browser.close();
  assert.ok(steps.length >= 700, String(steps.length));
  t.diagnostic(`ready after ${median(ready).toFixed(0)} ms, a step takes ${
      median(steps).toFixed(1)} ms (medians)`);
  assert.ok(median(ready) < 1000, `ready after ${median(ready)} ms`);
  assert.ok(median(steps) < 16, `a step takes ${median(steps)} ms`);
});
