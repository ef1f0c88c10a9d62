// SPDX-License-Identifier: MIT
//
// Words of the glossary in a text, explained where they stand.
//
// The glossary is that of docs/glossary.md, of which the page has the rows. A word is
// underlined once in a text; tap or focus explains it in a sentence.
import {byId, make, phrase} from '../dom.js';

/// Words and meanings by spelling, in lower case, from rows "| word, word | meaning |".
export function readGlossary(text) {
  const meanings = new Map();
  for (const line of text.split('\n')) {
    const cells = /^\|\s*(.*?)\s*\|\s*(.*?)\s*\|$/.exec(line);
    if (cells === null || cells[1] === 'word' || /^-+$/.test(cells[1])) continue;
    const plain =
        cells[2].replaceAll('`', '').replaceAll('*', '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    for (const word of cells[1].replaceAll('`', '').split(', '))
      meanings.set(word.toLowerCase(), {word, meaning: plain});
  }
  return meanings;
}

const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/// `text` in parts, [{ text, word }], where `word` is undefined for what is not explained.
/// A word in plural or with a hyphen is the same word: "DMA-mapped" is not "DMA map".
export function glossaryParts(text, meanings) {
  const words = [...meanings.keys()].sort((a, b) => b.length - a.length).map(escaped);
  if (words.length === 0) return [{text}];
  const found = new RegExp(`(?<![\\w-])(${words.join('|')})(?=(?:e?s)?(?![\\w-]))`, 'gi');
  const parts = [];
  const seen = new Set();
  let at = 0;
  for (const match of text.matchAll(found)) {
    const word = match[0].toLowerCase();
    if (seen.has(word)) continue;
    seen.add(word);
    if (match.index > at) parts.push({text: text.slice(at, match.index)});
    parts.push({text: match[0], word});
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({text: text.slice(at)});
  return parts;
}

export class Glossary {
  constructor() {
    this.meanings = readGlossary(byId('glossary').textContent);
    this.box = byId('meaning');
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.hide();
    });
  }

  hide() {
    this.box.hidden = true;
  }

  show(button, word) {
    const {word: name, meaning} = this.meanings.get(word);
    this.box.replaceChildren(make('b', {}, `${name}: `), `${meaning}.`);
    this.box.hidden = false;
    const {left, bottom, top} = button.getBoundingClientRect();
    const {width, height} = this.box.getBoundingClientRect();
    const x = Math.max(8, Math.min(left, innerWidth - width - 8));
    const below = bottom + 6 + height < innerHeight;
    this.box.style.left = `${x}px`;
    this.box.style.top = `${below ? bottom + 6 : Math.max(8, top - height - 6)}px`;
  }

  /// `text` as nodes, its words explained.
  nodes(text) {
    return glossaryParts(text, this.meanings).flatMap(({text: part, word}) => {
      if (word === undefined) return phrase(part);
      // A span, because a button does not break and join like text.
      const button = make(
          'span', {class: 'term', role: 'button', tabindex: '0', 'aria-describedby': 'meaning'},
          part);
      button.addEventListener('focus', () => this.show(button, word));
      button.addEventListener('click', () => this.show(button, word));
      button.addEventListener('mouseenter', () => this.show(button, word));
      button.addEventListener('mouseleave', () => this.hide());
      button.addEventListener('blur', () => this.hide());
      return [button];
    });
  }
}
