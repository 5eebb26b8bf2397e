import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance } from '../../runtime/dialogue/engine.ts';
import type { Program } from '../../runtime/dialogue/program.ts';
import type { Effect, Event, Expectation, Value, Wanted } from '../../runtime/dialogue/protocol.ts';
import { newState, type State } from '../../runtime/dialogue/state.ts';
import { factsOf, programOf } from '../support/engine-driver.ts';

const dialogue = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../dialogues/${name}.dialogue.yaml`, import.meta.url)), 'utf8');

/** A dialogue with what the examples leave out: every verb that waits, sub-dialogues, gates, a sensitive slot. */
const EVERYTHING = `
slots:
  party: {type: integer, min: 1, max: 12, ask: ["How many?", "How many people?"]}
  at: {type: time, ask: "When?", confirm: always}
  where: {type: choice, of: [inside, outside], ask: "Inside or outside?"}
  card: {type: digits, length: 4, ask: "The card?", sensitive: true}
tools: {pay: {about: Pays, input: {card: digits}, http: {url: "http://localhost/"}, requires: party > 1, else: {say: "No need."}}}
intro: {say: ["Hi.", "Hello."]}
inbound: start
states:
  start:
    - ask: "Book or chat?"
      answers:
        - {when: wants to book, like: [book], keys: "1", goto: booking}
        - {when: wants to chat, like: [chat], keys: "2", goto: chat}
  booking:
    - collect: [party, at, where]
    - wait: 1s
    - run: age
      save: age
    - confirm: "{{ party }} {{ where }} at {{ at }}, age {{ age }}?"
      rejected: [{clear: [at, where]}, {goto: booking}]
    - collect: card
    - {do: pay, with: {card: card}, failed: ["Again.", {goto: person}]}
    - hangup: "Done."
  chat:
    - talk: Chat.
      until: [{when: is done, like: [done], goto: person}]
      turns: 3
  person: {transfer: "+14155550199", brief: true, failed: ["Busy.", {hangup: "Nobody."}]}
anytime: [{when: asks for a person, like: [operator], keys: "0", goto: person}, {when: asks to repeat, like: [again], repeat: true}, {when: asks who speaks, like: [who], then: [{say: "I am Ana."}, {ask: "And you?", answers: [{when: is somebody, like: [somebody]}]}]}]
voicemail: {hangup: "Call us."}
`;
const AGE = `
slots: {years: {type: integer, ask: "How old?"}}
inbound: [{collect: years}, {branch: [{if: "years > 99", return: "99"}]}]
return: years
`;

const examples: readonly (readonly [string, Program])[] = [
  ['hello', programOf(dialogue('hello'))],
  ['menu', programOf(dialogue('menu'))],
  ['bistro', programOf(dialogue('bistro'))],
  ['one with everything', programOf(EVERYTHING, {}, { age: AGE })],
];

const VALUES: { readonly [type in Wanted['type']]?: readonly Value[] } = {
  integer: [4, 40, -1],
  time: ['19:00'],
  date: ['2026-03-04', '2026-03-09'],
  choice: ['inside', 'nowhere'],
  digits: ['1234', '12'],
};

/** What happens next, by numbers that stand for the choices there are then. */
interface Throw {
  kind: number;
  pick: number;
}
const throws = fc.array(fc.record({ kind: fc.nat(11), pick: fc.nat(20) }), { minLength: 5, maxLength: 40 });

/** Plays a conversation; `carry` is what becomes of the state between any two steps. */
function play(
  program: Program,
  script: readonly Throw[],
  outbound: boolean,
  carry: (state: State) => State,
): { effects: Effect[][]; state: State } {
  let state = newState(program.version, factsOf({ isInitiated: outbound }), {}, 11);
  let expectation: Expectation | null = null;
  let calls: string[] = [];
  let wakes: string[] = [];
  let at = Date.UTC(2026, 2, 3, 10);
  const effects: Effect[][] = [];
  const take = (event: Event): void => {
    const taken = advance(program, carry(state), event);
    state = taken.state;
    effects.push(taken.effects);
    for (const effect of taken.effects) {
      if (effect.kind === 'listen' || effect.kind === 'converse') expectation = effect.expectation;
      if (effect.kind === 'call-tool') calls = [...calls, effect.call];
      if (effect.kind === 'wake') wakes = [...wakes.filter((id) => id !== effect.id), effect.id];
      if (effect.kind === 'cancel-wake') wakes = wakes.filter((id) => id !== effect.id);
    }
  };
  take({ kind: 'call-started', at });
  for (const { kind, pick } of script) {
    at += 1000;
    take(eventOf(kind, pick, at, { expectation, calls, wakes }));
  }
  return { effects, state };
}

function eventOf(
  kind: number,
  pick: number,
  at: number,
  known: { expectation: Expectation | null; calls: string[]; wakes: string[] },
): Event {
  const { expectation, calls, wakes } = known;
  const spoke = (choice: string | null, slots: { [name: string]: Value }): Event => ({
    kind: 'caller-spoke',
    at,
    text: 'words',
    meaning: { choice, slots, unsure: pick % 2 === 0 ? Object.keys(slots) : [], confidence: 1, by: 'type' },
    expectation: expectation?.id ?? null,
    answered: false,
  });
  const choices = expectation?.choices ?? [];
  const slots = expectation?.slots ?? [];
  switch (kind) {
    case 0:
    case 1:
    case 2:
      return spoke(choices[pick % Math.max(1, choices.length)]?.id ?? null, {});
    case 3:
    case 4:
    case 5: {
      const slot = slots[pick % Math.max(1, slots.length)];
      const values = slot ? (VALUES[slot.type] ?? ['words']) : [];
      return spoke(null, slot ? { [slot.name]: values[pick % values.length]! } : {});
    }
    case 6:
      return spoke(null, {});
    case 7:
      return { kind: 'key-pressed', at, key: '0123456789*#'[pick % 12]! };
    case 8:
      return { kind: 'time-passed', at, wake: wakes[pick % Math.max(1, wakes.length)] ?? 'silence:e1' };
    case 9: {
      const call = calls[pick % Math.max(1, calls.length)] ?? 't1';
      return pick % 3 === 0
        ? { kind: 'tool-failed', at, call, code: 'x', message: '' }
        : { kind: 'tool-returned', at, call, output: { free: pick % 2 === 0 } };
    }
    case 10:
      return { kind: 'transfer-failed', at, reason: 'busy' };
    default:
      return pick % 2 === 0 ? { kind: 'line-resumed', at } : { kind: 'model-missing', at };
  }
}

/** A caller who is being transferred comes back. */
function back(program: Program, state: State): State {
  if (state.phase !== 'transferring') return state;
  return advance(program, state, { kind: 'transfer-failed', at: 0, reason: 'busy' }).state;
}

const kept = (state: State): State => state;
const written = (state: State): State => JSON.parse(JSON.stringify(state)) as State;

describe.each(examples)('any conversation of %s', (_, program) => {
  it('is the same when it is written down and taken up again after every step', () => {
    fc.assert(
      fc.property(throws, fc.boolean(), (script, outbound) => {
        const one = play(program, script, outbound, kept);
        const other = play(program, script, outbound, written);
        expect(other).toEqual(one);
      }),
      { numRuns: 300 },
    );
  });

  it('waits for something after every step, or is ending, and ends when the caller falls silent', () => {
    fc.assert(
      fc.property(throws, fc.boolean(), (script, outbound) => {
        let { state } = play(program, script, outbound, written);
        expect(state.endReason === 'error' && state.phase === 'running').toBe(false);
        let rounds = 0;
        const silent = (wake: string): void => {
          state = advance(program, state, { kind: 'time-passed', at: 0, wake }).state;
        };
        while (state.phase === 'running' && rounds++ < 60) {
          const { memory } = state.stack.at(-1)!;
          if (memory?.kind === 'listening') {
            silent(`wait:${memory.expectation}`);
            silent(`silence:${memory.expectation}`);
          } else if (memory?.kind === 'doing') silent(`lost:${memory.call}`);
          else throw new Error('The call runs, but waits for nothing.');
          state = back(program, state);
        }
        expect(state.phase === 'ending' || state.phase === 'transferring').toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
