import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { WordLine, WordLineEvent } from '../../../runtime/line/line.ts';
import { acceptRelay, RELAY_SERVER_OPTIONS, type RelayOptions } from '../../../runtime/line/twilio/relay.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const SETUP = {
  type: 'setup',
  sessionId: 'VX1',
  accountSid: 'AC1',
  parentCallSid: '',
  callSid: 'CA1',
  from: '+15550100',
  to: '+15550199',
  forwardedFrom: '',
  callType: 'PSTN',
  callerName: '',
  direction: 'inbound',
  callStatus: 'RINGING',
  customParameters: { token: 'opaque' },
};
const HOW = { byCaller: true, byNext: false };

const clock = new FakeClock();
let server: Server;
let sockets: WebSocketServer;
let onSetup: RelayOptions['onSetup'];
let accepted: WebSocket[];
let logged: string[];
const clients: WebSocket[] = [];

beforeEach(async () => {
  server = createServer();
  accepted = [];
  logged = [];
  const log = pino(
    { level: 'warn' },
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged.push(chunk.toString());
        done();
      },
    }),
  );
  sockets = new WebSocketServer(RELAY_SERVER_OPTIONS);
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (ws) => {
      accepted.push(ws);
      acceptRelay(ws, {
        admits: () => true,
        clock,
        log,
        soundUrl: (file) => `https://voice.example.com/twilio/sounds${file}`,
        onSetup: (line, setup) => onSetup(line, setup),
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onSetup = () => () => {};
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  for (const socket of accepted) socket.terminate();
  server.close();
  await vi.waitFor(() => {
    if (clock.waiting > 0) throw new Error(`${clock.waiting} timers were left behind.`);
  });
});

interface FarEnd {
  socket: WebSocket;
  received: unknown[];
  closed: Promise<number>;
  send(...frames: object[]): void;
  /** Settles when the server has read everything sent before. */
  read(): Promise<void>;
}

async function dial(): Promise<FarEnd> {
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/relay`);
  clients.push(socket);
  socket.on('error', () => {});
  const received: unknown[] = [];
  socket.on('message', (data) => received.push(JSON.parse((data as Buffer).toString())));
  const closed = new Promise<number>((resolve) => {
    socket.on('close', resolve);
  });
  await once(socket, 'open');
  return {
    socket,
    received,
    closed,
    send: (...frames) => {
      for (const frame of frames) socket.send(JSON.stringify(frame));
    },
    read: async () => {
      socket.ping();
      await once(socket, 'pong');
    },
  };
}

interface Call {
  far: FarEnd;
  line: WordLine;
  setup: Parameters<RelayOptions['onSetup']>[1];
  heard: WordLineEvent[];
}

/** A session that has been set up, and what its line heard. */
async function call(): Promise<Call> {
  const heard: WordLineEvent[] = [];
  const started = new Promise<Pick<Call, 'line' | 'setup'>>((resolve) => {
    onSetup = (line, setup) => {
      resolve({ line, setup });
      return (event) => heard.push(event);
    };
  });
  const far = await dial();
  far.send(SETUP);
  return { far, heard, ...(await started) };
}

async function closed(heard: WordLineEvent[]): Promise<WordLineEvent> {
  await vi.waitFor(() => expect(heard.at(-1)?.kind).toBe('closed'));
  expect(heard.filter(({ kind }) => kind === 'closed')).toHaveLength(1);
  return heard.at(-1)!;
}

describe('a ConversationRelay socket', () => {
  it('becomes a line with words once it is set up', async () => {
    const { far, setup, heard } = await call();
    expect(setup).toEqual({
      sessionId: 'VX1',
      accountSid: 'AC1',
      callSid: 'CA1',
      parameters: { token: 'opaque' },
    });
    far.send(
      { type: 'info', name: 'clientSpeaking', value: 'on' },
      { type: 'prompt', voicePrompt: 'a table', lang: 'en-US', last: false },
      { type: 'info', name: 'clientSpeaking', value: 'off' },
      { type: 'prompt', voicePrompt: 'a table please', lang: 'en-US', last: true },
      { type: 'interrupt', utteranceUntilInterrupt: 'How', durationUntilInterruptMs: '90' },
      { type: 'dtmf', digit: '1' },
      { type: 'info', name: 'agentSpeaking', value: 'off' },
      { type: 'info', name: 'tokensPlayed', value: 'How' },
      { type: 'info', name: 'roundTripDelayMs', value: '80' },
    );
    await far.read();
    expect(heard).toEqual([
      { kind: 'caller-speaking', on: true },
      { kind: 'partial', text: 'a table' },
      { kind: 'caller-speaking', on: false },
      { kind: 'said', text: 'a table please' },
      { kind: 'interrupted', text: 'How', ms: 90 },
      { kind: 'key', key: '1' },
      { kind: 'agent-speaking', on: false },
      { kind: 'played', text: 'How' },
    ]);
  });

  it('takes words, files, keys, a language and the end', async () => {
    const { far, line, heard } = await call();
    line.say('One ', false, HOW);
    line.say('', false, HOW);
    line.say('moment.', true, { byCaller: false, byNext: true });
    line.play('/jingle.wav', HOW);
    line.press('1w#A');
    line.press('ABC');
    line.switchTo('cs-CZ');
    line.end('{"reason":"done"}');
    line.say('too late', true, HOW);
    line.end('again');
    await vi.waitFor(() => expect(far.received).toHaveLength(6));
    expect(far.received).toEqual([
      { type: 'text', token: 'One ', last: false, interruptible: true, preemptible: false },
      { type: 'text', token: 'moment.', last: true, interruptible: false, preemptible: true },
      {
        type: 'play',
        source: 'https://voice.example.com/twilio/sounds/jingle.wav',
        loop: 1,
        interruptible: true,
        preemptible: false,
      },
      { type: 'sendDigits', digits: '1w#' },
      { type: 'language', ttsLanguage: 'cs-CZ', transcriptionLanguage: 'cs-CZ' },
      { type: 'end', handoffData: '{"reason":"done"}' },
    ]);
    far.socket.close(1000);
    expect(await closed(heard)).toEqual({ kind: 'closed', reason: 'closed' });
  });

  it('hears nothing more behind its end, and closes by itself where the far end does not', async () => {
    const { far, line, heard } = await call();
    line.end('bye');
    far.send({ type: 'prompt', voicePrompt: 'wait', last: true }, { type: 'dtmf', digit: '1' });
    await far.read();
    expect(heard).toEqual([]);
    await clock.advanceAsync(2_999);
    expect(far.socket.readyState).toBe(WebSocket.OPEN);
    await clock.advanceAsync(1);
    expect(await far.closed).toBe(1000);
    expect(await closed(heard)).toEqual({ kind: 'closed', reason: 'closed' });
  });

  it('tells a caller who hung up from a line that broke', async () => {
    const first = await call();
    first.far.socket.close(1000, 'Closing websocket session');
    expect(await closed(first.heard)).toEqual({ kind: 'closed', reason: 'stop' });
    const second = await call();
    second.far.socket.terminate();
    expect(await closed(second.heard)).toEqual({ kind: 'closed', reason: 'broken' });
    const third = await call();
    third.far.socket.close(1007);
    expect(await closed(third.heard)).toEqual({ kind: 'closed', reason: 'broken' });
  });

  it('is closed where no setup comes in time, and nobody hears of it', async () => {
    onSetup = () => expect.fail('It was not set up.');
    const far = await dial();
    far.send({ type: 'dtmf', digit: '1' });
    await far.read();
    await clock.advanceAsync(10_000);
    expect(await far.closed).toBe(1008);
    expect(logged.join('')).toContain('sent no setup message within 10 s');
  });

  it('passes over twenty frames that make no sense, a second setup among them, and then ends', async () => {
    const { far, heard } = await call();
    far.send(SETUP, { type: 'dtmf' }, { nothing: true });
    far.socket.send('not JSON');
    far.socket.send(Buffer.from([1, 2, 3]));
    far.send({ type: 'dtmf', digit: '1' });
    await far.read();
    expect(heard).toEqual([{ kind: 'key', key: '1' }]);
    for (let count = 5; count < 20; count++) far.send({ type: 'prompt' });
    expect(await far.closed).toBe(1008);
    expect(await closed(heard)).toEqual({ kind: 'closed', reason: 'misbehaved' });
    expect(logged).toHaveLength(2);
  });

  it('ends where one message is larger than any of Twilio’s', async () => {
    const { far, heard } = await call();
    far.send({ type: 'prompt', voicePrompt: 'a'.repeat(70_000), last: true });
    expect(await far.closed).toBe(1009);
    expect(await closed(heard)).toEqual({ kind: 'closed', reason: 'misbehaved' });
  });

  it('tells the operator that a message was refused, and nothing of what it was', async () => {
    const { far, line } = await call();
    line.say('Your card 4929 1234 is known.', true, HOW);
    far.send({ type: 'error', description: 'Invalid message received: {"token":"Your card 4929 1234"}' });
    await far.read();
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('Twilio refused a message of this relay session.');
    expect(logged[0]).toContain('Invalid message received');
    expect(logged[0]).not.toContain('4929');
  });

  it('is dropped when a far end that answered pings does so no more for a minute', async () => {
    const { far, heard } = await call();
    // The first ping left with the setup, and was answered.
    await far.read();
    far.socket.pause();
    for (let look = 0; look < 6; look++) await clock.advanceAsync(15_000);
    expect(await closed(heard)).toEqual({ kind: 'closed', reason: 'broken' });
  });

  it('stays open while nobody speaks', async () => {
    const { far, heard } = await call();
    for (let look = 0; look < 12; look++) {
      await clock.advanceAsync(15_000);
      await far.read();
    }
    expect(heard).toEqual([]);
    expect(far.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('ends its own call alone where whoever listens breaks', async () => {
    const heard: WordLineEvent[] = [];
    onSetup = () => (event) => {
      heard.push(event);
      if (event.kind === 'key') throw new Error('a bug');
    };
    const far = await dial();
    far.send(SETUP, { type: 'dtmf', digit: '1' });
    expect(await far.closed).toBe(1011);
    expect(await closed(heard)).toEqual({ kind: 'closed', reason: 'closed' });
    const other = await call();
    other.far.send({ type: 'dtmf', digit: '2' });
    await other.far.read();
    expect(other.heard).toEqual([{ kind: 'key', key: '2' }]);
  });
});
