import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { writeWav } from '../../runtime/wav.ts';
import { startChatStream, type StreamServer } from '../support/chat-stream.ts';
import { openHouse, openHouseWithTwilio, type House, type SessionView } from '../support/house.ts';

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

const open = (more: Record<string, string> = {}, env: Record<string, string> = {}): Promise<House> =>
  openHouse(
    { 'bistro.app.yaml': APP, 'bistro.dialogue.yaml': DIALOGUE, ...more },
    { env: { TABLES_URL: tablesUrl, ...env } },
  );
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Nobody waits longer than he must. */
const FAST = { charactersPerS: 60 };
const said = ({ turns }: SessionView): string[] => turns.map(({ role, text }) => `${role}: ${text}`);

describe('an inbound call on the relay engine', () => {
  it(
    'is held over three turns, with a barge-in, a tool call, a key press and a goodbye',
    { timeout: 40_000 },
    async () => {
      house = await open();
      const caller = house.caller().dial('/initiations/call/bistro');
      await caller.hears('Bistro Verde.');
      await pause(1_200);
      await caller.speaks(600, 'a table please');
      await caller.hears('For two or for four?');
      await caller.speaks(500, 'for four');
      await caller.isTold('Table 7.');
      await pause(800);
      caller.phone.press('1');
      expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });

      const session = await caller.session();
      expect(session).toMatchObject({
        app: 'bistro',
        engine: 'relay',
        direction: 'inbound',
        isInitiated: false,
        status: 'completed',
        endReason: 'agent-hung-up',
      });
      expect(said(session)).toEqual([
        'agent: Bistro Verde.',
        'agent: How can I help you today, with a table or with a question?',
        'caller: a table please',
        'agent: For two or for four?',
        'caller: for four',
        'agent: Table 7. Press one to take it.',
        'agent: It is yours. Goodbye.',
      ]);
      const cut = session.turns[1]!;
      expect(cut.interrupted).toBe(true);
      // To the word what the simulated network let the caller hear.
      const spoken = caller.events.filter((event) => event.kind === 'spoken').map(({ text }) => text);
      expect(cut.heardText).toBe(spoken[1]);
      expect(cut.heardText!.length).toBeLessThan(cut.text.length);
      expect(session.turns[5]).toMatchObject({ interrupted: true, heardText: spoken[3] });
      expect(session.turns.at(-1)).toMatchObject({ interrupted: false, heardText: 'It is yours. Goodbye.' });
      expect(spoken.at(-1)).toBe('It is yours. Goodbye.');
      expect(session.turns[3]!.latencyMs).toBeLessThan(2_000);
      expect(session.toolCalls).toMatchObject([
        { name: 'find_table', input: { party: 4 }, output: { table: 7 }, error: null },
      ]);
      // Twilio has understood everything that it was sent.
      expect(caller.events.filter(({ kind }) => kind === 'warning')).toEqual([]);
      const action = caller.events.findLast((event) => event.kind === 'asked')!;
      expect(action.url).toContain('/twilio/relay?session=');
      expect(action.twiml).toContain('<Hangup/>');
    },
  );

  it('goes on where the far end tells nothing of what is heard', { timeout: 40_000 }, async () => {
    house = await open();
    const trouble = { tellsNothing: true };
    const caller = house.caller({ trouble }).dial('/initiations/call/bistro');
    await caller.hears('How can I help you today');
    caller.phone.press('1');
    await caller.hears('For two or for four?');
    caller.phone.press('2');
    await caller.isTold('Table 7.');
    await pause(300);
    caller.phone.press('1');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    const spoken = caller.events.filter((event) => event.kind === 'spoken').map(({ text }) => text);
    expect(spoken.at(-1)).toBe('It is yours. Goodbye.');
    expect((await caller.session()).turns.at(-1)).toMatchObject({ heardText: 'It is yours. Goodbye.' });
  });

  it('ends when the caller hangs up', { timeout: 30_000 }, async () => {
    house = await open();
    const caller = house.caller(FAST).dial('/initiations/call/bistro');
    await caller.isTold('How can I help');
    caller.phone.hangUp();
    expect(await caller.over).toMatchObject({ reason: 'hung-up' });
    expect(await caller.until(({ status }) => status === 'completed')).toMatchObject({
      endReason: 'caller-hung-up',
    });
  });

  it('plays files, which the network fetches', { timeout: 30_000 }, async () => {
    house = await open({
      'bistro.dialogue.yaml': `
inbound:
  - {play: ./jingle.wav}
  - {hangup: "Goodbye."}
`,
      'jingle.wav': '',
    });
    await writeFile(
      join(house.folder, 'dialogues', 'jingle.wav'),
      writeWav(new Uint8Array(4_000).fill(0x30)),
    );
    const caller = house.caller(FAST).dial('/initiations/call/bistro');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    expect(caller.events.filter(({ kind }) => kind === 'warning')).toEqual([]);
    const [sound] = caller.events.filter((event) => event.kind === 'sounded');
    expect(sound!.what).toMatch(/\/twilio\/sounds\/[\w-]{43}\.wav$/);
    expect(said(await caller.session())).toEqual(['agent: [jingle.wav]', 'agent: Goodbye.']);
  });
});

describe('a talk on the relay engine', () => {
  const TALK = `
tools:
  menu:
    about: The menu
    http: {method: GET, url: "\${TABLES_URL}/menu"}
inbound: questions
states:
  questions:
    - talk: Answer questions about the menu.
      tools: [menu]
      until:
        - {when: is done, like: ["that is all"], hangup: "Goodbye then."}
`;
  const withModel = (chat: StreamServer): Promise<House> =>
    open(
      { 'bistro.app.yaml': `${APP}model: openai/gpt-6-luna\n`, 'bistro.dialogue.yaml': TALK },
      { OPENAI_API_KEY: chat.apiKey, OPENAI_BASE_URL: chat.baseUrl },
    );

  it('is carried out by a text model, whose words are said as they come', { timeout: 40_000 }, async () => {
    const chat = await startChatStream({
      reply: ({ messages }) => {
        const last = JSON.stringify(messages.at(-1));
        if (last.includes('what is there')) return { calls: [{ name: 'menu', input: {} }] };
        if (last.includes('table')) {
          return { words: 'Today we have soup, and a very long list of other fine things for you.' };
        }
        return { calls: [{ name: 'exit_s0', input: {} }] };
      },
    });
    house = await withModel(chat);
    const caller = house.caller().dial('/initiations/call/bistro');
    await caller.until(() => caller.events.some(({ kind }) => kind === 'relay-started'));
    await pause(300);
    await caller.speaks(700, 'what is there');
    await caller.isTold('Today we have');
    await pause(1_500);
    await caller.speaks(700, 'that is all thank you');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    const session = await caller.session();
    expect(said(session)).toEqual([
      'caller: what is there',
      'agent: Today we have soup, and a very long list of other fine things for you.',
      'caller: that is all thank you',
      'agent: Goodbye then.',
    ]);
    expect(session.turns[1]!.interrupted).toBe(true);
    expect(session.toolCalls).toMatchObject([{ name: 'menu', output: { table: 7 }, error: null }]);
    // The model remembers what was heard, and no more.
    const told = JSON.stringify(chat.requests.at(-1)!.messages);
    expect(told).toContain(session.turns[1]!.heardText);
    expect(told).not.toContain('fine things for you');
    expect(chat.errors).toEqual([]);
    expect(caller.events.filter(({ kind }) => kind === 'warning')).toEqual([]);
    await chat.close();
  });

  it('whose model is dead ends politely', { timeout: 60_000 }, async () => {
    const chat = await startChatStream({ reply: () => ({ status: 500, message: 'broken' }) });
    house = await withModel(chat);
    const caller = house.caller(FAST).dial('/initiations/call/bistro');
    await caller.until(() => caller.events.some(({ kind }) => kind === 'relay-started'));
    await pause(300);
    await caller.speaks(500, 'what is there');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    const session = await caller.session();
    expect(session).toMatchObject({ status: 'completed' });
    expect(session.turns.at(-1)).toMatchObject({ role: 'agent', interrupted: false });
    await chat.close();
  });
});

describe('a relay session that breaks', () => {
  it(
    'is taken up again at the same step, by another session of the same call',
    { timeout: 40_000 },
    async () => {
      house = await open();
      const caller = house.caller(FAST).dial('/initiations/call/bistro');
      await caller.hears('How can I help you today');
      caller.phone.press('1');
      await caller.hears('For two or for four?');
      caller.phone.breakLine();
      await caller.until(() => caller.events.filter(({ kind }) => kind === 'relay-started').length === 2);
      const started = caller.events.filter((event) => event.kind === 'relay-started');
      expect(started[0]!.sessionId).not.toBe(started[1]!.sessionId);
      expect(started[0]!.parameters.token).not.toBe(started[1]!.parameters.token);
      await caller.until(
        ({ turns }) => turns.filter(({ text }) => text === 'For two or for four?').length === 2,
      );
      await pause(800);
      await caller.speaks(500, 'for two');
      await caller.isTold('Table 7.');
      await pause(600);
      caller.phone.press('1');
      expect(await caller.over).toMatchObject({ reason: 'ended' });
      const session = await caller.session();
      expect(session).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
      expect(session.toolCalls).toMatchObject([{ input: { party: 2 } }]);
    },
  );
});

describe('a call out on the relay engine', () => {
  it('is placed, answered and told what it is about', { timeout: 30_000 }, async () => {
    const { house: opened, events } = await openHouseWithTwilio({
      'bistro.app.yaml': APP,
      'bistro.dialogue.yaml': DIALOGUE.replaceAll('${TABLES_URL}', 'http://127.0.0.1:9'),
    });
    house = opened;
    const response = await house.request('/initiations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: ':bistro', to: '+14155550199', attributes: { time: 'seven' } }),
    });
    expect(response.status).toBe(201);
    const { sessionId } = (await response.json()) as { sessionId: string };
    let session: SessionView;
    do {
      await pause(50);
      session = (await house.get(`/api/sessions/${sessionId}`)) as SessionView;
    } while (session.status !== 'completed');
    expect(session).toMatchObject({
      engine: 'relay',
      direction: 'outbound',
      isInitiated: true,
      endReason: 'agent-hung-up',
    });
    expect(said(session)).toEqual(['agent: Bistro Verde.', 'agent: Your table is at seven. Goodbye.']);
    expect(events.filter(({ kind }) => kind === 'warning')).toEqual([]);
    const spoken = events.filter((event) => event.kind === 'spoken').map(({ text }) => text);
    expect(spoken).toEqual(['Bistro Verde.', 'Your table is at seven. Goodbye.']);
  });
});

describe('the relay socket', () => {
  const CALL_SID = `CA${'e'.repeat(32)}`;

  /** Asks the webhook as Twilio does, and gives the token of the session that it is to open. */
  async function token(): Promise<string> {
    const body = new URLSearchParams({
      CallSid: CALL_SID,
      AccountSid: 'AC1',
      From: '+14155550123',
      To: '+14155550100',
      CallStatus: 'ringing',
      Direction: 'inbound',
    });
    const response = await fetch(`${house.runtime.url}/initiations/call/bistro`, { method: 'POST', body });
    return /name="token" value="([^"]+)"/.exec(await response.text())![1]!;
  }

  async function dial(): Promise<{ socket: WebSocket; received: string[]; closed: Promise<number> }> {
    const socket = new WebSocket(`${house.runtime.url.replace('http', 'ws')}/relay`);
    const received: string[] = [];
    socket.on('message', (data) => received.push((data as Buffer).toString()));
    socket.on('error', () => undefined);
    const closed = new Promise<number>((resolve) => {
      socket.on('close', resolve);
    });
    await once(socket, 'open');
    return { socket, received, closed };
  }

  const setup = (one: string, callSid = CALL_SID): string =>
    JSON.stringify({
      type: 'setup',
      sessionId: 'VX1',
      accountSid: 'AC1',
      callSid,
      from: '+14155550123',
      to: '+14155550100',
      direction: 'inbound',
      callStatus: 'RINGING',
      customParameters: { token: one },
    });
  const REFUSED = '{"type":"end","handoffData":"{\\"reason\\":\\"refused\\"}"}';

  it('lets in who bears the token of the call, once', { timeout: 20_000 }, async () => {
    house = await open();
    const good = await token();
    const [wrong, other, first] = [await dial(), await dial(), await dial()];
    wrong.socket.send(setup('wrong'));
    other.socket.send(setup(await token(), `CA${'f'.repeat(32)}`));
    first.socket.send(setup(good));
    await vi.waitFor(() => {
      expect(wrong.received).toEqual([REFUSED]);
      expect(other.received).toEqual([REFUSED]);
      expect(first.received[0]).toContain('Bistro Verde.');
    });
    const again = await dial();
    again.socket.send(setup(good));
    await vi.waitFor(() => expect(again.received).toEqual([REFUSED]));
    const stream = new WebSocket(`${house.runtime.url.replace('http', 'ws')}/call/`);
    await once(stream, 'open');
    const start = { streamSid: 'MZ1', accountSid: 'AC1', callSid: CALL_SID, tracks: ['inbound'] };
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
    const customParameters = { token: await token() };
    stream.send(
      JSON.stringify({
        event: 'start',
        streamSid: 'MZ1',
        start: { ...start, mediaFormat, customParameters },
      }),
    );
    await once(stream, 'close');
    for (const { socket } of [wrong, other, first, again]) socket.terminate();
  });

  it('is Twilio’s alone where there is a token to check it with', async () => {
    house = await open({}, { TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'secret' });
    const socket = new WebSocket(`${house.runtime.url.replace('http', 'ws')}/relay`, {
      headers: { 'x-twilio-signature': 'wrong' },
    });
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(403);
    socket.terminate();
  });

  it('bears what is malformed, of a wrong type, late, and comes twice', { timeout: 20_000 }, async () => {
    house = await open({
      'bistro.dialogue.yaml': 'inbound: {ask: "Well?", answers: [{when: one, keys: "1", hangup: "Bye."}]}\n',
    });
    const { socket, received } = await dial();
    const send = (...frames: object[]): void => {
      for (const frame of frames) socket.send(JSON.stringify(frame));
    };
    socket.send('{"type":"prompt","voicePrompt":"too early","last":true}');
    const one = await token();
    socket.send(setup(one));
    socket.send(setup(one));
    socket.send('nonsense');
    socket.send(Buffer.from([0, 1, 2]));
    send({ type: 'prompt', voicePrompt: 7 }, { type: 'weather', sunny: true }, { type: 'info' });
    await vi.waitFor(() => expect(received.join('')).toContain('Well?'));
    send({ type: 'interrupt', utteranceUntilInterrupt: 'words that were never said' });
    send({ type: 'dtmf', digit: '1' });
    await vi.waitFor(() => expect(received.at(-1)).toContain('Bye.'));
    send(
      { type: 'info', name: 'agentSpeaking', value: 'on' },
      { type: 'info', name: 'tokensPlayed', value: 'Bye.' },
    );
    send({ type: 'info', name: 'agentSpeaking', value: 'off' });
    await vi.waitFor(() => expect(received.at(-1)).toContain('"type":"end"'));
    const count = received.length;
    send({ type: 'prompt', voicePrompt: 'wait, one more', last: true }, { type: 'dtmf', digit: '1' });
    await pause(200);
    expect(received).toHaveLength(count);
    socket.close(1000);
    await vi.waitFor(async () => {
      const [session] = await house.sessions();
      expect(session).toMatchObject({ endReason: 'agent-hung-up' });
    });
    const [{ id }] = (await house.sessions()) as [SessionView];
    const session = (await house.get(`/api/sessions/${id}`)) as SessionView;
    expect(said(session)).toEqual(['agent: Well?', 'agent: Bye.']);
  });
});
