import { WebSocket, type RawData } from 'ws';
import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { PONG_MS, Pulse } from '../pulse.ts';
import { closing, refusal } from './failure.ts';
import { readServerMessage, type ClientMessage, type ServerEvent, type Setup } from './wire.ts';

/** Where the vendor is, and how time and logs reach whoever talks to it. */
export interface Vendor {
  apiKey: string;
  /** `http(s)://…`, without a path. */
  baseUrl: string;
  clock: Clock;
  log: Log;
}

export interface SocketListener {
  /** The session is set up. */
  ready(): void;
  event(event: ServerEvent): void;
  /** The session is over. Comes at most once, last, and not after `close`. */
  down(error: OffhookError): void;
}

const PATH = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';
const CONNECT_MS = 5_000;
const SETUP_MS = 5_000;
/** How long a closing handshake may take. */
const CLOSE_MS = 1_000;
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * One session of Gemini Live: connects, sends its setup, waits for `setupComplete`, then carries messages until it
 * is closed or dies. Every step has a deadline, and a peer that does not answer a ping is given up.
 *
 * The key goes in the header `x-goog-api-key`, as Google's own clients send it, and not in the documented query:
 * addresses end in logs. On raw `ws`, because Google's client never rejects when a socket dies before it is set up.
 */
export class GeminiSocket {
  private readonly vendor: Vendor;
  private readonly model: string;
  private readonly listener: SocketListener;
  private readonly socket: WebSocket;
  private state: 'connecting' | 'setting-up' | 'ready' | 'over' = 'connecting';
  private cancelDeadline: () => void;
  private garbled = 0;
  private readonly pulse: Pulse;
  /** Settles when nothing of the connection is left. */
  readonly gone: Promise<void>;

  /** `setup` is asked for when the server is ready to take it. */
  constructor(vendor: Vendor, model: string, setup: () => Setup, listener: SocketListener) {
    this.vendor = vendor;
    this.model = model;
    this.listener = listener;
    this.socket = new WebSocket(`${vendor.baseUrl.replace(/^http/, 'ws')}${PATH}`, {
      headers: { 'x-goog-api-key': vendor.apiKey },
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
    });
    this.pulse = new Pulse({
      clock: vendor.clock,
      ping: () => this.socket.ping(),
      dead: () => this.fail('gemini-timeout', `Gemini did not answer a ping within ${PONG_MS} ms.`),
    });
    this.cancelDeadline = this.deadline('open a session', CONNECT_MS);
    this.gone = new Promise((resolve) => {
      this.socket.once('close', () => resolve());
    });
    this.socket.on('open', () => {
      this.cancelDeadline();
      if (this.state !== 'connecting') return;
      this.state = 'setting-up';
      this.cancelDeadline = this.deadline('set up a session', SETUP_MS);
      this.socket.send(JSON.stringify({ setup: setup() } satisfies ClientMessage));
    });
    this.socket.on('unexpected-response', (_request, response) => {
      response.resume();
      this.end(refusal(response.statusCode ?? 0, model));
    });
    this.socket.on('error', (error) => {
      this.fail('gemini-closed', `The socket of Gemini failed: ${this.scrub(error.message)}.`);
    });
    this.socket.on('close', (code, reason) => {
      this.end(closing(code, this.scrub(reason.toString('utf8')), model, this.state === 'ready'));
    });
    this.socket.on('pong', () => this.pulse.heard());
    this.socket.on('message', (data) => this.receive(data));
  }

  /** Sends a message; nothing before the session is set up or after it is over. */
  send(message: ClientMessage): void {
    if (this.state === 'ready') this.socket.send(JSON.stringify(message));
  }

  /** A piece of the caller's audio: base64 of 16-bit samples at 16 kHz. Needs no escaping. */
  append(data: string): void {
    if (this.state !== 'ready') return;
    this.socket.send(`{"realtimeInput":{"audio":{"data":"${data}","mimeType":"audio/pcm;rate=16000"}}}`);
  }

  /** How closely the peer's life is watched. */
  watch(busy: boolean): void {
    this.pulse.watch(busy);
  }

  /** Ends the session; nothing is called back any more. */
  close(): void {
    if (this.state !== 'over') this.stop();
  }

  /** Messages are JSON, in binary frames as well as in text ones. */
  private receive(data: RawData): void {
    if (this.state === 'over') return;
    this.pulse.heard();
    let message: unknown;
    try {
      message = JSON.parse(textOf(data));
    } catch {
      return this.complain('a message that is not JSON');
    }
    for (const event of readServerMessage(message, (what) => this.complain(what))) {
      // A listener may have closed the session over the event before this one.
      if (this.isOver()) return;
      if (event.kind === 'set-up') this.setUp();
      else if (this.state === 'ready') this.listener.event(event);
    }
  }

  private isOver(): boolean {
    return this.state === 'over';
  }

  private setUp(): void {
    if (this.state !== 'setting-up') return;
    this.state = 'ready';
    this.cancelDeadline();
    this.pulse.start();
    this.listener.ready();
  }

  private deadline(what: string, ms: number): () => void {
    return this.vendor.clock.after(ms, () => {
      this.fail('gemini-timeout', `Gemini did not ${what} of model "${this.model}" within ${ms} ms.`);
    });
  }

  private fail(code: string, sentence: string): void {
    this.end(new OffhookError(code, sentence, { detail: { model: this.model } }));
  }

  private end(error: OffhookError): void {
    if (this.state === 'over') return;
    this.stop();
    this.listener.down(error);
  }

  private stop(): void {
    this.state = 'over';
    this.cancelDeadline();
    this.pulse.stop();
    if (this.socket.readyState === WebSocket.CLOSED) return;
    if (this.socket.readyState === WebSocket.CONNECTING) return this.socket.terminate();
    this.socket.close(1000);
    const cancel = this.vendor.clock.after(CLOSE_MS, () => this.socket.terminate());
    this.socket.once('close', cancel);
  }

  /** The vendor may send what we do not understand for ever: it is said once for each session. */
  private complain(what: string): void {
    if (this.garbled++ === 0)
      this.vendor.log.warn({ model: this.model, what }, 'gemini sent something unreadable');
  }

  /** Vendors have been seen to quote keys in their errors. */
  private scrub(sentence: string): string {
    return sentence.replaceAll(this.vendor.apiKey, '[hidden]').replace(/\.$/, '');
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8');
}
