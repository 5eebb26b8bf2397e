import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { ring, type RingDeps, type RingOptions } from '../../runtime/cli/ring.ts';
import { Phone } from '../../runtime/line/local/phone.ts';
import { readWav, writeWav } from '../../runtime/wav.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { twimlServer, type Answer, type TwimlServer } from '../support/twiml-server.ts';

type Frame = { event: string; streamSid: string; [key: string]: unknown };

let server: TwimlServer;
let folder: string;
let clock: FakeClock;
let out: string[];
let err: string[];
let frames: Frame[];
let socket: WebSocket | undefined;
let stop: () => void;
let extra: (url: string) => Answer | string | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ring-'));
  clock = new FakeClock();
  out = [];
  err = [];
  frames = [];
  socket = undefined;
  extra = () => null;
  server = await twimlServer(
    ({ url }, origin) =>
      extra(url) ??
      (url.startsWith('/initiations')
        ? `<Connect><Stream url="${origin.replace('http', 'ws')}/call/"/></Connect>`
        : { status: 404 }),
    (opened) => {
      socket = opened;
      opened.on('message', (data) => frames.push(JSON.parse((data as Buffer).toString()) as Frame));
    },
  );
});

afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

function call(options: RingOptions = {}, more: Partial<RingDeps> = {}): Promise<number> {
  const ending = new Promise<void>((resolve) => {
    stop = resolve;
  });
  return ring('bistro', options, {
    publicUrl: server.origin,
    serverUrl: server.origin,
    apiToken: null,
    clock,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    lines: null,
    openPhone: (opened) =>
      new Phone({ ...opened, clock, authToken: null, publicUrl: null, serverUrl: server.origin }),
    // As many milliseconds as the text has letters.
    synthesize: (text) => Promise.resolve(new Uint8Array(text.length * 8).fill(text.charCodeAt(0))),
    placeOutbound: () => Promise.reject(new Error('not an outbound call')),
    ending,
    ...more,
  });
}

async function started(): Promise<void> {
  await vi.waitFor(() => expect(frames.some(({ event }) => event === 'start')).toBe(true));
}

async function pass(ms: number): Promise<void> {
  await clock.advanceAsync(ms);
  await new Promise<void>((resolve) => {
    socket!.once('pong', () => resolve());
    socket!.ping();
  });
  await clock.advanceAsync(0);
}

const of = (event: string): unknown[] =>
  frames.filter((frame) => frame.event === event).map((frame) => frame[event]);

/** The agent speaks for so long, and is heard to the end. */
async function agentSpeaks(ms: number): Promise<void> {
  const { streamSid } = frames.find(({ event }) => event === 'start')!;
  const payload = Buffer.alloc(ms * 8, 0x30).toString('base64');
  socket!.send(JSON.stringify({ event: 'media', streamSid, media: { payload } }));
  await pass(0);
  await pass(ms);
}

describe('offhook ring', () => {
  it('asks the webhook of the app as a call that comes in', async () => {
    const code = call({ from: '+15550123', to: '+15550177' });
    await started();
    expect(server.asked[0]).toMatchObject({
      method: 'POST',
      url: '/initiations/call/bistro',
      form: { From: '+15550123', To: '+15550177', Direction: 'inbound' },
    });
    socket!.close();
    expect(await code).toBe(0);
    expect(err).toEqual(['The call ended after 0.0 s.']);
  });

  it('says one line a turn, when the agent has been quiet for 700 ms, with its caption', async () => {
    const code = call({ say: ['a table', '', '#42', 'at eight'] });
    await started();
    await pass(5000);
    expect(of('caption')).toEqual([]);
    await agentSpeaks(1000);
    await pass(699);
    expect(of('caption')).toEqual([]);
    await pass(40);
    expect(of('caption')).toEqual([{ text: 'a table' }]);
    // Nothing more before the agent has answered.
    await pass(5000);
    expect(of('caption')).toHaveLength(1);
    await agentSpeaks(1000);
    await pass(800);
    // That was the turn of silence.
    expect(of('caption')).toHaveLength(1);
    await agentSpeaks(1000);
    await pass(1000);
    expect(of('dtmf')).toMatchObject([{ digit: '4' }, { digit: '2' }]);
    await agentSpeaks(500);
    await pass(300);
    await agentSpeaks(500);
    await pass(600);
    expect(of('caption')).toHaveLength(1);
    await pass(200);
    expect(of('caption')).toEqual([{ text: 'a table' }, { text: 'at eight' }]);
    // The script is used up: silence until the call ends.
    await agentSpeaks(1000);
    await pass(5000);
    socket!.close();
    expect(await code).toBe(0);
    expect(out).toEqual([
      'agent: (1.0 s of speech)',
      'caller: a table',
      'agent: (1.0 s of speech)',
      'agent: (1.0 s of speech)',
      'caller: #42',
      'agent: (0.5 s of speech)',
      'agent: (0.5 s of speech)',
      'caller: at eight',
      'agent: (1.0 s of speech)',
    ]);
  });

  it('waits for the answer to an interruption before it says the next line', async () => {
    const code = call({ say: ['stop right there '.repeat(60), 'next'] });
    await started();
    await agentSpeaks(100);
    await pass(720);
    expect(of('caption')).toHaveLength(1);
    const { streamSid } = frames.find(({ event }) => event === 'start')!;
    await agentSpeaks(200);
    socket!.send(JSON.stringify({ event: 'clear', streamSid }));
    await pass(3000);
    expect(of('caption')).toHaveLength(1);
    await agentSpeaks(100);
    await pass(800);
    expect(of('caption')).toHaveLength(2);
    socket!.close();
    await code;
  });

  it('takes its lines from standard input, and hangs up after them where it is told to', async () => {
    async function* lines(): AsyncGenerator<string> {
      yield await Promise.resolve('yes');
    }
    const code = call({ hangup: true }, { lines: lines() });
    await started();
    await agentSpeaks(100);
    await pass(800);
    expect(of('caption')).toEqual([{ text: 'yes' }]);
    await agentSpeaks(100);
    await clock.advanceAsync(800);
    expect(await code).toBe(0);
    expect(frames.at(-1)).toMatchObject({ event: 'stop' });
    expect(err).toEqual(['You hung up after 1.7 s.']);
  });

  it('plays a recorded caller from the start and records what was heard', async () => {
    const spoken = join(folder, 'caller.wav');
    const heard = join(folder, 'heard.wav');
    await writeFile(spoken, writeWav(new Uint8Array(320).fill(0x22)));
    const code = call({ caller: spoken, record: heard });
    await started();
    await agentSpeaks(100);
    socket!.close();
    expect(await code).toBe(0);
    const payloads = of('media').map((media) => (media as { payload: string }).payload);
    const said = Buffer.concat(payloads.map((payload) => Buffer.from(payload, 'base64')));
    expect(said.subarray(0, 400)).toEqual(Buffer.concat([Buffer.alloc(320, 0x22), Buffer.alloc(80, 0xff)]));
    expect(Buffer.from(readWav(await readFile(heard)))).toEqual(Buffer.alloc(800, 0x30));
  });

  it('refuses a recording that it cannot play', async () => {
    const path = join(folder, 'none.wav');
    await expect(call({ caller: path })).rejects.toThrow(`The file "${path}" cannot be played: ENOENT`);
    await expect(call({ caller: path, say: ['hi'] })).rejects.toThrow(
      'The caller speaks from --caller or from --say, not from both.',
    );
  });

  it('receives a call that was written down as placed', async () => {
    const placed: unknown[] = [];
    const code = call(
      { outbound: true, to: '+15550111', attributes: '{"time": "19:00"}' },
      {
        placeOutbound: (order) => {
          placed.push(order);
          return Promise.resolve({
            url: `${server.origin}/initiations/call/bistro?initiation=7`,
            from: '+15550190',
          });
        },
      },
    );
    await started();
    expect(placed).toEqual([{ key: 'bistro', to: '+15550111', from: null, attributes: { time: '19:00' } }]);
    expect(server.asked[0]).toMatchObject({
      url: '/initiations/call/bistro?initiation=7',
      form: { From: '+15550190', To: '+15550111', Direction: 'outbound-api', CallStatus: 'in-progress' },
    });
    socket!.close();
    expect(await code).toBe(0);
  });

  it('prints the words that the server has: what was heard of them, and what comes last', async () => {
    const turn = (index: number, role: string, text: string, heardText: string | null): object => ({
      index,
      role,
      text,
      interrupted: heardText !== null && heardText !== text,
      heardText,
    });
    let sid = '';
    const api = createServer((request, response) => {
      if (request.url!.includes('?')) response.end(JSON.stringify({ items: [{ id: 's1', callSid: sid }] }));
      else if (request.url!.endsWith('/live')) {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        const events = [
          turn(0, 'agent', 'Welcome.', null),
          turn(0, 'agent', 'Welcome.', 'Welcome.'),
          turn(1, 'caller', 'a table', 'a table'),
          turn(2, 'agent', 'We have tables at seven and eight.', 'We have tables'),
        ];
        for (const one of events) response.write(`data: ${JSON.stringify({ kind: 'turn', turn: one })}\n\n`);
      } else response.end(JSON.stringify({ turns: [turn(3, 'agent', 'Goodbye.', null)] }));
    });
    await new Promise<void>((resolve) => {
      api.listen(0, '127.0.0.1', resolve);
    });
    const port = (api.address() as { port: number }).port;
    const code = call(
      { say: ['a table'] },
      {
        apiToken: 'token',
        serverUrl: `http://127.0.0.1:${port}`,
        openPhone: (opened) => {
          const phone = new Phone({
            ...opened,
            clock,
            authToken: null,
            publicUrl: null,
            serverUrl: server.origin,
          });
          sid = phone.callSid;
          return phone;
        },
      },
    );
    await started();
    await vi.waitFor(() => expect(out).toHaveLength(3));
    await agentSpeaks(100);
    socket!.close();
    expect(await code).toBe(0);
    expect(out).toEqual(['agent: Welcome.', 'caller: a table', 'agent: We have tables —', 'agent: Goodbye.']);
    api.close();
    api.closeAllConnections();
  });

  it('prints what happens on the other side of a transfer', async () => {
    extra = (url) =>
      ({
        '/initiations/call/bistro':
          '<Dial callerId="+14155550100"><Number url="/brief">+14155550199</Number></Dial>',
        '/brief': '<Gather action="/answer"><Say>Ana is calling.</Say></Gather>',
        '/answer': '',
      })[url] ?? null;
    const code = call();
    await vi.waitFor(
      async () => {
        await clock.advanceAsync(100);
        expect(err).toHaveLength(1);
      },
      { interval: 2, timeout: 10_000 },
    );
    expect(await code).toBe(0);
    expect(out).toEqual([
      '(dialling +14155550199 as +14155550100)',
      '(the other side answers)',
      'to the other side: Ana is calling.',
      '(the other side presses 1)',
      '(the caller and the other side are joined)',
      'other side: Hello, here I am.',
      '(the other side hangs up)',
    ]);
  });

  it('says nothing of a voice that is gone with the call', async () => {
    extra = () => ({ status: 404 });
    let fail: (problem: Error) => void = () => undefined;
    const synthesize = (): Promise<Uint8Array> => new Promise((_resolve, reject) => (fail = reject));
    expect(await call({ say: ['a table'] }, { synthesize })).toBe(1);
    fail(new Error('flite did not speak'));
    await clock.advanceAsync(0);
    expect(err).toEqual(['The webhook /initiations/call/bistro answered with 404.']);
  });

  it('ends when the user wants to stop', async () => {
    const code = call();
    await started();
    stop();
    expect(await code).toBe(0);
    expect(err).toEqual(['You hung up after 0.0 s.']);
  });

  it('tells why there was no call', async () => {
    extra = () => ({
      status: 404,
      headers: { 'Content-Type': 'application/problem+json' },
      body: JSON.stringify({ code: 'unknown-app', detail: 'There is no app "bistro".' }),
    });
    expect(await call()).toBe(1);
    expect(err).toEqual([
      'The webhook /initiations/call/bistro answered with 404.',
      'There is no app "bistro".',
    ]);
    err = [];
    extra = () => '<Reject reason="busy"/>';
    expect(await call()).toBe(1);
    expect(err).toEqual(['The call was not taken: the line is busy.']);
    err = [];
    const gone = await twimlServer(() => '');
    gone.close();
    expect(await call({}, { publicUrl: gone.origin })).toBe(1);
    expect(err[0]).toMatch(/^The webhook .* is not reached: connect ECONNREFUSED/);
    expect(err[1]).toBe('Is the server running? "offhook serve" starts it.');
  });

  it('speaks when Twilio itself listens, and prints what it says', async () => {
    let asked = 0;
    extra = (url) => {
      if (url === '/next') return '<Say>Thanks.</Say><Hangup/>';
      if (!url.startsWith('/initiations')) return null;
      asked++;
      return '<Gather input="dtmf speech" action="/next" speechTimeout="1"><Say>Sales or help?</Say></Gather>';
    };
    const code = call({ say: ['sales please'] });
    await vi.waitFor(
      async () => {
        await clock.advanceAsync(100);
        expect(err).toContainEqual(expect.stringContaining('The call ended'));
      },
      { timeout: 5_000, interval: 10 },
    );
    expect(await code).toBe(0);
    expect([asked, server.asked.at(-1)?.form['SpeechResult']]).toEqual([1, 'sales please']);
    expect(out).toEqual(['agent: Sales or help?', 'caller: sales please', 'agent: Thanks.']);
  });
});

describe('offhook ring on the engine relay', () => {
  beforeEach(() => {
    extra = (url) =>
      url.startsWith('/initiations')
        ? `<Connect action="/next"><ConversationRelay url="${server.origin.replace('http', 'ws')}/relay" partialPrompts="true" dtmfDetection="true"/></Connect>`
        : '<Hangup/>';
  });

  const sent = (): { type?: string; voicePrompt?: string; last?: boolean; digit?: string }[] =>
    frames as never;

  async function relayStarted(): Promise<void> {
    await vi.waitFor(() => expect(sent().some(({ type }) => type === 'setup')).toBe(true));
  }

  async function agentSays(token: string): Promise<void> {
    socket!.send(JSON.stringify({ type: 'text', token, last: true }));
    await pass(0);
    await pass(200);
    for (let ms = 0; ms < (token.length / 15) * 1000; ms += 50) await pass(50);
    await pass(50);
  }

  it('prints what was said, and says its lines when the agent has finished', async () => {
    const code = call({ say: ['a table', '#42'], hangup: true });
    await relayStarted();
    await agentSays('How can I help?');
    expect(out).toEqual(['agent: How can I help?']);
    await pass(700);
    for (let ms = 0; ms < 1_000; ms += 50) await pass(50);
    expect(sent().filter(({ type, last }) => type === 'prompt' && last)).toMatchObject([
      { voicePrompt: 'a table' },
    ]);
    await agentSays('For how many?');
    await pass(700);
    for (let ms = 0; ms < 600; ms += 50) await pass(50);
    expect(sent().filter(({ type }) => type === 'dtmf')).toMatchObject([{ digit: '4' }, { digit: '2' }]);
    expect(out).toEqual(['agent: How can I help?', 'caller: a table', 'agent: For how many?', 'caller: #42']);
    stop();
    expect(await code).toBe(0);
    expect(server.asked.at(-1)!.form).toMatchObject({ SessionStatus: 'completed' });
  });

  it('says that it cannot record, and understands no file', async () => {
    const record = join(folder, 'out.wav');
    const caller = join(folder, 'in.wav');
    await writeFile(caller, writeWav(new Uint8Array(800)));
    const code = call({ caller, record });
    await relayStarted();
    for (let ms = 0; ms < 1_000; ms += 50) await pass(50);
    stop();
    expect(await code).toBe(0);
    expect(err).toEqual([
      'Nothing was understood: on this engine the simulated Twilio knows the words of --say, and none of a file.',
      'Nothing is recorded: on this engine Twilio speaks in its own voice, which is not simulated.',
      'You hung up after 1.0 s.',
    ]);
    await expect(readFile(record)).rejects.toThrow('ENOENT');
  });
});
