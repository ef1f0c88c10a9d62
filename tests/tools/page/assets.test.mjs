// SPDX-License-Identifier: MIT
//
// What embed.cmake makes of the modules: complete, hashed, small, and the same in C++.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';

import {pageParts, sourceDirectory, temporaryDirectory} from './browser.mjs';

const files = readdirSync(sourceDirectory, {recursive: true});
const modules = files.filter((name) => name.endsWith('.js'));
const source = (name) => readFileSync(join(sourceDirectory, name), 'utf8');
const {before, after} = pageParts();

const between = (text, from, to) =>
    text.slice(text.indexOf(from) + from.length, text.lastIndexOf(to));
const script = between(after, '<script>', '</script>');
const style = between(before, '<style>', '</style>');
const sha256 = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

test('every module is in the page as it is, but for imports and exports', () => {
  for (const name of modules) {
    const body = source(name).replace(/^import .*;$\n/gm, '').replace(/^export /gm, '');
    const lines = body.split('\n').filter((line) => line !== '').join('\n');
    assert.ok(script.split('\n').filter((line) => line !== '').join('\n').includes(lines), name);
  }
  assert.equal(style, source('page.css'));
});

test('the policy admits this script and this style sheet and nothing else', () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(before)[1];
  assert.deepEqual(policy.split('; ').sort(), [
    'base-uri \'none\'',
    'default-src \'none\'',
    'form-action \'none\'',
    `script-src ${sha256(script)}`,
    `style-src ${sha256(style)}`,
  ]);
});

test('top-level names are unique, as they share one scope in the page', () => {
  const owners = new Map();
  for (const name of modules) {
    for (const [, word] of source(name).matchAll(
             /^(?:export )?(?:async )?(?:function|class|const|let) (\w+)/gm)) {
      assert.ok(!owners.has(word), `${word} is in ${name} and ${owners.get(word)}`);
      owners.set(word, name);
    }
  }
});

test('imports name what the modules export, and are used', () => {
  for (const name of modules) {
    const text = source(name);
    for (const [line, names, from] of text.matchAll(/^import \{(.*)\} from '(\..*)';$/gm)) {
      for (const word of names.split(', ')) {
        assert.match(
            source(join(dirname(name), from)),
            new RegExp(`^export (?:async )?(?:function|class|const) ${word}\\b`, 'm'),
            `${name}: ${line}`);
        assert.ok(
            text.split(new RegExp(`\\b${word}\\b`)).length > 2, `${name} does not use ${word}`);
      }
    }
  }
});

test('nothing in the page is fetched, and no markup is made of data', () => {
  const page = before + after;
  assert.ok(!/\b(src|href|action)=/.test(before + after.slice(0, after.indexOf('<script>'))));
  assert.ok(
      !/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|fetch\(|XMLHttp|import\(/
           .test(script));
  assert.ok(!/\son\w+="|\sstyle="/.test(page));
  assert.ok(!/url\(|@import/.test(style));
});

// Of the 2 MB that a page of the reported bug may have; program.test.mjs measures the whole.
test('the page without data is at most 240 KB', () => {
  assert.ok(
      Buffer.byteLength(before + after) <= 240 * 1000, String(Buffer.byteLength(before + after)));
});

test('the glossary of the kernel and the hardware is in the page, all of its rows', () => {
  const glossary = readFileSync(join(sourceDirectory, '../../../docs/glossary.md'), 'utf8');
  const [, section] = glossary.split('\n## ');
  assert.match(section, /^The kernel and the hardware/);
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  assert.ok(rows.length > 20);
  for (const row of rows)
    assert.ok(after.includes(row.replaceAll('<', '&lt;')) || before.includes(row), row);
});

test('every file opens with its licence', () => {
  const commented = (name) => !name.endsWith('.json');  // JSON knows no comments
  for (const name of files.filter((file) => /\.\w+$/.test(file)).filter(commented)) {
    assert.ok(
        source(name).split('\n').slice(0, 3).join('\n').includes('SPDX-License-Identifier: MIT'),
        name);
  }
});

test('the C++ arrays hold the same bytes', () => {
  const directory = temporaryDirectory();
  const output = join(directory, 'page_assets.cpp');
  execFileSync('cmake', [`-DOUTPUT=${output}`, '-P', join(sourceDirectory, 'embed.cmake')]);
  const text = readFileSync(output, 'utf8');
  for (const [name, expected] of [['before', before], ['after', after]]) {
    const [, size, body] = new RegExp(`char ${name}_bytes\\[(\\d+)\\] = \\{([^}]*)\\}`).exec(text);
    const bytes = Buffer.from(body.replace(/[^0-9a-f]/g, ''), 'hex');
    assert.equal(bytes.length, Number(size));
    assert.equal(bytes.toString('utf8'), expected);
  }
});
