// SPDX-License-Identifier: MIT
//
// The page: one session, the views that show it, and what the reader can ask for.
//
// Every request changes the session and then renders; each view changes only what is
// different from before. The address follows a moment later, because browsers limit how
// often it may change. The odds are counted after the first paint, once for a policy.
import {ControlsView} from './controls_view.js';
import {byId, onClick, setText} from './dom.js';
import {none} from './graph.js';
import {HeaderView} from './header_view.js';
import {listenToKeys} from './keys.js';
import {BandView} from './picture/band_view.js';
import {raceOf, runOf, turnOf} from './race.js';
import {Session} from './session.js';
import {ShareView} from './share_view.js';
import {ChallengesView} from './sheet/challenges_view.js';
import {EndView} from './sheet/end_view.js';
import {Glossary} from './sheet/glossary.js';
import {choiceTags, OddsView} from './sheet/odds_view.js';
import {OpeningView} from './sheet/opening_view.js';
import {StoryView} from './sheet/story_view.js';
import {StagesView} from './stages_view.js';
import {Tabs} from './tabs.js';
import {TimelineView} from './words/timeline_view.js';
import {WorldsView} from './words/worlds_view.js';

/// Milliseconds between two changes of the address.
const addressPause = 300;

export class App {
  constructor(data) {
    this.session = new Session(data);
    this.oddsShown = false;
    this.races = new Map();
    this.glossary = new Glossary();
    this.tabs = new Tabs();
    this.stages = new StagesView(this);
    this.controls = new ControlsView(this);
    this.band = new BandView(this);
    this.opening = new OpeningView(this);
    this.views = [
      new HeaderView(this), this.stages, this.band, new TimelineView(this), new WorldsView(this),
      new StoryView(this), new ChallengesView(this), new OddsView(this), new EndView(this),
      new ShareView(this), this.controls, this.opening
    ];
    byId('goes-on').addEventListener('change', (event) => {
      this.session.goesOn = event.target.checked;
    });
    byId('show-odds').addEventListener('change', (event) => this.showOdds(event.target.checked));
    onClick('skip', () => this.stages.focus(0));
    onClick('show-all', () => this.showAll());
    addEventListener('hashchange', () => this.followAddress());
    listenToKeys(this);
    this.readAddress();
    this.selectTab(this.session.policyWithStory() === none ? 'challenges' : 'story');
    if (this.written === '') this.opening.open();
    this.render();
  }

  get oddsReady() {
    return this.session.policies().every((policy) => this.session.hasOutlook(policy));
  }

  /// Tags of a choice on the stage of `track`.
  choiceTags(item, track, index) {
    return choiceTags(this, item, track, index);
  }

  /// The region that the run is about, or ''.
  subject() {
    return this.stages.stages[0]?.subject ?? '';
  }

  /// The two steps that race in the counterexample of the shown policy; null if there are
  /// none, or the odds are not counted yet.
  race() {
    const {policy} = this.session;
    if (!this.session.hasOutlook(policy)) return null;
    if (!this.races.has(policy)) {
      const run = runOf(policy, 'counterexample');
      this.races.set(
          policy, run === null ? null : raceOf(run.tracks[0], this.session.outlook(policy)));
    }
    return this.races.get(policy);
  }

  render() {
    if (!this.views) return;
    const {message} = this.session;
    setText(byId('message'), message);
    byId('message').hidden = message === '';
    if (!this.oddsReady) this.countLater();
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
    this.selectTab(this.session.policyWithStory() === none ? 'challenges' : 'story');
  }

  showPolicies(policyIndex, besideIndex) {
    this.act((session) => session.showPolicies(policyIndex, besideIndex));
  }

  /// The other policy beside the shown one, or no longer.
  toggleBoth() {
    const {session} = this;
    const other = session.scenario.policies.findIndex((_, i) => i !== session.policyIndex);
    if (other !== none) this.showPolicies(session.policyIndex, session.isLockstep ? none : other);
  }

  openPolicy(policyIndex) {
    this.act((session) => session.openPolicy(policyIndex));
  }

  /// The story of a policy from its first stop.
  tellStory(policyIndex) {
    this.act((session) => {
      session.openPolicy(policyIndex);
      session.goToStop(0);
    });
    this.selectTab('story');
  }

  /// From the beginning; but if the fix is not shown, under the fix with the choices
  /// made so far.
  startChallenge({id, policyIndex}) {
    if (id === 'avoid') return this.avoidIt(policyIndex);
    const hint = id === 'fix' && this.session.policyIndex !== policyIndex;
    this.act((session) => {
      if (hint)
        session.showPolicies(policyIndex, none);
      else
        session.openPolicy(policyIndex);
      const {message} = session;
      session.begin(id);
      session.message = message;
    });
    return this.selectTab('challenges');
  }

  /// The counterexample just before the step that made failure inevitable: the reader's turn.
  avoidIt(policyIndex = this.session.policyIndex) {
    this.act((session) => {
      session.openPolicy(policyIndex);
      const run = runOf(session.policy, 'counterexample');
      const turn = turnOf(run.tracks[0], session.outlook(session.policy));
      session.load('counterexample', Math.max(turn - 1, 0));
      session.begin('avoid');
    });
    this.selectTab('challenges');
  }

  /// In by the first screen.
  enter(mode) {
    this.selectTab(mode);
    if (mode === 'story') {
      const policy = this.session.policyWithStory();
      if (policy !== this.session.policyIndex) this.openPolicy(policy);
      this.goToStop(0);
    } else if (mode === 'challenges') {
      this.startChallenge(this.session.challenges.list()[0]);
    } else {
      this.render();
    }
  }

  selectTab(name) {
    this.tabs.select(name);
  }

  showOdds(isShown) {
    this.oddsShown = isShown;
    this.render();
  }

  /// On a narrow screen: the whole stage, or what the last step touched.
  showAll() {
    const isAll = byId('stages').classList.toggle('all');
    byId('show-all').setAttribute('aria-pressed', String(isAll));
    this.render();
  }

  /// After the next paint, so that the page is there at once.
  countLater() {
    if (this.counting) return;
    this.counting = true;
    requestAnimationFrame(() => setTimeout(() => {
                            this.counting = false;
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
    if (this.addressTimer || this.opening.isOpen) return;
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
