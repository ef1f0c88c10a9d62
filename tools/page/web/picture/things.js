// SPDX-License-Identifier: MIT
//
// How a memory region and an envelope look.
//
// A region's fill and pattern say its fr_state, the bar beneath whether it is mapped for
// DMA; the name of the state is always there in words. The time band uses the same
// classes, so that it needs no legend.
import {make, setText} from '../dom.js';

/// Class of a state: "state-valid"; every state that begins with FLUSHED looks alike.
export const stateClass = (state) =>
    `state-${state.startsWith('FLUSHED') ? 'flushed' : state.toLowerCase() || 'none'}`;

/// "VALID, mapped for DMA"
export const regionText = ({state, mapped}) => state +
    (mapped === 'yes'    ? ', mapped for DMA' :
         mapped === 'no' ? ', not mapped' :
                           '');

/// A region's token, whose looks are changed by update().
export class RegionToken {
  constructor(name) {
    this.number = make('b', {class: 'disc'}, name.replace(/^MR /, ''));
    this.state = make('span', {class: 'state-name'});
    this.node = make(
        'div', {class: 'region', 'data-testid': 'region', 'data-region': name},
        make('span', {class: 'hidden'}, `${name}: `), this.number, this.state,
        make('i', {class: 'bar', 'aria-hidden': 'true'}));
    this.shown = '';
  }

  update({name, state, mapped}, marks) {
    setText(this.state, state);
    const classes = `region ${stateClass(state)} ${mapped === 'yes' ? 'mapped' : 'unmapped'} ` +
        Object.entries(marks).filter(([, on]) => on).map(([mark]) => mark).join(' ');
    if (classes === this.shown) return;
    this.shown = classes;
    this.node.className = classes;
    this.node.title = `${name}: ${regionText({state, mapped})}`;
  }
}

/// An envelope: a work request, or its completion if it has a note.
export function envelopeNode({text, kind, subject, note, key}) {
  return make(
      'div', {
        class: `envelope${note === 'flushed' ? ' flushed' : ''}`,
        title: text,
        'data-testid': 'envelope',
        'data-key': key,
      },
      make('b', {}, kind), make('span', {}, [subject, note].filter(Boolean).join(' ') || ' '));
}
