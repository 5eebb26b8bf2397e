import { anytimesOf } from '../anytimes.ts';
import { fail } from '../failing.ts';
import { writtenLadder } from '../ladders.ts';
import { listen, memoryOf, onWhileListening, type Listener } from '../listening.ts';
import type { Flow, Machine, Verb } from '../machine.ts';
import type { Event } from '../protocol.ts';
import type { Option, StepOf } from '../program.ts';

type Pair = StepOf<'pair'>;

const E164 = /^\+[1-9]\d{6,14}$/;
/** Whoever keeps the codes has a deadline; this one holds even where the answer is lost. */
const LOST_MS = 8_000;
/** After so many silences in a row nobody is on the line any more: about two and a half minutes. */
const SILENCES = 10;
/** Stands for the code wherever it is written down. */
const MASKED = '…';

/**
 * `pair`: the caller hears a code, digit by digit, again and again on request, and waits until somebody claims it. The
 * step is done as soon as the phone is paired; `failed` where it cannot be, the code runs out, or nobody is there.
 */
export const pair: Verb<Pair> = {
  enter: (machine, step) => open(machine, step, 0),
  on(machine, step, event) {
    const { pairing } = machine.state;
    if (event.kind === 'paired') return welcome(machine);
    if (pairing === null) return 'wait';
    switch (event.kind) {
      case 'pairing-opened':
        return event.pairing === pairing.id ? opened(machine, step, event) : 'wait';
      case 'pairing-failed':
        return event.pairing === pairing.id ? refused(machine, step, event.code) : 'wait';
      case 'time-passed':
        if (event.wake === `opening:${pairing.id}`) return refused(machine, step, 'pairing-lost');
        if (event.wake === `code:${pairing.id}`) return giveUp(machine, step, machine.words.pairing.expired);
        break;
      case 'caller-spoke':
        // A cough cut the code: it is said again, however often.
        if (event.text === '' && event.cut === true) return again(machine, step);
        break;
      case 'key-pressed':
        if (event.key === '*' && isOurs(machine)) return again(machine, step);
        break;
      default:
    }
    return onWhileListening(machine, step, listenerOf(machine, step), event);
  },
  resume: (machine, step) => again(machine, step),
};

/** Asks for a code, where the phone is not paired already. */
function open(machine: Machine, step: Pair, failed: number): Flow {
  const { state } = machine;
  if (state.facts.user['paired'] === true) return done(machine);
  const id = `p${++state.counts.tool}`;
  state.pairing = { id, code: null, failed };
  const phone = state.facts.caller['phone'];
  if (typeof phone !== 'string' || !E164.test(phone)) {
    return giveUp(machine, step, machine.words.pairing.withheld);
  }
  machine.remember({ kind: 'doing', call: id, failed });
  machine.effects.push({ kind: 'open-pairing', pairing: id, phone });
  machine.wake(`opening:${id}`, LOST_MS, 'now');
  return 'wait';
}

function opened(machine: Machine, step: Pair, event: Event & { kind: 'pairing-opened' }): Flow {
  const { state, words } = machine;
  const turn = machine.turnOf(step);
  state.pairing = { ...state.pairing!, code: event.code };
  machine.effects.push({ kind: 'cancel-wake', id: `opening:${event.pairing}` });
  machine.wake(`code:${event.pairing}`, Math.max(0, event.expiresAt - event.at), 'now');
  machine.say(words.pairing.unpaired, turn);
  sayCode(machine, step);
  machine.say(words.pairing.starRepeats, turn);
  return wait(machine, step);
}

/** The code once more; where it is not known any more, another one. */
function again(machine: Machine, step: Pair): Flow {
  const { state, words } = machine;
  const { pairing } = state;
  if (state.facts.user['paired'] === true) return welcome(machine);
  if (pairing === null || pairing.code === null) return open(machine, step, pairing?.failed ?? 0);
  state.fresh = true;
  machine.say(words.pairing.again, machine.turnOf(step));
  sayCode(machine, step);
  return wait(machine, step);
}

/** Digit by digit: commas are pauses to every voice. */
function sayCode(machine: Machine, step: Pair): void {
  machine.say(`${[...machine.state.pairing!.code!].join(', ')}.`, machine.turnOf(step), MASKED);
}

function wait(machine: Machine, step: Pair): Flow {
  const { memory } = machine.top;
  if (memory?.kind === 'doing') machine.remember(null);
  return listen(machine, step, listenerOf(machine, step));
}

function listenerOf(machine: Machine, step: Pair): Listener {
  const { when, like } = machine.words.pairing.asksAgain;
  const asksAgain: Option = { when, like, keys: '*', block: null, repeats: true, slots: [] };
  return {
    options: [asksAgain],
    again: () => again(machine, step),
    heard: ({ choice }) => (choice === 's0' ? again(machine, step) : null),
    missed(trouble) {
      // Whatever was said, the caller is there, and wants something: there is only the code.
      const memory = memoryOf(machine)!;
      if (trouble === 'silence' && ++memory.silence >= SILENCES) {
        return giveUp(machine, step, machine.words.pairing.gaveUp);
      }
      return again(machine, step);
    },
  };
}

/** The star is no part of something longer that may be pressed at any time. */
function isOurs(machine: Machine): boolean {
  const memory = memoryOf(machine);
  if (memory === null) return false;
  const keys = `${memory.keys}*`;
  if (anytimesOf(machine).some(({ option }) => option.keys?.startsWith(keys))) return false;
  machine.remember({ ...memory, silence: 0, keys: '' });
  return true;
}

function welcome(machine: Machine): Flow {
  const { state, words } = machine;
  const { pairing } = state;
  if (pairing) {
    machine.effects.push({ kind: 'cancel-wake', id: `opening:${pairing.id}` });
    machine.effects.push({ kind: 'cancel-wake', id: `code:${pairing.id}` });
    machine.say(words.pairing.paired, machine.turnOf(machine.step));
  }
  return done(machine);
}

/** Behind the door the dialogue begins, as if the caller had been known from the start. */
function done(machine: Machine): Flow {
  machine.state.pairing = null;
  if (!machine.atDoor) return 'next';
  machine.openCall();
  return 'moved';
}

function refused(machine: Machine, step: Pair, code: string): Flow {
  const { pairing, trouble } = machine.words;
  if (code === 'too-many-codes') return giveUp(machine, step, pairing.tooMany);
  if (hasLadder(machine, step)) return failed(machine, step);
  return machine.end(trouble, 'error');
}

/** The caller is told why; without a `failed` the call ends. */
function giveUp(machine: Machine, step: Pair, why: string): Flow {
  if (!hasLadder(machine, step)) return machine.end(`${why} ${machine.words.goodbye}`, 'not-paired');
  machine.state.fresh = true;
  machine.say(why, machine.turnOf(step));
  return failed(machine, step);
}

function hasLadder(machine: Machine, step: Pair): boolean {
  return !machine.atDoor && writtenLadder(machine, step.failed, 'failed') !== null;
}

function failed(machine: Machine, step: Pair): Flow {
  const times = machine.state.pairing?.failed ?? 0;
  machine.state.pairing = null;
  return fail(machine, step, step.failed, times, (more) => open(machine, step, more));
}
