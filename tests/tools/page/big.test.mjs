// SPDX-License-Identifier: MIT
//
// A graph of 50,000 states in a browser: the page opens, and a long run is there step by
// step. How fast is measured by speed_bench.mjs.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {bigData} from './big.mjs';
import {browserForTests, textOf, writePage} from './browser.mjs';

const onPage = browserForTests();

test('a graph of 50,000 states: 150 steps, and back to the beginning', async () => {
  await onPage(writePage(bigData(50000)), async (page) => {
    const taken = await page.evaluate(() => {
      for (let i = 0; i < 150; ++i) {
        const button = document.querySelector('[data-testid=choice]');
        if (button === null) return i;
        button.click();
      }
      return 150;
    });
    assert.equal(taken, 150);
    assert.match(await textOf(page, 'count'), /^Step 150 ·/);
    assert.equal(await page.getByTestId('event').count(), 150);
    await page.getByTestId('scrub').fill('0');
    assert.match(await textOf(page, 'count'), /^Step 0 of 150 ·/);
  });
});
