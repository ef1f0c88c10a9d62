// SPDX-License-Identifier: MIT
//
// The first screen: a question that needs no RDMA, and two ways in.
//
// It is shown to who comes without a link. The picture is of the failing run of the page:
// who writes the region's state, and how the odds rise.
import {byId, make, onClick, setText} from '../dom.js';
import {none} from '../graph.js';
import {avoidable} from '../odds.js';
import {curveOf, shortOdds} from '../picture/curve.js';
import {draw} from '../picture/wires.js';
import {runOf} from '../race.js';

export class OpeningView {
  constructor(app) {
    this.app = app;
    this.isOpen = false;
    onClick('opening-begin', () => this.leave('story'));
    onClick('opening-try', () => this.leave('challenges'));
    onClick('opening-skip', () => this.leave('play'));
  }

  open() {
    this.isOpen = true;
    byId('opening').hidden = false;
    byId('page').hidden = true;
    byId('opening-begin').focus({preventScroll: true});
  }

  leave(mode) {
    this.isOpen = false;
    byId('opening').hidden = true;
    byId('page').hidden = false;
    this.app.enter(mode);
  }

  update() {
    if (!this.isOpen) return;
    const {session} = this.app;
    const {scenario} = session;
    const stops = session.story().length;
    setText(byId('opening-kind'), scenario.title);
    setText(byId('opening-title'), scenario.question ?? scenario.title);
    setText(byId('opening-lead'), scenario.lead ?? '');
    byId('opening-begin').hidden = session.policyWithStory() === none;
    byId('opening-try').hidden = session.challenges.list().length === 0;
    const states = scenario.policies.reduce((sum, policy) => sum + policy.states, 0);
    setText(
        byId('opening-facts'),
        `${stops > 0 ? `${stops} stops, about five minutes. ` : ''}` +
            `${states.toLocaleString('en-GB')} states are in this page; it needs no network.`);
    this.showRace();
    this.showCurve();
  }

  /// The two that write, and the region between them.
  showRace() {
    const race = this.app.race();
    const writer = ({who, statement, step}) => make(
        'div', {class: 'opening-writer'}, make('b', {}, who), make('code', {}, statement),
        make('span', {class: 'muted'}, `step ${step}`));
    byId('opening-race').hidden = race === null;
    if (race === null) return;
    byId('opening-race')
        .replaceChildren(
            writer(race.first), make('span', {class: 'opening-then'}, '→'),
            make(
                'div', {class: 'opening-region'}, make('b', {class: 'disc'}, race.region.slice(3)),
                make('span', {}, 'fr_state')),
            make('span', {class: 'opening-then'}, '←'), writer(race.second));
  }

  showCurve() {
    const box = byId('opening-curve');
    const {session} = this.app;
    const run = runOf(session.policy, 'counterexample');
    const known = this.app.oddsReady ? session.outlook(session.policy) : null;
    const curve = run === null ? null : curveOf(run.tracks[0], known);
    box.replaceChildren();
    if (curve === null) return;
    const width = 1000;
    const height = 90;
    const x = (step) => 4 + (width - 8) * step / (curve.length - 1);
    const y = (odds) => height - 4 - (height - 30) * odds;
    const turn = curve.findIndex(({outlook}) => outlook !== avoidable);
    const line = (from, to) =>
        curve.slice(from, to + 1)
            .map(({odds}, i) => `${i === 0 ? 'M' : 'L'}${x(from + i)} ${y(odds)}`)
            .join('');
    const last = turn < 0 ? curve.length - 1 : turn;
    const svg = draw(
        'svg', {viewBox: `0 0 ${width} ${height}`, class: 'band-svg', 'aria-hidden': 'true'},
        draw('path', {class: 'line avoidable', d: line(0, last)}),
        draw('path', {class: 'line inevitable', d: turn < 0 ? '' : line(turn, curve.length - 1)}));
    box.append(
        svg,
        make(
            'p', {class: 'muted'}, 'The odds that the run fails, step by step: ',
            make('b', {class: 'avoidable-text'}, shortOdds(curve[0])), ' at the start',
            turn < 0 ?
                '.' :
                make(
                    'span', {}, '; ',
                    make('b', {class: 'bad-text'}, `from step ${turn} on it always fails`), '.')));
  }
}
