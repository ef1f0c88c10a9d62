// SPDX-License-Identifier: MIT
//
// Starts the page; if something prevents that, a text says what.
import {App} from './app.js';
import {byId} from './dom.js';

function startPage() {
  performance.mark('page-start');
  try {
    new App(JSON.parse(byId('data').textContent));
  } catch (error) {
    byId('message').textContent = `This page cannot be shown: ${error.message}.`;
    byId('message').hidden = false;
    return;
  }
  performance.mark('page-ready');
}

startPage();
