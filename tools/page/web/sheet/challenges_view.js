// SPDX-License-Identifier: MIT
//
// The challenges: what is asked, how it goes, hints, and the proof if it cannot be done.
import {whyNoFailure} from '../challenges.js';
import {byId, make, setText} from '../dom.js';
import {none} from '../graph.js';

import {decisionsThatMattered, hintOf} from './odds_view.js';

export class ChallengesView {
  constructor(app) {
    this.app = app;
    this.proofs = new Set();
    this.text = '';
    byId('forced').addEventListener('change', (event) => {
      app.session.letsForcedRun = event.target.checked;
    });
  }

  update() {
    const {session} = this.app;
    const list = session.challenges.list();
    this.openProofAtEnd();
    const won = list.filter((challenge) => challenge.won !== '').length;
    setText(byId('tab-challenges'), won > 0 ? `Challenges (${won} won)` : 'Challenges');
    const text = JSON.stringify([
      list, [...this.proofs], session.scenarioIndex, session.policyIndex, session.isLockstep,
      session.challenge?.id, session.challenge?.hints, this.score(), this.hints()
    ]);
    if (text === this.text) return;
    this.text = text;
    const focused = document.activeElement?.id;
    byId('challenge-list').replaceChildren(...list.map((challenge) => this.item(challenge)));
    if (focused?.startsWith('challenge-')) byId(focused)?.focus();
  }

  /// When a run of the reader's own has ended under a policy without failure, the
  /// reason is asked for without a click.
  openProofAtEnd() {
    const {session} = this.app;
    const {run, policy} = session;
    const fix = session.challenges.list().find((challenge) => challenge.id === 'fix');
    if (fix === undefined || fix.policyIndex !== session.policyIndex) return;
    if (run.tracks[0].endAt(run.position) !== null && run.isOwn() &&
        !policy.isViolation(run.tracks[0].states[run.position])) {
      this.proofs.add(policy.name);
    }
  }

  known() {
    const {session} = this.app;
    return this.app.oddsReady ? session.outlook(session.policy) : null;
  }

  /// How the challenge goes: steps, decisions that mattered, preemptions.
  score() {
    const {session} = this.app;
    if (session.challenge === null) return '';
    const [track] = session.run.tracks;
    const {position} = session.run;
    const mattered = decisionsThatMattered(track, position, this.known());
    const cost = track.preemptions[position];
    const decided =
        mattered === null ? '' : `${mattered} decision${mattered === 1 ? '' : 's'} mattered, `;
    const taken = track.taken(position);
    return `${taken} step${taken === 1 ? '' : 's'}, ${decided}${cost} preemption${
        cost === 1 ? '' : 's'}.`;
  }

  /// The hints that were asked for, each more telling.
  hints() {
    const {session} = this.app;
    const {challenge} = session;
    if (challenge === null || challenge.hints === 0) return [];
    const race = this.app.race();
    const wantsLeast = challenge.id === 'avoid';
    const hints = [
      race === null ?
          `Look at ${this.app.subject() || 'the contexts that can go next'}, and at who holds it.` :
          `Look at ${race.region}, and at the two that write its fr_state: ` +
              `${race.first.who} and ${race.second.who}.`,
      race === null ? 'The steps of two contexts race: try one first, undo, then the other.' :
                      `Two steps race: ${race.first.who}, “${race.first.statement}”, and ` +
              `${race.second.who}, “${race.second.statement}”. It fails if the first of these ` +
              `comes first${wantsLeast ? ': let the other be first' : ''}.`,
    ];
    if (challenge.hints >= 3) hints.push(this.nextHint(wantsLeast));
    return hints.slice(0, challenge.hints);
  }

  nextHint(wantsLeast) {
    const {session} = this.app;
    const [track] = session.run.tracks;
    const known = this.known();
    const edge = known === null ?
        none :
        session.bestEdge(track.states[session.run.position], known.odds, wantsLeast);
    if (edge === none) return 'The run has ended here: undo, or restart.';
    const now = known.odds[track.policy.target(edge)];
    if (!wantsLeast && now === 0) return 'It cannot fail any more from here: undo.';
    if (wantsLeast && now === 1) return 'It cannot be avoided any more: undo.';
    return `The next step: ${hintOf(track, edge)}.`;
  }

  item(challenge) {
    const {session} = this.app;
    const isShown = session.policyIndex === challenge.policyIndex && !session.isLockstep;
    const isRunning = session.challenge?.id === challenge.id && isShown;
    const name = session.scenario.policies[challenge.policyIndex].name;
    const start = make(
        'button', {
          type: 'button',
          id: `challenge-${challenge.id}-start`,
          'data-testid': `challenge-${challenge.id}-start`
        },
        !isShown ? `Go to ${name}` :
            isRunning ? 'Restart' :
                        'Start from the beginning');
    start.addEventListener('click', () => this.app.startChallenge(challenge));
    return make(
        'li', {
          class: `${challenge.won ? 'won' : ''}${isRunning ? ' running' : ''}`,
          'data-testid': `challenge-${challenge.id}`
        },
        make(
            'h2', {},
            challenge.won ? make('span', {class: 'tick', 'aria-hidden': 'true'}, '✓ ') : '',
            challenge.title),
        make('p', {}, challenge.text),
        challenge.won ?
            make('p', {class: 'done', 'data-testid': `won-${challenge.id}`}, challenge.won) :
            '',
        ...(isRunning ? this.running() : []),
        ...(challenge.id === 'fix' ? this.proof(challenge) : []),
        make(
            'div', {class: 'row'}, start, isRunning ? this.hintButton(challenge) : '',
            challenge.id === 'fix' ? this.proofButton(challenge) : ''));
  }

  running() {
    const hints = this.hints();
    return [
      make('p', {class: 'score', 'data-testid': 'score'}, this.score()),
      ...(hints.length === 0 ? [] : [make(
                                        'ol', {class: 'hints', 'data-testid': 'hints'},
                                        ...hints.map((hint) => make('li', {}, hint)))]),
    ];
  }

  hintButton({id}) {
    const {session} = this.app;
    if (session.challenge.hints >= 3 || id === 'fix') return '';
    const button = make(
        'button', {type: 'button', id: 'challenge-hint', 'data-testid': 'challenge-hint'},
        session.challenge.hints === 0 ? 'Hint' : 'Another hint');
    button.addEventListener('click', () => {
      ++session.challenge.hints;
      this.update();
    });
    return button;
  }

  proofButton(challenge) {
    const policy = this.app.session.scenario.policies[challenge.policyIndex].name;
    if (this.proofs.has(policy)) return '';
    const button = make(
        'button', {type: 'button', id: 'challenge-why', 'data-testid': 'challenge-why'},
        'Why does it not fail?');
    button.addEventListener('click', () => {
      this.proofs.add(policy);
      this.update();
      byId('challenge-fix-start').focus();
    });
    return button;
  }

  proof(challenge) {
    const policy = this.app.session.graph(challenge.policyIndex);
    if (!this.proofs.has(policy.name)) return [];
    return [make(
        'p', {class: 'proof', 'data-testid': 'proof'}, whyNoFailure(policy),
        policy.data.summary ?
            ` What this policy does: ${policy.data.summary}.`.replace(/\.\.$/, '.') :
            '',
        policy.data.why ? ` ${policy.data.why}` : '')];
  }
}
