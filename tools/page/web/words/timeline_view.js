// SPDX-License-Identifier: MIT
//
// What happened: a row for every choice, a lane for every context.
//
// Time runs down, as in the reports. A row is made once and stays while its choice
// does; undone choices are shown faint. With two policies, a row that was not the same
// in both says what each did.
import {sameStep} from '../differences.js';
import {byId, make, phrase, setText} from '../dom.js';
import {inevitable, safe} from '../odds.js';

/// Classes of an actor's mark: a dot, or a ring if it is of the environment.
export const dotClass = (actor, isEnvironment) =>
    `dot lane-${actor % 16}${isEnvironment ? ' environment' : ''}`;

/// Actors that can take a step under one of the policies, by their number.
export function actorsIn(tracks) {
  const found = new Map();
  for (const {policy} of tracks) {
    for (const move of policy.moves) found.set(move.actor, policy.data.actors[move.actor]);
  }
  return [...found.entries()].sort((a, b) => a[0] - b[0]).map(([number,
                                                                actor]) => ({number, ...actor}));
}

export class TimelineView {
  constructor(app) {
    this.app = app;
    this.list = byId('timeline');
    this.pane = byId('timeline-pane');
    this.rows = [];
    this.tracks = [];
    this.list.addEventListener('click', (event) => this.clicked(event));
    byId('only-notes').addEventListener('change', (event) => {
      this.list.classList.toggle('only-notes', event.target.checked);
    });
  }

  clicked(event) {
    const row = event.target.closest('li');
    if (row === null) return;
    this.app.goTo([...this.list.children].indexOf(row) + 1);
  }

  update() {
    const {run} = this.app.session;
    if (this.tracks !== run.tracks) this.begin(run.tracks);
    const kept = this.keptRows(run);
    for (const row of this.rows.splice(kept)) row.node.remove();
    const fresh = [];
    for (let i = kept; i < run.length; ++i) {
      this.rows.push({edges: run.tracks.map((t) => t.edges[i]), node: this.row(run, i)});
      fresh.push(this.rows[i].node);
    }
    this.list.append(...fresh);
    byId('nothing-yet').hidden = run.length > 0;
    this.mark(run);
    this.show(run.position);
  }

  begin(tracks) {
    this.tracks = tracks;
    this.actors = actorsIn(tracks);
    this.rows = [];
    this.list.replaceChildren();
    this.list.classList.toggle('two', tracks.length === 2);
    this.marked = {position: -1, difference: -1, turned: []};
    const heads = this.actors.map(
        (actor) => make(
            'span', {title: actor.name}, make('b', {}, actor.id),
            make('i', {class: dotClass(actor.number, actor.environment)})));
    byId('lanes').replaceChildren(
        make('span', {class: 'lane-heads'}, ...heads), ...(tracks.length < 2 ? [] : [
          make(
              'span', {class: 'two-heads'},
              ...tracks.map((track) => make('b', {}, track.policy.shortName)))
        ]));
  }

  keptRows(run) {
    let kept = 0;
    while (kept < this.rows.length && kept < run.length &&
           this.rows[kept].edges.every((edge, t) => edge === run.tracks[t].edges[kept]))
      ++kept;
    return kept;
  }

  row(run, index) {
    const moves =
        run.tracks.map((t) => (t.isSkipped(index) ? null : t.policy.move(t.edges[index])));
    const move = moves.find((m) => m !== null);
    const said = moves.flatMap((m) => m?.said ?? []);
    const classes = [
      said.some((s) => s.isNote) ? 'note' : 'plain',
      said.some((s) => s.isViolation) ? 'violates' : '',
      said.some((s) => s.isObserved) ? 'observes' : '',
      moves.includes(null) ? 'note' : '',
    ].filter(Boolean).join(' ');
    return make(
        'li', {class: classes, 'data-testid': 'event', 'data-step': String(index + 1)},
        make(
            'button', {
              type: 'button',
              tabindex: '-1',
              class: 'number',
              'aria-label': `Go to step ${index + 1}`
            },
            String(index + 1)),
        this.laneCells(move), make('span', {class: 'event'}, ...this.cells(run, index, moves)));
  }

  laneCells(move) {
    const cells = this.actors.map(
        (actor) => make(
            'span', {},
            actor.number === move.actor ?
                make('i', {class: dotClass(actor.number, actor.environment)}) :
                ''));
    return make('span', {class: 'lane-cells', 'aria-hidden': 'true'}, ...cells);
  }

  /// One text if all did the same, else one for each.
  cells(run, index, moves) {
    const texts = moves.map((move) => (move === null ? null : whatText(move)));
    if (texts.every((text) => text !== null && text === texts[0]))
      return [this.cell(moves[0], 'shared')];
    return moves.map(
        (move, i) =>
            (move === null ? make(
                                 'span', {class: 'cell skipped'},
                                 `skipped: ${run.tracks[i].whySkipped(index)}`) :
                             this.cell(move, '')));
  }

  cell(move, name) {
    const what = move.said.length === 0 ?
        [make('span', {class: 'did'}, ...phrase(statementText(move)))] :
        move.said.map(
            (said) => make(
                'span', {
                  class: `did ${
                      said.isViolation    ? 'violation' :
                          said.isObserved ? 'observed' :
                          said.isNote     ? 'noted' :
                                            ''}`,
                },
                ...phrase(said.text)));
    return make(
        'span', {class: `cell ${name}`}, make('span', {class: 'what'}, ...what), ' ',
        make('span', {class: 'who'}, move.who, ' · ', make('code', {}, move.func)));
  }

  /// Marks the position, what is undone, the first difference, and where the outlook
  /// changed.
  mark(run) {
    const {session} = this.app;
    this.rows.forEach(({node}, i) => {
      node.classList.toggle('undone', i >= run.position);
      node.classList.toggle('current', i === run.position - 1);
      if (i === run.position - 1)
        node.setAttribute('aria-current', 'step');
      else
        node.removeAttribute('aria-current');
      this.badge(node, i === session.difference ? this.differenceText(run, i) : '', 'difference');
      this.badge(node, this.app.oddsReady ? this.turn(run, i) : '', 'turn');
    });
  }

  differenceText(run, index) {
    return sameStep(...run.tracks, index) ?
        'first difference: the same step, but not the same world after it' :
        'first difference';
  }

  /// "failure is inevitable from here", where it was not before.
  turn(run, index) {
    const texts = [];
    for (const track of run.tracks) {
      const known = this.app.session.outlook(track.policy);
      if (known === null || track.isSkipped(index)) continue;
      const [before, after] =
          [known.outlook[track.states[index]], known.outlook[track.states[index + 1]]];
      if (before === after) continue;
      const under = run.tracks.length === 2 ? ` under ${track.policy.shortName}` : '';
      if (after === inevitable) texts.push(`failure is inevitable from here${under}`);
      if (after === safe) texts.push(`safe from here${under}`);
    }
    return texts.join('; ');
  }

  badge(node, text, name) {
    const found = node.querySelector(`.badge.${name}`);
    if (text === '')
      found?.remove();
    else if (found)
      setText(found, text);
    else
      node.querySelector('.event').append(
          make('span', {class: `badge ${name}`, 'data-testid': `badge-${name}`}, text));
    node.classList.toggle(`has-${name}`, text !== '');
  }

  /// Scrolls the pane, and nothing else, so that the current row and the next are seen.
  show(position) {
    if (position === 0) {
      this.pane.scrollTop = 0;
      return;
    }
    const row = this.rows[position - 1].node;
    const top = row.offsetTop;
    const bottom = top + row.offsetHeight;
    const view = this.pane.clientHeight;
    if (top < this.pane.scrollTop + 40)
      this.pane.scrollTop = Math.max(0, top - view / 2);
    else if (bottom > this.pane.scrollTop + view - 50)
      this.pane.scrollTop = bottom - view + 90;
  }
}

const statementText = (move) => move.statement + (move.outcome ? ` → ${move.outcome}` : '');

/// What a step did, in one text.
export function whatText(move) {
  const what =
      move.said.length === 0 ? statementText(move) : move.said.map((said) => said.text).join('; ');
  return `${move.who}, ${move.func}: ${what}`;
}
