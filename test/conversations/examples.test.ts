import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Catalog } from '../../runtime/catalog.ts';
import { compile } from '../../runtime/dialogue/compile.ts';
import type { Program } from '../../runtime/dialogue/program.ts';
import type { Effect, Value } from '../../runtime/dialogue/protocol.ts';
import { startExampleServer } from '../../runtime/example-server.ts';
import { messageOf, OffhookError } from '../../runtime/errors.ts';
import { silentLog } from '../../runtime/log.ts';
import { httpTools } from '../../runtime/tools/http.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { Driver, factsOf } from '../support/engine-driver.ts';

const folder = fileURLToPath(new URL('../../dialogues', import.meta.url));

let booking: Awaited<ReturnType<typeof startExampleServer>>;
let catalog: Catalog;

beforeAll(async () => {
  booking = await startExampleServer();
  catalog = await Catalog.open(folder, { BOOKING_URL: booking.url }, compile, silentLog);
});

afterAll(async () => {
  await booking.close();
});

interface Call {
  lines: string[];
  ended: boolean;
}

/** Holds a conversation as the keyless runtime does; `~` is a caller who says nothing. */
async function converse(
  key: string,
  caller: readonly string[],
  more: { outbound?: boolean; attributes?: Record<string, Value>; bookingUrl?: string } = {},
): Promise<Call> {
  const { program } = catalog.find(key)!;
  const driver = new Driver(program, factsOf({ isInitiated: more.outbound ?? false }), more.attributes ?? {});
  const lines: string[] = [];
  const settle = async (): Promise<void> => {
    for (let calls = toolCalls(driver.effects); ; calls = toolCalls(driver.effects)) {
      lines.push(
        ...driver.effects.flatMap((effect) => (effect.kind === 'say' ? [`agent: ${effect.text}`] : [])),
      );
      if (calls.length === 0) return;
      // oxlint-disable-next-line no-await-in-loop
      for (const one of calls) await answer(driver, program, one, more.bookingUrl ?? booking.url);
    }
  };
  driver.send({ kind: 'call-started' });
  await settle();
  for (const text of caller) {
    if (driver.hungUp !== null) break;
    lines.push(`caller: ${text}`);
    if (text === '~') driver.wake('silence');
    else if (/^[\d*#]$/.test(text)) driver.send({ kind: 'key-pressed', key: text });
    else {
      const meaning = understandByRules(driver.expectation!, text);
      const expectation = driver.expectation!.id;
      driver.send({ kind: 'caller-spoke', text, meaning, expectation, answered: false });
    }
    // oxlint-disable-next-line no-await-in-loop
    await settle();
  }
  return { lines, ended: driver.hungUp !== null };
}

type ToolCall = Extract<Effect, { kind: 'call-tool' }>;

const toolCalls = (effects: readonly Effect[]): ToolCall[] =>
  effects.filter((effect): effect is ToolCall => effect.kind === 'call-tool');

async function answer(
  driver: Driver,
  program: Program,
  { call, tool, input }: ToolCall,
  url: string,
): Promise<void> {
  const signal = new AbortController().signal;
  try {
    const output = await httpTools(program.tools, { BOOKING_URL: url }).call({
      tool,
      input,
      key: call,
      signal,
    });
    driver.send({ kind: 'tool-returned', call, output });
  } catch (thrown) {
    const code = thrown instanceof OffhookError ? thrown.code : 'unknown';
    driver.send({ kind: 'tool-failed', call, code, message: messageOf(thrown) });
  }
}

it('the examples have no error and no warning', () => {
  expect(catalog.problems).toEqual([]);
  expect(catalog.list().map(({ facts }) => [facts.id, facts.public])).toEqual([
    ['bistro', true],
    ['hello', true],
    ['menu', true],
  ]);
});

describe('bistro', () => {
  it('books a table for a caller who asks for one', async () => {
    const call = await converse('bistro', ['a table please', 'two', 'tomorrow', 'at seven', 'yes']);
    expect(call.lines.slice(1)).toEqual([
      'agent: How can I help you?',
      'caller: a table please',
      'agent: For how many people?',
      'caller: two',
      'agent: For today, tomorrow or Friday?',
      'caller: tomorrow',
      'agent: At seven or at eight?',
      'caller: at seven',
      'agent: A table for 2, tomorrow at seven. Is that right?',
      'caller: yes',
      'agent: It is yours. See you then. Goodbye.',
    ]);
    expect(call.ended).toBe(true);
  });

  it('offers another time on Friday at eight, by keys too', async () => {
    const call = await converse('bistro', ['1', '4', '3', '8', '1', '1']);
    expect(call.lines.filter((line) => line.startsWith('agent')).slice(5)).toEqual([
      'agent: I am sorry, on Friday at eight we are full. Would seven do?',
      'agent: A table for 4, on Friday at seven. Is that right?',
      'agent: It is yours. See you then. Goodbye.',
    ]);
    expect(call.ended).toBe(true);
  });

  it.each([
    ['um I would like to reserve a table', 'the two of us', 'this Friday', "seven o'clock", "that's right"],
    [
      'could I make a reservation please',
      'there will be five of us',
      'tonight',
      'eight would be better',
      'yep perfect',
    ],
    [
      'do you have anything free tomorrow, I need a table',
      'for six please',
      'tomorrow evening',
      'eight pm',
      'yes please',
    ],
  ])('understands "%s"', async (...caller) => {
    const call = await converse('bistro', caller);
    expect(call.lines.at(-1)).toBe('agent: It is yours. See you then. Goodbye.');
    expect(call.ended).toBe(true);
  });

  it('answers a question without a model, and books afterwards', async () => {
    const call = await converse('bistro', ['when are you open', 'then a table please']);
    expect(call.lines.slice(2)).toEqual([
      'caller: when are you open',
      'agent: We are open every day from noon to eleven. Today we have tomato soup for six euros, mushroom risotto for fourteen euros, and lemon tart for seven euros.',
      'agent: Would you like a table, or is that all?',
      'caller: then a table please',
      'agent: For how many people?',
    ]);
    expect((await converse('bistro', ['what is on the menu', 'no thanks, that is all'])).lines.at(-1)).toBe(
      'agent: Thank you for calling. Goodbye.',
    );
  });

  it('reminds a guest whom it calls, and lets the guest change the mind', async () => {
    const kept = await converse('bistro', ['of course'], { outbound: true, attributes: { time: '20:00' } });
    expect(kept.lines.slice(1)).toEqual([
      'agent: You have a table with us tonight at 20:00. Will you come?',
      'caller: of course',
      'agent: We look forward to it. Goodbye.',
    ]);
    const moved = await converse('bistro', ["no, we can't make it", 'yes another day', '2'], {
      outbound: true,
    });
    expect(moved.lines.at(-1)).toBe('agent: For today, tomorrow or Friday?');
    expect(moved.lines[1]).toBe('agent: You have a table with us tonight at seven. Will you come?');
  });

  it('repeats, starts over and says goodbye at any moment', async () => {
    const call = await converse('bistro', [
      'a table please',
      'could you say that again',
      'start over',
      'never mind',
    ]);
    expect(call.lines.slice(3)).toEqual([
      'agent: For how many people?',
      'caller: could you say that again',
      'agent: For how many people?',
      'caller: start over',
      'agent: How can I help you?',
      'caller: never mind',
      'agent: Thank you for calling. Goodbye.',
    ]);
  });

  it('says that it is sorry where the booking service cannot be reached', async () => {
    const call = await converse('bistro', ['1', '2', '1', '7'], { bookingUrl: 'http://127.0.0.1:1' });
    expect(call.lines.slice(-2)).toEqual([
      'agent: I am sorry, I cannot look into our book right now.',
      'agent: Thank you for calling. Goodbye.',
    ]);
    expect(call.ended).toBe(true);
  });
});

describe('every example ends', () => {
  it.each(['bistro', 'hello', 'menu'])('%s, for a caller who says nothing', async (key) => {
    const call = await converse(
      key,
      Array.from({ length: 8 }, () => '~'),
    );
    expect(call.ended).toBe(true);
    expect(call.lines.at(-1)).toMatch(/^agent: .*Goodbye\.$/);
  });

  it.each(['bistro', 'hello', 'menu'])('%s, for a caller whom nobody understands', async (key) => {
    const call = await converse(
      key,
      Array.from({ length: 8 }, () => 'purple elephants'),
    );
    expect(call.ended).toBe(true);
    expect(call.lines.at(-1)).toMatch(/^agent: .*Goodbye\.$/);
  });
});

describe('menu', () => {
  it('is all keys', async () => {
    const call = await converse('menu', ['9', '1', '1', '2', '2']);
    expect(call.lines.slice(2)).toEqual([
      'caller: 9',
      'agent: Please press 1, 2, or star.',
      'caller: 1',
      'agent: We are open from nine to seven on working days, and until noon on Saturdays.',
      'agent: To go back to the menu, press 1. To end the call, press 2.',
      'caller: 1',
      'agent: For opening hours, press 1. To renew your books, press 2. To hear this again, press star.',
      'caller: 2',
      'agent: For all your books, press 1. For the one that is due first, press 2.',
      'caller: 2',
      'agent: That book is yours for another four weeks.',
      'agent: Thank you for calling the library. Goodbye.',
    ]);
    expect(call.ended).toBe(true);
  });
});

const post = (body: string): Promise<Response> => fetch(`${booking.url}/tables`, { method: 'POST', body });

const wish = async (day: string, time: string): Promise<unknown> =>
  (await post(JSON.stringify({ party: 2, day, time }))).json();

describe('the example booking service', () => {
  it('has everything free but Friday at eight', async () => {
    expect(await wish('Friday', '20:00')).toEqual({ free: false, time: '19:00', table: null });
    expect(await wish('Friday', '19:00')).toEqual({ free: true, time: '19:00', table: 2 });
    expect(await wish('today', '20:00')).toEqual({ free: true, time: '20:00', table: 2 });
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"party": "2", "day": "today", "time": "19:00"}',
    `"${'x'.repeat(20_000)}"`,
  ])('refuses what is no wish for a table (%#)', async (body) => {
    const response = await post(body);
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'The body should be JSON with party, day and time.' },
    ]);
  });

  it('has no other page', async () => {
    expect((await fetch(`${booking.url}/tables`)).status).toBe(404);
    expect((await fetch(`${booking.url}//%`, { method: 'POST' })).status).toBe(404);
  });
});
