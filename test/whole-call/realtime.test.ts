import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import type { PhoneEvent } from '../../runtime/line/local/phone.ts';
import { openHouse, type House, type SessionView } from '../support/house.ts';
import { TwilioApi } from '../support/twilio-api.ts';

const APP = 'name: Bistro\npublic: true\nengine: realtime\nnumbers: ["+14155550100"]\n';
const DIALOGUE = `
persona: You are Ana.
tools:
  find_table:
    about: Finds a table
    input: {party: integer}
    http: {method: POST, url: "\${TABLES_URL}/tables"}
  menu:
    about: The menu
    http: {method: GET, url: "\${TABLES_URL}/menu"}
intro: {say: "Bistro Verde."}
inbound: welcome
outbound: {hangup: "Your table is at {{ session.attributes.time }}. Goodbye."}
states:
  welcome:
    ask: "How can I help?"
    answers:
      - {when: wants a table, like: ["a table please"], keys: "1", goto: party}
      - {when: has a question, like: ["a question"], keys: "2", goto: questions}
  party:
    - ask: "For two or for four?"
      answers:
        - {when: two people, like: ["for two"], keys: "2", set: {party: 2}}
        - {when: four people, like: ["for four"], keys: "4", set: {party: 4}}
    - {do: find_table, with: {party: party}, save: offer, failed: {hangup: "No tables now. Goodbye."}}
    - ask: "Table {{ offer.table }}. Press one to take it."
      answers: [{when: takes it, keys: "1", hangup: "It is yours. Goodbye."}]
  questions:
    - talk: Answer questions about the menu.
      tools: [menu]
      until:
        - {when: wants a table, like: ["a table please"], keys: "1", goto: party}
        - {when: is done, like: ["that is all"], hangup: "Goodbye then."}
`;

let tables: Server;
let tablesUrl: string;
let house: House;

beforeAll(async () => {
  tables = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/menu' ? { dishes: ['soup'] } : { table: 7 }));
  });
  await new Promise<void>((resolve) => tables.listen(0, '127.0.0.1', resolve));
  tablesUrl = `http://127.0.0.1:${(tables.address() as AddressInfo).port}`;
});
afterAll(() => void tables.close());
afterEach(() => house.close());

const open = (openai: NonNullable<Parameters<typeof openHouse>[1]>['openai'] = {}): Promise<House> =>
  openHouse(
    { 'bistro.app.yaml': APP, 'bistro.dialogue.yaml': DIALOGUE },
    { openai, env: { TABLES_URL: tablesUrl } },
  );

describe('an inbound call on the realtime engine', () => {
  it(
    'is held over three turns, with a barge-in, a tool call, a key press and a goodbye',
    { timeout: 30_000 },
    async () => {
      const words = ['a question', 'a table please', 'for four'];
      house = await open({
        heard: ({ index }) => words[index] ?? null,
        reply: ({ items }) => {
          const last = items.at(-1);
          if (last?.type === 'function_call_output') {
            return { say: [{ text: 'Today we have a very fine soup and nothing else.', ms: 4_000 }] };
          }
          if (last?.text.includes('table')) return { calls: [{ name: 'exit_s0', input: {} }] };
          return { calls: [{ name: 'menu', input: {}, callId: 'call_menu' }] };
        },
      });
      const caller = house.caller().dial('/initiations/call/bistro');
      await caller.hears('How can I help?');
      await caller.speaks();
      await caller.isTold('Today');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await caller.speaks(700);
      await caller.hears('For two or for four?');
      await caller.speaks();
      await caller.isTold('Table 7.');
      caller.phone.press('1');
      expect(await caller.over).toMatchObject({ reason: 'ended' });

      const session = await caller.session();
      expect(session).toMatchObject({
        app: 'bistro',
        direction: 'inbound',
        isInitiated: false,
        status: 'completed',
        endReason: 'agent-hung-up',
      });
      expect(session.turns.map(({ role, text }) => `${role}: ${text}`)).toEqual([
        'agent: Bistro Verde.',
        'agent: How can I help?',
        'caller: a question',
        'agent: Today we have a very fine soup and nothing else.',
        'caller: a table please',
        'agent: For two or for four?',
        'caller: for four',
        'agent: Table 7. Press one to take it.',
        'agent: It is yours. Goodbye.',
      ]);
      const cut = session.turns[3]!;
      expect(cut.interrupted).toBe(true);
      expect('Today we have a very fine soup and nothing else.'.startsWith(cut.heardText!)).toBe(true);
      expect(cut.heardText!.length).toBeLessThan(cut.text.length);
      expect(session.turns.at(-1)).toMatchObject({ interrupted: false, heardText: 'It is yours. Goodbye.' });
      expect(session.toolCalls).toMatchObject([
        { name: 'menu', input: {}, output: { dishes: ['soup'] }, error: null },
        { name: 'find_table', input: { party: 4 }, output: { table: 7 }, error: null },
      ]);

      // The model was told what was heard, and never more than there was.
      const [truncate] = house.openai!.received('conversation.item.truncate');
      const played = caller.events.filter((event) => event.kind === 'cleared');
      expect(played.length).toBeGreaterThan(0);
      expect(truncate).toMatchObject({ content_index: 0 });
      expect(house.openai!.sessions.flatMap((one) => one.errors)).toEqual([]);
    },
  );
});

describe('an outbound call on the realtime engine', () => {
  it(
    'is placed over HTTP, takes the outbound branch, and says what it was given',
    { timeout: 30_000 },
    async () => {
      const accountSid = `AC${'1'.repeat(32)}`;
      const authToken = 'the-auth-token';
      const holder: { serverUrl: string } = { serverUrl: '' };
      const events: PhoneEvent[] = [];
      const twilio = await TwilioApi.start({
        accountSid,
        authToken,
        clock: systemClock,
        publicUrl: null,
        get serverUrl() {
          return holder.serverUrl;
        },
        on: (_call, event) => events.push(event),
      });
      try {
        house = await openHouse(
          { 'bistro.app.yaml': APP, 'bistro.dialogue.yaml': DIALOGUE },
          {
            openai: {},
            env: {
              TABLES_URL: tablesUrl,
              TWILIO_ACCOUNT_SID: accountSid,
              TWILIO_AUTH_TOKEN: authToken,
              TWILIO_API_URL: twilio.url,
            },
          },
        );
        holder.serverUrl = house.runtime.url;
        const answer = await house.request('/initiations', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': 'reminder-1' },
          body: JSON.stringify({ key: 'bistro', to: '+14155550123', attributes: { time: 'seven' } }),
        });
        expect(answer.status).toBe(201);
        const placed = (await answer.json()) as {
          id: string;
          sessionId: string;
          callSid: string;
          status: string;
        };
        expect(placed.callSid).toBe(twilio.calls[0]!.sid);
        expect(Object.fromEntries(twilio.calls[0]!.form)).toMatchObject({
          To: '+14155550123',
          From: '+14155550100',
          Url: `${house.runtime.url}/initiations/call/bistro?initiation=${placed.id}#rc=5&rp=ct,5xx`,
        });
        await twilio.calls[0]!.over;
        const session = (await house.get(`/api/sessions/${placed.sessionId}`)) as SessionView;
        expect(session).toMatchObject({
          direction: 'outbound',
          isInitiated: true,
          status: 'completed',
          endReason: 'agent-hung-up',
          callSid: placed.callSid,
          attributes: { time: 'seven' },
        });
        expect(session.turns.map(({ text, heardText }) => [text, heardText])).toEqual([
          ['Bistro Verde.', 'Bistro Verde.'],
          ['Your table is at seven. Goodbye.', 'Your table is at seven. Goodbye.'],
        ]);
        expect(events.some((event) => event.kind === 'heard')).toBe(true);
      } finally {
        await twilio.close();
      }
    },
  );
});
