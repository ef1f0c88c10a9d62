// SPDX-License-Identifier: MIT
//
// Makes the data of a policy from states written down by hand, as the program would.
//
// A state has a name, a world (field name to value), edges and perhaps an end. The
// numbering, the words, the table of moves, the patches and the bytes of the graph follow
// from that: written independently of the page's decoder, from the description of the
// format.

const bytesOfVarint = (value) => {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return [...bytes, value];
};

/// Names of states in the order of breadth-first discovery from `first`.
export function breadthFirst(states, first) {
  const order = [first];
  const met = new Set(order);
  for (let i = 0; i < order.length; ++i) {
    for (const edge of states[order[i]].edges ?? []) {
      if (edge.to === 'beyond' || met.has(edge.to)) continue;
      met.add(edge.to);
      order.push(edge.to);
    }
  }
  return order;
}

/// Base64 of the graph. `moveOf(edge, from)` is a number.
export function encodeGraph(states, order, endOf, moveOf) {
  const number = new Map(order.map((name, i) => [name, i]));
  const bytes = [];
  let met = 1;
  for (const name of order) {
    const {edges = []} = states[name];
    const end = endOf(name);
    bytes.push(...bytesOfVarint(edges.length * 2 + (end >= 0 ? 1 : 0)));
    if (end >= 0) bytes.push(...bytesOfVarint(end));
    for (const edge of edges) {
      bytes.push(...bytesOfVarint(moveOf(edge, name)));
      const to = number.get(edge.to);
      if (edge.to === 'beyond')
        bytes.push(...bytesOfVarint(met + 1));
      else if (to === met) {
        bytes.push(0);
        ++met;
      } else
        bytes.push(...bytesOfVarint(met - to));
    }
  }
  return Buffer.from(bytes).toString('base64');
}

class Table {
  constructor() {
    this.items = [];
    this.numbers = new Map();
  }

  number(item) {
    const key = JSON.stringify(item);
    if (!this.numbers.has(key)) this.numbers.set(key, this.items.push(item) - 1);
    return this.numbers.get(key);
  }
}

/// `fields`: [{ section, subject, name, kind }], whose names are the keys of a world.
/// An edge: { actor, outcome, step, func, statement, says: [text, '!text' if noteworthy], to }.
export function compilePolicy({actors, fields, states, first, ...rest}) {
  const order = breadthFirst(states, first);
  const words = new Table();
  const moves = new Table();
  const ends = new Table();
  const values = fields.map(() => new Table());
  const worldOf = (name) =>
      fields.map((f, i) => values[i].number(states[name].world?.[f.name] ?? ''));
  const initial = worldOf(first);
  const moveOf = (edge, from) => {
    const before = worldOf(from);
    const after = edge.to === 'beyond' ? before : worldOf(edge.to);
    const patch = after.flatMap((value, i) => (value === before[i] ? [] : [i, value]));
    const says = edge.says ?? [];
    return moves.number([
      actors.findIndex((actor) => actor.id === edge.actor),
      words.number(edge.outcome ?? ''),
      words.number(edge.step),
      words.number(edge.func),
      words.number(edge.statement),
      patch,
      says.map((text) => words.number(text.replace(/^!/, ''))),
      says.map((text) => (text.startsWith('!') ? 1 : 0)),
    ]);
  };
  const endOf = (name) => (states[name].end ? ends.number(states[name].end) : -1);
  const graph = encodeGraph(states, order, endOf, moveOf);
  return {
    alias: '',
    summary: '',
    whole: true,
    part: '',
    counterexample: null,
    passing: null,
    story: [],
    facts: {
      interleavings: null,
      failing: null,
      probability: null,
      least_preemptions: null,
      shortest: null
    },
    ...rest,
    states: order.length,
    transitions: order.reduce((sum, name) => sum + (states[name].edges ?? []).length, 0),
    actors,
    fields: fields.map((field, i) => ({...field, values: values[i].items})),
    initial,
    ends_said: ends.items,
    moves: moves.items,
    words: words.items,
    graph,
  };
}
