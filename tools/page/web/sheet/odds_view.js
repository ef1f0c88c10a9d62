// SPDX-License-Identifier: MIT
//
// The odds in words: where the run is, and what each choice would make of them.
import {byId, make} from '../dom.js';
import {none} from '../graph.js';
import {avoidable, inevitable, oddsText, outlookNames, safe} from '../odds.js';
import {shortOdds} from '../picture/curve.js';

/// Whether a choice is a preemption, leads out, and what the odds would be then, as tags
/// of its button on the stage of `track`.
export function choiceTags(app, item, track, index) {
  const {session} = app;
  const edge = item.edges[index];
  const tags = [];
  if (item.isBeyond) tags.push(make('span', {class: 'tag'}, 'beyond this page'));
  if (track.wouldPreempt(edge, session.run.position)) {
    const left = track.policy.data.actors.find((a) => a.id === track.last[session.run.position]);
    const text = `preempts ${left.name}`;
    tags.push(make(
        'span', {class: 'tag', 'data-testid': 'preempts', title: text},
        make('span', {'aria-hidden': 'true'}, '↷'), make('span', {class: 'hidden'}, text)));
  }
  const known = app.oddsShown && app.oddsReady ? session.outlook(track.policy) : null;
  if (known !== null && !item.isBeyond) {
    const state = track.policy.target(edge);
    const outlook = known.outlook[state];
    tags.push(make(
        'span', {class: `tag ${outlookNames[outlook]}`, 'data-testid': 'then'},
        make('span', {class: 'hidden'}, 'then '), shortOdds({odds: known.odds[state], outlook})));
  }
  return tags.length === 0 ? [] : [make('span', {class: 'tags'}, ...tags)];
}

export class OddsView {
  constructor(app) {
    this.app = app;
    this.box = byId('odds');
  }

  update() {
    const {session, oddsShown, oddsReady} = this.app;
    this.box.hidden = !oddsShown;
    if (!oddsShown) return;
    if (!oddsReady) {
      this.box.replaceChildren(make('p', {}, 'Counting back from the ends…'));
      return;
    }
    this.box.replaceChildren(...session.run.tracks.map((track) => this.line(track)));
  }

  line(track) {
    const {session} = this.app;
    const under = session.isLockstep ? `${track.policy.shortName}: ` : '';
    const known = session.outlook(track.policy);
    if (known === null) {
      return make(
          'p', {class: 'verdict-line'},
          `${under}The odds are unknown: not all of the states are in this page.`);
    }
    const state = track.states[session.run.position];
    const outlook = known.outlook[state];
    const meaning = {
      [safe]: 'no failure can be reached from here.',
      [avoidable]: 'it may fail from here or not. Under random scheduling it fails with odds of ',
      [inevitable]: 'every way on from here fails.',
    }[outlook];
    return make(
        'p', {class: `verdict-line ${outlookNames[outlook]}`}, under,
        make('b', {class: 'outlook', 'data-testid': 'outlook'}, outlookNames[outlook]),
        `: ${meaning}`,
        outlook === avoidable ?
            make('b', {'data-testid': 'odds-value'}, `${oddsText(known.odds[state], outlook)}`) :
            '',
        outlook === avoidable ? '.' : '');
  }
}

/// Whether two odds are different numbers, not the same one rounded in two ways.
const differ = (a, b) => Math.abs(a - b) > 1e-9 * Math.max(a, b);

/// Steps of a run at which the reader decided something: there was a choice, and it changed
/// the label or the odds. Null if the odds are unknown.
export function decisionsThatMattered(track, length, known) {
  if (known === null) return null;
  let count = 0;
  for (let i = 0; i < length; ++i) {
    if (track.isSkipped(i) || track.policy.edges(track.states[i]).length < 2) continue;
    const [before, after] = [track.states[i], track.states[i + 1]];
    if (differ(known.odds[before], known.odds[after]) ||
        known.outlook[before] !== known.outlook[after])
      ++count;
  }
  return count;
}

/// What a choice is called where it is hinted at.
export function hintOf(track, edge) {
  if (edge === none) return '';
  const {who, statement, outcome} = track.policy.move(edge);
  return `${who}: ${statement}${outcome ? ` (${outcome})` : ''}`;
}
