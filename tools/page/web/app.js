// SPDX-License-Identifier: MIT
//
// The page: one session, the views that show it, and what the reader can ask for.
//
// Every request changes the session and then renders; each view changes only what is
// different from before. The address follows a moment later, because browsers limit how
// often it may change.
import {ChoicesView} from './choices_view.js';
import {ControlsView} from './controls_view.js';
import {byId, onClick, setText} from './dom.js';
import {none} from './graph.js';
import {ChallengesView, StoryView} from './guide_view.js';
import {HeaderView} from './header_view.js';
import {listenToKeys} from './keys.js';
import {Session} from './session.js';
import {ShareView} from './share_view.js';
import {Tabs} from './tabs.js';
import {TimelineView} from './timeline_view.js';
import {WorldsView} from './worlds_view.js';

/// Milliseconds between two changes of the address.
const addressPause = 300;

export class App {
  constructor(data) {
    this.session = new Session(data);
    this.oddsShown = false;
    this.tabs = new Tabs();
    this.choices = new ChoicesView(this);
    this.controls = new ControlsView(this);
    this.views = [
      new HeaderView(this), this.choices, new TimelineView(this), new WorldsView(this),
      new StoryView(this), new ChallengesView(this), new ShareView(this), this.controls
    ];
    byId('goes-on').addEventListener('change', (event) => {
      this.session.goesOn = event.target.checked;
    });
    byId('show-odds').addEventListener('change', (event) => this.showOdds(event.target.checked));
    onClick('skip', () => this.choices.focus(0));
    addEventListener('hashchange', () => this.followAddress());
    listenToKeys(this);
    this.readAddress();
    this.tabs.select(this.session.policyWithStory() === none ? 'challenges' : 'story');
    this.render();
  }

  get oddsReady() {
    return this.oddsShown &&
        this.session.policies().every((policy) => this.session.hasOutlook(policy));
  }

  render() {
    const {message} = this.session;
    setText(byId('message'), message);
    byId('message').hidden = message === '';
    if (this.oddsShown && !this.oddsReady) this.countLater();
    byId('board').classList.toggle('lockstep', this.session.isLockstep);
    for (const view of this.views) view.update();
    this.writeAddressLater();
  }

  /// Does `action` to the session and shows the result.
  act(action) {
    if (this.controls.isPlaying) this.controls.pause();
    action(this.session);
    this.render();
  }

  choose(choice, invertsGoesOn) {
    this.act((session) => session.choose(choice, session.goesOn !== invertsGoesOn));
  }

  goTo(position) {
    this.act((session) => session.goTo(position));
  }

  undo() {
    this.goTo(this.session.run.position - 1);
  }

  redo() {
    this.goTo(this.session.run.position + 1);
  }

  reset() {
    this.act((session) => session.reset());
  }

  load(which, position) {
    this.act((session) => session.load(which, position));
  }

  goToStop(index) {
    this.act((session) => session.goToStop(index));
  }

  openScenario(index) {
    this.act((session) => session.openScenario(index));
    this.tabs.select(this.session.policyWithStory() === none ? 'challenges' : 'story');
  }

  showPolicies(policyIndex, besideIndex) {
    this.act((session) => session.showPolicies(policyIndex, besideIndex));
  }

  openPolicy(policyIndex) {
    this.act((session) => session.openPolicy(policyIndex));
  }

  /// From the beginning; but if the fix is not shown, under the fix with the choices
  /// made so far.
  startChallenge({id, policyIndex}) {
    if (id === 'fix' && this.session.policyIndex !== policyIndex)
      this.showPolicies(policyIndex, none);
    else
      this.openPolicy(policyIndex);
  }

  showOdds(isShown) {
    this.oddsShown = isShown;
    this.render();
  }

  /// After the next paint, so that asking for the odds is answered at once.
  countLater() {
    requestAnimationFrame(() => setTimeout(() => {
                            if (!this.oddsShown || this.oddsReady) return;
                            for (const policy of this.session.policies())
                              this.session.outlook(policy);
                            this.render();
                          }));
  }

  readAddress() {
    const fragment = location.hash.slice(1);
    if (fragment !== '') this.session.openFragment(fragment);
    this.written = fragment;
  }

  followAddress() {
    if (location.hash.slice(1) === this.written) return;
    this.act(() => this.readAddress());
  }

  writeAddressLater() {
    if (this.addressTimer) return;
    this.addressTimer = setTimeout(() => {
      this.addressTimer = 0;
      this.written = this.session.fragment();
      try {
        history.replaceState(null, '', `#${this.written}`);
      } catch {
        // The link in the guide also leads here.
      }
    }, addressPause);
  }
}
