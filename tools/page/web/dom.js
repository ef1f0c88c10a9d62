// SPDX-License-Identifier: MIT
//
// Making elements. Text from the data is added as text nodes only, so that markup in a
// title is shown and has no effect.

export const byId = (id) => document.getElementById(id);

/// An element with attributes and children (elements, or texts). An attribute that is
/// false or undefined is left out.
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined)
      node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== ''));
  return node;
}

/// `text` as nodes in which "->" and "MR 1" are not broken at the end of a line.
export function phrase(text) {
  return text.split(/(->|\b(?:MR|RPC) \d+)/)
      .map((part, i) => (i % 2 === 1 ? make('span', {class: 'whole'}, part) : part));
}

/// Sets the text only if it is different, so that a step changes little of the page.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/// Calls `action` and keeps the button's own behaviour out of it.
export function onClick(id, action) {
  byId(id).addEventListener('click', action);
}
