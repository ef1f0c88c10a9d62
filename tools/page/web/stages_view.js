// SPDX-License-Identifier: MIT
//
// One stage, or two side by side.
import {choicesAt} from './choices.js';
import {byId} from './dom.js';
import {StageView} from './picture/stage_view.js';

export class StagesView {
  constructor(app) {
    this.app = app;
    this.box = byId('stages');
    this.stages = [];
    this.tracks = [];
    this.items = [];
  }

  update() {
    const {run} = this.app.session;
    if (this.tracks !== run.tracks) this.begin(run.tracks);
    const hadFocus = this.focusedChoice();
    this.items = choicesAt(run);
    this.stages.forEach((stage, t) => stage.update(run.tracks[t], run.position, this.items));
    if (hadFocus !== null) this.restoreFocus(hadFocus);
  }

  /// A newly loaded run has other tracks, but often the same policies, whose stages stay.
  begin(tracks) {
    this.tracks = tracks;
    const isSame = this.stages.length === tracks.length &&
        this.stages.every((stage, t) => stage.policy === tracks[t].policy);
    if (isSame) return;
    const isTwo = tracks.length === 2;
    this.stages = tracks.map(
        ({policy}, t) => new StageView(this.app, policy, t, isTwo ? policy.fullName : ''));
    this.box.classList.toggle('two', isTwo);
    this.box.replaceChildren(...this.stages.map(({node}) => node));
  }

  buttons() {
    return [...this.box.querySelectorAll('[data-testid=choice]:not([disabled])')];
  }

  focusedChoice() {
    const at = document.activeElement;
    if (at?.dataset.testid !== 'choice' || !this.box.contains(at)) return null;
    return {actor: at.dataset.actor, n: this.buttons().indexOf(at)};
  }

  /// On the same actor, else on the choice with the same number.
  restoreFocus({actor, n}) {
    const same = this.buttons().find((button) => button.dataset.actor === actor);
    if (same === undefined)
      this.focus(n);
    else
      same.focus({preventScroll: true});
  }

  /// Focus on the n-th choice, the last one if there are fewer, the heading if none.
  focus(n) {
    const buttons = this.buttons();
    (buttons[Math.min(Math.max(n, 0), buttons.length - 1)] ?? byId('choices-title')).focus({
      preventScroll: true
    });
  }
}
