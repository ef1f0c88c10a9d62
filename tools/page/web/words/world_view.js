// SPDX-License-Identifier: MIT
//
// The world of one policy, drawn from its sections and fields, whatever they are.
//
// The cards are made once for a policy. A step changes only the fields that it or the
// step before changed, so its cost does not depend on the size of the graph.
import {make, phrase, setText} from '../dom.js';

/// Fields in groups: [{ section, subjects: [{ subject, fields: [number] }] }]. A field that
/// never has anything to show is left out.
export function groupedFields(fields) {
  const sections = new Map();
  fields.forEach((field, number) => {
    if (field.values.every((value) => value === '') && field.kind !== 'list') return;
    if (!sections.has(field.section)) sections.set(field.section, new Map());
    const subjects = sections.get(field.section);
    if (!subjects.has(field.subject)) subjects.set(field.subject, []);
    subjects.get(field.subject).push(number);
  });
  return [...sections]
      .map(([section, subjects]) => ({
             section,
             subjects: [...subjects]
                           .map(([subject, numbers]) => ({subject, fields: numbers}))
                           .filter(
                               (s) => s.fields.some(
                                          (n) => fields[n].values.some((value) => value !== '')) ||
                                   s.subject === ''),
           }))
      .filter((s) => s.subjects.length > 0);
}

export class WorldView {
  constructor(policy, heading) {
    this.policy = policy;
    this.shown = new Map();
    this.lit = new Set();
    this.apart = new Set();
    this.cards = [];
    this.node = make(
        'div', {class: 'one-world', 'data-testid': 'world', 'data-policy': policy.name},
        heading ? make('h3', {class: 'policy-name'}, heading) : '',
        ...groupedFields(policy.data.fields).map((section) => this.section(section)));
  }

  section({section, subjects}) {
    const isPlain = subjects.length === 1;
    const isWide = !isPlain || subjects[0].fields.some((number) => this.isLong(number));
    const name = `section${isPlain ? ' plain-section' : ''}${isWide ? ' wide-section' : ''}`;
    return make(
        'section', {class: name, 'data-testid': 'section', 'data-section': section},
        make('h3', {}, section),
        make('div', {class: 'subjects'}, ...subjects.map((subject) => this.card(subject))));
  }

  /// Whether a field has values that need a line of their own.
  isLong(number) {
    const {kind, values} = this.policy.data.fields[number];
    return kind === 'word' && values.some((value) => value.length > 40);
  }

  card({subject, fields}) {
    const rows = fields.map((number) => this.row(number));
    const node = make(
        'div', {class: 'subject', 'data-subject': subject}, subject ? make('h4', {}, subject) : '',
        make('dl', {}, ...rows));
    if (subject) this.cards.push({node, fields});
    return node;
  }

  row(number) {
    const {name, kind} = this.policy.data.fields[number];
    const value = make('dd', {});
    const before = make('span', {class: 'was'});
    const node = make(
        'div', {class: `field ${kind}`, 'data-testid': 'field', 'data-field': name},
        make('dt', {}, name), value);
    this.shown.set(number, {node, value, before, text: null});
    return node;
  }

  /// Shows the world of `state`. Highlights what differs from that of `previous`, and
  /// the fields numbered in `apart`, because they differ under the other policy.
  update(state, previous, apart = []) {
    const world = this.policy.world(state);
    const old = this.policy.world(previous);
    for (const [number, field] of this.shown) {
      const text = this.policy.valueIn(world, number);
      const was = this.policy.valueIn(old, number);
      if (text !== field.text) this.fill(number, field, text);
      this.light(number, field, text !== was ? was : null);
    }
    this.setApart(new Set(apart));
    for (const {node, fields} of this.cards) {
      node.hidden = fields.every((number) => this.shown.get(number).text === '');
    }
  }

  fill(number, field, text) {
    field.text = text;
    const {kind} = this.policy.data.fields[number];
    if (kind === 'list')
      field.value.replaceChildren(chips(text));
    else if (kind === 'flag')
      field.value.replaceChildren(flagMark(text));
    else
      field.value.replaceChildren(...(text === '' ? [nothing()] : phrase(text)));
    field.node.classList.toggle('nothing', text === '');
  }

  light(number, field, was) {
    if (was === null && !this.lit.has(number)) return;
    field.node.classList.toggle('changed', was !== null);
    if (was === null) {
      this.lit.delete(number);
      field.before.remove();
      return;
    }
    this.lit.add(number);
    setText(field.before, `was ${was === '' ? 'nothing' : was}`);
    field.value.append(field.before);
  }

  setApart(apart) {
    for (const number of this.apart) {
      if (!apart.has(number)) this.shown.get(number)?.node.classList.remove('apart');
    }
    for (const number of apart) this.shown.get(number)?.node.classList.add('apart');
    this.apart = apart;
  }
}

const nothing = () => make('span', {class: 'muted'}, '–');

function chips(text) {
  if (text === '') return make('span', {class: 'muted'}, 'empty');
  return make('ol', {class: 'chips'}, ...text.split(', ').map((item) => make('li', {}, item)));
}

function flagMark(text) {
  if (text === '') return nothing();
  return make('span', {class: `flag-mark ${text}`}, text);
}
