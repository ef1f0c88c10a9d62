// SPDX-License-Identifier: MIT
//
// The subject of the page, and the choice of scenario and policies.
import {byId, make, setText} from './dom.js';
import {none} from './graph.js';
import {fullNameOf} from './policy_graph.js';

const unknown = '–';
const shownNumber = (value) =>
    (typeof value === 'number' ? value.toLocaleString('en-GB') : value ?? unknown);

export class HeaderView {
  constructor(app) {
    this.app = app;
    this.scenario = null;
    byId('scenario')
        .addEventListener('change', (event) => app.openScenario(Number(event.target.value)));
    const policies = () =>
        app.showPolicies(Number(byId('policy').value), Number(byId('beside').value));
    byId('policy').addEventListener('change', policies);
    byId('beside').addEventListener('change', policies);
    byId('scenario')
        .replaceChildren(...app.session.data.scenarios.map(
            (scenario, i) => make('option', {value: String(i)}, scenario.name)));
    byId('scenario-field').hidden = app.session.data.scenarios.length < 2;
    setText(byId('program'), `Made by ${app.session.data.program}.`);
  }

  update() {
    const {session} = this.app;
    if (this.scenario !== session.scenario) this.showScenario(session.scenario);
    byId('scenario').value = String(session.scenarioIndex);
    byId('policy').value = String(session.policyIndex);
    byId('beside').value = String(session.besideIndex);
    this.showSegment(session);
    for (const option of byId('beside').options)
      option.disabled = option.value === String(session.policyIndex);
    const texts = session.run.tracks.map(({policy}) => {
      const part = policy.data.whole ? '' : ` ${policy.data.part}`;
      return `${session.isLockstep ? `${policy.shortName}: ` : ''}${policy.data.summary}${part}`;
    });
    byId('summary').replaceChildren(...texts.map((text) => make('span', {}, text)));
  }

  /// Two policies are chosen from by three buttons, more by two lists.
  showSegment(session) {
    const {policies} = session.scenario;
    const isShort = policies.length === 2;
    for (const id of ['policy-field', 'beside-field']) byId(id).hidden = isShort;
    byId('segment').hidden = !isShort;
    if (!isShort) return;
    const names = {'pre-fix': 'Before the fix', 'fix': 'The fix'};
    const shown = session.isLockstep ? 2 : session.policyIndex;
    const texts = [...policies.map(({alias, name}) => names[alias] ?? (alias || name)), 'Both'];
    texts.forEach((text, i) => {
      const button = byId('segment').children[i] ?? this.segmentButton(i);
      setText(button, text);
      button.setAttribute('aria-pressed', String(i === shown));
    });
  }

  segmentButton(i) {
    const button = make('button', {type: 'button', 'data-testid': `segment-${i}`});
    button.addEventListener('click', () => {
      if (i === 2)
        this.app.showPolicies(this.app.session.policyIndex, 1 - this.app.session.policyIndex);
      else
        this.app.showPolicies(i, none);
    });
    byId('segment').append(button);
    return button;
  }

  showScenario(scenario) {
    this.scenario = scenario;
    document.title = `${scenario.title} – be the scheduler`;
    setText(byId('title'), scenario.question || scenario.title);
    const isWhole = scenario.policies.every((policy) => policy.whole);
    setText(
        byId('lead'),
        'Kernel contexts run one statement at a time; whose is next is up to you.' +
            (isWhole ? ` Every state that can follow in ${scenario.name} is in this page.` : ''));
    setText(byId('about'), scenario.about || 'The scenario has no description.');
    setText(byId('guards'), scenario.guards ? `Guards in force: ${scenario.guards}` : '');
    const options = scenario.policies.map(
        (policy, i) => make('option', {value: String(i)}, fullNameOf(policy)));
    byId('policy').replaceChildren(...options);
    byId('beside').replaceChildren(
        make('option', {value: String(none)}, 'nothing'),
        ...options.map((option) => option.cloneNode(true)));
    byId('beside').disabled = scenario.policies.length < 2;
    byId('facts-rows').replaceChildren(...scenario.policies.map((policy) => this.factsRow(policy)));
  }

  factsRow(policy) {
    const facts = policy.facts ?? {};
    const cells = [
      policy.verdict.replaceAll('_', ' '), policy.states, facts.interleavings, facts.failing,
      facts.probability, facts.least_preemptions, facts.shortest
    ];
    return make(
        'tr', {}, make('th', {scope: 'row'}, fullNameOf(policy)),
        ...cells.map((value) => make('td', {}, String(shownNumber(value)))));
  }
}
