// SPDX-License-Identifier: MIT
//
// The sentence in the middle of the stage: the first that is true of the world.
//
// Each is made of what the fields of the world say, so it holds in every scenario.
import {repeatedUnmap, violationAt} from './life.js';
import {elsewhere} from './machine.js';

const upperFirst = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const isFlushed = (state) => state.startsWith('FLUSHED');
const isList = (tray) => tray === 'free list' || tray === 'stale list';

function ofViolation(track, position) {
  const violation = violationAt(track, position);
  if (violation === null) return null;
  const again = violation.region && repeatedUnmap(track, violation.region, position);
  const times = !again ? '' :
      again.mapped ? `Mapped at step ${again.mapped}, unmapped at ${again.unmaps.join(' and ')}.` :
                     `Unmapped at step ${again.unmaps.join(' and ')}, never mapped.`;
  return {tone: 'bad', head: `${upperFirst(violation.text)}.`, text: times};
}

function ofEnd(track, position) {
  const end = track.endAt(position);
  if (end === null || end.end === 'violation') return null;
  return end.end === 'rest' ?
      {tone: 'good', head: 'Nothing went wrong.', text: upperFirst(end.text)} :
      {tone: '', head: 'The run is cut here.', text: upperFirst(end.text)};
}

/// A region on the free list that cannot be used.
function ofPoisoned(machine, world, regions) {
  const bad = regions.find(({tray, state}) => tray === 'free list' && isFlushed(state));
  if (bad === undefined) return null;
  const mapped = bad.mapped === 'yes' ? 'and still mapped' : 'and no longer mapped';
  return {
    tone: 'warn',
    head: `${bad.name} is free, but ${bad.state}.`,
    text: `It lies on the free list, ${mapped}. Whoever takes it finds that it is not INVALID.`,
  };
}

/// What is outstanding for a region, its recovery aside.
const openOf = (machine, world, {name}) =>
    machine.pendingOf(world, name).filter((kind) => kind !== 'recovery');

/// A region on a list although something of it is still to come.
function ofPending(machine, world, regions) {
  const early =
      regions.find((region) => isList(region.tray) && openOf(machine, world, region).length > 0);
  if (early === undefined) return null;
  const open = openOf(machine, world, early).join(' and ');
  const where = early.tray === 'free list' ? 'free' : 'to be recovered';
  return {
    tone: 'warn',
    head: `${early.name} is ${where}, but its ${open} is not done.`,
    text: `Its completion is still to be handled.`,
  };
}

function ofLost(machine, world, regions) {
  const lost = regions.find(({tray, mapped}) => tray === elsewhere && mapped === 'yes');
  return lost === undefined ?
      null :
      {tone: 'warn', head: `${lost.name} is on no list.`, text: 'It is still mapped for DMA.'};
}

function ofConnection(machine, world) {
  const qp = machine.connection(world, 'QP');
  if (qp !== 'ERROR') return null;
  return {tone: '', head: 'The connection is lost.', text: 'What is queued comes back flushed.'};
}

/// { tone, head, text } for the world after `position` choices; null if there is nothing
/// to say.
export function captionOf(machine, track, position) {
  const ended = ofViolation(track, position) ?? ofEnd(track, position);
  if (ended !== null) return ended;
  const world = track.policy.world(track.states[position]);
  const regions = machine.regionsIn(world);
  for (const say of [ofPoisoned, ofPending, ofLost, ofConnection]) {
    const caption = say(machine, world, regions);
    if (caption !== null) return caption;
  }
  return null;
}
