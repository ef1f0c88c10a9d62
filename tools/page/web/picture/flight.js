// SPDX-License-Identifier: MIT
//
// Things that change place fly there.
//
// Where each thing was is measured before the page changes, where it is afterwards; the
// animation only makes up for the difference, so the page is never in a state that the
// program did not put it in, and a new step ends what is still flying. Who asks for less
// motion gets none.

/// Milliseconds of a flight.
const flightTime = 320;

const lessMotion = matchMedia('(prefers-reduced-motion: reduce)');

/// Things in flight.
const flying = new Set();

/// Puts down whatever still flies.
export function land() {
  for (const animation of flying) animation.finish();
  flying.clear();
}

/// Where things are: rectangles by key.
export function placesOf(things) {
  const places = new Map();
  if (lessMotion.matches) return places;
  land();
  for (const [key, node] of things) places.set(key, node.getBoundingClientRect());
  return places;
}

const shift = (to, from) => `translate(${from.x - to.x}px, ${from.y - to.y}px)`;

/// Lets things fly from where they were. `comesFrom(key)` is the node a new thing comes
/// from, or undefined; `passes(key)` one that a thing passes on its way.
export function flyFrom(places, things, {comesFrom = () => undefined, passes = () => undefined}) {
  if (lessMotion.matches) return;
  for (const [key, node] of things) {
    const to = node.getBoundingClientRect();
    if (to.width === 0) continue;
    const from = places.get(key) ?? comesFrom(key)?.getBoundingClientRect();
    if (from === undefined || from.width === 0) continue;
    if (Math.abs(from.x - to.x) + Math.abs(from.y - to.y) < 2) continue;
    const frames = [{transform: shift(to, from)}];
    const between = places.has(key) ? passes(key)?.getBoundingClientRect() : undefined;
    if (between) frames.push({transform: shift(to, between)});
    frames.push({transform: 'none'});
    const animation = node.animate(frames, {duration: flightTime, easing: 'ease-in-out'});
    flying.add(animation);
    animation.addEventListener('finish', () => flying.delete(animation));
  }
}
