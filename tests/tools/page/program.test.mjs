// SPDX-License-Identifier: MIT
//
// The page against the program: the same choices made on a real page in Chromium and in
// `frwrsim step` lead through the same worlds.
//
// FRWRSIM_PROGRAM names the program; without it these tests are skipped.
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {gzipSync} from 'node:zlib';

import {launch, open, temporaryDirectory, textOf} from './browser.mjs';

const program = process.env.FRWRSIM_PROGRAM ?? '';
const skip = program === '' ? 'FRWRSIM_PROGRAM is not set' : false;

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser?.close());

function taught(scenario, ...options) {
  const file = join(temporaryDirectory(), 'race.html');
  execFileSync(program, ['teach', scenario, '-o', file, ...options]);
  return file;
}

/// What the program says of every moment of a run, the start first.
function stepped(scenario, policy, choices) {
  const result = spawnSync(
      program, ['step', scenario, '-p', policy, '--format', 'json'],
      {input: choices.join('\n'), encoding: 'utf8', maxBuffer: 1 << 28});
  assert.equal(result.stderr, '');
  return result.stdout.trim().split('\n').map((line) => JSON.parse(line));
}

/// A sequence that is the same every time (Park and Miller, CACM 1988).
function seeded(seed) {
  let state = seed;
  return (bound) => {
    state = state * 48271 % 2147483647;
    return state % bound;
  };
}

/// What the page shows now, in the program's form. Runs in the page.
function shown() {
  const world = {};
  for (const field of document.querySelectorAll('[data-testid=field]')) {
    const section = field.closest('[data-testid=section]').dataset.section;
    const subject = field.closest('.subject').dataset.subject;
    const name = (subject ? `${subject}/` : '') + field.dataset.field;
    const value = field.querySelector('dd').cloneNode(true);
    value.querySelectorAll('.was').forEach((was) => was.remove());
    const chips = [...value.querySelectorAll('.chips li')].map((chip) => chip.textContent);
    const isNothing = field.classList.contains('nothing');
    const text = isNothing     ? '' :
        chips.length > 0       ? chips.join(', ') :
        field.matches('.flag') ? value.textContent.replace(/[^a-z]/g, '') :
                                 value.textContent;
    if (text !== '') (world[section] ??= {})[name] = text;
  }
  const choices = [...document.querySelectorAll('[data-testid=choice]')].map(
      ({dataset}) => dataset.actor + (dataset.outcome ? `=${dataset.outcome}` : ''));
  return {world, choices};
}

/// Takes a choice on the page by clicking on it. Runs in the page.
function take(number) {
  document.querySelectorAll('[data-testid=choice]')[number].click();
}

const walks = [
  ['root-cause', 'pre-fix', 5],
  ['root-cause', 'fix', 3],
  ['one-slide', 'pre-fix', 5],
  ['r7-dma-map-failure', 'pre-fix', 5],
  ['r7-dma-map-failure', 'fix', 3],
  ['upstream-report', 'pre-fix', 2],
  ['upstream-report', 'fix', 1],
];
for (const [scenario, policy, count] of walks) {
  test(`random walks through ${scenario} under ${policy}`, {skip}, async () => {
    const address = pathToFileURL(taught(scenario, '-p', policy)).href;
    const page = await open(browser, address);
    for (let seed = 1; seed <= count; ++seed) {
      const below = seeded(seed * 7919);
      const taken = [];
      const seen = [await page.evaluate(shown)];
      while (seen.at(-1).choices.length > 0) {
        const number = below(seen.at(-1).choices.length);
        taken.push(seen.at(-1).choices[number]);
        await page.evaluate(take, number);
        seen.push(await page.evaluate(shown));
      }
      const expected = stepped(scenario, policy, taken);
      assert.equal(seen.length, expected.length);
      expected.forEach((moment, i) => {
        assert.deepEqual(seen[i].world, moment.world, `world ${i} of ${taken.join('.')}`);
        assert.deepEqual(seen[i].choices, moment.choices.map(({choice}) => choice));
      });
      const {end} = expected.at(-1);
      assert.notEqual(end, null);
      await page.getByTestId('reset').click();
    }
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test('the reported bug: size, story, replay command, fix', {skip}, async () => {
  const file = taught('upstream-report');
  assert.ok(statSync(file).size <= 2_000_000);
  assert.ok(gzipSync(readFileSync(file)).length <= 600_000);
  const page = await open(browser, pathToFileURL(file).href);

  // The story leads to the violation.
  let stops = 0;
  const next = page.getByTestId('story-next');
  while (await next.getAttribute('aria-disabled') !== 'true' && stops < 20) {
    await next.click();
    ++stops;
    assert.notEqual((await textOf(page, 'story-text')).trim(), '');
    if (await page.getByTestId('end-violation').count() > 0) break;
  }
  assert.ok(stops >= 6 && stops <= 12, `${stops} stops`);
  assert.match(await textOf(page, 'end-violation'), /double DMA unmap of MR 1/);

  // What can be copied from the page replays to the same end.
  await page.getByTestId('tab-share').click();
  const command = await page.getByTestId('command').first().inputValue();
  const words = command.split(/\s+/);
  assert.equal(words[0], 'frwrsim');
  const replay = spawnSync(program, words.slice(1), {encoding: 'utf8'});
  assert.equal(replay.status, 1);
  assert.match(replay.stdout, /double DMA unmap of MR 1/);

  // Under the fix the page knows that it cannot be done.
  await page.getByTestId('tab-challenges').click();
  await page.getByTestId('challenge-fix-start').click();
  await page.getByTestId('challenge-why').click();
  assert.match(await textOf(page, 'proof'), /24[,. ]?683/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

/// What the page's picture shows now. Runs in the page.
function pictured() {
  const glowing = [...document.querySelectorAll('.place.can')].map(({dataset}) => dataset.place);
  const region = document.querySelector('.region.subject');
  return {
    glowing,
    subject: region.dataset.region,
    state: region.querySelector('.state-name').textContent,
    mapped: region.classList.contains('mapped') ? 'yes' : 'no',
    label: document.querySelector('.dot-now').classList[1],
    // Where the dot is between the lines of 0 and 100 %.
    odds: (() => {
      const [top, base] =
          /M\S+ (\S+?)H.*M\S+ (\S+?)H/.exec(document.querySelector('.grid').getAttribute('d'))
              .slice(1)
              .map(Number);
      return (base - Number(document.querySelector('.dot-now').getAttribute('cy'))) / (base - top);
    })(),
    then: [...document.querySelectorAll('[data-testid=then]')].map((tag) => tag.classList[1]),
    band: [...document.querySelectorAll('.band-cell')]
              .filter(({dataset}) => dataset.region === region.dataset.region)
              .map(({dataset: {from, to, state}}) => ({from: Number(from), to: Number(to), state})),
  };
}

for (const scenario of ['one-slide', 'upstream-report']) {
  test(
      `every glowing place of ${
          scenario} is what step offers; band and curve are its world and odds`,
      {skip}, async () => {
        const page = await open(browser, pathToFileURL(taught(scenario, '-p', 'pre-fix')).href);
        await page.getByTestId('counterexample').click();
        await page.locator('.dot-now').first().waitFor();
        await page.getByTestId('show-odds').check();
        await page.getByTestId('tab-share').click();
        const token = /--schedule (\S+)/.exec(await page.getByTestId('command').inputValue())[1];
        const taken = token.split(':')[2].split('.').flatMap((item) => {
          const [, choice, count] = /^(.*?)(?:-(\d+))?$/.exec(item);
          return Array(Number(count ?? 1)).fill(choice);
        });
        const lines = stepped(scenario, 'pre-fix', ['odds', ...taken.flatMap((c) => [c, 'odds'])]);
        const moments = lines.filter((line) => line.world);
        const odds = lines.filter((line) => line.odds).map((line) => line.odds);
        assert.equal(moments.length, taken.length + 1);
        assert.equal(odds.length, taken.length + 1);
        for (let step = 0; step <= taken.length; ++step) {
          await page.getByTestId('scrub').fill(String(step));
          const now = await page.evaluate(pictured);
          const {world, choices} = moments[step];
          assert.deepEqual(
              now.glowing, [...new Set(choices.map(({choice}) => choice.split('=')[0]))]);
          assert.equal(now.state, world['Memory regions'][`${now.subject}/fr_state`]);
          assert.equal(now.mapped, world['Memory regions'][`${now.subject}/DMA-mapped`]);
          assert.equal(now.label, odds[step].label);
          assert.ok(
              Math.abs(now.odds - Number(odds[step].probability.decimal)) < 0.01, `${now.odds}`);
          assert.deepEqual(now.then, odds[step].choices.map(({label}) => label));
          const cell = now.band.find(({from, to}) => from <= step && step < to);
          assert.equal(cell.state, world['Memory regions'][`${now.subject}/fr_state`]);
        }
        await page.context().close();
      });
}

test('odds and labels are the program\'s', {skip}, async () => {
  const page = await open(browser, pathToFileURL(taught('one-slide', '-p', 'pre-fix')).href);
  await page.getByTestId('show-odds').click();
  const told = spawnSync(
      program, ['step', 'one-slide', '-p', 'pre-fix'], {input: 'odds\n', encoding: 'utf8'});
  const [, label, probability] = /here\s+(\w+)\s+([0-9.e-]+)/.exec(told.stdout);
  await page.waitForFunction(
      () => document.querySelector('[data-testid=odds] [data-testid=odds-value]') !== null ||
          /\d/.test(document.querySelector('[data-testid=odds]')?.textContent ?? ''));
  const text = await textOf(page, 'odds');
  assert.match(text, new RegExp(label));
  const shownOdds = Number(/([0-9.]+) ?%/.exec(text)?.[1]) / 100;
  assert.ok(
      Math.abs(shownOdds - Number(probability)) <= 0.006 * Number(probability),
      `${text} against ${probability}`);
  await page.context().close();
});
