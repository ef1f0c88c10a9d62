// SPDX-License-Identifier: MIT
//
// What is different between two moments of a run, field by field.

/// Sections whose changes a reader wants to hear of; the others follow from these.
const told = ['Memory regions', 'Connection', 'Send queue', 'Completion queue'];
/// Fields that repeat what another says.
const untold = ['pending', 'callback', 'rkey', 'transport lock', 'waiting for the lock'];

/// Numbers of the fields that differ between the states after `from` and after `to` choices.
export function changedFields(track, from, to) {
  const {policy} = track;
  const before = policy.world(track.states[from]);
  const after = policy.world(track.states[to]);
  return policy.data.fields.map((_, number) => number)
      .filter((number) => before[number] !== after[number]);
}

/// The last step up to `to`, counted from 1, that changed a field.
function stepOf(track, number, to) {
  for (let i = to - 1; i >= 0; --i) {
    if (track.isSkipped(i)) continue;
    const {patch} = track.policy.move(track.edges[i]);
    for (let p = 0; p < patch.length; p += 2) {
      if (patch[p] === number) return i + 1;
    }
  }
  return 0;
}

function sentence({subject, name, kind}, was, now) {
  const what = subject ? `${subject}: ` : `${name}: `;
  if (kind === 'flag')
    return subject ? `${subject} ${now === 'yes' ? 'is' : 'is no longer'} ${name}` :
                     `${name} ${now === 'yes' ? 'set' : 'cleared'}`;
  if (kind === 'list') return `${name}: ${now === '' ? 'none' : now}`;
  return `${what}${was || 'nothing'} -> ${now || 'nothing'}`;
}

/// [{ step, text, subject }] in order of steps: what differs, and the step that made it so.
export function changesBetween(track, from, to) {
  const {policy} = track;
  const before = policy.world(track.states[from]);
  const after = policy.world(track.states[to]);
  return changedFields(track, from, to)
      .filter((number) => {
        const {section, name} = policy.data.fields[number];
        return told.includes(section) && !untold.includes(name);
      })
      .map((number) => {
        const field = policy.data.fields[number];
        return {
          step: stepOf(track, number, to),
          text: sentence(field, policy.valueIn(before, number), policy.valueIn(after, number)),
          subject: field.subject,
        };
      })
      .sort((a, b) => a.step - b.step);
}

/// Subjects ("MR 1") with a field that differs.
export function changedSubjects(track, from, to) {
  const {fields} = track.policy.data;
  return new Set(changedFields(track, from, to)
                     .filter((number) => !['rkey', 'callback'].includes(fields[number].name))
                     .map((number) => fields[number].subject)
                     .filter(Boolean));
}
