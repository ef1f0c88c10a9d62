// SPDX-License-Identifier: MIT
//
// How fast the page is with 50,000 states: a measurement by hand, no test. The aim is to be
// open within a second and to draw a step within a frame, 16 ms.
//
// Measured in the page: from the start of the navigation to the page's being ready, and
// for each step from the click to the end of the layout that it forces. Medians, printed;
// docs/benchmarks.md has figures.
//
// usage: node tests/tools/page/speed_bench.mjs
import {bigData} from './big.mjs';
import {launch, open, writePage} from './browser.mjs';

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

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
  await page.context().close();
}
await browser.close();
console.log(
    `ready after ${median(ready).toFixed(0)} ms (median of ${ready.length}), ` +
    `a step takes ${median(steps).toFixed(1)} ms (median of ${steps.length})`);
