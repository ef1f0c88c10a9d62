// SPDX-License-Identifier: MIT
//
// The keyboard: a key for every choice, and for going through the run.
//
// If a control that has the focus needs a key itself, it gets that key. A key held down
// counts once if it would choose, because its meaning changes with every step.
import {choiceKeys} from './choices.js';
import {byId} from './dom.js';

/// Whether the element with the focus uses `key` itself.
function needsKey(target, key) {
  const kind = target.tagName === 'INPUT' ? target.type : target.tagName;
  switch (kind) {
    case 'BUTTON':
    case 'checkbox':
      return key === ' ';
    case 'range':
      return !choiceKeys.includes(key);
    case 'text':
    case 'SELECT':
      return true;
    default:
      return target.id === 'timeline-pane' && [' ', 'Home', 'End'].includes(key);
  }
}

export function listenToKeys(app) {
  const actions = {
    ArrowLeft: () => app.undo(),
    Backspace: () => app.undo(),
    ArrowRight: () => app.redo(),
    Home: () => app.goTo(0),
    End: () => app.goTo(app.session.run.length),
    ' ': () => app.controls.toggle(),
    Escape: () => app.controls.pause(),
    b: () => app.toggleBoth(),
    n: () => byId('story-next').click(),
    p: () => byId('story-previous').click(),
  };
  document.addEventListener('keydown', (event) => {
    if (!byId('keys-on').checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || needsKey(event.target, event.key)) return;
    const n = event.key.length === 1 && !event.shiftKey ? choiceKeys.indexOf(event.key) : -1;
    const item = app.stages.items[n];
    const action = item === undefined ? actions[event.key] : () => {
      if (!event.repeat && !item.isBeyond) app.choose(item.choice, false);
    };
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}
