// SPDX-License-Identifier: MIT
//
// A run: the choices made, the states to which they led under one policy or two, and
// the position that is looked at.
//
// With two policies the same choices are made in both. A choice that is not possible in
// a policy is skipped there, and that policy stays where it is. Choices after the
// position are those undone; they stay until another choice is made.
import {none} from './graph.js';
import {isPreemption, lastAfter, nobody} from './preemptions.js';

/// In place of an edge: the choice was not possible.
export const skipped = -1;

/// One policy's part of a run. states[n] and preemptions[n] are after n choices.
export class Track {
  constructor(policy) {
    this.policy = policy;
    this.edges = [];
    this.states = [0];
    this.last = [nobody];
    this.preemptions = [0];
  }

  /// The edge that `choice` takes after `length` choices, or `none`.
  edgeFor(choice, length) {
    return this.policy.findEdge(this.states[length], choice);
  }

  /// What taking `edge` after `length` choices would be.
  wouldPreempt(edge, length) {
    return isPreemption(this.policy.move(edge), this.last[length]);
  }

  push(choice) {
    const length = this.edges.length;
    const edge = this.edgeFor(choice, length);
    if (edge === none) {
      this.edges.push(skipped);
      this.states.push(this.states[length]);
      this.last.push(this.last[length]);
      this.preemptions.push(this.preemptions[length]);
      return;
    }
    const move = this.policy.move(edge);
    const target = this.policy.target(edge);
    const cost = this.wouldPreempt(edge, length) ? 1 : 0;
    const canGoOn = (id) => this.policy.isEnabled(target, id);
    this.edges.push(edge);
    this.states.push(target);
    this.last.push(lastAfter(move, this.last[length], canGoOn));
    this.preemptions.push(this.preemptions[length] + cost);
  }

  truncate(length) {
    this.edges.length = length;
    this.states.length = length + 1;
    this.last.length = length + 1;
    this.preemptions.length = length + 1;
  }

  isSkipped(index) {
    return this.edges[index] === skipped;
  }

  /// Why choice number `index` was skipped.
  whySkipped(index) {
    return this.endAt(index) === null ? `not possible under ${this.policy.shortName}` :
                                        `the run has ended under ${this.policy.shortName}`;
  }

  /// Steps that were taken among the first `length` choices.
  taken(length) {
    let count = 0;
    for (let i = 0; i < length; ++i) count += this.isSkipped(i) ? 0 : 1;
    return count;
  }

  /// Number of the last choice among the first `length` that was a step here; 0: none.
  lastTaken(length) {
    let last = length;
    while (last > 0 && this.isSkipped(last - 1)) --last;
    return last;
  }

  endAt(length) {
    return this.policy.endOf(this.states[length]);
  }
}

/// Choices are { actor, outcome, isOwn }: whether the reader made them.
export class Run {
  constructor(policies) {
    this.tracks = policies.map((policy) => new Track(policy));
    this.choices = [];
    this.position = 0;
  }

  get length() {
    return this.choices.length;
  }

  /// Whether it is possible at the position in at least one policy.
  isPossible(choice) {
    return this.tracks.some((track) => track.edgeFor(choice, this.position) !== none);
  }

  /// Continues from the position; what was undone is gone. Says whether it was
  /// possible.
  take(choice, isOwn) {
    if (!this.isPossible(choice)) return false;
    this.choices.length = this.position;
    for (const track of this.tracks) {
      track.truncate(this.position);
      track.push(choice);
    }
    this.choices.push({actor: choice.actor, outcome: choice.outcome, isOwn});
    ++this.position;
    return true;
  }

  goTo(position) {
    this.position = Math.min(Math.max(Math.trunc(position) || 0, 0), this.length);
  }

  /// Forgets what was undone.
  forgetAhead() {
    this.choices.length = this.position;
    for (const track of this.tracks) track.truncate(this.position);
  }

  /// With two policies: where one has ended and the other has not, the other goes on alone to
  /// rest. `wayToRest(policy, state)` has the choices of the way, or null.
  letAllRest(wayToRest) {
    if (this.tracks.length < 2) return;
    for (const track of this.tracks) {
      const other = this.tracks.find((t) => t !== track);
      if (track.endAt(this.length) !== null || other.endAt(this.length) === null) continue;
      const way = wayToRest(track.policy, track.states[this.length]) ?? [];
      for (const choice of way) this.take(choice, false);
    }
  }

  /// Whether the reader made every choice up to the position, from `from` on.
  isOwn(from = 0) {
    return this.choices.slice(from, this.position).every((choice) => choice.isOwn);
  }
}

/// Makes `choices` from the beginning and leaves out those that are possible nowhere,
/// or, with `stopsThere`, what follows the first of them. { run, leftOut }: the run is
/// at its end, leftOut has the indexes of the choices that were not possible.
export function replay(policies, choices, stopsThere = false) {
  const run = new Run(policies);
  const leftOut = [];
  for (let i = 0; i < choices.length; ++i) {
    if (run.take(choices[i], choices[i].isOwn === true)) continue;
    leftOut.push(i);
    if (stopsThere) break;
  }
  return {run, leftOut};
}
