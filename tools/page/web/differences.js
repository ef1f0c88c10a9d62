// SPDX-License-Identifier: MIT
//
// Where two policies that make the same choices first part.
//
// Fields are matched by name, because each policy has its own numbers.

const keyOf = (field) => `${field.section}\n${field.subject}\n${field.name}`;

/// Pairs [field of a, field of b] of the fields both have.
export function fieldPairs(a, b) {
  const numbers = new Map(b.data.fields.map((field, i) => [keyOf(field), i]));
  const pairs = [];
  a.data.fields.forEach((field, i) => {
    const other = numbers.get(keyOf(field));
    if (other !== undefined) pairs.push([i, other]);
  });
  return pairs;
}

/// The pairs whose values differ after `length` choices.
export function differingFields(pairs, a, b, length) {
  const worldA = a.policy.world(a.states[length]);
  const worldB = b.policy.world(b.states[length]);
  return pairs.filter(([i, j]) => a.policy.valueIn(worldA, i) !== b.policy.valueIn(worldB, j));
}

/// Whether choice number `index` was the same step with the same effects in both.
export function sameStep(a, b, index) {
  if (a.isSkipped(index) || b.isSkipped(index)) return a.isSkipped(index) === b.isSkipped(index);
  const left = a.policy.move(a.edges[index]);
  const right = b.policy.move(b.edges[index]);
  return left.step === right.step && left.said.length === right.said.length &&
      left.said.every((said, i) => said.text === right.said[i].text);
}

/// Index of the first choice that was not the same step in both, or led to states that
/// show a difference; -1 if there is none.
export function firstDifference(a, b, pairs) {
  for (let i = 0; i < a.edges.length; ++i) {
    if (!sameStep(a, b, i) || differingFields(pairs, a, b, i + 1).length > 0) return i;
  }
  return -1;
}
