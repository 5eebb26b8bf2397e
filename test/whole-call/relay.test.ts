import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHouse, type House } from '../support/house.ts';

const APP = `
name: Bistro
public: true
engine: relay
voice: elevenlabs/UgBBYS2sOqTuMpoF3BR0
speech: deepgram/nova-3-general
numbers: ["+14155550100"]
`;
const DIALOGUE = `
tools:
  find_table:
    about: Finds a table
    input: {party: integer}
    http: {method: POST, url: "\${TABLES_URL}/tables"}
intro: {say: "Bistro Verde."}
inbound: welcome
outbound: {hangup: "Your table is at {{ session.attributes.time }}. Goodbye."}
states:
  welcome:
    ask: "How can I help you today, with a table or with a question?"
    answers:
      - {when: wants a table, like: ["a table please"], keys: "1", goto: party}
  party:
    - ask: "For two or for four?"
      answers:
        - {when: two people, like: ["for two"], keys: "2", set: {party: 2}}
        - {when: four people, like: ["for four"], keys: "4", set: {party: 4}}
    - {do: find_table, with: {party: party}, save: offer, failed: {hangup: "No tables now. Goodbye."}}
    - ask: "Table {{ offer.table }}. Press one to take it."
      answers: [{when: takes it, keys: "1", hangup: "It is yours. Goodbye."}]
`;

let tables: Server;
let tablesUrl: string;
let house: House;

beforeAll(async () => {
  tables = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ table: 7 }));
  });
  await new Promise<void>((resolve) => tables.listen(0, '127.0.0.1', resolve));
  tablesUrl = `http://127.0.0.1:${(tables.address() as AddressInfo).port}`;
});
afterAll(() => void tables.close());
afterEach(() => house.close());

const open = (): Promise<House> =>
  openHouse({ 'bistro.app.yaml': APP, 'bistro.dialogue.yaml': DIALOGUE }, { env: { TABLES_URL: tablesUrl } });

describe('an inbound call on the relay engine', () => {
  it('is held over three turns, with a barge-in, a tool call, a key press and a goodbye', { timeout: 30_000 }, async () => {
    house = await open();
    const caller = house.caller({ charactersPerS: 15 }).dial('/initiations/call/bistro');
    await caller.hears('Bistro Verde.');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await caller.speaks(600, 'a table please');
    await caller.hears('For two or for four?');
    await caller.speaks(500, 'for four');
    await caller.isTold('Table 7.');
    await new Promise((resolve) => setTimeout(resolve, 800));
    caller.phone.press('1');
    const outcome = await caller.over;
    console.log(JSON.stringify(caller.events.filter(e=>e.kind!=='asked'), null, 0).replaceAll('},{','},\n{'));
    console.log(caller.events.filter(e=>e.kind==='asked').map(e=>(e as any).url+'\n'+(e as any).twiml).join('\n'));
    expect(outcome).toMatchObject({ reason: 'ended' });
    const session = await caller.session();
    console.log(JSON.stringify(session.turns,null,1));
  });
});
