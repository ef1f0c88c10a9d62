// SPDX-License-Identifier: MIT
//
// The odds that the run fails, as a curve under the time band.
//
// Coloured by what they come to (safe, avoidable, inevitable), with the step from which
// failure was inevitable marked. At the end of a run a fan says where each choice would
// lead; what was undone before another way was taken stays as a ghost.
import {choiceKeys, choicesAt} from '../choices.js';
import {none} from '../graph.js';
import {avoidable, inevitable, oddsText, outlookNames, safe} from '../odds.js';

import {stretches} from './stretches.js';
import {draw, label} from './wires.js';

/// Odds and outlook after each number of choices, or null if they are unknown.
export function curveOf(track, known) {
  if (known === null) return null;
  return track.states.map((state) => ({odds: known.odds[state], outlook: known.outlook[state]}));
}

/// The first step from which the run could only fail; -1 if there is none.
export function inevitableFrom(curve) {
  return curve === null ? -1 : curve.findIndex(({outlook}) => outlook === inevitable);
}

/// Odds in few characters.
export const shortOdds = ({odds, outlook}) => outlook === inevitable ? '100 %' :
    outlook === safe                                                 ? '0 %' :
                                                                       oddsText(odds, outlook);

/// Draws into a band, whose scale it uses.
export class Curve {
  constructor(band) {
    this.band = band;
  }

  /// All of it, between the heights of 100 and of 0 %.
  nodes(run, top, base) {
    const {session} = this.band.app;
    const y = (odds) => base - (base - top) * odds;
    const nodes = [
      label(this.band.isNarrow ? 6 : 16, top + 14, 'odds', 'row-name'),
      draw('path', {
        class: 'grid',
        d: `M${this.band.left} ${top}H${this.band.right}M${this.band.left} ${base}H${
            this.band.right}`
      }),
    ];
    if (!this.band.isNarrow) {
      nodes.push(
          label(16, top + 29, 'that it fails', 'soft'),
          label(this.band.right + 10, top + 4, '100 %', 'soft'),
          label(this.band.right + 10, base + 4, '0 %', 'soft'));
    }
    if (!this.band.app.oddsReady) {
      nodes.push(label(this.band.left + 6, base - 8, 'counting back from the ends…', 'soft'));
      return nodes;
    }
    run.tracks.forEach((track, t) => {
      const curve = curveOf(track, session.outlook(track.policy));
      if (curve === null) {
        nodes.push(label(
            this.band.left + 6, base - 8 - 16 * t,
            'The odds are not known: not all states are in this page.', 'soft'));
        return;
      }
      nodes.push(...this.ghost(track, t, y), ...this.curve(curve, y, base));
      nodes.push(...this.labels(curve, track, t, run, y, base));
    });
    if (this.band.app.oddsShown && run.tracks.length === 1) nodes.push(...this.fan(run, y));
    return nodes;
  }

  curve(curve, y, base) {
    const nodes = [];
    for (const {from, to, value} of stretches(curve.map(({outlook}) => outlook))) {
      const last = Math.min(to, curve.length - 1);
      let line = '';
      for (let step = from; step <= last; ++step)
        line += `${step === from ? 'M' : 'L'}${this.band.x(step)} ${y(curve[step].odds)}`;
      const name = outlookNames[value];
      nodes.push(draw('path', {
        class: `area ${name}`,
        d: `${line}L${this.band.x(last)} ${base}L${this.band.x(from)} ${base}Z`,
      }));
      nodes.push(draw('path', {class: `line ${name}`, d: line}));
    }
    return nodes;
  }

  /// What was undone before another way was taken.
  ghost(track, t, y) {
    const {ghost} = this.band.app.session;
    const known = this.band.app.session.outlook(track.policy);
    if (!ghost || known === null || ghost.states[t] === undefined) return [];
    const line = ghost.states[t]
                     .map((state, i) => [this.band.x(ghost.from + i), y(known.odds[state])])
                     .filter(([x]) => x <= this.band.right)
                     .map(([x, at], i) => `${i === 0 ? 'M' : 'L'}${x} ${at}`)
                     .join('');
    return [draw('path', {class: 'ghost', d: line})];
  }

  labels(curve, track, t, run, y, base) {
    const nodes = [];
    const under = run.tracks.length === 2 ? `${track.policy.shortName}: ` : '';
    const turn = inevitableFrom(curve);
    const room = this.band.right - this.band.x(Math.max(turn, 0));
    if (curve[0].outlook === avoidable && !under && !this.band.isNarrow &&
        this.band.x(curve.length - 1) - this.band.left > 170)
      nodes.push(label(
          this.band.left + 6, base - 10, `${shortOdds(curve[0])} at step 0`, 'avoidable-name'));
    if (turn >= 0) {
      const x = this.band.x(turn);
      nodes.push(draw('path', {class: 'turn-mark', d: `M${x} ${y(1) - 6}l5 6-5 6-5-6z`}));
      const words = this.band.isNarrow ? 'inevitable' :
          room > 330 ? `${under}inevitable from step ${turn}: every order of the rest fails` :
                       `${under}inevitable from step ${turn}`;
      const isRight = room > words.length * 6.6;
      nodes.push(draw(
          'text', {
            x: x + (isRight ? 12 : -10),
            y: y(1) + 18,
            class: `inevitable-name ${isRight ? '' : 'end'}`,
          },
          words));
    } else if (curve.every(({outlook}) => outlook === safe) && !(under && this.band.isNarrow)) {
      nodes.push(label(
          this.band.left + 6, base - 10 - 16 * t, `${under}safe: no order fails`, 'safe-name'));
    }
    return nodes;
  }

  /// Where each choice would lead, at the end of a run.
  fan(run, y) {
    const [track] = run.tracks;
    const known = this.band.app.session.outlook(track.policy);
    if (known === null || run.position < run.length) return [];
    const x0 = this.band.x(run.position);
    const x1 = Math.min(x0 + 56, this.band.right - 60);
    if (x1 < x0 + 20) return [];
    const now = y(known.odds[track.states[run.position]]);
    const ways = new Map();
    for (const item of choicesAt(run)) {
      if (item.edges[0] === none || item.isBeyond) continue;
      const state = track.policy.target(item.edges[0]);
      const to = shortOdds({odds: known.odds[state], outlook: known.outlook[state]});
      if (!ways.has(to)) ways.set(to, {odds: known.odds[state], keys: []});
      ways.get(to).keys.push(choiceKeys[item.n] ?? '·');
    }
    let lowest = Infinity;
    return [...ways].sort((a, b) => a[1].odds - b[1].odds).flatMap(([name, {odds, keys}]) => {
      const at = Math.min(y(odds), lowest - 14);
      lowest = at;
      return [
        draw('path', {class: 'fan', d: `M${x0} ${now}L${x1} ${at}`}),
        label(x1 + 5, at + 4, `${keys.join(' ')}: ${name}`, 'fan-name'),
      ];
    });
  }
}
