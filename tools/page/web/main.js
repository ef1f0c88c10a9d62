// SPDX-License-Identifier: MIT
//
// Starts the page; what keeps it from starting is said in words.
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
