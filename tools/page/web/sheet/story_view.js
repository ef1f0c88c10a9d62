// SPDX-License-Identifier: MIT
//
// The story: a stop's sentences, and what changed since the stop before.
import {changesBetween} from '../changes.js';
import {byId, make, onClick, phrase, setText} from '../dom.js';
import {none} from '../graph.js';
import {shortOdds} from '../picture/curve.js';
import {lifeOf, violationAt} from '../picture/life.js';
import {machineOf} from '../picture/machine.js';

/// The most changes that are listed.
const mostChanges = 6;

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
    byId('changes').replaceChildren();
    if (story.length === 0)
      this.showMissing();
    else if (index === none)
      this.showOutside(story);
    else
      this.showStop(story, index);
  }

  say(title, text) {
    if (this.said === title + text) return;
    this.said = title + text;
    setText(byId('story-title'), title);
    byId('story-title').hidden = title === '';
    byId('story-text').replaceChildren(...this.app.glossary.nodes(text));
  }

  showStop(story, index) {
    const {session} = this.app;
    const {title = '', text, step} = story[index];
    this.say(title, text);
    setText(byId('story-place'), `Stop ${index + 1} of ${story.length}, after step ${step}`);
    setText(byId('story-next'), 'Next');
    if (index === 0) return;
    const track = session.run.tracks.find((t) => t.policy.data.story?.length > 0);
    if (violationAt(track, session.run.position)?.region) {
      this.showLife(track, session.run.position);
      return;
    }
    if (session.isLockstep) {
      this.showBoth(session);
      return;
    }
    const changes = changesBetween(track, session.reference(), session.run.position);
    const shown = changes.slice(-mostChanges);
    const more = changes.length - shown.length;
    byId('changes').replaceChildren(
        make('h3', {}, `Changed since stop ${index}${more > 0 ? `, and ${more} before` : ''}`),
        make(
            'ol', {},
            ...shown.map(
                (change) => make(
                    'li', {class: change.subject === this.app.subject() ? 'of-subject' : ''},
                    make('i', {}, String(change.step)),
                    make('span', {}, ...phrase(change.text))))));
  }

  /// Side by side: where the region is under each policy, and what the odds are.
  showBoth({run, isLockstep}) {
    const region = this.app.subject();
    const {tracks, position} = run;
    if (!isLockstep || region === '') return;
    const now = tracks.map((track) => {
      const machine = machineOf(track.policy);
      const world = track.policy.world(track.states[position]);
      const {state, mapped} = machine.regionState(world, region);
      const known = this.app.oddsReady ? this.app.session.outlook(track.policy) : null;
      const at = track.states[position];
      const odds = known === null ? 'unknown' :
                                    shortOdds({odds: known.odds[at], outlook: known.outlook[at]});
      return [machine.placeOf(world, region), state, mapped, odds];
    });
    const names = [`${region} is`, 'fr_state', 'DMA-mapped', 'odds'];
    byId('changes').replaceChildren(make(
        'table', {'data-testid': 'both'},
        make(
            'thead', {},
            make(
                'tr', {}, make('td', {}),
                ...tracks.map(({policy}) => make('th', {scope: 'col'}, policy.shortName)))),
        make(
            'tbody', {},
            ...names.map(
                (name, i) => make(
                    'tr', {class: now[0][i] === now[1][i] ? '' : 'differs'},
                    make('th', {scope: 'row'}, name),
                    ...now.map((values) => make('td', {}, values[i] || '–')))))));
  }

  /// At the violation: all that happened to its region.
  showLife(track, position) {
    const {region} = violationAt(track, position);
    const life =
        lifeOf(track, region, position).filter(({text}) => !/^(bump|post|dereg|alloc)/.test(text));
    byId('changes').replaceChildren(
        make('h3', {}, `The life of ${region}`),
        make(
            'ol', {},
            ...life.map(
                ({step, text}) => make(
                    'li', {class: step === position ? 'violation' : ''},
                    make('i', {}, String(step)), make('span', {}, ...phrase(text))))));
  }

  showMissing() {
    const {session} = this.app;
    const policy = session.policyWithStory();
    const name = policy === none ? '' : session.scenario.policies[policy].name;
    this.say(
        '',
        name ? `There is no story under ${session.policy.fullName}. One is told under ${name}.` :
               'No story is told of this scenario: the challenges lead through it.');
    setText(byId('story-place'), '');
    setText(byId('story-next'), name ? `Go to ${name}` : 'Begin the story');
    byId('story-next').disabled = name === '';
  }

  showOutside(story) {
    const wasIn = this.lastIndex !== undefined;
    this.say(
        '',
        wasIn ?
            'You have left the story, and the run is yours. It can be taken up again where it was.' :
            'A guided run: what goes wrong, one stop after the other, with the world at each moment.');
    setText(byId('story-place'), `${story.length} stops`);
    setText(byId('story-next'), wasIn ? 'Back to the story' : 'Begin the story');
  }
}
