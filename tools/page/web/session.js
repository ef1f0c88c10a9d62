// SPDX-License-Identifier: MIT
//
// What the reader is doing: the scenario, one policy or two, the run, what was won.
//
// No document is changed here. A request that cannot be fulfilled leaves the session as
// it is, and a sentence in `message`.
import {Challenges} from './challenges.js';
import {changedSubjects} from './changes.js';
import {forcedChoice} from './choices.js';
import {differingFields, fieldPairs, firstDifference} from './differences.js';
import {readFragment, writeFragment} from './fragment.js';
import {none} from './graph.js';
import {outlookOf} from './odds.js';
import {PolicyGraph} from './policy_graph.js';
import {replay, Run} from './run.js';
import {readToken, tokenOf} from './token.js';
import {bestEdge, wayToRest} from './ways.js';

export const pageFormat = 'frwrsim-page/1';

/// "steps 3, 5 and 9"; not more than five of them.
function stepsText(indexes) {
  const numbers = indexes.slice(0, 5).map((i) => String(i + 1));
  const more = indexes.length - numbers.length;
  if (more > 0) numbers.push(`${more} more`);
  const last = numbers.pop();
  return numbers.length === 0 ? `step ${last}` : `steps ${numbers.join(', ')} and ${last}`;
}

/// Most steps that one choice may continue for.
const longestStretch = 1000;

export class Session {
  /// Throws Error if `data` is not what this page shows.
  constructor(data) {
    if (data?.format !== pageFormat || !data.scenarios?.length) {
      throw new Error(`the data in this page should be ${pageFormat}`);
    }
    this.data = data;
    this.graphs = new Map();
    this.outlooks = new Map();
    this.challenges = new Challenges(this);
    this.goesOn = false;
    this.letsForcedRun = true;
    this.message = '';
    this.open(0, 0, none);
  }

  get scenario() {
    return this.data.scenarios[this.scenarioIndex];
  }

  /// The policy of the first track.
  get policy() {
    return this.run.tracks[0].policy;
  }

  get isLockstep() {
    return this.run.tracks.length === 2;
  }

  /// Of the open scenario.
  graph(policyIndex) {
    const key = `${this.scenarioIndex}/${policyIndex}`;
    if (!this.graphs.has(key)) {
      this.graphs.set(key, new PolicyGraph(this.scenario.policies[policyIndex]));
    }
    return this.graphs.get(key);
  }

  /// Of a policy; null if unknown. Takes some ten milliseconds the first time.
  outlook(policy) {
    if (!this.outlooks.has(policy)) this.outlooks.set(policy, outlookOf(policy));
    return this.outlooks.get(policy);
  }

  hasOutlook(policy) {
    return this.outlooks.has(policy);
  }

  /// A new run from the beginning. `besideIndex` is `none` for one policy alone.
  open(scenarioIndex, policyIndex, besideIndex) {
    this.scenarioIndex = scenarioIndex;
    this.policyIndex = policyIndex;
    this.besideIndex = besideIndex;
    this.setRun(new Run(this.policies()));
    this.leaveStory();
  }

  /// The run is the reader's own again, and no challenge.
  leaveStory() {
    this.storyIndex = none;
    this.challenge = null;
    this.ghost = null;
  }

  policies() {
    const indexes =
        this.besideIndex === none ? [this.policyIndex] : [this.policyIndex, this.besideIndex];
    return indexes.map((index) => this.graph(index));
  }

  setRun(run) {
    this.run = run;
    this.pairs = this.isLockstep ? fieldPairs(run.tracks[0].policy, run.tracks[1].policy) : [];
    this.runChanged();
  }

  runChanged() {
    this.difference =
        this.isLockstep ? firstDifference(this.run.tracks[0], this.run.tracks[1], this.pairs) : -1;
  }

  /// Pairs of fields that differ at the position.
  differing() {
    if (!this.isLockstep) return [];
    return differingFields(this.pairs, ...this.run.tracks, this.run.position);
  }

  openScenario(index) {
    this.message = '';
    this.open(index, 0, none);
  }

  openPolicy(index) {
    this.message = '';
    this.open(this.scenarioIndex, index, none);
  }

  /// Shows other policies and gives them the choices made so far.
  showPolicies(policyIndex, besideIndex) {
    this.message = '';
    const before = this.run;
    const stop = policyIndex === this.policyIndex ? this.storyIndex : none;
    this.policyIndex = policyIndex;
    this.besideIndex = besideIndex === policyIndex ? none : besideIndex;
    const {run, leftOut} = replay(this.policies(), before.choices);
    const goneBefore = leftOut.filter((index) => index < before.position).length;
    run.goTo(before.position - goneBefore);
    this.setRun(run);
    this.leaveStory();
    if (leftOut.length > 0) {
      this.message =
          `Not possible under ${this.policiesText()}, and left out: ${stepsText(leftOut)} ` +
          `of the ${before.length} chosen before.`;
    }
    if (stop !== none) this.goToStop(stop);
  }

  policiesText() {
    return this.run.tracks.map((track) => track.policy.fullName).join(' or ');
  }

  /// Takes a step; with `goesOn`, then as many of the same context as follow without a
  /// choice of outcomes.
  choose(choice, goesOn = this.goesOn) {
    this.message = '';
    const ghost = this.ghostOf();
    if (!this.run.take(choice, true)) return false;
    if (ghost !== null) this.ghost = ghost;
    let next = this.nextOfSame(choice.actor);
    for (let n = 1; goesOn && next !== null && n < longestStretch; ++n) {
      this.run.take(next, true);
      next = this.nextOfSame(choice.actor);
    }
    this.takeForced();
    this.storyIndex = none;
    this.runChanged();
    this.challenges.judge();
    return true;
  }

  /// In a challenge: where there is but one step, it is taken.
  takeForced() {
    if (this.challenge === null || !this.letsForcedRun) return;
    for (let n = 0; n < longestStretch; ++n) {
      const forced = forcedChoice(this.run);
      if (forced === null || !this.run.take(forced, true)) return;
    }
  }

  /// What lies ahead and would be forgotten: { from, states by track }; null if nothing does.
  ghostOf() {
    const {run} = this;
    if (run.position === run.length) return null;
    return {
      from: run.position,
      states: run.tracks.map((track) => track.states.slice(run.position)),
    };
  }

  /// The position with which the moment is compared: the stop before, else the step before.
  reference() {
    if (this.storyIndex === none) return Math.max(this.run.position - 1, 0);
    return Math.min(this.story()[this.storyIndex - 1]?.step ?? 0, this.run.position);
  }

  /// Names of the regions that changed since then.
  changedRegions(track, position) {
    return changedSubjects(track, Math.min(this.reference(), position), position);
  }

  /// The next step of `actor`, if it took the last one and there is just one.
  nextOfSame(actor) {
    const {tracks, position} = this.run;
    const track = tracks.find((t) => !t.isSkipped(position - 1));
    const edges = track.policy.edges(track.states[position])
                      .filter((edge) => track.policy.move(edge).actorId === actor);
    if (edges.length !== 1 || track.policy.isBeyond(edges[0])) return null;
    return track.policy.choice(edges[0]);
  }

  goTo(position) {
    this.message = '';
    this.run.goTo(position);
    this.challenges.judge();
  }

  reset() {
    const {challenge} = this;
    this.message = '';
    this.setRun(new Run(this.policies()));
    this.leaveStory();
    if (challenge !== null && challenge.id !== 'avoid') this.begin(challenge.id);
  }

  /// Begins a challenge where the run is; in `avoid` what lies ahead is forgotten.
  begin(id) {
    this.leaveStory();
    this.challenge = {id, from: this.run.position, hints: 0};
    if (id === 'avoid') this.run.forgetAhead();
    this.runChanged();
  }

  /// Loads the counterexample or passing run (`which` names it) of the first of the shown
  /// policies that has one. Says whether there was one.
  load(which, position = Infinity) {
    const track = this.run.tracks.find((t) => t.policy.data[which]);
    if (!track) return false;
    this.message = '';
    const choices = track.policy.choicesOfOrdinals(track.policy.data[which]);
    const {run} = replay(this.policies(), choices);
    const length = run.length;
    run.letAllRest(wayToRest);
    run.goTo(position === Infinity ? length : position);
    this.setRun(run);
    this.leaveStory();
    return true;
  }

  has(which) {
    return this.run.tracks.some((track) => track.policy.data[which]);
  }

  /// The stops of the first of the shown policies that has a story.
  story() {
    return this.run.tracks.map((track) => track.policy.data.story ?? [])
               .find((s) => s.length > 0) ??
        [];
  }

  /// Which run the story tells.
  toldRun() {
    const track = this.run.tracks.find((t) => t.policy.data.story?.length > 0);
    return track?.policy.data.told ? 'told' : 'counterexample';
  }

  /// The first policy of the scenario that has a story, or `none`.
  policyWithStory() {
    return this.scenario.policies.findIndex((policy) => policy.story?.length > 0);
  }

  goToStop(index) {
    const stop = this.story()[index];
    if (!stop) return;
    if (this.storyIndex === none)
      this.load(this.toldRun(), stop.step);
    else
      this.goTo(stop.step);
    this.storyIndex = index;
  }

  /// The edge of the shown policy that leads to the greatest (or least) odds of a failure.
  bestEdge(state, odds, least) {
    return bestEdge(this.policy, state, odds, least);
  }

  /// The command that replays one track up to the position.
  command(track) {
    const taken =
        this.run.choices.slice(0, this.run.position).filter((_, i) => !track.isSkipped(i));
    return `frwrsim replay ${this.scenario.name} --policy ${track.policy.name} --schedule ` +
        tokenOf(taken, this.scenario.hash);
  }

  fragment() {
    return writeFragment({
      scenario: this.scenario.name,
      policy: this.policy.name,
      beside: this.isLockstep ? this.run.tracks[1].policy.name : undefined,
      run: tokenOf(this.run.choices, this.scenario.hash),
      at: String(this.run.position),
    });
  }

  /// Opens the moment of a fragment as far as it is valid; `message` says what is not.
  /// If nothing is, all stays as it is.
  openFragment(text) {
    this.message = '';
    try {
      this.openMoment(readFragment(text));
    } catch (error) {
      this.message = `This link cannot be followed: ${error.message}.`;
    }
  }

  openMoment(moment) {
    const scenarioIndex = this.indexOf(this.data.scenarios, moment.scenario, 'scenario');
    const {policies} = this.data.scenarios[scenarioIndex];
    const policyIndex = this.indexOf(policies, moment.policy, 'policy');
    const besideIndex =
        moment.beside === undefined ? none : this.indexOf(policies, moment.beside, 'policy');
    const schedule = moment.run === undefined ? null : readToken(moment.run);
    this.open(scenarioIndex, policyIndex, besideIndex === policyIndex ? none : besideIndex);
    if (schedule !== null) this.openSchedule(schedule);
    if (moment.at !== undefined) this.openPosition(moment.at);
  }

  /// Where `name` or alias is among `items`; 0 if no name is asked for.
  indexOf(items, name, what) {
    if (name === undefined) return 0;
    const index =
        items.findIndex((item) => item.name === name || (item.alias && item.alias === name));
    if (index < 0) {
      const names = items.map((item) => item.name).join(', ');
      throw new Error(
          `no ${what} in this page is called ‘${name.slice(0, 40)}’; there is ${names}`);
    }
    return index;
  }

  openSchedule({hash, choices}) {
    const {run, leftOut} = replay(this.policies(), choices, true);
    this.setRun(run);
    if (leftOut.length > 0) {
      const {actor, outcome} = choices[leftOut[0]];
      this.message = `This link is followed up to step ${leftOut[0]}: after it, ` +
          `‘${actor}${outcome ? `=${outcome}` : ''}’ is not possible under ${this.policiesText()}.`;
    }
    if (hash !== this.scenario.hash) {
      this.message =
          `This link was made for another version of the scenario. ${this.message}`.trim();
    }
  }

  openPosition(text) {
    if (/^[0-9]{1,9}$/.test(text) && Number(text) <= this.run.length) {
      this.run.goTo(Number(text));
    } else if (this.message === '') {
      this.message =
          `This link asks for a step that its run does not have: ‘${text.slice(0, 20)}’.`;
    }
  }
}
