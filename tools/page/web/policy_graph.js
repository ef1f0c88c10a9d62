// SPDX-License-Identifier: MIT
//
// One policy of a scenario: its graph with the words for what is in it.
//
// Everything said about the model is looked up here, nothing is computed: a world is
// the initial one, patched along the tree path; a step is a row of the table of moves.
import {beyondPage, decodeGraph, none} from './graph.js';

/// A choice as the tokens name it: an actor's short id, and an outcome or ''.
export const sameChoice = (a, b) => a.actor === b.actor && a.outcome === b.outcome;

/// "leave-registered (fix)", from a policy's data.
export const fullNameOf = ({name, alias}) => (alias ? `${name} (${alias})` : name);

/// Most worlds kept; one has a few hundred bytes, a run has some hundred steps.
const worldsKept = 4096;

/// Unpacked when first made, some 20 ms for 90,000 states. Immutable except for its
/// cache.
export class PolicyGraph {
  constructor(data) {
    this.data = data;
    this.graph = decodeGraph(data.graph, data.states, data.whole);
    this.initial = Uint32Array.from(data.initial);
    this.worlds = new Map([[0, this.initial]]);
    this.moves = data.moves.map((row) => this.moveOf(row));
    this.endCounts = this.countEnds();
  }

  get name() {
    return this.data.name;
  }

  get fullName() {
    return fullNameOf(this.data);
  }

  /// The shorter name.
  get shortName() {
    return this.data.alias || this.data.name;
  }

  moveOf([actor, outcome, step, func, statement, patch, says, notes]) {
    const words = this.data.words;
    const said = says.map((index, i) => ({
                            text: words[index],
                            isNote: notes[i] === 1,
                            isViolation: words[index].includes('VIOLATION'),
                            isObserved: words[index].includes('observed:'),
                          }));
    return {
      actor,
      actorId: this.data.actors[actor].id,
      who: this.data.actors[actor].name,
      isEnvironment: this.data.actors[actor].environment,
      outcome: words[outcome],
      step: words[step],
      func: words[func],
      statement: words[statement],
      patch,
      said,
    };
  }

  countEnds() {
    const counts = {rest: 0, violation: 0, cut: 0};
    for (const end of this.graph.end) {
      if (end !== none) ++counts[this.data.ends_said[end].end];
    }
    return counts;
  }

  /// Whether a state has an edge for every actor that is enabled there. A part with a
  /// border has, a reduced graph has not.
  get showsAllEnabled() {
    return this.data.whole || this.graph.target.includes(beyondPage);
  }

  /// Of an edge.
  move(edge) {
    return this.moves[this.graph.move[edge]];
  }

  target(edge) {
    return this.graph.target[edge];
  }

  isBeyond(edge) {
    return this.graph.target[edge] === beyondPage;
  }

  /// Numbers of the edges that leave `state`.
  edges(state) {
    const result = [];
    const last = this.graph.firstEdge[state + 1];
    for (let e = this.graph.firstEdge[state]; e < last; ++e) result.push(e);
    return result;
  }

  choice(edge) {
    const {actorId, outcome} = this.move(edge);
    return {actor: actorId, outcome};
  }

  /// The edge that `choice` takes from `state`, or `none`. One that leads beyond the page
  /// counts as none.
  findEdge(state, choice) {
    const last = this.graph.firstEdge[state + 1];
    for (let e = this.graph.firstEdge[state]; e < last; ++e) {
      const move = this.move(e);
      if (move.actorId === choice.actor && move.outcome === choice.outcome && !this.isBeyond(e)) {
        return e;
      }
    }
    return none;
  }

  hasActor(id) {
    return this.data.actors.some((actor) => actor.id === id);
  }

  /// Whether the actor with that id can take a step in `state`.
  isEnabled(state, id) {
    return this.edges(state).some((edge) => this.move(edge).actorId === id);
  }

  /// { end, text } of a state that is an end, else null.
  endOf(state) {
    const end = this.graph.end[state];
    return end === none ? null : this.data.ends_said[end];
  }

  isViolation(state) {
    return this.endOf(state)?.end === 'violation';
  }

  /// By field: an index into its values. Not to be changed by the caller.
  world(state) {
    const path = [];
    let at = state;
    while (!this.worlds.has(at)) {
      path.push(this.graph.parentEdge[at]);
      at = this.graph.parentState[at];
    }
    const world = this.worlds.get(at);
    if (path.length === 0) return world;
    const patched = Uint32Array.from(world);
    for (let i = path.length - 1; i >= 0; --i) applyPatch(patched, this.move(path[i]).patch);
    if (this.worlds.size >= worldsKept) this.worlds = new Map([[0, this.initial]]);
    this.worlds.set(state, patched);
    return patched;
  }

  /// What field number `field` says in `world`.
  valueIn(world, field) {
    return this.data.fields[field].values[world[field]];
  }

  /// The choices of a path that is given as the position of an edge in each state.
  choicesOfOrdinals(ordinals) {
    let state = 0;
    return ordinals.map((ordinal) => {
      const edge = this.graph.firstEdge[state] + ordinal;
      state = this.graph.target[edge];
      return this.choice(edge);
    });
  }
}

function applyPatch(world, patch) {
  for (let i = 0; i < patch.length; i += 2) world[patch[i]] = patch[i + 1];
}
