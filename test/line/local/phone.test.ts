import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { Phone, type PhoneEvent, type PhoneOptions } from '../../../runtime/line/local/phone.ts';
import { verifier } from '../../../runtime/line/twilio/signature.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { twimlServer, type Answer, type Asked, type TwimlServer } from '../../support/twiml-server.ts';

let server: TwimlServer;
const clock = new FakeClock();
afterEach(() => server.close());

type Frame = { event: string; [key: string]: unknown };

interface Rig {
  phone: Phone;
  events: PhoneEvent[];
  /** Events of one kind. */
  of: <K extends PhoneEvent['kind']>(kind: K) => Extract<PhoneEvent, { kind: K }>[];
  /** What the server received on the stream. */
  frames: Frame[];
  media: () => { payload: string; timestamp: string; chunk: string; track: string }[];
  socket: () => Promise<WebSocket>;
  /** Moves the time on once the server has read everything, frame by frame. */
  pass: (ms: number) => Promise<void>;
  call: (path?: string) => ReturnType<Phone['call']>;
}

const CONNECT = (origin: string, more = ''): string =>
  `<Connect><Stream url="${origin.replace('http', 'ws')}/call/"><Parameter name="token" value="opaque"/></Stream></Connect>${more}`;

async function rig(
  options: Partial<PhoneOptions> = {},
  answer: (asked: Asked, origin: string) => Answer | string = (asked, origin) =>
    asked.url.startsWith('/voice') ? CONNECT(origin) : '<Hangup/>',
  refusal?: number,
): Promise<Rig> {
  const frames: Frame[] = [];
  const sockets: WebSocket[] = [];
  server = await twimlServer(
    answer,
    refusal ??
      ((socket) => {
        sockets.push(socket);
        socket.on('message', (data) => frames.push(JSON.parse((data as Buffer).toString()) as Frame));
      }),
  );
  const events: PhoneEvent[] = [];
  const phone = new Phone({
    clock,
    authToken: null,
    publicUrl: null,
    serverUrl: server.origin,
    from: '+15550100',
    to: '+15550199',
    direction: 'inbound',
    on: (event) => events.push(event),
    ...options,
  });
  const of: Rig['of'] = (kind) => events.filter((event): event is never => event.kind === kind);
  return {
    phone,
    events,
    of,
    frames,
    media: () => frames.filter(({ event }) => event === 'media').map((frame) => frame.media as never),
    socket: async () => {
      await vi.waitFor(() => {
        if (!of('stream-started').length) throw new Error('The stream has not started.');
      });
      return sockets.at(-1)!;
    },
    pass: async (ms) => {
      await clock.advanceAsync(ms);
      await new Promise<void>((resolve) => {
        sockets.at(-1)!.ping(resolve);
        sockets.at(-1)!.once('pong', () => resolve());
      });
      await clock.advanceAsync(0);
    },
    call: (path = '/voice') => phone.call(`${options.publicUrl ?? server.origin}${path}`),
  };
}

const sid = (frames: Frame[]): string => frames.find(({ event }) => event === 'start')!.streamSid as string;
const samples = (ms: number, byte = 0x20): Uint8Array => new Uint8Array(ms * 8).fill(byte);

describe('the simulated phone asks', () => {
  it('the webhook as Twilio does', async () => {
    const { call, phone } = await rig({}, () => '<Hangup/>');
    expect(await call('/voice?tenant=7')).toEqual({ reason: 'ended', problem: null, durationMs: 0 });
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]).toMatchObject({ method: 'POST', url: '/voice?tenant=7' });
    expect(server.asked[0]!.form).toEqual({
      CallSid: phone.callSid,
      AccountSid: `AC${'0'.repeat(32)}`,
      From: '+15550100',
      To: '+15550199',
      Caller: '+15550100',
      Called: '+15550199',
      CallStatus: 'ringing',
      Direction: 'inbound',
      ApiVersion: '2010-04-01',
    });
    expect(phone.callSid).toMatch(/^CA[0-9a-f]{32}$/);
    expect(server.asked[0]!.headers['x-twilio-signature']).toBeUndefined();
  });

  it('with signatures that hold, for the webhook, the stream and its reports, under the public URL', async () => {
    const authToken = 'secret';
    const publicUrl = 'https://voice.example.com';
    const { call, socket, phone } = await rig({ authToken, publicUrl }, ({ url }) =>
      url === '/voice'
        ? '<Connect><Stream url="wss://voice.example.com/call/?gone=1" statusCallback="/stream"/></Connect><Redirect method="GET">/next?a=1</Redirect>'
        : '<Hangup/>',
    );
    const outcome = call();
    (await socket()).close();
    expect((await outcome).reason).toBe('ended');

    const check = verifier({ keys: () => [{ sid: null, token: authToken }], publicUrl });
    const genuine = server.asked.map((one) => {
      const request = { url: one.url, headers: one.headers } as never;
      return `${one.method} ${one.url.split('?')[0]} ${check.webhook(request, one.form).genuine}`;
    });
    expect(genuine.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'GET /next true',
      'POST /stream true',
      'POST /stream true',
      'POST /voice true',
    ]);
    expect(server.asked.find(({ method }) => method === 'GET')!.url).toContain(
      `/next?a=1&CallSid=${phone.callSid}`,
    );
    expect(server.upgrades[0]!.url).toBe('/call/');
    expect(check.upgrade(server.upgrades[0]!)).toEqual({ genuine: true, sids: null });
    expect(server.asked.filter(({ url }) => url === '/stream').map(({ form }) => form.StreamEvent)).toEqual([
      'stream-started',
      'stream-stopped',
    ]);
  });

  it('again where it is redirected, by HTTP as by TwiML', async () => {
    const { call } = await rig({}, ({ url }) => {
      if (url === '/voice') return { status: 302, headers: { Location: '/moved' } };
      return url.startsWith('/moved') ? '<Redirect>next</Redirect>' : '<Hangup/>';
    });
    expect((await call()).reason).toBe('ended');
    expect(server.asked.map(({ method, url }) => `${method} ${url.split('?')[0]}`)).toEqual([
      'POST /voice',
      'GET /moved',
      'POST /next',
    ]);
    expect(server.asked.at(-1)!.form.CallStatus).toBe('in-progress');
  });

  it.each<[string, Answer | string, string]>([
    ['an error', { status: 404, body: '' }, 'The webhook /voice answered with 404.'],
    [
      'plain text',
      { headers: { 'Content-Type': 'text/plain' }, body: 'hi' },
      'The webhook /voice answered with the Content-Type "text/plain", not text/xml.',
    ],
    [
      'broken XML',
      { body: '<?xml version="1.0"?><Response>' },
      'The TwiML is not well-formed: 1:31: unclosed tag: Response.',
    ],
    [
      'no end of redirects',
      '<Redirect>/voice</Redirect>',
      'The call went through 100 documents without an end.',
    ],
    ['a redirect to nowhere', '<Redirect>http://</Redirect>', 'The webhook "http://" is not a URL.'],
    ['a verb it cannot do', '<Enqueue>a</Enqueue>', 'The simulated phone cannot execute <Enqueue>.'],
    [
      'a noun it cannot do',
      '<Connect><Room>r</Room></Connect>',
      'The simulated phone cannot execute <Connect><Room>.',
    ],
  ])('and fails with a sentence when the answer is %s', async (_name, answer, problem) => {
    const { call } = await rig({}, () => answer);
    expect(await call()).toMatchObject({ reason: 'failed', problem });
  });

  it('and fails with a sentence when nobody answers', async () => {
    const { call } = await rig({}, () => ({ dies: true }));
    expect(await call()).toMatchObject({
      reason: 'failed',
      problem: `The webhook ${server.origin}/voice is not reached: other side closed.`,
    });
  });

  it('and gives up when the answer takes more than 15 s', async () => {
    const { call } = await rig({}, () => new Promise<never>(() => {}) as never);
    const outcome = call();
    await vi.waitFor(() => expect(server.asked).toHaveLength(1));
    await clock.advanceAsync(15_000);
    expect((await outcome).problem).toBe(
      `The webhook ${server.origin}/voice is not reached: it did not answer within 15 s.`,
    );
  });
});

describe('the simulated phone executes', () => {
  it.each([
    ['<Reject/>', 'rejected'],
    ['<Reject reason="busy"/>', 'busy'],
    ['<Hangup/>', 'ended'],
    ['', 'ended'],
    ['<Pause length="0"/><Reject reason="busy"/>', 'ended'],
  ])('%s: the call is %s', async (twiml, reason) => {
    const { call } = await rig({}, () => ({ body: `<?xml version="1.0"?><Response>${twiml}</Response>` }));
    const outcome = call();
    await vi.waitFor(() => expect(server.asked).toHaveLength(1));
    await clock.advanceAsync(1);
    expect((await outcome).reason).toBe(reason);
  });

  it('Say and Pause in real time, and warns of a verb that does not exist', async () => {
    const { call, of } = await rig(
      {},
      () => '<Say language="en-GB">Goodbye</Say><shout/><Pause length="2"/>',
    );
    const outcome = call();
    await vi.waitFor(() => expect(of('says')).toHaveLength(1));
    expect(of('says')[0]).toMatchObject({ text: 'Goodbye', language: 'en-GB' });
    await clock.advanceAsync(7 * 60);
    expect(of('warning')).toMatchObject([{ code: 12200, problem: '<shout> is not a verb and is ignored' }]);
    await clock.advanceAsync(1999);
    expect(of('over')).toEqual([]);
    await clock.advanceAsync(1);
    expect((await outcome).durationMs).toBe(7 * 60 + 2000);
  });

  it('a stream until the server closes it, then what follows', async () => {
    const { call, socket, pass, of, frames } = await rig({}, ({ url }, origin) =>
      url === '/voice' ? CONNECT(origin, '<Redirect>/next</Redirect>') : '<Hangup/>',
    );
    const outcome = call();
    const stream = await socket();
    await pass(100);
    stream.close(1000);
    expect((await outcome).reason).toBe('ended');
    expect(server.asked.map(({ url }) => url)).toEqual(['/voice', '/next']);
    expect(of('stream-closed')).toMatchObject([{ by: 'server', code: 1000, atMs: 100 }]);
    expect(frames.some(({ event }) => event === 'stop')).toBe(false);
  });

  it('what follows when the socket is refused', async () => {
    const { call, of } = await rig(
      {},
      ({ url }, origin) =>
        url === '/voice'
          ? `<Connect><Stream url="${origin.replace('http', 'ws')}/call/" statusCallback="/stream"/></Connect><Redirect>/next</Redirect>`
          : '<Hangup/>',
      403,
    );
    expect((await call()).reason).toBe('ended');
    expect(of('warning')).toMatchObject([{ code: 31920, problem: 'the socket was answered with 403' }]);
    expect(of('stream-closed')).toEqual([]);
    expect(server.asked.find(({ url }) => url === '/stream')!.form).toMatchObject({
      StreamEvent: 'stream-error',
      StreamError: 'the socket was answered with 403',
    });
  });

  it.each([
    ['http://127.0.0.1/call/', 31922],
    ['ws://voice.example.com/call/', 31922],
    ['wss://', 31923],
  ])('no stream to %s', async (url, code) => {
    const { call, of } = await rig({}, () => `<Connect><Stream url="${url}"/></Connect>`);
    expect((await call()).reason).toBe('ended');
    expect(of('warning')).toMatchObject([{ code }]);
  });
});

describe('what the simulated phone sends', () => {
  it('is what Twilio documents, with numbers as strings', async () => {
    const { call, socket, pass, phone, frames } = await rig();
    const outcome = call();
    await socket();
    await pass(40);
    const streamSid = sid(frames);
    expect(streamSid).toMatch(/^MZ[0-9a-f]{32}$/);
    const silence = Buffer.alloc(160, 0xff).toString('base64');
    expect(frames).toEqual([
      { event: 'connected', protocol: 'Call', version: '1.0.0' },
      {
        event: 'start',
        sequenceNumber: '1',
        streamSid,
        start: {
          streamSid,
          accountSid: `AC${'0'.repeat(32)}`,
          callSid: phone.callSid,
          tracks: ['inbound'],
          mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
          customParameters: { token: 'opaque' },
        },
      },
      {
        event: 'media',
        sequenceNumber: '2',
        streamSid,
        media: { track: 'inbound', chunk: '1', timestamp: '0', payload: silence },
      },
      {
        event: 'media',
        sequenceNumber: '3',
        streamSid,
        media: { track: 'inbound', chunk: '2', timestamp: '20', payload: silence },
      },
    ]);
    phone.hangUp();
    expect(await outcome).toEqual({ reason: 'hung-up', problem: null, durationMs: 40 });
    expect(frames.at(-1)).toEqual({
      event: 'stop',
      sequenceNumber: '4',
      streamSid,
      stop: { accountSid: `AC${'0'.repeat(32)}`, callSid: phone.callSid },
    });
    expect(server.asked).toHaveLength(1);
  });

  it('comes every 20 ms and catches up after a stall', async () => {
    const { call, socket, pass, phone, media } = await rig();
    const outcome = call();
    await socket();
    await pass(19);
    expect(media()).toHaveLength(0);
    await pass(981);
    expect(media()).toHaveLength(50);
    expect(media().map(({ timestamp }) => Number(timestamp))).toEqual(
      Array.from({ length: 50 }, (_, i) => i * 20),
    );
    phone.hangUp();
    await outcome;
  });

  it('is the voice of the caller with its caption, one utterance after the other, then silence', async () => {
    const { call, socket, pass, phone, frames, media } = await rig();
    const outcome = call();
    await socket();
    const first = phone.say(samples(50, 0x11), 'a table please');
    const second = phone.say(samples(20, 0x22));
    await pass(100);
    expect(await Promise.all([first, second])).toEqual([true, true]);
    const heard = Buffer.concat(media().map(({ payload }) => Buffer.from(payload, 'base64')));
    expect(heard).toEqual(
      Buffer.concat([
        Buffer.alloc(400, 0x11),
        Buffer.alloc(80, 0xff),
        Buffer.alloc(160, 0x22),
        Buffer.alloc(160, 0xff),
      ]),
    );
    const captions = frames.filter(({ event }) => event === 'caption');
    expect(captions).toEqual([
      { event: 'caption', streamSid: sid(frames), caption: { text: 'a table please' } },
    ]);
    expect(frames.indexOf(captions[0]!)).toBe(frames.findIndex(({ event }) => event === 'media') - 1);
    const cut = phone.say(samples(1000));
    phone.hangUp();
    await outcome;
    expect(await cut).toBe(false);
    expect(await phone.say(samples(20))).toBe(false);
  });

  it('has keys apart from one another, behind what is being said', async () => {
    const { call, socket, pass, phone, frames } = await rig();
    const outcome = call();
    await socket();
    void phone.say(samples(40));
    phone.press('1#');
    await pass(300);
    const keys = frames.filter(({ event }) => event === 'dtmf');
    expect(keys.map(({ dtmf }) => dtmf)).toEqual([
      { track: 'inbound_track', digit: '1' },
      { track: 'inbound_track', digit: '#' },
    ]);
    const before = (key: Frame): number =>
      frames.slice(0, frames.indexOf(key)).filter(({ event }) => event === 'media').length;
    expect(keys.map(before)).toEqual([2, 7]);
    phone.hangUp();
    await outcome;
  });

  it('may be late, lost, doubled and held up, where a test asks for it', async () => {
    const { call, socket, pass, phone, media, of } = await rig({
      trouble: {
        startLateMs: 500,
        loses: (frame) => frame === 1,
        repeats: (frame) => frame === 2,
        holdsUpMs: (frame) => (frame === 3 ? 30 : 0),
      },
    });
    const outcome = call();
    await vi.waitFor(() => expect(server.upgrades).toHaveLength(1));
    await vi.waitFor(() => expect(clock.waiting).toBeGreaterThan(0));
    await clock.advanceAsync(499);
    expect(of('stream-started')).toEqual([]);
    await clock.advanceAsync(1);
    await socket();
    await pass(109);
    expect(media().map(({ timestamp, chunk }) => [timestamp, chunk])).toEqual([
      ['0', '1'],
      ['40', '2'],
      ['40', '2'],
    ]);
    await pass(1);
    expect(media().map(({ timestamp }) => timestamp)).toEqual(['0', '40', '40', '60', '80']);
    phone.hangUp();
    await outcome;
  });
});

describe('what the simulated phone hears', () => {
  async function listening(
    options: Partial<PhoneOptions> = {},
  ): Promise<Rig & { send: (message: object | string | Buffer) => Promise<void>; end: () => Promise<void> }> {
    const one = await rig(options);
    const outcome = one.call();
    const socket = await one.socket();
    await one.pass(0);
    return {
      ...one,
      send: async (message) => {
        const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
        socket.send(isRaw ? message : JSON.stringify({ streamSid: sid(one.frames), ...message }));
        await one.pass(0);
      },
      end: async () => {
        one.phone.hangUp();
        await outcome;
      },
    };
  }
  const media = (ms: number, byte: number): object => ({
    event: 'media',
    media: { payload: Buffer.alloc(ms * 8, byte).toString('base64') },
  });
  const mark = (name: string): object => ({ event: 'mark', mark: { name } });

  it('is played in real time, marks come back when the audio before them was heard', async () => {
    const { send, pass, phone, frames, of, end } = await listening();
    await send(mark('early'));
    await send(media(100, 0x10));
    await send(media(50, 0x20));
    await send(mark('u1:end'));
    expect(phone.queuedMs).toBe(150);
    await pass(149);
    expect(frames.filter(({ event }) => event === 'mark').map((frame) => frame.mark)).toEqual([
      { name: 'early' },
    ]);
    await pass(1);
    expect(frames.at(-1)).toMatchObject({ event: 'mark', streamSid: sid(frames), mark: { name: 'u1:end' } });
    expect(of('mark')).toMatchObject([
      { name: 'early', played: true, atMs: 0 },
      { name: 'u1:end', played: true, atMs: 150 },
    ]);
    expect(of('heard').map(({ fromMs, audio }) => [fromMs, audio.length / 8])).toEqual([
      [0, 100],
      [100, 50],
    ]);
    expect(of('quiet')).toMatchObject([{ atMs: 150 }]);
    await pass(50);
    await send(media(20, 0x30));
    await pass(30);
    await end();
    expect(Buffer.from(phone.recording())).toEqual(
      Buffer.concat([
        Buffer.alloc(800, 0x10),
        Buffer.alloc(400, 0x20),
        Buffer.alloc(400, 0xff),
        Buffer.alloc(160, 0x30),
        Buffer.alloc(80, 0xff),
      ]),
    );
  });

  it('stops at clear, which returns the marks at once', async () => {
    const { send, pass, phone, of, end } = await listening();
    await send(media(100, 0x10));
    await send(mark('a'));
    await send(mark('b'));
    await pass(30);
    await send({ event: 'clear' });
    expect(of('mark')).toMatchObject([
      { name: 'a', played: false, atMs: 30 },
      { name: 'b', played: false, atMs: 30 },
    ]);
    expect(of('cleared')).toMatchObject([{ droppedMs: 70, atMs: 30 }]);
    expect(of('heard').map(({ audio }) => audio.length)).toEqual([240]);
    await end();
    expect(phone.recording()).toHaveLength(240);
  });

  it('ends with the stream, without marks', async () => {
    const { send, pass, of, end } = await listening({ records: false });
    await send(media(100, 0x10));
    await send(mark('a'));
    await pass(10);
    await end();
    expect(of('mark')).toEqual([]);
    expect(of('heard').map(({ audio }) => audio.length)).toEqual([80]);
  });

  it('may be marked late, where a test asks for it', async () => {
    const { send, pass, of, end } = await listening({ trouble: { marksLateMs: 200 } });
    await send(mark('a'));
    await pass(199);
    expect(of('mark')).toEqual([]);
    await pass(1);
    expect(of('mark')).toMatchObject([{ name: 'a', atMs: 200 }]);
    await end();
  });

  it('must be as Twilio wants it: anything else is lost, with a warning', async () => {
    const { send, of, frames, end } = await listening();
    const wrongs: [object | string | Buffer, string][] = [
      ['{', 'a message that is not JSON'],
      ['[]', 'a message that is not an object'],
      [{ event: 'hello' }, 'a message of an unknown event'],
      [{ ...mark('a'), streamSid: 'MZ0' }, 'mark with another streamSid'],
      [{ ...mark('a'), extra: 1 }, 'mark with a field too many'],
      [{ event: 'clear', clear: {} }, 'clear with a field too many'],
      [{ event: 'mark', mark: {} }, 'mark with a wrong mark object'],
      [{ event: 'mark', mark: { name: '' } }, 'mark without a name'],
      [{ event: 'media', media: { payload: 'AA AA' } }, 'media whose payload is not base64'],
      [{ event: 'media', media: { payload: 'AAAA', track: 'outbound' } }, 'media with a wrong media object'],
    ];
    for (const [message] of wrongs) await send(message);
    await send(Buffer.from([1]));
    expect(of('warning').map(({ code, problem }) => [code, problem])).toEqual([
      ...wrongs.map(([, problem]) => [31951, problem]),
      [31950, 'a binary message'],
    ]);
    expect(of('media')).toEqual([]);
    expect(frames.some(({ event }) => event === 'mark')).toBe(false);
    await end();
  });
});
