// SPDX-License-Identifier: MIT
//
// One world, or two side by side with their differences highlighted.
import {byId} from '../dom.js';
import {WorldView} from './world_view.js';

export class WorldsView {
  constructor(app) {
    this.app = app;
    this.tracks = [];
    this.views = [];
  }

  update() {
    const {run} = this.app.session;
    if (this.tracks !== run.tracks) this.begin(run.tracks);
    const differing = this.app.session.differing();
    this.views.forEach((view, t) => {
      const {states} = run.tracks[t];
      const previous = states[Math.max(run.position - 1, 0)];
      view.update(states[run.position], previous, differing.map((pair) => pair[t]));
    });
  }

  /// A newly loaded run has other tracks, but often the same policies, whose cards are
  /// kept.
  begin(tracks) {
    this.tracks = tracks;
    const isSame = this.views.length === tracks.length &&
        this.views.every((view, t) => view.policy === tracks[t].policy);
    if (isSame) return;
    const isTwo = tracks.length === 2;
    this.views = tracks.map(({policy}) => new WorldView(policy, isTwo ? policy.fullName : ''));
    byId('worlds').classList.toggle('two', isTwo);
    byId('worlds').replaceChildren(...this.views.map((view) => view.node));
  }
}
