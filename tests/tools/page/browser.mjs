// SPDX-License-Identifier: MIT
//
// Pages for the tests: made as the build makes them, opened from disk in Chromium.
//
// Whatever goes to the console, every exception and every request but the one for the
// file itself is collected, so that a test can demand that there were none.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, before} from 'node:test';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {chromium} from 'playwright-core';

export const sourceDirectory =
    join(dirname(fileURLToPath(import.meta.url)), '../../../tools/page/web');

const directories = [];
process.on('exit', () => {
  for (const directory of directories) rmSync(directory, {recursive: true, force: true});
});

/// A directory that is gone when the process ends.
export function temporaryDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'frwrsim-page-'));
  directories.push(directory);
  return directory;
}

let parts = null;

/// The page before and after its data.
export function pageParts() {
  if (parts === null) {
    const directory = temporaryDirectory();
    execFileSync('cmake', [`-DPARTS=${directory}`, '-P', join(sourceDirectory, 'embed.cmake')]);
    parts =
        ['before', 'after'].map((name) => readFileSync(join(directory, `${name}.html`), 'utf8'));
  }
  return {before: parts[0], after: parts[1], directory: temporaryDirectory()};
}

/// The address of a page with `data`.
export function writePage(data, name = 'race') {
  const {before, after, directory} = pageParts();
  const file = join(directory, `${name}.html`);
  writeFileSync(file, before + JSON.stringify(data).replaceAll('<', '\\u003c') + after);
  return pathToFileURL(file).href;
}

export function launch() {
  return chromium.launch(
      {executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox']});
}

/// Opens `address` in a context of its own: by a link, which leads past the first screen,
/// unless `opening` is asked for. `page.faults` is what should not have happened.
export async function open(browser, address, {opening = false, ...options} = {}) {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  const page = await context.newPage();
  page.faults = [];
  page.on('console', (message) => page.faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => page.faults.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== address.split('#')[0])
      page.faults.push(`request: ${request.url()}`);
  });
  await page.goto(opening || address.includes('#') ? address : `${address}#at=0`);
  return page;
}

/// A browser for all tests of a file: what opens a page in it for one of them, on which nothing
/// may go wrong.
export function browserForTests() {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  return async (address, body, options = {}) => {
    const page = await open(browser, address, options);
    try {
      await body(page);
      assert.deepEqual(page.faults, []);
    } finally {
      await page.context().close();
    }
  };
}

/// Takes the steps by clicking on them.
export async function clickSteps(page, ...steps) {
  for (const step of steps) {
    const [actor, outcome = ''] = step.split('=');
    await page.locator(`[data-testid=choice][data-actor="${actor}"][data-outcome="${outcome}"]`)
        .click();
  }
}

/// Text of an element by its data-testid.
export const textOf = (page, id) => page.getByTestId(id).textContent();
