import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHouse, type Caller, type House } from '../support/house.ts';
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

const open = (app = APP): Promise<House> =>
  openHouse({ 'bistro.app.yaml': app, 'bistro.dialogue.yaml': DIALOGUE }, { env: { TABLES_URL: tablesUrl } });

/** Waits until the caller has been listened to so often. */
async function listened(caller: Caller, times: number, withinMs = 20_000): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    const count = caller.events.filter(({ kind }) => kind === 'listens').length;
    if (count >= times) return;
    if (Date.now() > end) throw new Error(`It came to ${count}: ${JSON.stringify(caller.events, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const said = (caller: Caller): string[] =>
  caller.events.flatMap((event) => (event.kind === 'says' ? [event.text] : []));
const warnings = (caller: Caller): unknown[] => caller.events.filter(({ kind }) => kind === 'warning');

describe('a call that comes in on the engine gather', () => {
  it('is held over three turns with words and keys, a tool and a goodbye', { timeout: 40_000 }, async () => {
    house = await open();
    const caller = house.caller().dial('/initiations/call/bistro');
    await listened(caller, 1);
    await caller.phone.say(tone(500), 'a table please');
    await listened(caller, 2);
    caller.phone.press('4');
    await listened(caller, 3);
    await caller.phone.say(tone(400), 'yes please');
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
