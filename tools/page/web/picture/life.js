// SPDX-License-Identifier: MIT
//
// What a run did to one memory region, and what is wrong where it ended.
//
// Both are read off what the steps said. What is violated, and of which region, is said
// by the end of the run: no invariant is known here.
import {regionIn} from './machine.js';

/// Noteworthy things that steps said of a region, up to `length` choices:
/// [{ step, text, who, isUnmap, isMap }].
export function lifeOf(track, region, length) {
  const life = [];
  for (let i = 0; i < length; ++i) {
    if (track.isSkipped(i)) continue;
    const move = track.policy.move(track.edges[i]);
    for (const {text, isNote, isViolation} of move.said) {
      if (!isNote || isViolation || regionIn(text) !== region) continue;
      life.push({
        step: i + 1,
        text,
        who: move.who,
        isUnmap: text.startsWith('DMA-unmap '),
        isMap: text.startsWith('DMA-map '),
      });
    }
  }
  return life;
}

/// The violation after `length` choices: { text, region, rpc }, or null.
export function violationAt(track, length) {
  const end = track.endAt(length);
  if (end === null || end.end !== 'violation') return null;
  return {text: end.text, region: end.mr ? `MR ${end.mr}` : regionIn(end.text)};
}

/// The region a run is about: that of the violation at its end, else the one that the
/// policy's violations name most, else the first.
export function subjectOf(track, regions) {
  const violated = violationAt(track, track.edges.length)?.region;
  if (violated) return violated;
  for (const {end, text} of track.policy.data.ends_said) {
    const region = regionIn(text);
    if (end === 'violation' && regions.includes(region)) return region;
  }
  return regions[0] ?? '';
}

/// If the step that violates is an unmap of the region: the unmaps since it was mapped, the
/// violating one included, and the step that mapped it (0: never). Else null.
export function repeatedUnmap(track, region, length) {
  const life = lifeOf(track, region, length).filter(({isUnmap, isMap}) => isUnmap || isMap);
  if (life.at(-1)?.step !== track.lastTaken(length) || !life.at(-1).isUnmap) return null;
  const mapped = life.map(({isMap}) => isMap).lastIndexOf(true);
  return {
    mapped: mapped < 0 ? 0 : life[mapped].step,
    unmaps: life.slice(mapped + 1).map(({step}) => step),
  };
}
