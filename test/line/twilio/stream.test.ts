import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { silentLog } from '../../../runtime/log.ts';
import type { AudioLine, AudioLineEvent } from '../../../runtime/line/line.ts';
import {
  acceptStream,
  STREAM_SERVER_OPTIONS,
  type StreamOptions,
} from '../../../runtime/line/twilio/stream.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const START = {
  event: 'start',
  sequenceNumber: '1',
  streamSid: 'MZ1',
  start: {
    streamSid: 'MZ1',
    accountSid: 'AC1',
    callSid: 'CA1',
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { token: 'opaque' },
  },
};

const media = (timestamp: number, streamSid = 'MZ1', track = 'inbound'): object => ({
  event: 'media',
  sequenceNumber: '2',
  streamSid,
  media: { track, chunk: '1', timestamp: String(timestamp), payload: '/3//' },
});

const clock = new FakeClock();
let server: Server;
let sockets: WebSocketServer;
let onStart: StreamOptions['onStart'];
let accepted: WebSocket[];
/** What the last socket runs over. */
let transport: Socket;
const clients: WebSocket[] = [];

beforeEach(async () => {
  server = createServer();
  accepted = [];
  sockets = new WebSocketServer(STREAM_SERVER_OPTIONS);
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (ws) => {
      accepted.push(ws);
      transport = request.socket;
      acceptStream(ws, {
        admits: () => true,
        transport: request.socket,
        clock,
        log: silentLog,
        onStart: (line, start) => onStart(line, start),
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onStart = () => () => {};
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
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/call/`);
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
  line: AudioLine;
  start: Parameters<StreamOptions['onStart']>[1];
  heard: AudioLineEvent[];
}

/** A socket that has started, and what its line heard. */
async function call(): Promise<Call> {
  const heard: AudioLineEvent[] = [];
  const started = new Promise<Pick<Call, 'line' | 'start'>>((resolve) => {
    onStart = (line, start) => {
      resolve({ line, start });
      return (event) => heard.push(event);
    };
  });
  const far = await dial();
  far.send({ event: 'connected', protocol: 'Call', version: '1.0.0' }, START);
  return { far, heard, ...(await started) };
}

describe('a Media Streams socket', () => {
  it('sends frames of one moment four at a time, so that the first do not wait for the last', async () => {
    const { far, line } = await call();
    const writes = vi.spyOn(transport, '_writev');
    for (let frame = 0; frame < 10; frame++) line.play('/3//');
    expect(writes).toHaveBeenCalledTimes(2);
    await far.read();
    await vi.waitFor(() => expect(far.received).toHaveLength(10));
    expect(writes.mock.calls.slice(0, 3).map(([chunks]) => chunks.length)).toEqual([8, 8, 4]);
  });

  it('becomes a line once it has started', async () => {
    const { far, line, start, heard } = await call();
    expect(start).toEqual({
      streamSid: 'MZ1',
      accountSid: 'AC1',
      callSid: 'CA1',
      tracks: ['inbound'],
      parameters: { token: 'opaque' },
    });
    far.send(
      media(20),
      { event: 'dtmf', streamSid: 'MZ1', dtmf: { track: 'inbound_track', digit: '1' } },
      { event: 'mark', streamSid: 'MZ1', mark: { name: 'u1:end' } },
      { event: 'caption', streamSid: 'MZ1', caption: { text: 'a table please' } },
    );
    await far.read();
    expect(heard).toEqual([
      { kind: 'audio', payload: '/3//', atMs: 20 },
      { kind: 'key', key: '1' },
      { kind: 'mark', name: 'u1:end' },
      { kind: 'caption', text: 'a table please' },
    ]);
    line.close();
    await far.closed;
  });

  it('plays, marks and clears in the order asked', async () => {
    const { far, line } = await call();
    line.play('AAAA');
    line.mark('u1:end');
    line.clear();
    line.play('');
    line.close();
    line.play('BBBB');
    expect(await far.closed).toBe(1000);
    expect(far.received).toEqual([
      { event: 'media', streamSid: 'MZ1', media: { payload: 'AAAA' } },
      { event: 'mark', streamSid: 'MZ1', mark: { name: 'u1:end' } },
      { event: 'clear', streamSid: 'MZ1' },
    ]);
  });

  it('says once and last why it is over: Twilio stopped it', async () => {
    const { far, heard } = await call();
    far.send({ event: 'stop', streamSid: 'MZ1', stop: { accountSid: 'AC1', callSid: 'CA1' } }, media(40));
    expect(await far.closed).toBe(1000);
    await vi.waitFor(() => expect(heard).toEqual([{ kind: 'closed', reason: 'stop' }]));
  });

  it('says why it is over: the socket broke', async () => {
    const { far, heard } = await call();
    far.socket.terminate();
    await vi.waitFor(() => expect(heard).toEqual([{ kind: 'closed', reason: 'broken' }]));
  });

  it('is closed when start does not come within ten seconds', async () => {
    const far = await dial();
    far.send({ event: 'connected' });
    await far.read();
    clock.advance(9999);
    expect(accepted[0]!.readyState).toBe(WebSocket.OPEN);
    clock.advance(1);
    expect(await far.closed).toBe(1008);
    await vi.waitFor(() => expect(accepted[0]!.readyState).toBe(WebSocket.CLOSED));
  });

  it('is closed when it offers other audio than mu-law at 8 kHz', async () => {
    let starts = 0;
    onStart = () => {
      starts++;
      return () => {};
    };
    const far = await dial();
    far.send({
      ...START,
      start: { ...START.start, mediaFormat: { encoding: 'audio/x-l16', sampleRate: 16000, channels: 1 } },
    });
    expect(await far.closed).toBe(1003);
    expect(starts).toBe(0);
  });

  it('ignores a few frames that make no sense, and goes on', async () => {
    const { far, heard } = await call();
    far.socket.send(Buffer.from([1, 2, 3]));
    far.socket.send('not JSON');
    far.send(START, media(0, 'MZ2'), { event: 'tomorrow' }, media(20, 'MZ1', 'outbound'), media(40));
    await far.read();
    expect(heard).toEqual([{ kind: 'audio', payload: '/3//', atMs: 40 }]);
    far.socket.close();
    await far.closed;
  });

  it.each<[string, (far: FarEnd) => void]>([
    ['binary frames', (far) => far.socket.send(Buffer.from([0]))],
    ['malformed frames', (far) => far.socket.send('{')],
    ['frames of another stream', (far) => far.send(media(0, 'MZ2'))],
    ['further starts', (far) => far.send(START)],
  ])('ends at the twentieth of %s', async (_name, send) => {
    const { far, heard } = await call();
    for (let i = 0; i < 19; i++) send(far);
    await far.read();
    expect(heard).toEqual([]);
    send(far);
    expect(await far.closed).toBe(1008);
    await vi.waitFor(() => expect(heard).toEqual([{ kind: 'closed', reason: 'misbehaved' }]));
  });

  it('counts frames before start among those that make no sense', async () => {
    const far = await dial();
    for (let i = 0; i < 20; i++) far.send(media(i * 20));
    expect(await far.closed).toBe(1008);
  });

  it('ends at a frame larger than 64 KiB, and leaves the other calls alone', async () => {
    const other = await call();
    const { far, heard } = await call();
    far.socket.send(' '.repeat(64 * 1024 + 1));
    expect(await far.closed).toBe(1009);
    await vi.waitFor(() => expect(heard).toEqual([{ kind: 'closed', reason: 'misbehaved' }]));
    other.far.send(media(0));
    await other.far.read();
    expect(other.heard).toHaveLength(1);
    other.line.close();
    await other.far.closed;
  });

  it('ends when its listener throws, and leaves the other calls alone', async () => {
    const other = await call();
    onStart = () => (event) => {
      if (event.kind === 'audio') throw new Error('a bug');
    };
    const far = await dial();
    far.send(START, media(0));
    expect(await far.closed).toBe(1011);
    other.far.send(media(0));
    await other.far.read();
    expect(other.heard).toHaveLength(1);
    other.line.close();
    await other.far.closed;
  });

  it('is dropped after a minute without any frame, having pinged meanwhile', async () => {
    const { far, heard } = await call();
    let pings = 0;
    far.socket.on('ping', () => pings++);
    far.send(media(0));
    await far.read();
    for (let look = 0; look < 4; look++) clock.advance(15_000);
    await far.read();
    expect(heard).toHaveLength(1);
    expect(pings).toBe(4);
    clock.advance(15_000);
    expect(await far.closed).toBe(1006);
    await vi.waitFor(() => expect(heard.at(-1)).toEqual({ kind: 'closed', reason: 'broken' }));
  });

  it('is dropped when the far end no longer reads', async () => {
    const { far, line, heard } = await call();
    far.socket.pause();
    const payload = 'A'.repeat(60_000);
    for (let i = 0; i < 400; i++) line.play(payload);
    await vi.waitFor(() => expect(heard).toEqual([{ kind: 'closed', reason: 'misbehaved' }]));
    expect(accepted[0]!.bufferedAmount).toBeLessThan(5 * 1024 * 1024);
  });

  it('is cut when the far end does not answer the goodbye within two seconds', async () => {
    const { far, line, heard } = await call();
    far.socket.pause();
    line.close();
    await clock.advanceAsync(1999);
    expect(heard).toEqual([]);
    await clock.advanceAsync(1);
    await vi.waitFor(() => expect(heard).toEqual([{ kind: 'closed', reason: 'closed' }]));
  });
});
