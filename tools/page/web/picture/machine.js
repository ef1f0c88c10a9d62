// SPDX-License-Identifier: MIT
//
// The machine as things in places, read off the fields of a world.
//
// The page's data has a world as named fields in words (model/trace/world_view.h). A
// picture needs things: memory regions, each in exactly one place, work requests and
// completions in their queues. Nothing of the model is here: what no field says is not
// shown, and a value with an unknown name is shown as it is.

/// Sections of the fields, as the program names them.
const regionSection = 'Memory regions';
const contextSection = 'Contexts';

/// Where a thing is if no list and no context has it.
export const elsewhere = 'elsewhere';

/// The tray of the memory regions that a request has, and of those in a context's hand.
export const registeredTray = (rpc) => `registered ${rpc}`;
export const handTray = (actorId) => `hand ${actorId}`;

/// "FASTREG of MR 1 (flushed)" in parts: { text, kind, subject: 'MR 1', note: 'flushed' }.
export function readEnvelope(text) {
  const [, kind, subject = '', note = ''] =
      /^(.*?)(?: of ((?:MR|RPC) \d+))?(?: \(((?!signaled)[^)]*)\))?$/.exec(text);
  return {text, kind, subject, note};
}

/// The first memory region that a text names, "MR 1", or ''.
export const regionIn = (text) => /\bMR \d+\b/.exec(text)?.[0] ?? '';

const items = (text) => (text === '' ? [] : text.split(', '));

/// Which fields of a policy are about what. Immutable.
export class Machine {
  constructor(policy) {
    this.policy = policy;
    this.numbers = new Map();
    policy.data.fields.forEach((field, number) => {
      this.numbers.set(`${field.section}/${field.subject}/${field.name}`, number);
    });
    const subjects = (section) => [...new Set(
        policy.data.fields.filter((f) => f.section === section).map((f) => f.subject))];
    this.regions = subjects(regionSection).filter((subject) => this.everShows(subject));
    this.actorOf = new Map(policy.data.actors.map((actor) => [actor.name, actor.id]));
  }

  everShows(region) {
    return this.policy.data.fields.some(
        (field) => field.section === regionSection && field.subject === region &&
            field.values.some((value) => value !== ''));
  }

  /// Number of a field, or undefined.
  field(section, subject, name) {
    return this.numbers.get(`${section}/${subject}/${name}`);
  }

  has(section, subject, name) {
    return this.field(section, subject, name) !== undefined;
  }

  /// What a field says in a world; '' if there is no such field.
  say(world, section, subject, name) {
    const number = this.field(section, subject, name);
    return number === undefined ? '' : this.policy.valueIn(world, number);
  }

  /// fr_state and DMA mapping of a region: { state, mapped: 'yes', 'no' or '' }.
  regionState(world, region) {
    return {
      state: this.say(world, regionSection, region, 'fr_state'),
      mapped: this.say(world, regionSection, region, 'DMA-mapped'),
    };
  }

  /// Where a region is, in words.
  placeOf(world, region) {
    return this.say(world, regionSection, region, 'where');
  }

  /// What is outstanding for a region: ["FASTREG on the send queue", ...].
  pendingOf(world, region) {
    return items(this.say(world, regionSection, region, 'pending'));
  }

  /// The tray in which a region is.
  trayOf(world, region) {
    const where = this.placeOf(world, region);
    if (where === 'free list' || where === 'stale list') return where;
    const registered = /^registered list of RPC (\d+)$/.exec(where);
    if (registered !== null) return registeredTray(registered[1]);
    const holders = /^in hand of (.*)$/.exec(where);
    const holder = holders === null ? undefined : this.actorOf.get(items(holders[1])[0]);
    return holder === undefined ? elsewhere : handTray(holder);
  }

  /// The list that a tray shows, as the field says it: ["MR 2", "MR 1"].
  listOf(world, tray) {
    const name = tray.replace(/^registered (\d+)$/, 'registered by RPC $1');
    return items(this.say(world, 'Lists', '', name));
  }

  /// { region: { name, state, mapped, tray, rank } } in a world; those that exist. `rank`
  /// is the place in the list, the first first.
  regionsIn(world) {
    const found = [];
    for (const name of this.regions) {
      const {state, mapped} = this.regionState(world, name);
      if (state === '' && mapped === '') continue;
      const tray = this.trayOf(world, name);
      const at = this.listOf(world, tray).indexOf(name);
      found.push({name, state, mapped, tray, rank: at < 0 ? found.length + 100 : at});
    }
    return found.sort((a, b) => a.rank - b.rank);
  }

  /// Envelopes in the two queues, the oldest first, each with a key that stays its own while
  /// it travels from one to the other: its text and which of the equal ones it is.
  envelopesIn(world) {
    const count = new Map();
    const keyed = (text) => {
      const envelope = readEnvelope(text);
      const name = `${envelope.kind} ${envelope.subject}`;
      count.set(name, (count.get(name) ?? 0) + 1);
      return {...envelope, key: `${name} ${count.get(name)}`};
    };
    const done = items(this.say(world, 'Completion queue', '', 'completions')).map(keyed);
    const send = items(this.say(world, 'Send queue', '', 'work requests')).map(keyed);
    return {send, done};
  }

  /// What a context is about to do, "function: statement"; '' if it is idle, undefined if
  /// no field says.
  contextOf(world, actorName) {
    return this.has(contextSection, '', actorName) ?
        this.say(world, contextSection, '', actorName) :
        undefined;
  }

  connection(world, name) {
    return this.say(world, 'Connection', '', name);
  }

  request(world, rpc, name) {
    return this.say(world, 'Requests', `RPC ${rpc}`, name);
  }
}

/// Machines by policy: made when first asked for.
const machines = new WeakMap();
export function machineOf(policy) {
  if (!machines.has(policy)) machines.set(policy, new Machine(policy));
  return machines.get(policy);
}
