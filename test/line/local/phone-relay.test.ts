import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { Phone, type PhoneEvent, type PhoneOptions } from '../../../runtime/line/local/phone.ts';
import { verifier } from '../../../runtime/line/twilio/signature.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { twimlServer, type Asked, type TwimlServer } from '../../support/twiml-server.ts';

let server: TwimlServer;
const clock = new FakeClock();
afterEach(() => server.close());

type Message = { type: string; [key: string]: unknown };

interface Rig {
  phone: Phone;
  events: PhoneEvent[];
  of: <K extends PhoneEvent['kind']>(kind: K) => Extract<PhoneEvent, { kind: K }>[];
  /** What the server received. */
  messages: Message[];
  socket: () => Promise<WebSocket>;
  send: (...orders: object[]) => Promise<void>;
  /** Moves the time on once everything sent was read, in steps. */
  pass: (ms: number) => Promise<void>;
  call: () => ReturnType<Phone['call']>;
  /** What was told to the action. */
  action: () => Asked | undefined;
}

const ALL =
  'dtmfDetection="true" partialPrompts="true" events="speaker-events tokens-played" reportInputDuringAgentSpeech="any"';

async function rig(attributes = ALL, options: Partial<PhoneOptions> = {}, refusal?: number): Promise<Rig> {
  const messages: Message[] = [];
  const sockets: WebSocket[] = [];
  server = await twimlServer(
    ({ url }, origin) =>
      url === '/voice'
        ? `<Connect action="/ended?session=7"><ConversationRelay url="${(options.publicUrl ?? origin).replace('http', 'ws')}/relay" ${attributes}>` +
          '<Parameter name="token" value="opaque"/></ConversationRelay></Connect>'
        : '<Hangup/>',
    refusal ??
      ((socket) => {
        sockets.push(socket);
        socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString()) as Message));
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
    charactersPerS: 15,
    on: (event) => events.push(event),
    ...options,
  });
  const flush = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      sockets.at(-1)!.ping();
      sockets.at(-1)!.once('pong', () => resolve());
    });
    await clock.advanceAsync(0);
  };
  return {
    phone,
    events,
    of: (kind) => events.filter((event): event is never => event.kind === kind),
    messages,
    socket: async () => {
      await vi.waitFor(() => expect(messages[0]?.type).toBe('setup'));
      return sockets.at(-1)!;
    },
    send: async (...orders) => {
      for (const order of orders) sockets.at(-1)!.send(JSON.stringify(order));
      await flush();
    },
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= 50) {
        await clock.advanceAsync(Math.min(50, left));
        await flush();
      }
    },
    call: () => phone.call(`${options.publicUrl ?? server.origin}/voice`),
    action: () => server.asked.find(({ url }) => url.startsWith('/ended')),
  };
}

const text = (token: string, more: object = {}): object => ({ type: 'text', token, last: true, ...more });
const told = (messages: Message[]): string[] =>
  messages.slice(1).map(({ type, name, value, voicePrompt, last, digit, utteranceUntilInterrupt }) => {
    if (type === 'info') return `${name as string} ${value as string}`;
    if (type === 'prompt') return `${voicePrompt as string}${last ? '.' : ' …'}`;
    if (type === 'interrupt') return `interrupt after: ${utteranceUntilInterrupt as string}`;
    return type === 'dtmf' ? `key ${digit as string}` : type;
  });
const speech = (ms: number): Uint8Array => new Uint8Array(ms * 8);

describe('the simulated relay', () => {
  it('sets up as Twilio does, and signs the socket', async () => {
    const authToken = 'secret';
    const publicUrl = 'https://voice.example.com';
    const { call, socket, messages, phone, of, action } = await rig(ALL, { authToken, publicUrl });
    const outcome = call();
    (await socket()).close();
    expect((await outcome).reason).toBe('ended');
    expect(messages[0]).toEqual({
      type: 'setup',
      sessionId: of('relay-started')[0]!.sessionId,
      accountSid: `AC${'0'.repeat(32)}`,
      parentCallSid: '',
      callSid: phone.callSid,
      from: '+15550100',
      to: '+15550199',
      forwardedFrom: '',
      callType: 'PSTN',
      callerName: '',
      direction: 'inbound',
      callStatus: 'IN_PROGRESS',
      customParameters: { token: 'opaque' },
    });
    expect(server.upgrades[0]!.url).toBe('/relay');
    const check = verifier({ keys: () => [{ sid: null, token: authToken }], publicUrl });
    expect(check.upgrade(server.upgrades[0]!)).toEqual({ genuine: true, sids: null });
    const { url, headers, form } = action()!;
    expect(check.webhook({ url, headers } as never, form)).toEqual({ genuine: true, sids: null });
  });

  it('says what it is given in the time that takes, and tells of it', async () => {
    const { call, socket, send, pass, messages, of } = await rig();
    void call();
    await socket();
    await send(text('One two. ', { last: false }), text('Three.'), text('Four.'));
    await pass(2_000);
    expect(told(messages)).toEqual([
      'agentSpeaking on',
      'tokensPlayed One two. ',
      'tokensPlayed Three.',
      'tokensPlayed Four.',
      'agentSpeaking off',
    ]);
    expect(of('spoken').map((event) => event.text)).toEqual(['One two. ', 'Three.', 'Four.']);
    const [first, second] = of('spoken');
    expect(second!.fromMs - first!.fromMs).toBeCloseTo(600, 0);
    expect(of('quiet')).toHaveLength(1);
  });

  it('hears the caller word by word, and is interrupted by them', async () => {
    const { call, socket, send, pass, messages, phone, of } = await rig();
    void call();
    await socket();
    await send(text('How can I help you today?'), text('Behind it.'));
    await pass(200 + 800);
    const said = phone.say(speech(900), 'a table please');
    await pass(1_600);
    expect(await said).toBe(true);
    expect(told(messages)).toEqual([
      'agentSpeaking on',
      'clientSpeaking on',
      'tokensPlayed How can I help',
      'agentSpeaking off',
      'interrupt after: How can I help',
      'a …',
      'a table …',
      'clientSpeaking off',
      'a table please …',
      'a table please.',
    ]);
    expect(messages.find(({ type }) => type === 'interrupt')).toMatchObject({
      durationUntilInterruptMs: 1050,
    });
    expect(of('cleared')).toHaveLength(1);
  });

  it('lets nothing interrupt what may not be, and tells of it all the same where it was asked to', async () => {
    const { call, socket, send, pass, messages, phone } = await rig();
    void call();
    await socket();
    await send(text('This is the law of the land.', { interruptible: false }));
    await pass(400);
    phone.press('1');
    void phone.say(speech(300), 'no');
    await pass(2_500);
    expect(told(messages).filter((one) => !one.startsWith('client'))).toEqual([
      'agentSpeaking on',
      'key 1',
      'no …',
      'no.',
      'tokensPlayed This is the law of the land.',
      'agentSpeaking off',
    ]);
    const silent = await rig('dtmfDetection="true" interruptible="none"');
    void silent.call();
    await silent.socket();
    await silent.send(text('This is the law of the land.'));
    await silent.pass(400);
    silent.phone.press('1');
    await silent.pass(3_000);
    silent.phone.press('2');
    await silent.pass(300);
    expect(told(silent.messages)).toEqual(['key 2']);
  });

  it('takes a murmur for none where it was told to', async () => {
    const { call, socket, send, pass, messages, phone } = await rig(`${ALL} ignoreBackchannel="true"`);
    void call();
    await socket();
    await send(text('How can I help you today?'));
    await pass(400);
    void phone.say(speech(300), 'uh-huh');
    await pass(3_000);
    expect(told(messages)).toEqual([
      'agentSpeaking on',
      'tokensPlayed How can I help you today?',
      'agentSpeaking off',
    ]);
  });

  it('cuts what may be cut by what is said next', async () => {
    const { call, socket, send, pass, of } = await rig();
    void call();
    await socket();
    await send(text('Enter your number now please.', { preemptible: true, interruptible: false }));
    await pass(1_000);
    await send(text('Thank you.'));
    await pass(2_000);
    expect(of('spoken').map((event) => event.text)).toEqual(['Enter your', 'Thank you.']);
  });

  it('presses keys and changes the language in its turn', async () => {
    const { call, socket, send, pass, of } = await rig();
    void call();
    await socket();
    await send(
      { type: 'sendDigits', digits: '12#' },
      { type: 'language', ttsLanguage: 'cs-CZ', transcriptionLanguage: 'cs-CZ' },
    );
    await pass(1_000);
    expect(of('sounded')).toMatchObject([{ what: '12#' }]);
    expect(of('language')).toMatchObject([{ tts: 'cs-CZ', transcription: 'cs-CZ' }]);
  });

  it('answers a message that is wrong with an error, and ten in a row with the end', async () => {
    const { call, socket, send, messages, action, of } = await rig();
    const over = call();
    await socket();
    for (let count = 0; count < 9; count++) await send({ type: 'mark' });
    await send(text('Right.'));
    for (let count = 0; count < 9; count++) await send({ type: 'mark' });
    expect(messages.filter(({ type }) => type === 'error')).toHaveLength(18);
    (await socket()).send('{"type":"mark"}');
    expect((await over).reason).toBe('ended');
    expect(action()!.form).toMatchObject({ SessionStatus: 'failed', ErrorCode: '64105' });
    expect(of('relay-closed')).toMatchObject([{ by: 'server', code: 1007 }]);
    expect(of('warning')[0]).toMatchObject({ code: 64107, problem: 'a message of an unknown type' });
  });

  it('tells the action how the session ended: by us', async () => {
    const { call, socket, send, action, phone } = await rig();
    const over = call();
    await socket();
    await clock.advanceAsync(2_600);
    (await socket()).send('{"type":"end","handoffData":"{\\"reason\\":\\"done\\"}"}');
    expect((await over).reason).toBe('ended');
    expect(action()!.url).toBe('/ended?session=7');
    expect(action()!.form).toMatchObject({
      CallSid: phone.callSid,
      CallStatus: 'in-progress',
      SessionStatus: 'ended',
      SessionDuration: '3',
      HandoffData: '{"reason":"done"}',
    });
    void send;
  });

  it('tells it of a caller who hung up, and of a socket that broke', async () => {
    const first = await rig();
    const over = first.call();
    await first.socket();
    first.phone.hangUp();
    expect((await over).reason).toBe('hung-up');
    expect(first.action()!.form).toMatchObject({ CallStatus: 'completed', SessionStatus: 'completed' });
    server.close();
    const second = await rig();
    const broken = second.call();
    await second.socket();
    second.phone.breakLine();
    expect((await broken).reason).toBe('ended');
    expect(second.action()!.form).toMatchObject({
      CallStatus: 'in-progress',
      SessionStatus: 'failed',
      ErrorCode: '64105',
    });
  });

  it('tells it of a socket that was refused, or has no proper URL', async () => {
    const { call, action, of } = await rig(ALL, {}, 403);
    expect((await call()).reason).toBe('ended');
    expect(action()!.form).toMatchObject({ SessionStatus: 'failed', ErrorCode: '64102' });
    expect(of('warning')).toMatchObject([{ code: 64102, problem: 'the socket was answered with 403' }]);
  });

  it('understands nothing but captions', async () => {
    const { call, socket, pass, phone, of, messages } = await rig();
    void call();
    await socket();
    void phone.say(speech(600));
    await pass(1_500);
    expect(of('not-understood')).toHaveLength(1);
    expect(told(messages)).toEqual(['clientSpeaking on', 'clientSpeaking off']);
  });

  it('tells nothing of what is heard where that is the trouble', async () => {
    const { call, socket, send, pass, messages } = await rig(ALL, { trouble: { tellsNothing: true } });
    void call();
    await socket();
    await send(text('One two.'));
    await pass(1_500);
    expect(told(messages)).toEqual([]);
  });
});
