// SPDX-License-Identifier: MIT
//
// A moment as the part of an address behind '#', so that a link leads to it.
//
//     #scenario=upstream-report&policy=fix&beside=pre-fix&run=1:02bed13d:t1-14.link&at=14
//
// Only the form is known here; the session knows what the names mean.

const keys = ['scenario', 'policy', 'beside', 'run', 'at'];

/// Text of `moment`, whose members are strings with the names of the keys; undefined
/// members are left out.
export function writeFragment(moment) {
  const text = (value) => encodeURIComponent(value).replaceAll('%3A', ':').replaceAll('%3D', '=');
  return keys.filter((key) => moment[key] !== undefined)
      .map((key) => `${key}=${text(moment[key])}`)
      .join('&');
}

/// The moment that `fragment` names, with or without '#'. Throws Error if it is not of that
/// form.
export function readFragment(fragment) {
  const moment = {};
  for (const part of fragment.replace(/^#/, '').split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const key = part.slice(0, Math.max(equals, 0));
    if (!keys.includes(key))
      throw new Error(`it has a part that means nothing here: ‘${part.slice(0, 40)}’`);
    try {
      moment[key] = decodeURIComponent(part.slice(equals + 1));
    } catch {
      throw new Error(`‘${key}’ in it is garbled`);
    }
  }
  return moment;
}
