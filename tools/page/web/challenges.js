// SPDX-License-Identifier: MIT
//
// What the reader is asked to do, and the proof if it cannot be done.
//
// That something is impossible is looked up: the whole graph is here and no end of it
// is a violation. A challenge is won only by a run of the reader's own choices, not by
// one that was loaded.
import {none} from './graph.js';
import {fullNameOf} from './policy_graph.js';

const number = (n) => n.toLocaleString('en-GB');

/// What goes wrong under a policy, given its data, if it is one thing: "double DMA unmap".
/// '' if several.
export function failureName(data) {
  const kinds = new Set(data.ends_said.filter((said) => said.end === 'violation')
                            .map((said) => said.text.replace(/ of (MR|RPC) \d+/, '')));
  return kinds.size === 1 ? [...kinds][0] : '';
}

const stepsIn = (n) => `${number(n)} step${n === 1 ? '' : 's'}`;

const enoughText = (least) =>
    (least === 0 ? 'It can be done without any.' :
                   `${number(least)} ${least === 1 ? 'is' : 'are'} enough.`);

/// Whether under `policy` no run fails, and the page has all of the graph.
export function cannotFail(policy) {
  return policy.data.whole && policy.data.verdict === 'exhausted' &&
      policy.endCounts.violation === 0;
}

/// Why no failure can be found under a policy that has none.
export function whyNoFailure(policy) {
  return cannotFail(policy) ? whyImpossible(policy) : whyUnknown(policy);
}

/// Why there is none at all.
function whyImpossible(policy) {
  const {data} = policy;
  const ends = policy.endCounts.rest;
  const all = data.facts?.interleavings ?
      `, and with them all ${data.facts.interleavings} interleavings` :
      '';
  const which = ends === 1 ? 'One state is an end, and it is not a violation' :
                             `${number(ends)} states are ends, and none of them is a violation`;
  return `All ${number(policy.graph.states)} states that can be reached under ${policy.fullName} ` +
      `are in this page${all}. ${which}: no order of the steps makes it fail.`;
}

/// What can be said if no failure was found, but none was shown to be impossible.
function whyUnknown(policy) {
  if (policy.data.verdict === 'exhausted') {
    return `The search that wrote this page covered every interleaving under ${policy.fullName} ` +
        'and found no violation. Only a part of what it saw is in the page, so that the page ' +
        'cannot show it by itself.';
  }
  if (!policy.data.whole) {
    return `Only a part of what can happen under ${policy.fullName} is in this page, and no ` +
        'violation is in that part: it says nothing about the rest.';
  }
  return `No state under ${policy.fullName} is a violation, but in ${
             number(policy.endCounts.cut)} ` +
      'of them the run is cut by a budget of the scenario: what would have followed is unknown.';
}

/// The result of a run of the reader's own, `position` choices after the beginning.
export function doneText(track, position) {
  const steps = track.taken(position);
  const cost = track.preemptions[position];
  const least = track.policy.data.facts?.least_preemptions ?? null;
  const rank = least === null ? '' :
      cost <= least           ? ', the fewest possible' :
                                `; ${number(least)} ${least === 1 ? 'is' : 'are'          } enough`;
  return `Done in ${number(steps)} steps with ${number(cost)} ` +
      `preemption${cost === 1 ? '' : 's'}${rank}.`;
}

export class Challenges {
  constructor(session) {
    this.session = session;
    this.won = new Map();
  }

  key(id) {
    return `${this.session.scenarioIndex}/${id}`;
  }

  /// Index of a policy that fails and of one that should not; `none` if there is none. The
  /// policy shown comes first. The verdicts decide, so that no graph is unpacked for it.
  policies() {
    const {policies} = this.session.scenario;
    const shown = this.session.policyIndex;
    const inOrder = [shown, ...policies.keys()].filter((i, at) => at === 0 || i !== shown);
    const first = (test) => inOrder.find((i) => test(policies[i])) ?? none;
    const failing = first((policy) => policy.verdict === 'violated');
    const exhausted = first((policy) => policy.verdict === 'exhausted' && policy.whole);
    const fixed = exhausted !== none ? exhausted : first((policy) => policy.verdict !== 'violated');
    return {failing, fixed};
  }

  /// What a policy is called in a sentence: "the fix".
  nameOf(policyIndex) {
    const {alias, name} = this.session.scenario.policies[policyIndex];
    return alias === 'fix' ? 'the fix' : alias || name;
  }

  /// The challenges of the open scenario: { id, title, text, policyIndex, won }. `won`
  /// is '' or says how.
  list() {
    const {failing, fixed} = this.policies();
    const list = [];
    if (failing !== none) list.push(...this.listFailing(failing));
    if (fixed !== none) list.push(this.tryFixed(fixed, failing));
    return list;
  }

  listFailing(policyIndex) {
    const data = this.session.scenario.policies[policyIndex];
    const name = failureName(data);
    const least = data.facts?.least_preemptions ?? null;
    const list = [{
      id: 'fail',
      title: name ? `Make it happen: ${name}` : 'Make it fail',
      text: `Under ${fullNameOf(data)} some orders of the steps end in a violation. Find one, ` +
          'each step your own choice.',
      policyIndex,
      won: this.won.get(this.key('fail')) ?? '',
    }];
    if (least !== null) {
      list.push({
        id: 'least',
        title: 'Make it happen in the fewest preemptions',
        text: `${enoughText(least)} A preemption is to leave a ` +
            'kernel context that could go on, for another kernel context; steps of the RNIC, the ' +
            'link and the server cost nothing.',
        policyIndex,
        won: this.won.get(this.key('least')) ?? '',
      });
    }
    if (data.counterexample && data.whole) {
      list.push({
        id: 'avoid',
        title: 'Avoid it',
        text:
            'The run stands just before the step that makes failure inevitable. Bring it to rest.',
        policyIndex,
        won: this.won.get(this.key('avoid')) ?? '',
      });
    }
    return list;
  }

  tryFixed(policyIndex, failing) {
    const data = this.session.scenario.policies[policyIndex];
    const name = this.nameOf(policyIndex);
    return {
      id: 'fix',
      title: failing === none ? `Try to make it fail under ${name}` : `Try it under ${name}`,
      text: `The same scenario under ${fullNameOf(data)}. Do what you can.`,
      policyIndex,
      won: '',
    };
  }

  /// After every change of the run.
  judge() {
    const {run, challenge} = this.session;
    if (challenge?.id === 'avoid' && this.isAtRestSince(challenge.from))
      this.won.set(this.key('avoid'), `Avoided in ${stepsIn(run.position - challenge.from)}.`);
    if (run.position === 0 || !run.isOwn()) return;
    for (const track of run.tracks) {
      if (track.policy.isViolation(track.states[run.position])) this.reward(track, run.position);
    }
  }

  /// Whether every track is at rest by the reader's own choices from a position on.
  isAtRestSince(from) {
    const {run} = this.session;
    return run.position > from && run.isOwn(from) &&
        run.tracks.every((track) => track.endAt(run.position)?.end === 'rest');
  }

  reward(track, position) {
    const cost = track.preemptions[position];
    const how = doneText(track, position);
    if (!this.won.has(this.key('fail'))) this.won.set(this.key('fail'), how);
    const least = track.policy.data.facts?.least_preemptions ?? null;
    if (least !== null && cost <= least && !this.won.has(this.key('least'))) {
      this.won.set(this.key('least'), how);
    }
  }
}
