/** Both ends of the wire: the simulated phone against the line that serves Twilio. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { Phone, type PhoneEvent } from '../../runtime/line/local/phone.ts';
import type { AudioLine, AudioLineEvent } from '../../runtime/line/line.ts';
import { verifier } from '../../runtime/line/twilio/signature.ts';
import { acceptStream, STREAM_SERVER_OPTIONS, type StreamStart } from '../../runtime/line/twilio/stream.ts';
import { connectStream, hangup } from '../../runtime/line/twilio/twiml.ts';
import { silentLog } from '../../runtime/log.ts';
import { FakeClock } from '../support/fake-clock.ts';

const AUTH_TOKEN = 'secret';
const PUBLIC_URL = 'https://voice.example.com';

const clock = new FakeClock();
let close: () => void;
let phone: Phone;
let events: PhoneEvent[];
let line: AudioLine;
let start: StreamStart;
let heard: AudioLineEvent[];

beforeEach(async () => {
  heard = [];
  events = [];
  const check = verifier({ keys: () => [{ sid: null, token: AUTH_TOKEN }], publicUrl: PUBLIC_URL });
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/xml');
    response.end(
      request.url === '/voice'
        ? connectStream({
            streamUrl: `wss://voice.example.com/call/`,
            statusCallback: null,
            parameters: { token: 'a "quoted" <token>' },
            redirectUrl: `${PUBLIC_URL}/next`,
          })
        : hangup(),
    );
  });
  const sockets = new WebSocketServer(STREAM_SERVER_OPTIONS);
  server.on('upgrade', (request, socket, head) => {
    if (!check.upgrade(request).genuine) return socket.destroy();
    return sockets.handleUpgrade(request, socket, head, (ws) =>
      acceptStream(ws, {
        admits: () => true,
        transport: request.socket,
        clock,
        log: silentLog,
        onStart(opened, told) {
          line = opened;
          start = told;
          return (event) => heard.push(event);
        },
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
    server.closeAllConnections();
  };
  phone = new Phone({
    clock,
    authToken: AUTH_TOKEN,
    publicUrl: PUBLIC_URL,
    serverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    from: '+15550100',
    to: '+15550199',
    direction: 'inbound',
    on: (event) => events.push(event),
  });
});

afterEach(() => close());

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => {
    if (!condition()) throw new Error('It has not happened.');
  });
}

const marks = (): string[] => heard.flatMap((event) => (event.kind === 'mark' ? [event.name] : []));

describe('a call over the wire', () => {
  it('carries audio, captions, keys and marks, and ends as the server wants', async () => {
    const outcome = phone.call(`${PUBLIC_URL}/voice`);
    await until(() => events.some(({ kind }) => kind === 'stream-started') && line !== undefined);
    await until(() => start !== undefined);
    expect(start).toMatchObject({ callSid: phone.callSid, parameters: { token: 'a "quoted" <token>' } });

    const spoken = Uint8Array.from({ length: 800 }, (_, i) => i % 251);
    void phone.say(spoken, 'a table please');
    phone.press('1');
    await clock.advanceAsync(120);
    await until(() => heard.filter(({ kind }) => kind === 'audio').length === 6);
    expect(heard[0]).toEqual({ kind: 'caption', text: 'a table please' });
    expect(heard.at(-2)).toEqual({ kind: 'key', key: '1' });
    const audio = heard.flatMap((event) => (event.kind === 'audio' ? [event] : []));
    expect(audio.map(({ atMs }) => atMs)).toEqual([0, 20, 40, 60, 80, 100]);
    const received = Buffer.concat(audio.map(({ payload }) => Buffer.from(payload, 'base64')));
    expect(received.subarray(0, 800)).toEqual(Buffer.from(spoken));

    line.play(Buffer.alloc(800, 0x10).toString('base64'));
    line.mark('u1:end');
    await until(() => phone.queuedMs > 0);
    await clock.advanceAsync(100);
    await until(() => marks().length === 1);

    line.play(Buffer.alloc(8000, 0x20).toString('base64'));
    line.mark('u2:end');
    await until(() => phone.queuedMs > 0);
    await clock.advanceAsync(250);
    line.clear();
    await until(() => marks().length === 2);
    expect(marks()).toEqual(['u1:end', 'u2:end']);
    expect(events.find(({ kind }) => kind === 'cleared')).toMatchObject({ droppedMs: 750 });

    line.close();
    expect(await outcome).toMatchObject({ reason: 'ended', problem: null });
    await until(() => heard.at(-1)?.kind === 'closed');
    expect(heard.at(-1)).toEqual({ kind: 'closed', reason: 'closed' });
    expect(Buffer.from(phone.recording())).toEqual(
      Buffer.concat([Buffer.alloc(960, 0xff), Buffer.alloc(800, 0x10), Buffer.alloc(2000, 0x20)]),
    );
    expect(events.filter(({ kind }) => kind === 'warning')).toEqual([]);
  });

  it('ends as the caller wants', async () => {
    const outcome = phone.call(`${PUBLIC_URL}/voice`);
    await until(() => events.some(({ kind }) => kind === 'stream-started'));
    phone.hangUp();
    expect((await outcome).reason).toBe('hung-up');
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ kind: 'closed', reason: 'stop' }]);
  });
});
