// SPDX-License-Identifier: MIT
//
// How the run has ended, and what to do next.
import {cannotFail, doneText, whyNoFailure} from '../challenges.js';
import {byId, make, phrase, setText} from '../dom.js';
import {none} from '../graph.js';
import {turnOf} from '../race.js';

export class EndView {
  constructor(app) {
    this.app = app;
  }

  update() {
    const {run} = this.app.session;
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
    if (session.storyIndex === none) {
      lines.push(make(
          'p', {class: 'muted'}, 'Undo, or move the slider, to see what else could have been.'));
    }
    if (failed >= 0 && !session.isLockstep) lines.push(this.waysOn());
    return lines;
  }

  button(testid, text, action, name = '') {
    const button = make('button', {type: 'button', 'data-testid': testid, class: name}, text);
    button.addEventListener('click', action);
    return button;
  }

  /// From a failure to the policy that avoids it, or to the choice that does.
  waysOn() {
    const {app} = this;
    const {session} = app;
    const fix = session.challenges.list().find((challenge) => challenge.id === 'fix');
    const row = make('div', {class: 'row'});
    if (fix !== undefined) {
      const hasStory = session.scenario.policies[fix.policyIndex].story?.length > 0;
      if (hasStory && session.storyIndex !== none) {
        row.append(this.button(
            'end-story', `See it under ${session.challenges.nameOf(fix.policyIndex)}`,
            () => app.tellStory(fix.policyIndex), 'primary'));
      }
      row.append(
          this.button('end-fix', fix.title, () => app.startChallenge(fix)),
          this.button(
              'end-beside', 'See both side by side',
              () => app.showPolicies(session.policyIndex, fix.policyIndex)));
    }
    const known = app.oddsReady ? session.outlook(session.policy) : null;
    if (turnOf(session.run.tracks[0], known) > 0) {
      row.append(this.button('end-avoid', 'Avoid it from here', () => app.avoidIt()));
    }
    return row;
  }
}
