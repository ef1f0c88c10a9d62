// SPDX-License-Identifier: MIT
//
// The stage: contexts as places, memory regions and envelopes as things in them.
//
// Which places there are follows from who ever takes a step and from the fields of the
// policy. They stand in the document in the order of the actors, which is the order of
// the keys, and are put where they belong by the style sheet.
import {choiceKeys} from '../choices.js';
import {make, phrase, setText} from '../dom.js';
import {none} from '../graph.js';

import {captionOf} from './caption.js';
import {flyFrom, placesOf} from './flight.js';
import {lifeOf, subjectOf, violationAt} from './life.js';
import {codeOf} from './lines.js';
import {elsewhere, machineOf} from './machine.js';
import {PlaceView, trayNode} from './place_view.js';
import {envelopeNode, regionText, RegionToken} from './things.js';
import {Wires} from './wires.js';

/// The part of the stage where an actor's place is.
function areaOf(id) {
  if (/^t\d$/.test(id)) return 'tasks';
  if (/^h\d$/.test(id)) return 'handlers';
  if (['nic', 'irq', 'rec'].includes(id)) return id;
  if (['link', 'srv'].includes(id)) return 'net';
  return ['sig', 'tmr'].includes(id) ? 'faults' : 'workers';
}
const areas = ['tasks', 'handlers', 'nic', 'irq', 'rec', 'workers', 'net', 'faults'];

/// Those whose statements are always shown.
const withCode = ['irq', 'rec'];

/// Actors that can take a step under a policy.
function actorsOf(policy) {
  const ids = new Set(policy.moves.map((move) => move.actorId));
  return policy.data.actors.filter((actor) => ids.has(actor.id));
}

export class StageView {
  /// `heading`: '' or what tells this stage from the other beside it.
  constructor(app, policy, index, heading) {
    this.app = app;
    this.policy = policy;
    this.index = index;
    this.machine = machineOf(policy);
    this.tokens = new Map();
    this.envelopes = new Map();
    this.places = this.makePlaces();
    this.trays = this.makeTrays();
    this.caption = make('div', {class: 'caption', 'data-testid': 'caption'});
    this.description = make('p', {class: 'hidden', id: `stage-text-${index}`});
    this.node = this.makeNode(heading);
    this.wires = new Wires(this);
  }

  makePlaces() {
    const actors = actorsOf(this.policy);
    const code = codeOf(this.policy);
    const hasRecovery = actors.some((actor) => actor.id === 'rec');
    return actors.map((actor) => {
      const isBig =
          withCode.includes(actor.id) || (!hasRecovery && areaOf(actor.id) === 'handlers');
      return new PlaceView(actor, isBig ? code.get(actor.id) : []);
    });
  }

  makeTrays() {
    const trays = new Map();
    const queues = [['Send queue', 'work requests'], ['Completion queue', 'completions']];
    for (const [section, name] of queues) {
      if (this.machine.has(section, '', name))
        trays.set(section, trayNode(section, section.toLowerCase()));
    }
    for (const list of ['stale list', 'free list']) {
      if (this.machine.has('Lists', '', list))
        trays.set(list, trayNode(list, list === 'stale list' ? `${list}: to be recovered` : list));
    }
    const name = trays.has('free list') ? 'given up' : 'memory regions';
    if (this.machine.regions.length > 0) trays.set(elsewhere, trayNode(elsewhere, name));
    return trays;
  }

  makeNode(heading) {
    const ofArea = (area) => this.places.filter((place) => areaOf(place.actor.id) === area);
    const parts = areas.filter((area) => ofArea(area).length > 0);
    this.qp = make('span', {class: 'qp', 'data-testid': 'qp'});
    this.heading = make('h3', {class: 'stage-heading'}, heading);
    this.heading.hidden = heading === '';
    const node = make(
        'div', {
          class: `stage${parts.includes('handlers') ? '' : ' no-handlers'}`,
          role: 'group',
          'data-testid': 'stage',
          'data-policy': this.policy.name,
          'data-tasks': String(ofArea('tasks').length),
          'data-regions': this.machine.regions.length > 3 ? 'many' : 'few',
          'aria-label': `The machine${heading ? ` ${heading}` : ''}`,
          'aria-describedby': this.description.id,
        },
        this.description, this.heading,
        ...parts.map(
            (area) =>
                make('div', {class: `area area-${area}`}, ...ofArea(area).map((p) => p.node))),
        ...this.placedTrays(), this.caption);
    const nic = this.places.find((place) => place.actor.id === 'nic');
    (nic?.node ?? this.caption).append(this.qp);
    return node;
  }

  /// The trays where they belong; what is given up lies beneath the free list.
  placedTrays() {
    const lists = make('div', {class: 'area area-lists'});
    const placed = [];
    for (const [id, tray] of this.trays) {
      tray.classList.add('area', `area-${id.replaceAll(' ', '-').toLowerCase()}`);
      if (id === 'free list' || id === elsewhere)
        lists.append(tray);
      else
        placed.push(tray);
    }
    return [...placed, lists];
  }

  /// Where a thing with that tray's id goes: the box for things of a tray.
  boxOf(tray) {
    return (this.node.querySelector(`[data-tray="${tray}"]`) ?? this.trays.get(elsewhere))
        .querySelector('.things');
  }

  placeOf(actorId) {
    return this.places.find((place) => place.actor.id === actorId);
  }

  /// Shows `track` after `position` choices; `items` are the choices there.
  update(track, position, items) {
    const things = () => [...this.tokens].map(([k, t]) => [k, t.node]).concat([...this.envelopes]);
    const before = placesOf(things());
    this.track = track;
    this.position = position;
    const world = track.policy.world(track.states[position]);
    const last = position > 0 && !track.isSkipped(position - 1) ?
        track.policy.move(track.edges[position - 1]) :
        null;
    this.subject = subjectOf(track, this.machine.regions);
    this.updatePlaces(world, items, last);
    this.updateRegions(world);
    this.updateEnvelopes(world);
    this.updateConnection(world);
    this.updateCaption();
    this.describe(world, items);
    this.wires.draw();
    const actor = last === null ? undefined : this.placeOf(last.actorId)?.node;
    flyFrom(before, things(), {
      comesFrom: () => actor,
      passes: (key) => (this.arrived?.has(key) ? this.placeOf('nic')?.node : undefined),
    });
  }

  updatePlaces(world, items, last) {
    for (const place of this.places) {
      const own = items.filter(({choice}) => choice.actor === place.actor.id);
      const mine = own.filter(({edges}) => edges[this.index] !== none);
      const next = mine.length === 0 ? null : this.policy.move(mine[0].edges[this.index]);
      const buttons = mine.map((item) => this.button(item, mine.length > 1));
      const elsewhereOnly = own.filter(({edges}) => edges[this.index] === none);
      place.update({
        track: this.track,
        position: this.position,
        buttons,
        next,
        context: this.machine.contextOf(world, place.actor.name),
        isTouched: last?.actorId === place.actor.id,
      });
      if (elsewhereOnly.length > 0) this.sayImpossible(place, elsewhereOnly, mine.length === 0);
    }
  }

  /// With two policies: a choice that only the other side has.
  sayImpossible(place, items, isAlone) {
    const outcomes = items.map(({choice}) => choice.outcome).filter(Boolean).join(', ');
    const text = `${outcomes ? `${outcomes}: ` : ''}not possible under ${this.policy.shortName}`;
    if (isAlone)
      setText(place.sub, text);
    else
      place.choices.append(make('span', {class: 'impossible'}, text));
  }

  button(item, isOneOfSeveral) {
    const {app} = this;
    const edge = item.edges[this.index];
    const move = this.policy.move(edge);
    const key = choiceKeys[item.n];
    // Where two stages have the same choice, one button is enough for keys and readers.
    const isTwin = item.edges.findIndex((e) => e !== none) !== this.index;
    const button = make(
        'button', {
          type: 'button',
          class: 'choice',
          'data-testid': isTwin ? 'choice-twin' : 'choice',
          'data-actor': move.actorId,
          'data-outcome': move.outcome,
          'aria-keyshortcuts': key,
          'aria-hidden': isTwin ? 'true' : false,
          tabindex: isTwin ? '-1' : false,
          disabled: item.isBeyond,
        },
        make('kbd', {'aria-hidden': 'true'}, key ?? '·'),
        make(
            'span', {class: 'choice-text'},
            make('span', {class: isOneOfSeveral ? 'who hidden' : 'who'}, move.who),
            make(
                'span', {class: isOneOfSeveral ? 'what hidden' : 'what', title: move.func},
                move.statement),
            move.outcome ? make('b', {class: 'outcome'}, this.outcomeText(move)) : ''),
        ...app.choiceTags(item, this.track, this.index));
    button.addEventListener('click', (event) => app.choose(item.choice, event.shiftKey));
    return button;
  }

  outcomeText({outcome}) {
    return /^\d+$/.test(outcome) ? `RPC ${outcome}` : outcome;
  }

  updateRegions(world) {
    const regions = this.machine.regionsIn(world);
    const violation = violationAt(this.track, this.position);
    const changed = this.app.session.changedRegions(this.track, this.position);
    const boxes = new Map();
    for (const region of regions) {
      if (!this.tokens.has(region.name)) this.tokens.set(region.name, new RegionToken(region.name));
      const token = this.tokens.get(region.name);
      token.update(region, {
        subject: region.name === this.subject,
        changed: changed.has(region.name),
        violated: violation?.region === region.name,
      });
      const box = this.boxOf(region.tray);
      if (!boxes.has(box)) boxes.set(box, []);
      boxes.get(box).push(token.node);
    }
    for (const [name, token] of this.tokens) {
      if (!regions.some((region) => region.name === name)) {
        token.node.remove();
        this.tokens.delete(name);
      }
    }
    for (const box of this.node.querySelectorAll('.tray .things')) {
      const wanted = boxes.get(box) ?? [];
      const isSame =
          wanted.length === box.children.length && wanted.every((n, i) => n === box.children[i]);
      if (!isSame && !box.dataset.envelopes) box.replaceChildren(...wanted);
      box.parentElement.classList.toggle('empty', wanted.length === 0);
    }
  }

  updateEnvelopes(world) {
    const {send, done} = this.machine.envelopesIn(world);
    const old = this.envelopes;
    const wasSent = this.sent ?? new Set();
    this.envelopes = new Map();
    this.arrived = new Set(done.map(({key}) => key).filter((key) => wasSent.has(key)));
    for (const [section, list] of [['Send queue', send], ['Completion queue', done]]) {
      const tray = this.trays.get(section);
      if (tray === undefined) continue;
      const nodes = list.map((envelope) => {
        const kept = old.get(envelope.key);
        const node = kept?.title === envelope.text ? kept : envelopeNode(envelope);
        this.envelopes.set(envelope.key, node);
        return node;
      });
      const box = tray.querySelector('.things');
      box.dataset.envelopes = 'yes';
      box.replaceChildren(...nodes);
      tray.classList.toggle('empty', nodes.length === 0);
    }
    this.sent = new Set(send.map(({key}) => key));
    this.done = done;
    this.send = send;
  }

  updateConnection(world) {
    const qp = this.machine.connection(world, 'QP');
    this.qp.hidden = qp === '';
    setText(this.qp, qp === '' ? '' : `QP ${qp}`);
    this.qp.className = `qp ${qp === 'RTS' ? 'good' : 'bad'}`;
    this.node.classList.toggle('is-cut', qp !== '' && qp !== 'RTS');
  }

  updateCaption() {
    const caption = captionOf(this.machine, this.track, this.position);
    this.caption.className = `caption ${caption?.tone ?? ''}`;
    this.caption.replaceChildren(...(caption === null ? [] : [
      make('b', {}, ...phrase(caption.head)), make('span', {}, ...phrase(caption.text))
    ]));
  }

  /// The stage in words, for those who do not see it.
  describe(world, items) {
    const regions = this.machine.regionsIn(world).map((region) => {
      const where = this.machine.say(world, 'Memory regions', region.name, 'where');
      return `${region.name}: ${regionText(region)}${where ? `, ${where}` : ''}`;
    });
    const next = items.filter(({edges}) => edges[this.index] !== none)
                     .map((item) => this.policy.move(item.edges[this.index]).who);
    setText(
        this.description,
        `${regions.join('. ')}. ${
            next.length === 0 ? 'Nobody can take a step.' :
                                `Can go next: ${[...new Set(next)].join(', ')}.`}`);
  }

  /// Of the region the run is about, for the sheet.
  life() {
    return lifeOf(this.track, this.subject, this.position);
  }
}
