// SPDX-License-Identifier: MIT
//
// Moving through the run: undo, redo, the slider, and playing what is ahead.
import {byId, onClick, setText} from './dom.js';
import {whatText} from './words/timeline_view.js';

/// "Step 3 of 7": the position, and the number of steps.
function countText(run) {
  if (run.length === 0) return 'The beginning';
  return run.position === run.length ? `Step ${run.position}` :
                                       `Step ${run.position} of ${run.length}`;
}

/// What the step before the position did, for eyes and for screen readers.
export function nowText(run) {
  if (run.position === 0) return 'Nothing has happened yet.';
  const texts = run.tracks.map(
      (track) =>
          (track.isSkipped(run.position - 1) ?
               track.whySkipped(run.position - 1) :
               whatText(track.policy.move(track.edges[run.position - 1]))));
  if (texts.length === 1 || texts[0] === texts[1]) return texts[0];
  return run.tracks.map((track, i) => `${track.policy.shortName}: ${texts[i]}`).join('. ');
}

export class ControlsView {
  constructor(app) {
    this.app = app;
    this.timer = 0;
    onClick('reset', () => app.reset());
    onClick('undo', () => app.undo());
    onClick('redo', () => app.redo());
    onClick('play', () => this.toggle());
    onClick('counterexample', () => app.load('counterexample'));
    onClick('passing', () => app.load('passing'));
    onClick('play-counterexample', () => {
      app.load('counterexample', 0);
      this.play();
    });
    byId('scrub').addEventListener('input', (event) => app.goTo(Number(event.target.value)));
    byId('pace').addEventListener('change', () => {
      if (this.isPlaying) this.play();
    });
  }

  get isPlaying() {
    return this.timer !== 0;
  }

  toggle() {
    if (this.isPlaying)
      this.pause();
    else
      this.play();
  }

  play() {
    clearInterval(this.timer);
    this.timer = setInterval(() => this.tick(), Number(byId('pace').value));
    this.update();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    this.update();
  }

  tick() {
    const {run} = this.app.session;
    this.app.session.goTo(run.position + 1);
    if (run.position >= run.length) this.pause();
    this.app.render();
  }

  update() {
    const {session} = this.app;
    const {run} = session;
    this.setEnabled('reset', run.length > 0);
    this.setEnabled('undo', run.position > 0);
    this.setEnabled('redo', run.position < run.length);
    this.setEnabled('play', this.isPlaying || run.position < run.length);
    setText(byId('play'), this.isPlaying ? 'Pause' : 'Play');
    for (const id of ['counterexample', 'play-counterexample'])
      byId(id).hidden = !session.has('counterexample');
    byId('passing').hidden = !session.has('passing');
    const scrub = byId('scrub');
    scrub.max = String(run.length);
    scrub.value = String(run.position);
    scrub.disabled = run.length === 0;
    scrub.setAttribute('aria-valuetext', countText(run));
    this.showNow(run);
  }

  /// aria-disabled, so that the button keeps the focus when nothing is left to undo.
  setEnabled(id, isEnabled) {
    byId(id).setAttribute('aria-disabled', String(!isEnabled));
  }

  /// In a reduced graph it is not known which other contexts were enabled.
  showNow(run) {
    const costs = run.tracks.map((track) => {
      const count = track.preemptions[run.position];
      const under = run.tracks.length === 2 ? ` under ${track.policy.shortName}` : '';
      const bound = track.policy.showsAllEnabled ? '' : 'at least ';
      return `${bound}${count} preemption${count === 1 ? '' : 's'}${under}`;
    });
    setText(byId('count'), `${countText(run)} · ${costs.join(', ')}`);
    const text = nowText(run);
    setText(byId('now-text'), text);
    byId('now-text').classList.toggle('violation', text.includes('VIOLATION'));
    setText(byId('live'), run.position === 0 ? text : `Step ${run.position}. ${text}`);
  }
}
