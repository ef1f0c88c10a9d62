// SPDX-License-Identifier: MIT
//
// The place of one actor on the stage: its name, what it is about to do, its statements
// with a program counter, and what it holds.
//
// Who can take the next step has a button in its place; the button covers the place, so
// that a click anywhere on it takes the step. A step with several outcomes has a button
// for each.
import {make, setText} from '../dom.js';

import {ranAt, writesState} from './lines.js';
import {handTray, registeredTray} from './machine.js';

/// A labelled box for things, with an id among the trays of a stage.
export function trayNode(id, name) {
  return make(
      'div', {class: 'tray', 'data-tray': id, title: name},
      make('span', {class: 'tray-name'}, name), make('div', {class: 'things'}));
}

/// How a context is found without its turn: "asleep before: got the lock".
function restingText(context) {
  if (context === undefined) return '';
  if (context === '') return 'idle';
  return `waits before: ${context.replace(/^[^:]*: /, '')}`;
}

/// Made once for a policy. `lines`: the statements that are shown, [] for a small place.
export class PlaceView {
  constructor(actor, lines) {
    this.actor = actor;
    this.lines = lines;
    this.name = make('b', {class: 'who'}, actor.name);
    this.sub = make('span', {class: 'what'});
    this.resting = make('div', {class: 'resting'}, this.name, this.sub);
    this.choices = make('div', {class: 'place-choices'});
    this.rows = lines.map((line) => this.row(line));
    this.code =
        lines.length === 0 ? '' : make('ol', {class: 'code'}, ...this.rows.map(({node}) => node));
    this.trays = this.traysOf(actor);
    this.node = make(
        'section', {class: `place${lines.length > 0 ? ' with-code' : ''}`, 'data-place': actor.id},
        make('div', {class: 'place-head'}, this.resting, this.choices), this.code,
        ...this.trays.map(({node}) => node));
  }

  row({statement, func}) {
    const step = make('span', {class: 'ran'});
    const node = make(
        'li', {title: func, class: writesState(statement) ? 'writes' : ''},
        make('code', {}, statement), step);
    return {node, step};
  }

  /// A task has what is registered with its request; everyone may have something in hand.
  traysOf({id}) {
    const trays = [];
    const rpc = /^t(\d+)$/.exec(id);
    if (rpc !== null) {
      const tray = registeredTray(rpc[1]);
      trays.push({id: tray, node: trayNode(tray, 'registered with the request')});
    }
    const hand = trayNode(handTray(id), 'in hand');
    hand.classList.add('hand');
    trays.push({id: handTray(id), node: hand});
    return trays;
  }

  /// Shows the world of `track` after `position` choices. `buttons`: those of its choices;
  /// `next`: the move they begin with, or null; `context`: what a field says of it.
  update({track, position, buttons, next, context, isTouched}) {
    const can = buttons.length > 0;
    this.node.classList.toggle('can', can);
    this.node.classList.toggle('several', buttons.length > 1);
    this.node.classList.toggle('touched', isTouched);
    this.resting.hidden = buttons.length === 1;
    setText(this.sub, can ? next.statement : restingText(context));
    this.choices.replaceChildren(...buttons);
    if (this.lines.length > 0) this.showLines(track, position, next, context);
  }

  showLines(track, position, next, context) {
    const ran = ranAt(track, position, this.actor.id, this.lines);
    const waits = next === null && context ? context.split(': ').slice(1).join(': ') : '';
    this.rows.forEach(({node, step}, i) => {
      const {step: name, statement} = this.lines[i];
      const isNext = next !== null ? next.step === name : waits !== '' && waits === statement;
      node.classList.toggle('next', isNext);
      node.classList.toggle('blocked', isNext && next === null);
      node.classList.toggle('last', ran[i] === position && position > 0);
      setText(step, ran[i] > 0 ? String(ran[i]) : '');
    });
    this.ran = ran;
  }
}
