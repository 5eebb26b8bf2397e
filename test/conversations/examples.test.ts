import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Catalog } from '../../runtime/catalog.ts';
import { systemClock } from '../../runtime/clock.ts';
import { compile } from '../../runtime/dialogue/compile.ts';
import type { Program } from '../../runtime/dialogue/program.ts';
import type { Effect, Value } from '../../runtime/dialogue/protocol.ts';
import { startExampleServer } from '../../runtime/example-server.ts';
import { messageOf, OffhookError } from '../../runtime/errors.ts';
import { silentLog } from '../../runtime/log.ts';
import { toolsOf } from '../../runtime/tools/toolbox.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { Driver, factsOf } from '../support/engine-driver.ts';

const folder = fileURLToPath(new URL('../../dialogues', import.meta.url));

let booking: Awaited<ReturnType<typeof startExampleServer>>;
let catalog: Catalog;

beforeAll(async () => {
  booking = await startExampleServer();
  catalog = await Catalog.open(folder, booking.env, compile, silentLog);
});

afterAll(async () => {
  await booking.close();
});

interface Call {
  lines: string[];
  ended: boolean;
  transferred: string | null;
}

/** Holds a conversation as the keyless runtime does; `~` is a caller who says nothing. */
async function converse(
  key: string,
  caller: readonly string[],
  more: { outbound?: boolean; attributes?: Record<string, Value>; env?: Record<string, string> } = {},
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
      for (const one of calls) await answer(driver, program, one, more.env ?? booking.env);
    }
  };
  driver.send({ kind: 'call-started' });
  await settle();
  for (const text of caller) {
    if (driver.hungUp !== null || driver.state.phase === 'transferring') break;
    lines.push(`caller: ${text}`);
    if (text === '~') driver.wake('silence');
    else if (/^[\d*#]$/.test(text)) driver.press(text);
    else {
      const meaning = understandByRules(driver.expectation!, text);
      const expectation = driver.expectation!.id;
      driver.send({ kind: 'caller-spoke', text, meaning, expectation, answered: false });
    }
    // oxlint-disable-next-line no-await-in-loop
    await settle();
  }
  return { lines, ended: driver.hungUp !== null, transferred: driver.state.transfer?.to ?? null };
}

type ToolCall = Extract<Effect, { kind: 'call-tool' }>;

const toolCalls = (effects: readonly Effect[]): ToolCall[] =>
  effects.filter((effect): effect is ToolCall => effect.kind === 'call-tool');

async function answer(
  driver: Driver,
  program: Program,
  { call, dialogue, tool, input }: ToolCall,
  env: Record<string, string>,
): Promise<void> {
  const { signal } = new AbortController();
  const tools = toolsOf(program, env, { clock: systemClock, log: silentLog });
  try {
    const output = await tools.call({ dialogue, tool, input, key: call, session: {}, signal });
    driver.send({ kind: 'tool-returned', call, output });
  } catch (thrown) {
    const code = thrown instanceof OffhookError ? thrown.code : 'unknown';
    driver.send({ kind: 'tool-failed', call, code, message: messageOf(thrown) });
  } finally {
    await tools.close();
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
  it('books a table in one sentence, with the tools that the examples bring along', async () => {
    const call = await converse('bistro', ['a table for four tomorrow at seven', 'yes']);
    expect(call.lines.slice(1)).toEqual([
      'agent: How can I help you?',
      'caller: a table for four tomorrow at seven',
      'agent: A table for 4 on Wednesday, March 4 at 7 PM. Is that right?',
      'caller: yes',
      'agent: See you then. Goodbye.',
    ]);
    expect(call.ended).toBe(true);
  });

  it('takes another time where there is no table, and a correction', async () => {
    const call = await converse('bistro', [
      '1',
      '4',
      'tomorrow',
      'at eight in the evening',
      'seven thirty',
      'no, for five',
      'yes',
    ]);
    expect(call.lines.filter((line) => line.startsWith('agent')).slice(5)).toEqual([
      'agent: I have nothing at 8 PM.',
      'agent: At what time?',
      'agent: A table for 4 on Wednesday, March 4 at 7:30 PM. Is that right?',
      'agent: A table for 5 on Wednesday, March 4 at 7:30 PM. Is that right?',
      'agent: See you then. Goodbye.',
    ]);
  });

  it('gives the caller to a person where the booking service cannot be reached', async () => {
    const call = await converse('bistro', ['a table for four tomorrow at seven'], {
      env: { BOOKING_URL: 'http://127.0.0.1:1', BOOKING_TOKEN: 'x' },
    });
    expect(call.transferred).toBe('+14155550199');
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
    expect(call.ended || call.transferred !== null).toBe(true);
    if (call.ended) expect(call.lines.at(-1)).toMatch(/^agent: .*Goodbye\.$/);
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

const post = (body: string, authorization = 'Bearer example'): Promise<Response> =>
  fetch(`${booking.url}/tables`, { method: 'POST', body, headers: { authorization } });

const wish = async (day: string, time: string): Promise<unknown> =>
  (await post(JSON.stringify({ party: 2, day, time }))).json();

describe('the example booking service', () => {
  it('has everything free but eight in the evening', async () => {
    expect(await wish('2026-03-04', '20:00')).toEqual({ free: false, table: null });
    expect(await wish('2026-03-04', '19:00')).toEqual({ free: true, table: 2 });
  });

  it('lets nobody in without its token', async () => {
    expect((await post('{}', 'Bearer other')).status).toBe(401);
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

  it('finds a customer for the dialogue, over MCP', async () => {
    const { program } = catalog.find('bistro')!;
    const tools = toolsOf(program, booking.env, { clock: systemClock, log: silentLog });
    const { signal } = new AbortController();
    const call = { dialogue: 'bistro', tool: 'crm.find_customer', key: 'k', session: {}, signal };
    expect(await tools.call({ ...call, input: { phone: '+14155550123' } })).toEqual({ name: 'Ana Novak' });
    expect(await tools.call({ ...call, input: { phone: '+14155550000' } })).toEqual({ name: null });
    await tools.close();
  });
});
