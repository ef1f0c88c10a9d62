// SPDX-License-Identifier: MIT
//
// The time band: every region's fr_state and DMA mapping over the steps of the run, and
// under it the odds that the run fails, as a curve.
//
// A band is a row of cross-sections of the region's token: same fills, same bar. One
// playhead goes through all; the slider above it is the control, a click anywhere in the
// band goes to the nearest step.
import {byId} from '../dom.js';
import {outlookNames} from '../odds.js';

import {Curve, curveOf} from './curve.js';
import {lifeOf, repeatedUnmap, subjectOf, violationAt} from './life.js';
import {machineOf} from './machine.js';
import {stretches} from './stretches.js';
import {stateClass} from './things.js';
import {draw, label} from './wires.js';

/// Pixels: left of step 0, right of the last step, and heights.
const left = 118;
const right = 64;
const axisTop = 14;
const rowsTop = 34;


/// fr_state and DMA mapping of a region after each number of choices.
export function bandOf(track, region) {
  const machine = machineOf(track.policy);
  return track.states.map((state) => machine.regionState(track.policy.world(state), region));
}

export class BandView {
  constructor(app) {
    this.app = app;
    this.box = byId('band');
    this.curve = new Curve(this);
    this.svg = draw('svg', {class: 'band-svg', role: 'img'});
    this.box.prepend(this.svg);
    this.svg.addEventListener('click', (event) => this.clicked(event));
    new ResizeObserver(() => this.update()).observe(this.box);
  }

  clicked({clientX}) {
    const {run} = this.app.session;
    const x = clientX - this.svg.getBoundingClientRect().left;
    const step = Math.round((x - this.left) / (this.right - this.left) * this.total);
    if (step >= 0 && step <= run.length) this.app.goTo(step);
  }

  curveHeight() {
    return this.isNarrow ? 36 : Math.max(56, Math.min(90, this.height * 0.34));
  }

  x(step) {
    return this.left + (this.right - this.left) * step / this.total;
  }

  update() {
    const {session} = this.app;
    const {run} = session;
    const {clientWidth: width, clientHeight: height} = this.box;
    if (width === 0) return;
    this.isNarrow = width < 560;
    this.left = this.isNarrow ? 56 : left;
    this.right = width - (this.isNarrow ? 20 : right);
    this.height = height;
    // A run of the reader's own grows into the room that a failing run would take.
    const usual = session.policy.data.facts?.shortest ?? 40;
    this.total = Math.max(run.length, run.isOwn() ? usual : 1, 1);
    const rows = this.rowsOf(run);
    const curveHeight = this.curveHeight();
    const axisHeight = this.isNarrow ? 4 : 20;
    const rowHeight = Math.max(
        13,
        Math.min(36, (height - rowsTop - axisHeight - curveHeight - 8) / Math.max(rows.length, 1)));
    const base = height - axisHeight;
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.svg.setAttribute('width', width);
    this.svg.setAttribute('height', height);
    this.svg.replaceChildren(
        this.pattern(),
        ...rows.flatMap((row, i) => this.row(row, rowsTop + i * rowHeight, rowHeight)),
        ...this.curve.nodes(run, base - curveHeight + 6, base - 4), ...this.axis(run, base),
        ...this.playhead(run, base));
    this.describe(run);
    this.placeSlider();
  }

  pattern() {
    return draw(
        'defs', {},
        draw(
            'pattern', {
              id: 'hatch',
              width: 7,
              height: 7,
              patternUnits: 'userSpaceOnUse',
              patternTransform: 'rotate(45)',
            },
            draw('rect', {width: 7, height: 7, class: 'hatch-back'}),
            draw('rect', {width: 2, height: 7, class: 'hatch-line'})));
  }

  /// Which regions of which tracks have a row: the region the run is about comes first.
  rowsOf(run) {
    const isTwo = run.tracks.length === 2;
    const most = this.isNarrow ? 1 : this.height < 210 ? 2 : this.height < 240 ? 3 : 12;
    const rows = [];
    for (const track of run.tracks) {
      const {regions} = machineOf(track.policy);
      const subject = subjectOf(run.tracks[0], regions);
      const inOrder = [subject, ...regions.filter((r) => r !== subject)].filter(Boolean);
      const wanted = isTwo ? inOrder.slice(0, 1) : inOrder.slice(0, most);
      for (const region of wanted) {
        rows.push({
          track,
          region,
          name: isTwo && this.isNarrow ? track.policy.shortName :
              isTwo                    ? `${region}, ${track.policy.shortName}` :
                                         region
        });
      }
    }
    return rows;
  }

  row({track, region, name}, top, height) {
    const fat = Math.max(9, Math.min(20, height - 10));
    const barTop = height >= 20 ? top + fat + 2 : top + fat - 4;
    const values = bandOf(track, region);
    const nodes = [label(this.isNarrow ? 6 : 16, top + fat / 2 + 4, name, 'row-name')];
    for (const {from, to, value} of stretches(values.map(({state}) => state))) {
      if (value === '') continue;
      const x0 = this.x(from);
      const x1 = this.x(Math.min(to, values.length - 1));
      const width = Math.max(x1 - x0, 1);
      nodes.push(draw('rect', {
        x: x0,
        y: top,
        width,
        height: fat,
        rx: 3,
        class: `band-cell ${stateClass(value)}`,
        ...(stateClass(value) === 'state-flushed' ? {fill: 'url(#hatch)'} : {}),
        'data-region': region,
        'data-state': value,
        'data-from': from,
        'data-to': to,
      }));
      if (width > value.length * 7.6 + 10 && fat > 14)
        nodes.push(label(x0 + 6, top + fat / 2 + 4.4, value, `cell-name ${stateClass(value)}`));
    }
    return [...nodes, ...this.bar(track, region, values, barTop)];
  }

  /// When the region was mapped, each unmap, and what is wrong with it.
  bar(track, region, values, top) {
    const length = track.edges.length;
    const last = track.lastTaken(length);
    const end = this.x(last);
    const nodes = [draw('path', {class: 'slot', d: `M${this.left} ${top + 3}H${this.x(length)}`})];
    for (const {from, to, value} of stretches(values.map(({mapped}) => mapped))) {
      if (value !== 'yes') continue;
      const x1 = this.x(Math.min(to, values.length - 1));
      const width = Math.max(x1 - this.x(from), 1);
      nodes.push(draw('rect', {x: this.x(from), y: top, width, height: 6, rx: 2, class: 'mapped'}));
    }
    const violation = violationAt(track, length);
    const again = violation?.region === region ? repeatedUnmap(track, region, length) : null;
    for (const {step, isUnmap} of lifeOf(track, region, length)) {
      if (!isUnmap) continue;
      const isWrong = again?.unmaps.includes(step) === true;
      nodes.push(draw(
          'path', {class: isWrong ? 'unmap wrong' : 'unmap', d: `M${this.x(step)} ${top - 2}v10`}));
      if (isWrong && step !== last) nodes.push(...this.cross(this.x(step), top + 3, 5));
    }
    if (violation?.region === region) {
      nodes.push(...this.cross(end, top + 3, 8));
      if (!this.isNarrow)
        nodes.push(
            label(end + 12, top + 7, again?.unmaps.length === 2 ? 'twice' : 'here', 'wrong-name'));
    }
    return nodes;
  }

  cross(x, y, r) {
    const d = r * 0.45;
    return [
      draw('circle', {cx: x, cy: y, r, class: 'wrong-disc'}),
      draw('path', {
        class: 'wrong-cross',
        d: `M${x - d} ${y - d}L${x + d} ${y + d}M${x + d} ${y - d}L${x - d} ${y + d}`,
      }),
    ];
  }

  axis(run, base) {
    const every = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((n) => this.total / n <= 12) ?? 1000;
    const nodes = this.isNarrow ? [] : [label(16, base + 15, 'step', 'soft')];
    for (let step = 0; step <= this.total && !this.isNarrow; step += every)
      nodes.push(draw('text', {x: this.x(step), y: base + 15, class: 'soft middle'}, String(step)));
    nodes.push(draw('path', {class: 'axis', d: `M${this.left} ${axisTop}H${this.right}`}));
    const stops = this.app.session.storyIndex === none ? [] : this.app.session.story();
    for (const {step} of stops)
      nodes.push(draw('circle', {class: 'stop', cx: this.x(step), cy: axisTop, r: 5}));
    return nodes;
  }

  playhead(run, base) {
    const {session} = this.app;
    const x = this.x(run.position);
    const end = this.x(run.length);
    const nodes = [
      draw('rect', {
        class: 'veil',
        x,
        y: rowsTop - 4,
        width: Math.max(end - x, 0),
        height: Math.max(base - rowsTop + 2, 0),
      }),
      draw('path', {class: 'done-line', d: `M${this.left} ${axisTop}H${x}`}),
      draw('path', {class: 'head', d: `M${x} ${axisTop}V${base}`}),
      draw('circle', {class: 'head-disc', cx: x, cy: axisTop, r: 13}),
      draw('text', {class: 'head-name middle', x, y: axisTop + 4.5}, String(run.position)),
    ];
    if (!this.app.oddsReady) return nodes;
    const curveHeight = this.curveHeight();
    run.tracks.forEach((track) => {
      const curve = curveOf(track, session.outlook(track.policy));
      if (curve === null) return;
      const {odds, outlook} = curve[run.position];
      const y = base - 4 - (curveHeight - 10) * odds;
      nodes.push(draw('circle', {class: `dot-now ${outlookNames[outlook]}`, cx: x, cy: y, r: 5}));
    });
    return nodes;
  }

  describe(run) {
    const {session} = this.app;
    const parts = run.tracks.map((track) => {
      const region = subjectOf(track, machineOf(track.policy).regions);
      const state = region === '' ? {} : bandOf(track, region)[run.position];
      const known = this.app.oddsReady ? session.outlook(track.policy) : null;
      const outlook = known ? outlookNames[known.outlook[track.states[run.position]]] : '';
      return [
        outlook, region && `${region} ${state.state}`,
        region && (state.mapped === 'yes' ? 'mapped' : 'not mapped')
      ].filter(Boolean)
          .join(', ');
    });
    this.words = parts.join('; ');
    this.svg.setAttribute('aria-label', `The run over time. Step ${run.position}: ${this.words}`);
  }

  /// The slider's thumb is over the playhead.
  placeSlider() {
    const slider = byId('scrub');
    const {run} = this.app.session;
    const thumb = 26;
    slider.style.left = `${this.left - thumb / 2}px`;
    slider.style.width = `${Math.max(this.x(run.length) - this.left, 0) + thumb}px`;
  }
}
