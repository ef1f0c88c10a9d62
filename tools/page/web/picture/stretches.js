// SPDX-License-Identifier: MIT
//
// What stays the same for a while, step by step.

/// Runs of equal values: [{ from, to, value }] for values by step.
export function stretches(values) {
  const runs = [];
  values.forEach((value, step) => {
    if (runs.length > 0 && runs.at(-1).value === value)
      runs.at(-1).to = step + 1;
    else
      runs.push({from: step, to: step + 1, value});
  });
  return runs;
}
