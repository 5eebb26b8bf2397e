/** What the checker proves, held against the engine: random dialogues with a caller who never says a word. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, type MockInstance, vi } from 'vitest';
import { checkMeaning } from '../../runtime/dialogue/check.ts';
import { compilePart } from '../../runtime/dialogue/compile.ts';
import { type DocumentFile, mapOf } from '../../runtime/dialogue/document-file.ts';
import { Machine } from '../../runtime/dialogue/machine.ts';
import { Prover } from '../../runtime/dialogue/proofs/prove.ts';
import { readSource } from '../../runtime/dialogue/read.ts';
import { checkShape } from '../../runtime/dialogue/shape.ts';
import { APP, Driver, programOf } from '../support/engine-driver.ts';

/* oxlint-disable unicorn/no-thenable -- `then` is a key of the language. */

/** Each is read, checked, proved and called. */
const RUNS = 200;

const STATES = ['a', 'b', 'c', 'd'];
const SLOTS = { n: { type: 'integer', ask: ['How many?', { goto: 'd' }] }, day: { type: 'date' } };
const TOOLS = {
  find: { about: 'Finds', http: { url: 'http://127.0.0.1/' } },
  gated: { about: 'Finds', http: { url: 'http://127.0.0.1/' }, requires: 'n > 3', else: { say: 'No.' } },
};
/** Dialogues to run: one speaks, one listens, one hangs up. */
const OTHERS = {
  speaks: 'inbound: [{ say: Hm. }, { return: 1 }]\n',
  listens: 'inbound: [{ ask: "Yes?", answers: [{ when: agrees, like: ["yes"] }] }]\n',
  leaves: 'inbound: { hangup: Bye. }\n',
};

const state = fc.constantFrom(...STATES);
const leaving = fc.oneof(
  { weight: 4, arbitrary: state.map((goto) => ({ goto })) },
  { weight: 1, arbitrary: fc.constant({ hangup: 'Bye.' }) },
  { weight: 1, arbitrary: fc.constant({ return: 1 }) },
);
/** Conditions that a silent caller never, always, or sooner or later meets. */
const condition = fc.constantFrom('session.isInitiated', '!session.isInitiated', '(n ?? 0) > 3', 'n > 3');

const { steps } = fc.letrec<{ step: object; steps: object[]; ladder: unknown[]; then: object }>((tie) => {
  const ladder = fc.option(tie('ladder'), { nil: undefined });
  const without = (value: object): object =>
    Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
  return {
    ladder: fc.array(fc.oneof(fc.constant('Hello?'), leaving, tie('step')), { minLength: 1, maxLength: 3 }),
    then: fc.oneof(
      leaving,
      tie('steps').map((then) => ({ then })),
      fc.constant({ repeat: true }),
      fc.constant({}),
    ),
    steps: fc.array(tie('step'), { minLength: 1, maxLength: 3 }),
    step: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'step' },
      leaving,
      fc.constantFrom(
        { say: 'Hm.' },
        { set: { n: '(n ?? 0) + 1' } },
        { set: { n: 'null' } },
        { clear: ['n', 'day'] },
        { wait: '2s' },
        { repeat: true },
        { press: '1' },
        { callback: "'PT1H'" },
        { run: 'speaks' },
        { run: 'listens' },
        { run: 'leaves' },
      ),
      fc.record({ collect: fc.constantFrom(['n'], ['day'], ['n', 'day']), silence: ladder }).map(without),
      fc.record({ confirm: fc.constant('Right?'), rejected: ladder, silence: ladder }).map(without),
      fc
        .record({ do: fc.constantFrom('find', 'gated'), save: fc.constant('found'), failed: ladder })
        .map(without),
      fc.record({ transfer: fc.constantFrom('+14155550199', 'manager'), failed: ladder }).map(without),
      fc
        .record({
          talk: fc.constant('Chat.'),
          until: fc.array(tie('then'), { minLength: 1, maxLength: 2 }),
          silence: ladder,
        })
        .map(({ until, ...rest }) => without({ ...rest, until: until.map(asOption) })),
      fc
        .record({
          ask: fc.constant('What?'),
          answers: fc.array(tie('then'), { minLength: 1, maxLength: 2 }),
          silence: ladder,
        })
        .map(({ answers, ...rest }) => without({ ...rest, answers: answers.map(asOption) })),
      fc
        .tuple(condition, tie('steps'), fc.option(tie('steps'), { nil: null }))
        .map(([one, then, otherwise]) => ({
          branch: [{ if: one, then }, ...(otherwise === null ? [] : [{ else: otherwise }])],
        })),
    ),
  };
});

function asOption(then: object, index: number): object {
  return { when: `means ${index}`, like: [`number ${index}`], ...then };
}

const dialogue = fc
  .record({
    states: fc.tuple(steps, steps, steps, steps),
    gate: fc.option(condition, { nil: null }),
    anytime: fc.option(steps, { nil: null }),
    silence: fc.option(fc.array(fc.oneof(fc.constant('Hello?'), leaving), { minLength: 1, maxLength: 2 }), {
      nil: null,
    }),
    failed: fc.option(fc.array(fc.oneof(fc.constant('Sorry.'), leaving), { minLength: 1, maxLength: 2 }), {
      nil: null,
    }),
  })
  .map(({ states: [a, b, c, d], gate, anytime, silence, failed }) => ({
    slots: SLOTS,
    tools: TOOLS,
    inbound: 'a',
    states: { a, b, c: gate === null ? c : { requires: gate, steps: c, else: { goto: 'd' } }, d },
    ...(anytime && { anytime: [{ when: 'asks for more', like: ['more'], then: anytime }] }),
    ...(silence && { silence }),
    ...(failed && { failed }),
  }));

function fileOf(id: string, text: string): DocumentFile {
  const source = readSource(`${id}.dialogue.yaml`, text);
  const { problems, held } = checkShape('dialogue', source);
  expect([...source.problems, ...problems]).toEqual([]);
  return { kind: 'dialogue', id, source, data: mapOf(source.data), held };
}

/** The codes of all problems, with what says that only a condition may end a loop. */
function codesOf(text: string): string[] {
  const files = [fileOf('test', text), ...Object.entries(OTHERS).map(([id, other]) => fileOf(id, other))];
  const [file] = files;
  const prover = new Prover(
    new Map(files.map((one) => [one.id, one])),
    new Set(['test']),
    ({ id, source, data }) => compilePart(APP, id, { file: source.file, document: data }),
  );
  const problems = [...checkMeaning(files, new Set(files), {}), ...(file ? prover.prove(file) : [])];
  return problems
    .filter(
      ({ severity, code }) => severity === 'error' || code === 'deaf-loop' || code === 'endless-silence',
    )
    .map(({ code }) => code);
}

let walks: MockInstance;
beforeEach(() => {
  walks = vi.spyOn(Machine.prototype, 'step', 'get');
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** How a call with a caller who says nothing ends: `endless`, `capped` where the engine had to break off, or well. */
function silentCall(text: string, toolsFail: boolean): string {
  const driver = new Driver(programOf(text, {}, OTHERS));
  const walked = (): boolean => walks.mock.calls.length >= 1_000;
  walks.mockClear();
  driver.start();
  for (let events = 0; events < 400; events++) {
    if (walked()) return 'capped';
    if (driver.state.phase !== 'running' && driver.state.phase !== 'transferring') return 'ended';
    walks.mockClear();
    const call = driver.effects.findLast((effect) => effect.kind === 'call-tool');
    if (driver.state.phase === 'transferring') {
      driver.send({ kind: 'transfer-failed', reason: 'no-answer' });
    } else if (call?.kind === 'call-tool') {
      driver.send(
        toolsFail
          ? { kind: 'tool-failed', call: call.call, code: 'broken', message: 'Broken.' }
          : { kind: 'tool-returned', call: call.call, output: {} },
      );
    } else {
      const wakes = [...driver.wakes.keys()].filter((id) => /^(silence|wait|heard):/.test(id));
      const wake = wakes.at(-1);
      if (wake === undefined) return 'stuck';
      driver.wakes.clear();
      driver.send({ kind: 'time-passed', wake });
    }
  }
  return 'endless';
}

/** Whether the engine had to break off a turn of a caller who says, presses or keeps back anything. */
function isCapped(text: string, moves: readonly number[]): boolean {
  const driver = new Driver(programOf(text, {}, OTHERS));
  walks.mockClear();
  driver.start();
  for (const move of moves) {
    if (walks.mock.calls.length >= 1_000) return true;
    if (driver.state.phase !== 'running' && driver.state.phase !== 'transferring') return false;
    walks.mockClear();
    const call = driver.effects.findLast((effect) => effect.kind === 'call-tool');
    const { expectation } = driver;
    const choice = expectation?.choices[move % (expectation.choices.length || 1)];
    const wake = [...driver.wakes.keys()].filter((id) => /^(silence|wait|heard):/.test(id)).at(-1);
    if (driver.state.phase === 'transferring') driver.send({ kind: 'transfer-failed', reason: 'busy' });
    else if (call?.kind === 'call-tool') driver.send({ kind: 'tool-returned', call: call.call, output: {} });
    else if (move > 6 && wake !== undefined) driver.send({ kind: 'time-passed', wake });
    else if (choice) driver.gives({}, [], choice.id);
    else if (expectation) driver.gives(move % 2 === 0 ? { n: move } : { day: '2026-03-04' });
  }
  return walks.mock.calls.length >= 1_000;
}

it('a dialogue without a deaf loop never walks on without listening, whatever the caller does', () => {
  let right = 0;
  const moves = fc.array(fc.nat(9), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(dialogue, moves, (document, list) => {
      const text = JSON.stringify(document);
      if (codesOf(text).some((code) => code !== 'endless-silence' && code !== 'no-end')) return;
      right++;
      expect(isCapped(text, list)).toBe(false);
    }),
    { numRuns: RUNS },
  );
  expect(right).toBeGreaterThan(RUNS / 10);
});

it('a dialogue in which no error is found comes to its end with a caller who says nothing', () => {
  let right = 0;
  fc.assert(
    fc.property(dialogue, fc.boolean(), (document, toolsFail) => {
      const text = JSON.stringify(document);
      if (codesOf(text).length > 0) return;
      right++;
      expect(silentCall(text, toolsFail)).toBe('ended');
    }),
    { numRuns: RUNS },
  );
  // A test of nothing but dialogues with mistakes would prove nothing.
  expect(right).toBeGreaterThan(RUNS / 20);
});

it('a dialogue that the engine cannot bring to its end with a silent caller has an error', () => {
  let wrong = 0;
  fc.assert(
    fc.property(dialogue, (document) => {
      const text = JSON.stringify(document);
      const codes = codesOf(text);
      if (codes.some((code) => code !== 'deaf-loop' && code !== 'endless-silence' && code !== 'no-end'))
        return;
      if (silentCall(text, false) === 'ended') return;
      wrong++;
      expect(codes).not.toEqual([]);
    }),
    { numRuns: RUNS },
  );
  expect(wrong).toBeGreaterThan(RUNS / 50);
});
