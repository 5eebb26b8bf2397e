import { WebSocket, type RawData } from 'ws';
import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { PONG_MS, Pulse } from '../pulse.ts';
import { refusal } from './ear-failure.ts';
import { isFields, type Fields } from './ear-wire.ts';

/** Where the vendor is, and how time and logs reach whoever talks to it. */
export interface Vendor {
  apiKey: string;
  /** `http(s)://host`; the sockets are at `ws(s)://host/v1/listen` and `/v2/listen`. */
  baseUrl: string;
  clock: Clock;
  log: Log;
}

export interface EarSocketListener {
  /** Audio may be sent. */
  opened(): void;
  message(fields: Fields): void;
  /** The connection is over. Comes at most once, last, and not after `close`. */
  down(error: OffhookError): void;
}

const CONNECT_MS = 5_000;
/** How long a closing handshake may take. */
const CLOSE_MS = 1_000;
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** A minute of audio that the peer has not taken: it never will. */
const MOST_UNSENT_BYTES = 480_000;

/**
 * One connection to a recogniser: binary frames of audio up, JSON down. Connecting has a deadline, and a peer that
 * does not answer a ping is given up. Neither the key nor what was said is ever logged.
 */
export class EarSocket {
  readonly #vendor: Vendor;
  readonly #model: string;
  readonly #listener: EarSocketListener;
  readonly #socket: WebSocket;
  #over = false;
  #cancelDeadline: () => void;
  #garbled = 0;
  readonly #pulse: Pulse;
  /** Settles when nothing of the connection is left. */
  readonly gone: Promise<void>;

  /** `path` begins with a slash and has the query. */
  constructor(vendor: Vendor, path: string, model: string, listener: EarSocketListener) {
    this.#vendor = vendor;
    this.#model = model;
    this.#listener = listener;
    this.#socket = new WebSocket(`${vendor.baseUrl.replace(/^http/, 'ws').replace(/\/+$/, '')}${path}`, {
      headers: { authorization: `Token ${vendor.apiKey}` },
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
    });
    this.#pulse = new Pulse({
      clock: vendor.clock,
      ping: () => this.#socket.ping(),
      dead: () => this.fail('deepgram-silent', `Deepgram did not answer a ping within ${PONG_MS} ms.`),
    });
    this.#cancelDeadline = vendor.clock.after(CONNECT_MS, () => {
      this.fail('deepgram-timeout', `Deepgram did not answer the connection within ${CONNECT_MS} ms.`);
    });
    this.gone = new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
    });
    this.#socket.on('open', () => this.#open());
    this.#socket.on('unexpected-response', (_request, response) => {
      response.resume();
      const why = response.headers['dg-error'];
      this.#end(refusal(response.statusCode ?? 0, model, typeof why === 'string' ? this.#scrub(why) : null));
    });
    this.#socket.on('error', (error) => {
      this.fail('deepgram-unavailable', `The connection to Deepgram failed: ${this.#scrub(error.message)}.`);
    });
    this.#socket.on('close', (code, reason) => {
      const why = this.#scrub(reason.toString('utf8'));
      this.fail(
        'deepgram-closed',
        `Deepgram closed the connection (code ${code}${why === '' ? '' : `, ${why}`}).`,
      );
    });
    this.#socket.on('pong', () => this.#pulse.heard());
    this.#socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
  }

  audio(bytes: Buffer): void {
    if (this.#over || bytes.length === 0 || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(bytes);
    if (this.#socket.bufferedAmount > MOST_UNSENT_BYTES) {
      this.fail('deepgram-silent', 'Deepgram takes no more audio: a minute of it is waiting to be sent.');
    }
  }

  send(message: { type: string; [name: string]: unknown }): void {
    if (!this.#over && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** How closely the peer's life is watched. */
  watch(busy: boolean): void {
    this.#pulse.watch(busy);
  }

  /** The connection is of no use any more. */
  fail(code: string, sentence: string): void {
    const message = sentence.replaceAll(this.#vendor.apiKey, '[hidden]');
    this.#end(new OffhookError(code, message, { detail: { model: this.#model } }));
  }

  /** Ends the connection as Deepgram wants it; nothing is called back any more. */
  close(): void {
    if (this.#over) return;
    this.send({ type: 'CloseStream' });
    this.#stop();
  }

  #open(): void {
    if (this.#over) return;
    this.#cancelDeadline();
    this.#pulse.heard();
    this.#pulse.start();
    this.#listener.opened();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#over) return;
    this.#pulse.heard();
    if (isBinary) return this.#complain('a binary message');
    let message: unknown;
    try {
      message = JSON.parse(textOf(data));
    } catch {
      return this.#complain('a message that is not JSON');
    }
    if (!isFields(message)) return this.#complain('a message that is not an object');
    this.#listener.message(message);
  }

  #end(error: OffhookError): void {
    if (this.#over) return;
    this.#stop();
    this.#listener.down(error);
  }

  #stop(): void {
    this.#over = true;
    this.#cancelDeadline();
    this.#pulse.stop();
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    if (this.#socket.readyState === WebSocket.CONNECTING) return this.#socket.terminate();
    this.#socket.close(1000);
    const cancel = this.#vendor.clock.after(CLOSE_MS, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
  }

  /** The vendor may send what we do not understand for ever: it is said once for each connection. */
  #complain(what: string): void {
    if (this.#garbled++ === 0)
      this.#vendor.log.warn({ model: this.#model, what }, 'deepgram sent something unreadable');
  }

  #scrub(sentence: string): string {
    return sentence.replaceAll(this.#vendor.apiKey, '[hidden]').replace(/\.$/, '');
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8');
}
