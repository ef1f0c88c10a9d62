// SPDX-License-Identifier: MIT
//
// What every enabled context would do next, as buttons, in the kernel's words.
//
// With two policies the lists are one: a choice that only one of them has says so. The
// n-th button stays the n-th element, so that the keyboard's focus survives a step.
import {cannotFail, doneText, whyNoFailure} from './challenges.js';
import {byId, make, phrase, setText} from './dom.js';
import {none} from './graph.js';
import {avoidable, inevitable, oddsText, outlookNames, safe} from './odds.js';
import {dotClass} from './timeline_view.js';

/// The key of the n-th choice.
export const choiceKeys = '123456789abcdefghijklmnopqrstuvwxyz';

/// The choices at the position: { choice, edges } with an edge or `none` by track, and
/// whether the edge leads beyond the page.
export function choicesAt(run) {
  const found = new Map();
  run.tracks.forEach((track, t) => {
    for (const edge of track.policy.edges(track.states[run.position])) {
      const choice = track.policy.choice(edge);
      const key = `${choice.actor}=${choice.outcome}`;
      if (!found.has(key)) {
        found.set(key, {choice, edges: run.tracks.map(() => none), isBeyond: true});
      }
      const item = found.get(key);
      item.edges[t] = edge;
      item.isBeyond &&= track.policy.isBeyond(edge);
    }
  });
  return [...found.values()];
}

export class ChoicesView {
  constructor(app) {
    this.app = app;
    this.list = byId('choices');
    this.items = [];
  }

  update() {
    const {session} = this.app;
    const hadFocus = this.list.contains(document.activeElement) ?
        [...this.list.querySelectorAll('button')].indexOf(document.activeElement) :
        -1;
    this.items = choicesAt(session.run);
    const rows = this.items.map((item, n) => this.row(item, n));
    this.list.replaceChildren(...rows);
    this.showEnd();
    this.showOdds();
    if (hadFocus >= 0) this.focus(hadFocus);
  }

  /// Focus on the n-th choice, the last one if there are fewer, the heading if none.
  focus(n) {
    const buttons = this.list.querySelectorAll('button:not([disabled])');
    (buttons[Math.min(n, buttons.length - 1)] ?? byId('choices-title')).focus({
      preventScroll: true
    });
  }

  row(item, n) {
    const {run} = this.app.session;
    const at = item.edges.findIndex((edge) => edge !== none);
    const {policy} = run.tracks[at];
    const move = policy.move(item.edges[at]);
    const key = choiceKeys[n];
    const button = make(
        'button', {
          type: 'button',
          class: 'choice',
          'data-testid': 'choice',
          'data-actor': move.actorId,
          'data-outcome': move.outcome,
          'aria-keyshortcuts': key,
          disabled: item.isBeyond,
        },
        make('kbd', {'aria-hidden': 'true'}, key ?? '·'),
        make(
            'span', {class: 'choice-text'},
            make(
                'span', {class: 'who'},
                make('i', {class: dotClass(move.actor, move.isEnvironment)}), move.who),
            ...this.statements(item), ...this.tags(item)));
    button.addEventListener('click', (event) => this.app.choose(item.choice, event.shiftKey));
    return make('li', {}, button);
  }

  /// What it would do; by policy if they differ.
  statements(item) {
    const {tracks} = this.app.session.run;
    const moves =
        tracks.map((t, i) => (item.edges[i] === none ? null : t.policy.move(item.edges[i])));
    const isSame = moves.every(
        (move) =>
            move !== null && move.step === moves[0].step && move.statement === moves[0].statement);
    if (isSame) return [this.statement(moves[0], '')];
    return moves.map(
        (move, i) =>
            (move === null ? make(
                                 'span', {class: 'what muted'},
                                 `not possible under ${tracks[i].policy.shortName}`) :
                             this.statement(move, tracks[i].policy.shortName)));
  }

  statement(move, under) {
    return make(
        'span', {class: 'what'}, under ? make('b', {}, `${under}: `) : '',
        make('code', {}, move.func), ' ', move.statement,
        move.outcome ? make('b', {class: 'outcome'}, ` → ${move.outcome}`) : '');
  }

  /// Whether it is a preemption, leads out, what the odds would be.
  tags(item) {
    const {session} = this.app;
    const {run} = session;
    const tags = [];
    if (item.isBeyond) tags.push(make('span', {class: 'tag'}, 'beyond this page'));
    const preempting = run.tracks.find(
        (track, i) => item.edges[i] !== none && track.wouldPreempt(item.edges[i], run.position));
    if (preempting) {
      const name =
          preempting.policy.data.actors.find((a) => a.id === preempting.last[run.position]).name;
      tags.push(make('span', {class: 'tag', 'data-testid': 'preempts'}, `preempts ${name}`));
    }
    if (this.app.oddsReady) tags.push(...this.oddsTags(item));
    return tags.length === 0 ? [] : [make('span', {class: 'tags'}, ...tags)];
  }

  oddsTags(item) {
    const {session} = this.app;
    return session.run.tracks.flatMap((track, i) => {
      const known = session.outlook(track.policy);
      if (known === null || item.edges[i] === none) return [];
      const state = track.policy.target(item.edges[i]);
      const outlook = known.outlook[state];
      const under = session.isLockstep ? `${track.policy.shortName}: ` : '';
      const text = outlook === avoidable ? `fails: ${oddsText(known.odds[state], outlook)}` :
                                           outlookNames[outlook];
      return [make('span', {class: `tag ${outlookNames[outlook]}`}, under + text)];
    });
  }

  /// How the run has ended, by track.
  showEnd() {
    const {session} = this.app;
    const {run} = session;
    const box = byId('end');
    const ends = run.tracks.map((track) => track.endAt(run.position));
    box.replaceChildren(...run.tracks.flatMap(
        (track, i) => (ends[i] === null ? [] : [this.endLine(track, ends[i])])));
    box.hidden = ends.every((end) => end === null);
    if (!box.hidden) box.append(...this.afterTheEnd(ends));
    setText(
        byId('choices-title'),
        ends.every((end) => end !== null) ? 'The run has ended' : 'What next?');
  }

  endLine(track, {end, text}) {
    const under = this.app.session.isLockstep ? `${track.policy.shortName}: ` : '';
    const head = {violation: 'Violation: ', rest: 'At rest: ', cut: 'Cut: '}[end];
    return make(
        'p', {class: `end-line ${end}`, 'data-testid': `end-${end}`}, make('b', {}, under + head),
        ...phrase(text));
  }

  /// How to understand the end, and what to do next.
  afterTheEnd(ends) {
    const {session} = this.app;
    const {run} = session;
    const failed = run.tracks.findIndex((track, i) => ends[i]?.end === 'violation');
    const lines = [];
    if (failed >= 0 && run.position > 0 && run.isOwn()) {
      lines.push(make(
          'p', {class: 'done', 'data-testid': 'done'}, doneText(run.tracks[failed], run.position)));
    }
    if (failed < 0 && !session.isLockstep && cannotFail(session.policy)) {
      lines.push(make('p', {}, whyNoFailure(session.policy)));
    }
    lines.push(
        make('p', {class: 'muted'}, 'Undo, or move the slider, to see what else could have been.'));
    if (failed >= 0 && !session.isLockstep) lines.push(this.waysOn());
    return lines;
  }

  /// From a failure to the policy that avoids it.
  waysOn() {
    const {app} = this;
    const fix = app.session.challenges.list().find((challenge) => challenge.id === 'fix');
    if (fix === undefined) return '';
    const alone = make('button', {type: 'button', 'data-testid': 'end-fix'}, fix.title);
    alone.addEventListener('click', () => app.startChallenge(fix));
    const both =
        make('button', {type: 'button', 'data-testid': 'end-beside'}, 'See both side by side');
    both.addEventListener(
        'click', () => app.showPolicies(app.session.policyIndex, fix.policyIndex));
    return make('div', {class: 'row'}, alone, both);
  }

  showOdds() {
    const {session, oddsShown, oddsReady} = this.app;
    const box = byId('odds');
    box.hidden = !oddsShown;
    if (!oddsShown) return;
    if (!oddsReady) {
      box.replaceChildren(make('p', {}, 'Counting back from the ends…'));
      return;
    }
    box.replaceChildren(...session.run.tracks.map((track) => this.oddsLine(track)));
  }

  oddsLine(track) {
    const {session} = this.app;
    const under = session.isLockstep ? `${track.policy.shortName}: ` : '';
    const known = session.outlook(track.policy);
    if (known === null) {
      return make('p', {}, `${under}The odds are unknown: not all of the states are in this page.`);
    }
    const state = track.states[session.run.position];
    const outlook = known.outlook[state];
    const meaning = {
      [safe]: 'no failure can be reached from here.',
      [avoidable]: 'it may fail from here or not. Under random scheduling it fails with odds of ',
      [inevitable]: 'every way on from here fails.',
    }[outlook];
    return make(
        'p', {}, under,
        make(
            'b', {class: `outlook ${outlookNames[outlook]}`, 'data-testid': 'outlook'},
            outlookNames[outlook]),
        `: ${meaning}`,
        outlook === avoidable ?
            make('b', {'data-testid': 'odds-value'}, `${oddsText(known.odds[state], outlook)}`) :
            '',
        outlook === avoidable ? '.' : '');
  }
}
