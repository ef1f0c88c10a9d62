// SPDX-License-Identifier: MIT
//
// The command that replays what is seen, and the link that leads to it.
import {byId, make, onClick, setText} from './dom.js';

/// Copies the text of an input; where the browser does not allow it, selects it.
async function copyFrom(input, button) {
  try {
    await navigator.clipboard.writeText(input.value);
    setText(button, 'Copied');
  } catch {
    input.focus();
    input.select();
    setText(button, 'Selected: press Ctrl+C');
  }
  setTimeout(() => setText(button, 'Copy'), 2500);
}

export class ShareView {
  constructor(app) {
    this.app = app;
    this.tracks = [];
    onClick('copy-link', () => copyFrom(byId('link'), byId('copy-link')));
  }

  update() {
    const {session} = this.app;
    const {tracks} = session.run;
    if (this.inputs?.length !== tracks.length) this.begin(tracks.length);
    tracks.forEach((track, i) => {
      this.inputs[i].value = session.command(track);
      setText(
          this.labels[i],
          tracks.length === 1 ? 'Command that replays this moment' :
                                `Command that replays it under ${track.policy.shortName}`);
    });
    byId('link').value = `${location.href.split('#')[0]}#${session.fragment()}`;
  }

  begin(count) {
    this.inputs = [];
    this.labels = [];
    const rows = [];
    for (let i = 0; i < count; ++i) {
      const input = make('input', {id: `command-${i}`, readonly: true, 'data-testid': 'command'});
      const label = make('label', { for: `command-${i}`
      });
      const button = make('button', {type: 'button', 'data-testid': 'copy-command'}, 'Copy');
      button.addEventListener('click', () => copyFrom(input, button));
      this.inputs.push(input);
      this.labels.push(label);
      rows.push(make('div', {class: 'copyable'}, label, input, button));
    }
    byId('commands').replaceChildren(...rows);
  }
}
