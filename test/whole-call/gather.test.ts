import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { Phone, type PhoneEvent } from '../../runtime/line/local/phone.ts';
import {
  openHouse,
  openHouseWithTwilio,
  type Caller,
  type House,
  type SessionView,
} from '../support/house.ts';
import { tone } from '../support/openai-realtime.ts';

const APP = `
name: Bistro
public: true
engine: gather
numbers: ["+14155550100"]
transfers: {manager: "+14155550199"}
`;
const DIALOGUE = `
tools:
  find_table:
    about: Finds a table
    input: {party: integer}
    meanwhile: "One moment."
    timeout: 20s
    http: {method: POST, url: "\${TABLES_URL}/tables"}
intro: {say: "Bistro."}
inbound: welcome
outbound: {hangup: "Your table is at {{ session.attributes.time }}. Bye."}
states:
  welcome:
    ask: "How can I help?"
    answers:
      - {when: wants a table, like: ["a table please"], keys: "1", goto: party}
      - {when: wants a person, like: ["a person please"], keys: "9", goto: person}
    silence: ["Hello?", {hangup: "Bye."}]
  party:
    - ask: "For two or four?"
      answers:
        - {when: two people, like: ["for two"], keys: "2", set: {party: 2}}
        - {when: four people, like: ["for four"], keys: "4", set: {party: 4}}
    - {do: find_table, with: {party: party}, save: offer, failed: {hangup: "No tables."}}
    - ask: "Table {{ offer.table }}. Take it?"
      answers: [{when: takes it, like: ["yes please"], keys: "1", hangup: "It is yours. Bye."}]
  person:
    - say: "I connect you."
    - transfer: manager
      failed: [{say: "Nobody is there."}, {goto: welcome}]
`;

let tables: Server;
let tablesUrl: string;
let tableMs = 0;
let house: House;

beforeAll(async () => {
  tables = createServer((_request, response) => {
    setTimeout(() => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ table: 7 }));
    }, tableMs);
  });
  await new Promise<void>((resolve) => tables.listen(0, '127.0.0.1', resolve));
  tablesUrl = `http://127.0.0.1:${(tables.address() as AddressInfo).port}`;
});
afterAll(() => void tables.close());
afterEach(async () => {
  tableMs = 0;
  await house.close();
});

const PUBLIC_URL = 'https://voice.example.com';

const open = (app = APP, env: Record<string, string> = {}): Promise<House> =>
  openHouse(
    { 'bistro.app.yaml': app, 'bistro.dialogue.yaml': DIALOGUE },
    { env: { TABLES_URL: tablesUrl, ...env } },
  );

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until something has happened so often. */
async function until(
  { events }: Pick<Caller, 'events'>,
  kind: PhoneEvent['kind'],
  times: number,
  withinMs = 20_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (events.filter((event) => event.kind === kind).length < times) {
    if (Date.now() > end) throw new Error(`It did not come to that: ${JSON.stringify(events, null, 1)}`);
    await pause(10);
  }
}

/** Waits until the caller has been listened to so often. */
const listened = (caller: Pick<Caller, 'events'>, times: number): Promise<void> =>
  until(caller, 'listens', times);

const said = (caller: Pick<Caller, 'events'>): string[] =>
  caller.events.flatMap((event) => (event.kind === 'says' ? [event.text] : []));
const warnings = (caller: Caller): unknown[] => caller.events.filter(({ kind }) => kind === 'warning');

describe('a call that comes in on the engine gather', () => {
  it('is held over three turns with words and keys, a tool and a goodbye', { timeout: 40_000 }, async () => {
    house = await open();
    const caller = house.caller().dial('/initiations/call/bistro');
    await listened(caller, 1);
    await caller.phone.say(tone(1_000), 'a table please');
    await listened(caller, 2);
    caller.phone.press('4');
    await listened(caller, 3);
    await caller.phone.say(tone(800), 'yes please');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    expect(said(caller)).toEqual([
      'Bistro.',
      'How can I help?',
      'For two or four?',
      'Table 7. Take it?',
      'It is yours. Bye.',
    ]);
    expect(warnings(caller)).toEqual([]);
    const session = await caller.session();
    expect(session).toMatchObject({ status: 'completed', endReason: 'agent-hung-up', direction: 'inbound' });
    expect(session.turns.map(({ role, text }) => `${role}: ${text}`)).toEqual([
      'agent: Bistro.',
      'agent: How can I help?',
      'caller: a table please',
      'agent: For two or four?',
      'agent: Table 7. Take it?',
      'caller: yes please',
      'agent: It is yours. Bye.',
    ]);
    expect(
      session.turns.every(({ text, heardText, interrupted }) => heardText === text && !interrupted),
    ).toBe(true);
    expect(session.toolCalls).toMatchObject([
      { name: 'find_table', input: { party: 4 }, output: { table: 7 } },
    ]);
  });
});

describe('a caller on the engine gather', () => {
  it('interrupts, and what was not heard is not in the transcript', { timeout: 30_000 }, async () => {
    house = await open();
    const caller = house.caller().dial('/initiations/call/bistro');
    await until(caller, 'says', 2);
    await pause(300);
    // A second before "How can I help?" is over.
    await caller.phone.say(tone(900), 'a table please');
    await listened(caller, 1);
    caller.phone.hangUp();
    await caller.over;
    expect(caller.events.some(({ kind }) => kind === 'barged-in')).toBe(true);
    const { turns } = await caller.session();
    expect(turns[1]).toMatchObject({ text: 'How can I help?', interrupted: true });
    expect(turns[1]!.heardText!.length).toBeLessThan('How can I help?'.length);
    expect(turns[2]).toMatchObject({ role: 'caller', text: 'a table please' });
  });

  it('is asked once more when silent, and then told goodbye', { timeout: 40_000 }, async () => {
    house = await open();
    const caller = house.caller().dial('/initiations/call/bistro');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    expect(said(caller)).toEqual(['Bistro.', 'How can I help?', 'Hello?', 'Bye.']);
    expect(await caller.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
    expect(warnings(caller)).toEqual([]);
  });

  it('is told to wait for a slow tool, and what came of it', { timeout: 40_000 }, async () => {
    tableMs = 5_000;
    house = await open();
    const caller = house.caller().dial('/initiations/call/bistro');
    await listened(caller, 1);
    caller.phone.press('1');
    await listened(caller, 2);
    caller.phone.press('2');
    await listened(caller, 3);
    expect(said(caller).slice(-2)).toEqual([expect.stringMatching(/^One moment/), 'Table 7. Take it?']);
    caller.phone.press('1');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    const { toolCalls } = await caller.session();
    expect(toolCalls).toMatchObject([{ input: { party: 2 }, output: { table: 7 } }]);
    expect(caller.events.every((event) => event.kind !== 'asked' || event.status === 200)).toBe(true);
  });

  it(
    'is connected with somebody else, and comes back when nobody is there',
    { timeout: 40_000 },
    async () => {
      house = await open();
      const caller = house.caller({ callee: 'busy' }).dial('/initiations/call/bistro');
      await listened(caller, 1);
      await caller.phone.say(tone(1_000), 'a person please');
      await listened(caller, 2);
      expect(said(caller).slice(2)).toEqual(['I connect you.', 'Nobody is there.', 'How can I help?']);
      expect(caller.events.find(({ kind }) => kind === 'dialled')).toMatchObject({ to: '+14155550199' });
      caller.phone.hangUp();
      await caller.over;
    },
  );

  it('is transferred for good', { timeout: 40_000 }, async () => {
    house = await open();
    const caller = house.caller().dial('/initiations/call/bistro');
    await listened(caller, 1);
    caller.phone.press('9');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    expect(await caller.session()).toMatchObject({ status: 'completed', endReason: 'transferred' });
  });

  it('is the same caller however often Twilio asks', { timeout: 30_000 }, async () => {
    house = await open();
    const caller = house.caller().dial('/initiations/call/bistro');
    await listened(caller, 1);
    await caller.phone.say(tone(1_000), 'a table please');
    await listened(caller, 2);
    const asked = caller.events.filter((event) => event.kind === 'asked');
    const told = { ...caller.phone.form('in-progress'), SpeechResult: 'a table please', Confidence: '0.92' };
    const again = async (url: string, form: Record<string, string>): Promise<string> => {
      const response = await fetch(url.split('#')[0]!, { method: 'POST', body: new URLSearchParams(form) });
      return response.text();
    };
    const answers = await Promise.all([again(asked[1]!.url, told), again(asked[1]!.url, told)]);
    expect(answers).toEqual([asked[1]!.twiml, asked[1]!.twiml]);
    expect(await again(asked[1]!.url, { ...told, CallSid: `CA${'0'.repeat(32)}` })).toContain('<Hangup/>');
    expect(await again(asked[1]!.url.replace('turn=1', 'turn=9'), told)).toContain('<Hangup/>');
    const { turns } = await caller.session();
    expect(turns.filter(({ role }) => role === 'caller')).toHaveLength(1);
    caller.phone.press('4');
    await listened(caller, 3);
    caller.phone.hangUp();
    await caller.over;
  });
});

describe('a call out on the engine gather', () => {
  it('is placed, takes its own way, and is over', { timeout: 30_000 }, async () => {
    const opened = await openHouseWithTwilio({
      'bistro.app.yaml': APP,
      'bistro.dialogue.yaml': DIALOGUE.replace('${TABLES_URL}', 'http://127.0.0.1'),
    });
    house = opened.house;
    const answer = await house.request('/initiations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: 'bistro', to: '+14155550123', attributes: { time: 'seven' } }),
    });
    expect(answer.status).toBe(201);
    const { sessionId } = (await answer.json()) as { sessionId: string };
    await opened.twilio.calls[0]!.over;
    const session = (await house.get(`/api/sessions/${sessionId}`)) as SessionView;
    expect(session).toMatchObject({ isInitiated: true, status: 'completed', endReason: 'agent-hung-up' });
    expect(session.turns.map(({ text, heardText }) => [text, heardText])).toEqual([
      ['Bistro.', 'Bistro.'],
      ['Your table is at seven. Bye.', 'Your table is at seven. Bye.'],
    ]);
    expect(opened.events.flatMap((event) => (event.kind === 'says' ? [event.text] : []))).toEqual([
      'Bistro.',
      'Your table is at seven. Bye.',
    ]);
  });
});

describe('two servers on one database', () => {
  it('answer a call by turns', { timeout: 60_000 }, async () => {
    const settings = { PUBLIC_URL, TWILIO_AUTH_TOKEN: 'the-auth-token' };
    house = await open(APP, settings);
    const other = await open(APP, {
      ...settings,
      DATABASE_URL: `sqlite:${join(house.folder, 'data', 'offhook.db')}`,
    });
    try {
      const asked: number[] = [0, 0];
      let next = 0;
      const events: PhoneEvent[] = [];
      const phone = new Phone({
        clock: systemClock,
        authToken: settings.TWILIO_AUTH_TOKEN,
        publicUrl: PUBLIC_URL,
        // Whoever balances the load sends every request elsewhere.
        get serverUrl() {
          const index = next++ % 2;
          asked[index]!++;
          return [house, other][index]!.runtime.url;
        },
        from: '+14155550123',
        to: '+14155550100',
        direction: 'inbound',
        on: (event) => events.push(event),
      });
      const caller = { events, phone };
      const over = phone.call(`${PUBLIC_URL}/initiations/call/bistro`);
      tableMs = 4_000;
      await listened(caller, 1);
      await phone.say(tone(1_000), 'a table please');
      await listened(caller, 2);
      await phone.say(tone(600), 'for four');
      await listened(caller, 3);
      await phone.say(tone(800), 'yes please');
      expect(await over).toMatchObject({ reason: 'ended' });
      expect(said(caller)).toEqual([
        'Bistro.',
        'How can I help?',
        'For two or four?',
        expect.stringMatching(/^One moment/),
        'Table 7. Take it?',
        'It is yours. Bye.',
      ]);
      expect(Math.min(...asked)).toBeGreaterThanOrEqual(2);
      const [session] = await other.sessions();
      const whole = (await house.get(`/api/sessions/${session!.id}`)) as SessionView;
      expect(whole).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
      expect(whole.turns.map(({ role, text }) => `${role}: ${text}`)).toEqual([
        'agent: Bistro.',
        'agent: How can I help?',
        'caller: a table please',
        'agent: For two or four?',
        'caller: for four',
        expect.stringMatching(/^agent: One moment/),
        'agent: Table 7. Take it?',
        'caller: yes please',
        'agent: It is yours. Bye.',
      ]);
      expect(whole.toolCalls).toHaveLength(1);
    } finally {
      await other.close();
    }
  });
});
