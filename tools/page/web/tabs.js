// SPDX-License-Identifier: MIT
//
// The guide's tabs: one panel at a time; arrow keys go from tab to tab.
import {byId} from './dom.js';

const tabNames = ['story', 'challenges', 'play', 'share', 'about', 'keys'];

export class Tabs {
  constructor() {
    this.selected = '';
    tabNames.forEach((name, i) => {
      const tab = byId(`tab-${name}`);
      tab.addEventListener('click', () => this.select(name));
      tab.addEventListener('keydown', (event) => this.moved(event, i));
    });
  }

  moved(event, i) {
    const last = tabNames.length - 1;
    const next = {
      ArrowRight: i === last ? 0 : i + 1,
      ArrowLeft: i === 0 ? last : i - 1,
      Home: 0,
      End: last
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.select(tabNames[next]);
    byId(`tab-${tabNames[next]}`).focus();
  }

  select(name) {
    this.selected = name;
    byId('guide').dataset.tab = name;
    for (const other of tabNames) {
      const tab = byId(`tab-${other}`);
      tab.setAttribute('aria-selected', String(other === name));
      tab.tabIndex = other === name ? 0 : -1;
      byId(`panel-${other}`).hidden = other !== name;
    }
  }
}
