// SPDX-License-Identifier: MIT
//
// A scenario of thirteen states, small enough to be worked out on paper.
//
//     start -t1-> one -t1-> rest1            start -nic-> two -t1-> four
//                 one -rec-> four            two -rec-> cut
//     four -rec=ok-> rest2   four -rec=fail-> six -t1-> bad    four -t1-> nine
//     nine -t1-> rest3       nine -rec-> worse                 nine -nic-> rest4
//
// Odds, mean over actors of the mean over outcomes: nine 1/3; four (1/2 + 1/3)/2 = 5/12;
// one (0 + 5/12)/2 and two (5/12 + 0)/2, so 5/24; start 5/24. Inevitable: six, bad, worse.
// Avoidable: start, one, two, four, nine. Everything else is safe.
//
// Fewest preemptions of a failing run: one, for example nic t1 rec=fail t1: the task could
// have gone on in four; the worker could not in six. t1 rec t1 rec costs three.
import {compilePolicy} from './compile_policy.mjs';

export const actors = [
  {id: 't1', name: 'RPC task 1', environment: false, optional: false},
  {id: 'rec', name: 'MR recovery worker', environment: false, optional: false},
  {id: 'nic', name: 'RNIC', environment: true, optional: false},
];

const fields = [
  {section: 'Memory regions', subject: 'MR 1', name: 'fr_state', kind: 'word'},
  {section: 'Memory regions', subject: 'MR 1', name: 'DMA-mapped', kind: 'flag'},
  {section: 'Memory regions', subject: 'MR 2', name: 'absent', kind: 'word'},
  {section: 'Send queue', subject: '', name: 'work requests', kind: 'list'},
  {section: 'Connection', subject: '', name: 'QP', kind: 'word'},
];

const world = (state, mapped, queue, qp = 'RTS') =>
    ({fr_state: state, 'DMA-mapped': mapped, 'work requests': queue, QP: qp});

const t1 = (n, statement, to, says = []) =>
    ({actor: 't1', step: `t${n}`, func: 'frwr_op_map', statement, says, to});
const rec = (n, statement, to, says = [], outcome = '') =>
    ({actor: 'rec', outcome, step: `r${n}`, func: 'frwr_op_recover_mr', statement, says, to});
const nic = (to) => ({
  actor: 'nic',
  step: 'n',
  func: 'RNIC',
  statement: 'flush a work request',
  says: ['!QP: RTS -> ERROR'],
  to
});

const rest = {
  end: 'rest',
  text: 'all RPCs done'
};
const violation = {
  end: 'violation',
  text: 'double DMA unmap of MR 1'
};
const twice = ['!DMA-unmap MR 1 A SECOND TIME', '!VIOLATION: double DMA unmap of MR 1'];

/// The states; `isFixed` leaves out what makes them fail.
function states(isFixed) {
  const four = world('VALID', 'yes', 'FASTREG of MR 1, SEND of RPC 1');
  const all = {
    start: {
      world: world('INVALID', 'no', ''),
      edges: [t1(1, 'set VALID', 'one', ['!fr_state of MR 1: INVALID -> VALID']), nic('two')]
    },
    one: {
      world: world('VALID', 'no', ''),
      edges: [
        t1(2, 'give up', 'rest1'),
        rec(1, 'take the MR', 'four', ['!observed: recovery of MR 1 with its FASTREG in flight'])
      ]
    },
    two: {
      world: world('INVALID', 'no', '', 'ERROR'),
      edges: [
        t1(3, 'post the FASTREG', 'four', ['!post FASTREG of MR 1']),
        rec(2, 'reconnect once more', 'cut')
      ]
    },
    rest1: {world: world('VALID', 'no', 'nothing more'), end: rest},
    four: {
      world: four,
      edges: [
        t1(4, 'look again', 'nine'), rec(3, 'reset the MR', 'rest2', [], 'ok'),
        rec(3, 'reset the MR', 'six', ['!the reset fails'], 'fail')
      ]
    },
    cut: {
      world: world('INVALID', 'no', '', 'IDLE'),
      end: {end: 'cut', text: 'cut: the budget \'reconnects\' is exceeded'}
    },
    nine: {
      world: world('FLUSHED_FR', 'yes', 'FASTREG of MR 1'),
      edges: [t1(5, 'free it', 'rest3'), rec(4, 'DMA-unmap', 'worse', twice), nic('rest4')]
    },
    rest2: {world: world('INVALID', 'no', 'done'), end: rest},
    six: {world: world('FLUSHED_FR', 'no', ''), edges: [t1(6, 'DMA-unmap', 'bad', twice)]},
    rest3: {world: world('INVALID', 'no', 'freed'), end: rest},
    worse: {world: world('FLUSHED_FR', 'no', 'worse'), end: violation},
    rest4: {world: world('FLUSHED_FR', 'yes', '', 'ERROR'), end: rest},
    bad: {world: world('FLUSHED_FR', 'no', 'bad'), end: violation},
  };
  if (isFixed) {
    all.two.edges.pop();
    all.four.edges.pop();
    all.nine.edges.splice(1, 1);
  }
  return all;
}

/// The policies "old" (pre-fix) and "new" (fix), and "partial": old with what follows "nine"
/// beyond the page.
export function tinyPolicies() {
  const old = compilePolicy({
    name: 'old',
    alias: 'pre-fix',
    summary: 'hands the MRs to recovery at once',
    verdict: 'violated',
    actors,
    fields,
    states: states(false),
    first: 'start',
    facts: {
      interleavings: '12',
      failing: '4',
      probability: '0.208',
      least_preemptions: 1,
      shortest: 4
    },
    counterexample: [1, 0, 2, 0],
    passing: [0, 0],
    story: [
      {step: 0, text: 'Nothing is mapped yet.'},
      {step: 2, text: 'The FASTREG is posted to a broken QP.'},
      {step: 4, text: 'The second unmap.'},
    ],
  });
  const fix = compilePolicy({
    name: 'new',
    alias: 'fix',
    summary: 'leaves the MRs on the request',
    verdict: 'exhausted',
    actors,
    fields,
    states: states(true),
    first: 'start',
    facts: {
      interleavings: '7',
      failing: '0',
      probability: '0',
      least_preemptions: null,
      shortest: null
    },
    passing: [0, 0],
  });
  const cutOff = states(true);
  for (const edge of cutOff.nine.edges) edge.to = 'beyond';
  const partial = compilePolicy({
    name: 'partial',
    summary: 'a part of new',
    verdict: 'bound_reached',
    whole: false,
    part: 'The first steps of every run.',
    actors,
    fields,
    states: cutOff,
    first: 'start',
  });
  return [old, fix, partial];
}

/// The data of a page with that scenario. `changes` go into the scenario.
export function tinyData(changes = {}) {
  return {
    format: 'frwrsim-page/1',
    program: 'frwrsim 0.0.0',
    scenarios: [{
      name: 'tiny',
      title: 'A tiny race',
      lead: 'A network card was told to release the same memory twice. Who did it?',
      about: 'As small as it gets.',
      guards: 'none',
      hash: '0123abcd',
      policies: tinyPolicies(),
      ...changes,
    }],
  };
}

/// Two scenarios.
export function twoScenarios() {
  const data = tinyData();
  data.scenarios.push(
      {...tinyData().scenarios[0], name: 'other', title: 'Another race', hash: '00000001'});
  return data;
}
