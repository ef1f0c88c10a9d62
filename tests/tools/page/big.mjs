// SPDX-License-Identifier: MIT
//
// A large random graph, for speed: 50,000 states, 60 fields, runs of some hundred steps.
import {compilePolicy} from './compile_policy.mjs';

/// Numbers from 0 up to `limit`, the same in every run (mulberry32).
export function randomNumbers(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

const actorCount = 12;

const fields = Array.from(
    {length: 60}, (_, i) => ({
                    section: ['Memory regions', 'Lists', 'Connection', 'Contexts'][i % 4],
                    subject: i % 4 === 0 ? `MR ${1 + (i >> 4)}` : '',
                    name: `field ${i}`,
                    kind: i % 4 === 1 ? 'list' : 'word',
                  }));

/// The world of a state depends on its number in such a way that neighbours differ in a few
/// fields and no more than a few hundred moves are needed.
const world = (n) => Object.fromEntries(
    fields.map((field, i) => [field.name, `value ${i < 6 ? (n + i) % 7 : i % 5}`]));

export function bigData(count = 50000, seed = 1) {
  const random = randomNumbers(seed);
  const states = {};
  for (let n = 0; n < count; ++n) {
    const edges = [];
    for (let a = random(3); a < actorCount && edges.length < 3 && n < count - 1;
         a += 1 + random(4)) {
      const step = edges.length === 0 ? 1 : 1 + random(400);
      edges.push({
        actor: `a${a}`,
        step: `s${random(40)}`,
        func: `function_${a}`,
        statement: `do something ${a}`,
        says: random(3) === 0 ? ['!something happened'] : [],
        to: String(Math.min(count - 1, n + step)),
      });
    }
    const isEnd = edges.length === 0;
    states[n] = {
      world: world(n),
      edges,
      ...(isEnd ? {end: {end: 'violation', text: 'it failed'}} : {})
    };
  }
  const actors = Array.from(
      {length: actorCount},
      (_, a) => ({id: `a${a}`, name: `actor ${a}`, environment: a % 3 === 0, optional: false}));
  const policy = compilePolicy({
    name: 'large',
    summary: 'a large graph',
    verdict: 'violated',
    actors,
    fields,
    states,
    first: '0',
  });
  return {
    format: 'frwrsim-page/1',
    program: 'frwrsim 0.0.0',
    scenarios: [
      {name: 'big', title: 'Large', about: '', guards: '', hash: '00000000', policies: [policy]}
    ],
  };
}
