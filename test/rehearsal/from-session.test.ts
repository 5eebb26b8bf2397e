import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { onTestFinished, describe, expect, it, vi } from 'vitest';
import { Costs } from '../../runtime/call/costs.ts';
import { Conversation } from '../../runtime/call/conversation.ts';
import type { Test } from '../../runtime/dialogue/document.ts';
import type { Program } from '../../runtime/dialogue/program.ts';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import { OffhookError } from '../../runtime/errors.ts';
import { silentLog } from '../../runtime/log.ts';
import { Coverage } from '../../runtime/rehearsal/coverage.ts';
import { sessionOf, stateOf } from '../../runtime/rehearsal/facts.ts';
import { testFromSession } from '../../runtime/rehearsal/from-session.ts';
import { RehearsedPairings } from '../../runtime/rehearsal/pairings.ts';
import { RehearsedLine } from '../../runtime/rehearsal/line.ts';
import { loadSuite, programOf, runTests, type TestResult } from '../../runtime/rehearsal/suite.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { sqlitePlace } from '../store/places.ts';
import { folderWith, partsWith, PIZZA } from './house.ts';

interface Phone {
  clock: FakeClock;
  line: RehearsedLine;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  conversation: Conversation;
  pairings: RehearsedPairings;
}

interface Held {
  /** The test that was written. */
  text: string;
  result: TestResult;
}

/** Holds a call with a real store, has a test written from it, and runs that test. */
async function held(
  call: Pick<Test, 'inbound' | 'outbound' | 'user'>,
  does: (phone: Phone) => Promise<void>,
  more: { dialogue?: string; tool?: (input: unknown) => Promise<Value> } = {},
): Promise<Held> {
  const folder = await folderWith({
    'pizza.dialogue.yaml': more.dialogue ?? PIZZA,
    'pizza.app.yaml': 'transfers: {chef: "+14155550199"}\nnumbers: ["+14155550100"]\n',
  });
  const { loaded } = await loadSuite(folder, {});
  const program = programOf(loaded, { app: 'pizza' }, {});
  if (!program) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const place = await sqlitePlace();
  onTestFinished(() => place.drop());
  const store = await openStore(place.database, silentLog);
  try {
    const id = await record(program, store, call, does, more.tool);
    const session = await store.sessionDetail(id);
    if (!session) throw new Error('The session was not kept.');
    const text = testFromSession(session, program, 'app');
    await writeFile(join(folder, 'pizza.test.yaml'), text);
  } finally {
    await store.close();
  }
  const suite = await loadSuite(folder, {});
  const [file] = suite.files;
  if (!file) throw new Error(suite.problems.map(({ message }) => message).join('\n'));
  const results: TestResult[] = [];
  await runTests(file, partsWith(), { filter: '', coverage: new Coverage() }, (one) => results.push(one));
  return { text: file.test.source.text, result: results[0]! };
}

/** The call, as it is held with another clock and another line than a test's. */
async function record(
  program: Program,
  store: Store,
  call: Pick<Test, 'inbound' | 'outbound' | 'user'>,
  does: (phone: Phone) => Promise<void>,
  tool: (input: unknown) => Promise<Value> = () => Promise.resolve({ minutes: 20 }),
): Promise<string> {
  const clock = new FakeClock(Date.UTC(2026, 2, 3, 9));
  const test: Test = {
    name: 'recorded',
    now: '2026-03-03T09:00:00Z',
    zone: 'Europe/Prague',
    turns: [],
    ...call,
  };
  const session = { ...sessionOf(test, program), endedAt: null };
  await store.addSession(session);
  const line = new RehearsedLine(clock, () => undefined);
  let over = false;
  let writing = 0;
  const { understand, metrics } = partsWith();
  const pairings = new RehearsedPairings(clock, 471902);
  const conversation = new Conversation(
    {
      store: {
        ...store,
        async writeStep(step) {
          writing++;
          await store.writeStep(step).finally(() => writing--);
        },
      },
      understand,
      metrics,
      model: null,
      clock,
      log: silentLog,
      pairing: pairings,
      tools: { call: ({ input }) => tool(input), offer: () => null, close: () => Promise.resolve() },
    },
    {
      session,
      program,
      state: stateOf(test, session, program),
      sequence: 0,
      firstTurn: 0,
      channel: (on) => line.joined(on),
      live: () => undefined,
      costs: new Costs(new Map(), []),
      handOver: () => Promise.resolve(false),
      callBack: () => undefined,
      ended: () => (over = true),
    },
  );
  // The database needs real time: no time of the call passes meanwhile.
  const pass = async (ms: number): Promise<void> => {
    const end = clock.now() + ms;
    do {
      await clock.advanceAsync(Math.min(50, end - clock.now()));
      while (writing > 0) await clock.advanceAsync(0);
    } while (clock.now() < end);
  };
  conversation.begin(null);
  await pass(0);
  await does({ clock, line, pass, conversation, pairings });
  await pass(1_000);
  if (!over) line.leave();
  await vi.waitFor(() => expect(over).toBe(true));
  return session.id;
}

describe('a test that is written from a call', () => {
  it('is the call as it went, and passes', async () => {
    const { text, result } = await held({ inbound: { from: '+14155550123' } }, async ({ line, pass }) => {
      await pass(4_000);
      line.speak('a small one');
      await pass(10_000);
    });
    expect(result.failure).toBeNull();
    expect(text.replace(/(session|call) [0-9a-f]{32}/g, '$1 ID'))
      .toBe(`# yaml-language-server: $schema=../schemas/test.schema.json
# Written from the session ID by \`offhook test --from-session\`.

app: pizza
tests:
  - name: goes as the call ID went
    now: 2026-03-03T09:00:00.000Z
    zone: Europe/Prague
    inbound: {from: "+14155550123"}
    tools: {place: {minutes: 20}}
    turns:
      - agent: [Pizza Presto., Small or large?]
      - caller: a small one
      - agent: [It takes 20 minutes., Enjoy it. Goodbye.]
      - expect: {tools: [place]}
      - ended: agent-hung-up
`);
  });

  it('knows the keys, the silences and the interruptions', async () => {
    const { text, result } = await held({}, async ({ line, pass, clock }) => {
      await pass(900);
      line.key('9');
      await pass(1_000);
      line.speak('blue blue blue');
      await pass(12_000);
      expect(clock.now()).toBeGreaterThan(0);
      line.key('2');
      await pass(300);
      line.key('2');
      await pass(12_000);
    });
    expect(result.failure).toBeNull();
    expect(text).toContain('caller: {keys: "9", after: ');
    expect(text).toContain('caller: {interrupt: blue blue blue, after: ');
    expect(text).toContain('caller: {silence: 7s}');
    expect(text).toContain('caller: {keys: "22"}');
  });

  it('hangs up where the caller did', async () => {
    const middle = await held({}, async ({ line, pass }) => {
      await pass(1_500);
      line.leave();
      await pass(100);
    });
    expect(middle.result.failure).toBeNull();
    expect(middle.text).toContain('caller: {hangup: true, after: ');
    expect(middle.text).toContain('ended: caller-hung-up');
    const after = await held({}, async ({ line, pass }) => {
      await pass(5_000);
      line.leave();
      await pass(100);
    });
    expect(after.result.failure).toBeNull();
    expect(after.text).toContain('caller: {hangup: true}');
  });

  it('hangs up in the middle of a tool call where the caller did', async () => {
    const { text, result } = await held(
      {},
      async ({ line, pass }) => {
        await pass(5_000);
        line.speak('a small one');
        await pass(700);
        line.leave();
        await pass(100);
      },
      { tool: () => new Promise(() => undefined) },
    );
    expect(result.failure).toBeNull();
    expect(text).toContain('tools: {place: {result: null, after: 10m}}');
    expect(text).toContain('caller: {hangup: true, after: 700ms}');
  });

  it('lets the tools fail that failed', async () => {
    const { text, result } = await held(
      {},
      async ({ line, pass }) => {
        await pass(5_000);
        line.speak('a large one');
        await pass(5_000);
      },
      { tool: () => Promise.reject(new OffhookError('tool-refused', 'It said no.')) },
    );
    expect(result.failure).toBeNull();
    expect(text).toContain('tools: {place: {error: tool-refused}}');
    expect(text).toContain('agent: The oven is cold.');
  });

  it('says where something is masked, and holds nothing of it', async () => {
    const { text, result } = await held({}, async ({ line, pass }) => {
      await pass(5_000);
      line.speak('by card');
      await pass(5_000);
      for (const key of '4711') line.key(key);
      await pass(5_000);
    });
    expect(result.failure).toBeNull();
    expect(text).not.toContain('4711');
    expect(text).toContain(
      '# The keys pressed here are masked: write some that fit.\n      - caller: {keys: "0000"}',
    );
    expect(text).toContain('agent: Paid with');
  });

  it('asks for a pattern where the agent had a choice of words', async () => {
    const dialogue = `inbound: {hangup: ["Bye, friend (you know).", "So long, {{ session.direction }} friend."]}`;
    const { text, result } = await held({}, ({ pass }) => pass(5_000), { dialogue });
    expect(result.failure).toBeNull();
    expect(text).toContain('agent: /(?:Bye, friend \\(you know\\)\\.|So long, .*? friend\\.)/');
  });

  it('keeps the time between two keys, of which the second cuts what the first led to', async () => {
    const { text, result } = await held({}, async ({ line, pass }) => {
      await pass(50);
      line.key('0');
      await pass(0);
      await pass(700);
      line.key('1');
      await pass(5_000);
    });
    expect(result.failure, text).toBeNull();
    expect(text).toContain('- caller: {keys: "1", after: 700ms}');
  });

  it('passes whatever the caller did, and when', async () => {
    const act = fc.record({
      does: fc.constantFrom('speak', 'speak', 'key', 'wait', 'leave'),
      text: fc.constantFrom('a small one', 'a large one', 'the chef', 'by card', 'blue blue blue', 'hm'),
      key: fc.constantFrom('1', '2', '9', '0'),
      ms: fc.integer({ min: 50, max: 9_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 7 }), async (acts) => {
        const { text, result } = await held({}, async ({ line, pass }) => {
          for (const { does, text: words, key, ms } of acts) {
            await pass(ms);
            if (line.closed) return;
            if (does === 'speak') line.speak(words);
            if (does === 'key') line.key(key);
            if (does === 'leave') line.leave();
            await pass(0);
          }
          await pass(5_000);
        });
        // Its author is asked to write words that fit.
        fc.pre(!text.includes('What was said here is masked'));
        expect(result.failure, text).toBeNull();
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it('has the caller paired where that happened', async () => {
    const call: Pick<Test, 'inbound' | 'user'> = {
      inbound: { from: '+14155550123' },
      user: { paired: false },
    };
    const { text, result } = await held(call, async ({ line, pairings, pass }) => {
      await pass(22_000);
      pairings.claim({ name: 'Ana' });
      await pass(6_000);
      line.speak('a small one');
      await pass(10_000);
    });
    expect(result.failure).toBeNull();
    expect(text).toContain('user: {paired: false}');
    expect(text).toContain(
      'agent: ["This phone is not paired yet. Its pairing code is:", "To hear it again, press the star key."]',
    );
    expect(text).toMatch(/caller: \{claims: \{name: Ana\}/);
    expect(text).not.toMatch(/4[^0-9]{0,4}7[^0-9]{0,4}1[^0-9]{0,4}9/);
  });

  it('begins as the call began, whatever its dialogue changed at once', async () => {
    const dialogue = `
inbound: {hangup: "Bye."}
outbound:
  - set: {session.locale: "'de-DE'", session.attributes.city: "'Paris'", session.attributes.seen: "true"}
  - hangup: "Tschüs {{ session.attributes.city }}."`;
    const call = { outbound: { to: '+14155550123', attributes: { city: 'Rome' } } };
    const { text, result } = await held(call, ({ pass }) => pass(5_000), { dialogue });
    expect(result.failure).toBeNull();
    expect(text).toContain('outbound: {to: "+14155550123", attributes: {city: Rome}}');
  });

  it('is outbound, with what was known, where the call was', async () => {
    const call: Pick<Test, 'outbound' | 'user'> = {
      outbound: { to: '+14155550123', attributes: { city: 'Rome' } },
      user: { name: 'Eva' },
    };
    const { text, result } = await held(call, async ({ conversation, pass }) => {
      await pass(1_000);
      conversation.machineAnswered();
      await pass(6_000);
    });
    expect(result.failure).toBeNull();
    expect(text).toContain('outbound: {to: "+14155550123", attributes: {city: Rome}}');
    expect(text).toContain('user: {name: Eva}');
    expect(text).toContain('caller: {machine: true}');
    expect(text).toContain('ended: machine');
  });
});
