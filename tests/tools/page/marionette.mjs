// SPDX-License-Identifier: MIT
//
// Firefox, driven by its own protocol: Marionette, JSON over a socket, as Debian's package
// has it without any driver.
//
// A message is its length, a colon, and JSON: [0, id, command, parameters] there,
// [1, id, error, result] back.
import {spawn} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';

import {temporaryDirectory} from './browser.mjs';

export const firefoxProgram = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

/// Splits what arrives into messages.
function messageReader(onMessage) {
  let buffer = Buffer.alloc(0);
  return (data) => {
    buffer = Buffer.concat([buffer, data]);
    for (;;) {
      const colon = buffer.indexOf(':');
      if (colon < 0) return;
      const end = colon + 1 + Number(buffer.subarray(0, colon));
      if (buffer.length < end) return;
      onMessage(JSON.parse(buffer.subarray(colon + 1, end)));
      buffer = buffer.subarray(end);
    }
  };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function connected(port) {
  for (let tries = 0; tries < 240; ++tries) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (isOpen) return socket;
    await pause(250);
  }
  throw new Error('Firefox does not answer');
}

/// A headless Firefox with a profile of its own: { go(address), run(script, ...arguments), stop()
/// }. `script` is the body of a function; its result must be JSON.
export async function startFirefox(port = 30000 + process.pid % 20000) {
  const profile = temporaryDirectory();
  writeFileSync(join(profile, 'user.js'), `user_pref("marionette.port", ${port});\n`);
  const child = spawn(
      firefoxProgram, ['--headless', '--marionette', '--no-remote', '--profile', profile],
      {stdio: 'ignore', env: {...process.env, HOME: profile}});
  const socket = await connected(port);
  const waiting = new Map();
  let id = 0;
  socket.on('data', messageReader((message) => {
              if (!Array.isArray(message)) return;
              const [, to, error, result] = message;
              const {resolve, reject} = waiting.get(to);
              waiting.delete(to);
              if (error)
                reject(new Error(`${error.error}: ${error.message}`));
              else
                resolve(result);
            }));
  const ask = (command, parameters = {}) => new Promise((resolve, reject) => {
    waiting.set(++id, {resolve, reject});
    const text = JSON.stringify([0, id, command, parameters]);
    socket.write(`${Buffer.byteLength(text)}:${text}`);
  });
  await ask('WebDriver:NewSession', {capabilities: {alwaysMatch: {}}});
  return {
    go: (address) => ask('WebDriver:Navigate', {url: address}),
    run: async (script, ...args) => (await ask('WebDriver:ExecuteScript', {script, args})).value,
    stop: () => {
      socket.destroy();
      child.kill();
      return new Promise((resolve) => child.once('exit', resolve));
    },
  };
}
