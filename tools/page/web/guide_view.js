// SPDX-License-Identifier: MIT
//
// The story with its stops, and the challenges.
import {whyNoFailure} from './challenges.js';
import {byId, make, onClick, setText} from './dom.js';
import {none} from './graph.js';

export class StoryView {
  constructor(app) {
    this.app = app;
    onClick('story-previous', () => this.go(-1));
    onClick('story-next', () => this.go(1));
  }

  /// To the next stop or the one before; to the first, or to a policy that has a story.
  go(by) {
    const {session} = this.app;
    if (session.story().length === 0) {
      const policy = session.policyWithStory();
      if (policy !== none) this.app.openPolicy(policy);
      return;
    }
    this.app.goToStop(session.storyIndex === none ? this.lastIndex ?? 0 : session.storyIndex + by);
  }

  update() {
    const {session} = this.app;
    const story = session.story();
    const index = session.storyIndex;
    if (this.story !== story) this.lastIndex = undefined;
    this.story = story;
    if (index !== none) this.lastIndex = index;
    byId('story-previous').disabled = story.length === 0 || index <= 0;
    byId('story-next').disabled = index === story.length - 1 && index !== none;
    if (story.length === 0)
      this.showMissing();
    else if (index === none)
      this.showOutside(story);
    else {
      setText(byId('story-text'), story[index].text);
      setText(
          byId('story-place'),
          `Stop ${index + 1} of ${story.length}, after step ${story[index].step}`);
      setText(byId('story-next'), 'Next');
    }
  }

  showMissing() {
    const {session} = this.app;
    const policy = session.policyWithStory();
    const name = policy === none ? '' : session.scenario.policies[policy].name;
    setText(
        byId('story-text'),
        name ? `There is no story under ${session.policy.fullName}. One is told under ${name}.` :
               'No story is told of this scenario: the challenges lead through it.');
    setText(byId('story-place'), '');
    setText(byId('story-next'), name ? `Go to ${name}` : 'Begin the story');
    byId('story-next').disabled = name === '';
  }

  showOutside(story) {
    const wasIn = this.lastIndex !== undefined;
    setText(
        byId('story-text'),
        wasIn ?
            'You have left the story, and the run is yours. It can be taken up again where it was.' :
            'A guided run: what goes wrong, one stop after the other, with the world at each moment.');
    setText(byId('story-place'), `${story.length} stops`);
    setText(byId('story-next'), wasIn ? 'Back to the story' : 'Begin the story');
  }
}

export class ChallengesView {
  constructor(app) {
    this.app = app;
    this.proofs = new Set();
    this.text = '';
  }

  update() {
    const {session} = this.app;
    const list = session.challenges.list();
    this.openProofAtEnd();
    const won = list.filter((challenge) => challenge.won !== '').length;
    setText(byId('tab-challenges'), won > 0 ? `Challenges (${won} won)` : 'Challenges');
    const text = JSON.stringify(
        [list, [...this.proofs], session.scenarioIndex, session.policyIndex, session.isLockstep]);
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

  item(challenge) {
    const {session} = this.app;
    const isShown = session.policyIndex === challenge.policyIndex && !session.isLockstep;
    const name = session.scenario.policies[challenge.policyIndex].name;
    const start = make(
        'button', {
          type: 'button',
          id: `challenge-${challenge.id}-start`,
          'data-testid': `challenge-${challenge.id}-start`
        },
        isShown ? 'Start from the beginning' : `Go to ${name}`);
    start.addEventListener('click', () => this.app.startChallenge(challenge));
    return make(
        'li', {class: challenge.won ? 'won' : '', 'data-testid': `challenge-${challenge.id}`},
        make(
            'h2', {},
            challenge.won ? make('span', {class: 'tick', 'aria-hidden': 'true'}, '✓ ') : '',
            challenge.title),
        make('p', {}, challenge.text),
        challenge.won ?
            make('p', {class: 'done', 'data-testid': `won-${challenge.id}`}, challenge.won) :
            '',
        ...(challenge.id === 'fix' ? this.proof(challenge) : []),
        make(
            'div', {class: 'row'}, start,
            challenge.id === 'fix' ? this.proofButton(challenge) : ''));
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
            '')];
  }
}
