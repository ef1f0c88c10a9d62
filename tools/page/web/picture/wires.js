// SPDX-License-Identifier: MIT
//
// What joins the things on the stage: the ways they take, the pointer from a completion
// to the region it will write, and the writes to a region's state.
//
// Drawn after the layout, from where the boxes are. A tether onto a region on the free
// list is the bug in a picture: somebody still points at what nobody has.
import {writesState} from './lines.js';
import {regionIn} from './machine.js';

const svgSpace = 'http://www.w3.org/2000/svg';

/// An SVG element with attributes and texts.
export function draw(tag, attributes = {}, ...children) {
  const node = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/// A text at a place.
export const label = (x, y, content, name = '') => draw('text', {x, y, class: name}, content);

/// Ways from box to box: from, its side, to, its side.
const ways = [
  ['.area-tasks', 'right', '.area-send-queue', 'left'],
  ['.area-send-queue', 'right', '.area-nic', 'left'],
  ['.area-nic', 'bottom', '.area-completion-queue', 'top'],
  ['.area-completion-queue', 'bottom', '.area-irq', 'top'],
  ['.area-tasks', 'bottom', '.area-stale-list', 'top'],
  ['.area-stale-list', 'bottom', '.area-rec', 'top'],
  ['.area-rec', 'right', '.area-free-list', 'left'],
];

export class Wires {
  constructor(stage) {
    this.stage = stage;
    this.svg = draw('svg', {class: 'wires', 'aria-hidden': 'true'});
    stage.node.prepend(this.svg);
    new ResizeObserver(() => this.draw()).observe(stage.node);
  }

  /// Where a node is in the stage when nothing flies.
  box(node) {
    let left = 0;
    let top = 0;
    for (let at = node; at !== null && at !== this.stage.node; at = at.offsetParent) {
      left += at.offsetLeft + (at === node ? 0 : at.clientLeft);
      top += at.offsetTop + (at === node ? 0 : at.clientTop);
    }
    const {offsetWidth: width, offsetHeight: height} = node;
    return {
      left,
      top,
      right: left + width,
      bottom: top + height,
      x: left + width / 2,
      y: top + height / 2,
    };
  }

  find(selector) {
    const node = this.stage.node.querySelector(selector);
    return node !== null && node.getClientRects().length > 0 && node.offsetHeight > 0 ?
        this.box(node) :
        null;
  }

  draw() {
    const {node, track} = this.stage;
    if (!track || !node.isConnected) return;
    const lines = [...this.ways(), ...this.cable(), ...this.writes(), ...this.tethers()];
    this.svg.replaceChildren(...lines);
  }

  arrow(name, d, [x, y], [dx, dy]) {
    const tip = `M${x} ${y}l${- 7 * dx - 4 * dy} ${- 7 * dy - 4 * dx}l${8 * dy} ${8 * dx}Z`;
    return [draw('path', {class: name, d}), draw('path', {class: `${name} tip`, d: tip})];
  }

  ways() {
    return ways.flatMap(([fromName, fromSide, toName, toSide]) => {
      const from = this.find(fromName);
      const to = this.find(toName);
      if (from === null || to === null) return [];
      return fromSide === 'right' ? this.wayRight(from, to) : this.wayDown(from, to);
    });
  }

  wayRight(from, to) {
    const y = Math.max(from.top, to.top) + 26;
    if (to.left - from.right < 8 || y > Math.min(from.bottom, to.bottom)) return [];
    return this.arrow('way', `M${from.right} ${y}H${to.left - 2}`, [to.left - 1, y], [1, 0]);
  }

  wayDown(from, to) {
    const x = Math.max(from.left, to.left) + 40;
    if (to.top - from.bottom < 6) return [];
    return this.arrow('way', `M${x} ${from.bottom}V${to.top - 2}`, [x, to.top - 1], [0, 1]);
  }

  /// From the RNIC to the server, broken if the connection is.
  cable() {
    const nic = this.find('[data-place="nic"]');
    const net = this.find('.area-net');
    if (nic === null || net === null || net.left - nic.right < 8) return [];
    const y = nic.top + 22;
    const isCut = this.stage.node.classList.contains('is-cut');
    const x = (nic.right + net.left) / 2;
    if (!isCut) return [draw('path', {class: 'cable', d: `M${nic.right} ${y}H${net.left}`})];
    return [
      draw('path', {class: 'cable', d: `M${nic.right} ${y}H${x - 4}M${x + 4} ${y}H${net.left}`}),
      draw('path', {class: 'cut', d: `M${x + 4} ${y - 12}L${x - 4} ${y + 12}`}),
    ];
  }

  tokenBox(region) {
    const token = this.stage.tokens.get(region);
    return token === undefined || token.node.getClientRects().length === 0 ? null :
                                                                             this.box(token.node);
  }

  /// Completions, and work requests of regions that are free, point at their region.
  tethers() {
    const {stage} = this;
    const world = stage.policy.world(stage.track.states[stage.position]);
    const isFree = (region) => stage.machine.trayOf(world, region) === 'free list';
    const pointing = [...stage.done, ...stage.send.filter(({subject}) => isFree(subject))];
    return pointing.flatMap(({key, subject}) => {
      const to = regionIn(subject) === '' ? null : this.tokenBox(subject);
      const node = stage.envelopes.get(key);
      if (to === null || node === undefined) return [];
      const from = this.box(node);
      const startX = from.x > to.right ? from.left : from.right;
      const bend = (from.bottom + to.top) / 2;
      const d = `M${startX} ${from.y}C${startX + (startX === from.left ? -30 : 30)} ${from.y} ${
          to.x} ${bend} ${to.right - 14} ${to.top}`;
      return [
        draw('path', {class: 'tether', d}),
        draw('circle', {class: 'tether-end', cx: to.right - 14, cy: to.top, r: 3.6}),
      ];
    });
  }

  /// From the line that writes a region's state to that region: solid if it has, dashed if
  /// its completion is still to be handled.
  writes() {
    return this.stage.places.flatMap((place) => this.writesOf(place));
  }

  writesOf(place) {
    return place.lines.flatMap((line, i) => {
      if (!writesState(line.statement)) return [];
      const region = this.written(place, i);
      if (region !== '') return this.write(place, i, region, 'write');
      const coming = this.toCome(line);
      return coming === '' ? [] : this.write(place, i, coming, 'write to-come');
    });
  }

  /// The region whose state line number `i` has written in this round, or ''.
  written(place, i) {
    const step = place.ran?.[i] ?? 0;
    if (step === 0) return '';
    const {track} = this.stage;
    const {said} = track.policy.move(track.edges[step - 1]);
    return regionIn(said.find(({text}) => text.startsWith('fr_state of '))?.text ?? '');
  }

  /// The region that a completion in the queue will let this line write, or ''.
  toCome(line) {
    const {stage} = this;
    const world = stage.policy.world(stage.track.states[stage.position]);
    const calls = (region) => stage.machine.say(world, 'Memory regions', region, 'callback');
    const due =
        stage.done.find(({subject, note}) => note === 'flushed' && calls(subject) === line.func);
    return due?.subject ?? '';
  }

  write(place, i, region, name) {
    const to = this.tokenBox(region);
    const row = place.rows[i].node;
    if (to === null || row.getClientRects().length === 0) return [];
    const from = this.box(row);
    const isRight = from.x < to.x;
    const x0 = isRight ? from.right : from.left;
    const x1 = isRight ? to.left - 4 : to.right + 4;
    if (isRight ? x1 < x0 + 12 : x1 > x0 - 12) return [];
    const between = isRight ? Math.max(x0 + 8, x1 - 14) : Math.min(x0 - 8, x1 + 14);
    const d = `M${x0} ${from.y}H${between}V${to.y}H${x1}`;
    return this.arrow(name, d, [x1, to.y], [isRight ? 1 : -1, 0]);
  }
}
