// SPDX-License-Identifier: MIT
//
// The state graph of one policy, unpacked from the page's data into flat arrays.
//
// A graph of some 90,000 states has a quarter of a million edges; an object for each
// would cost seconds. States are numbered in the order of breadth-first discovery, so
// the first edge that reaches a state is its parent edge, and the parents make a tree
// in which every state is found by the shortest path.

/// Target of an edge that leads out of what is embedded.
export const beyondPage = -1;

/// No edge, no state, no end.
export const none = -1;

/// Bytes of a base64 text. Throws Error if it is none.
export function bytesOfBase64(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    throw new Error('the graph is not base64');
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/// A function that reads one LEB128 number after the other; `done` says whether all are read.
function varintReader(bytes) {
  let at = 0;
  const read = () => {
    let value = 0;
    let scale = 1;
    for (;;) {
      if (at >= bytes.length) throw new Error('the graph ends in the middle of a number');
      const byte = bytes[at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  return {read, done: () => at >= bytes.length};
}

/// Room for as many states and edges as so many bytes can hold: every state takes at
/// least one byte, every edge two.
function emptyGraph(byteCount) {
  const edges = (byteCount >> 1) + 1;
  return {
    firstEdge: new Uint32Array(byteCount + 1),
    end: new Int32Array(byteCount).fill(none),
    move: new Uint32Array(edges),
    target: new Int32Array(edges),
    parentEdge: new Int32Array(edges + 1).fill(none),
    parentState: new Int32Array(edges + 1).fill(none),
  };
}

function trimmed(graph, states, edges) {
  return {
    states,
    edges,
    firstEdge: graph.firstEdge.slice(0, states + 1),
    end: graph.end.slice(0, states),
    move: graph.move.slice(0, edges),
    target: graph.target.slice(0, edges),
    parentEdge: graph.parentEdge.slice(0, states),
    parentState: graph.parentState.slice(0, states),
  };
}

/// Targets that occur but are not described are beyond the page.
function cutAtDescribed(graph, states, edges, isWhole) {
  for (let e = 0; e < edges; ++e) {
    if (graph.target[e] >= states) graph.target[e] = beyondPage;
    if (graph.target[e] === beyondPage && isWhole) {
      throw new Error('an edge of a whole graph leads nowhere');
    }
  }
}

/// Unpacks a graph (base64; docs/page-format.md says how it is packed). `states` is what it
/// has to hold if `isWhole`. Throws Error if it does not.
///
/// Of state s: its edges are firstEdge[s] up to firstEdge[s + 1]; end[s] is an index into
/// ends_said or `none`. Of edge e: move[e], target[e]. parentEdge and parentState of state
/// 0 are `none`.
export function decodeGraph(base64, states, isWhole) {
  const bytes = bytesOfBase64(base64);
  const {read, done} = varintReader(bytes);
  const graph = emptyGraph(bytes.length);
  let described = 0;
  let edge = 0;
  let met = 1;
  while (!done()) {
    const head = read();
    graph.firstEdge[described] = edge;
    if (head % 2 === 1) graph.end[described] = read();
    for (let left = Math.floor(head / 2); left > 0; --left, ++edge) {
      graph.move[edge] = read();
      const back = read();
      if (back === 0) {
        graph.parentEdge[met] = edge;
        graph.parentState[met] = described;
        graph.target[edge] = met++;
      } else {
        graph.target[edge] = back > met ? beyondPage : met - back;
      }
    }
    ++described;
  }
  graph.firstEdge[described] = edge;
  if (described === 0) throw new Error('the graph has no state');
  if (isWhole && (described !== states || met !== states)) {
    throw new Error(`the graph should have ${states} states and has ${described}, ${met} met`);
  }
  cutAtDescribed(graph, described, edge, isWhole);
  return trimmed(graph, described, edge);
}
