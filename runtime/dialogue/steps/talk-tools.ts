/**
 * What a model may do by itself in a `talk`, where the step's `tools` name it. It is carried out here: nothing
 * outside is called. A tool of the dialogue with the same name takes its place.
 */
import { BUILTIN_TOOLS } from '../builtin-tools.ts';
import type { Flow, Machine } from '../machine.ts';
import type { Offer, Value } from '../protocol.ts';
import { isoClock, isoDay, weekdayOf } from '../value-shapes.ts';
import { momentIn } from '../value-zones.ts';

type Builtin = (typeof BUILTIN_TOOLS)[number];
type Input = { readonly [name: string]: Value };

/** What came of it: an answer to the model, which goes on, or the talk is over for now. */
type Done = { answer: Value } | { flow: Flow };

const RING_MS = 25_000;
const LONGEST_GOODBYE = 500;
const LONGEST_TEXT = 500;
/** More names of one call are a model gone astray. */
const MOST_REMEMBERED = 20;
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const KEYS = /^[0-9*#w]{1,40}$/;
/** What is known of a person without asking: no model decides who somebody is. */
const FIXED = ['paired', 'anonymous'];

const isBuiltin = (name: string): name is Builtin => BUILTIN_TOOLS.some((one) => one === name);

/** The built-in tools among the names, without those that there is nothing to do with. */
export function builtinOffers(machine: Machine, names: readonly string[]): Offer[] {
  return names.flatMap((name) => {
    if (!isBuiltin(name) || Object.hasOwn(machine.part.tools, name)) return [];
    return offerOf(machine, name) ?? [];
  });
}

function offerOf(machine: Machine, name: Builtin): Offer | null {
  switch (name) {
    case 'hang_up': {
      const about =
        'Ends the call. Call this, and say nothing, when the caller needs nothing more: the goodbye is said for you.';
      return { name, about, input: object({ goodbye: { type: 'string' } }) };
    }
    case 'transfer': {
      const names = Object.keys(machine.program.app.transfers);
      const about =
        'Puts the caller through to somebody else. Say so before; if nobody answers, you will be told.';
      return names.length === 0
        ? null
        : { name, about, input: object({ to: { type: 'string', enum: names } }) };
    }
    case 'press': {
      const about =
        'Presses keys on the phone, for a machine on the other side: 0 to 9, * and #, and w for half a second of waiting.';
      return { name, about, input: object({ keys: { type: 'string', pattern: KEYS.source } }) };
    }
    case 'remember': {
      const about =
        'Keeps something about the caller for later calls, under a short name such as `favorite_table`.';
      const value = { type: ['string', 'number', 'boolean'] };
      return { name, about, input: object({ name: { type: 'string', pattern: NAME.source }, value }) };
    }
    case 'clock': {
      const about = 'Tells the date, the day of the week and the time where the caller is.';
      return { name, about, input: object({}) };
    }
    default:
      return name satisfies never;
  }
}

/** Carries out a built-in tool that was offered. */
export function callBuiltin(machine: Machine, name: string, input: Input): Done {
  if (!isBuiltin(name)) return { answer: { error: 'not-available' } };
  switch (name) {
    case 'hang_up': {
      const goodbye = textOf(input, 'goodbye').trim().slice(0, LONGEST_GOODBYE);
      return { flow: machine.end(goodbye === '' ? machine.words.goodbye : goodbye, 'agent-hung-up') };
    }
    case 'transfer':
      return transfer(machine, textOf(input, 'to'));
    case 'press': {
      const keys = textOf(input, 'keys');
      if (!KEYS.test(keys)) return { answer: { error: 'no-such-keys' } };
      machine.effects.push({ kind: 'press', id: machine.nextUtterance(), keys, state: machine.stateName });
      return { answer: { pressed: keys } };
    }
    case 'remember':
      return { answer: remember(machine, textOf(input, 'name'), input['value'] ?? null) };
    case 'clock': {
      const { at, env } = machine;
      const moment = momentIn(at, env.zone);
      if (!moment) return { answer: { error: 'not-available' } };
      const { day, clock } = moment;
      const time = isoClock({ ...clock, second: 0 });
      return { answer: { date: isoDay(day), weekday: weekdayOf(day), time, zone: env.zone } };
    }
    default:
      return name satisfies never;
  }
}

function transfer(machine: Machine, name: string): Done {
  const { state, program, words } = machine;
  const { transfers } = program.app;
  const to = Object.hasOwn(transfers, name) ? transfers[name] : undefined;
  if (to === undefined) return { answer: { error: 'not-available', available: Object.keys(transfers) } };
  if (state.owed) machine.fill(words.oneMoment);
  const order = { to, brief: null, ringMs: RING_MS };
  state.transfer = order;
  state.phase = 'transferring';
  machine.effects.push({ kind: 'transfer', ...order });
  return { flow: 'wait' };
}

/** What the dialogue remembers by itself, a gate may ask for: that is not the model's to change. */
function remember(machine: Machine, name: string, value: Value): Value {
  const own = Object.values(machine.program.parts).flatMap(({ blocks }) =>
    Object.values(blocks).flatMap((steps) =>
      steps.flatMap((step) => (step.verb === 'remember' ? step.values.map((one) => one.name) : [])),
    ),
  );
  const simple = typeof value === 'string' ? value.length <= LONGEST_TEXT : isScalar(value);
  if (!NAME.test(name) || FIXED.includes(name) || own.includes(name)) return { error: 'no-such-name' };
  if (!simple) return { error: 'no-such-value' };
  const { remembered } = machine.state;
  const isNew = !Object.hasOwn(remembered, name);
  if (isNew && Object.keys(remembered).length >= MOST_REMEMBERED) return { error: 'too-many-names' };
  machine.setUser(name, value);
  machine.effects.push({ kind: 'remember', name, value, forMs: null });
  return { remembered: name };
}

const isScalar = (value: Value): boolean => typeof value === 'number' || typeof value === 'boolean';

function textOf(input: Input, name: string): string {
  const value = input[name];
  return typeof value === 'string' ? value : '';
}

function object(properties: { readonly [name: string]: Value }): Offer['input'] {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
