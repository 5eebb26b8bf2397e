import { WebSocket, type RawData } from 'ws';
import type { Clock } from '../clock.ts';
import { OffhookError } from '../errors.ts';
import type { Log } from '../log.ts';

/** A vendor of voices, and how time and logs reach whoever talks to it. */
export interface VoiceVendor {
  /** As it is called in `provider/name`; its codes begin with it. */
  readonly code: 'cartesia' | 'elevenlabs' | 'deepgram';
  readonly name: string;
  /** Where the operator sets the key. */
  readonly keyName: string;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SocketListener {
  /** It may be spoken to. */
  opened(): void;
  /** A text, or a whole binary message. */
  received(message: string | Buffer): void;
  /** The socket is over. Comes at most once, last, and not after `close`. */
  down(error: OffhookError): void;
}

const CONNECT_MS = 3_000;
/** How long a peer may take to answer a ping. */
const PONG_MS = 1_000;
/** How long a closing handshake may take. */
const CLOSE_MS = 1_000;
/** A second of mu-law is 8 kB; no vendor sends more than a few seconds at once. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_REASON = 200;

/** @throws OffhookError `bad-setting` where the key cannot be put into a header. */
export function checkKey({ apiKey, keyName }: VoiceVendor): void {
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new OffhookError('bad-setting', `${keyName} holds characters that no key has.`);
  }
}

/** A failure after which another socket would fare no better. */
export function isFinal(error: OffhookError): boolean {
  return /-(refused|busy)$/.test(error.code);
}

/**
 * One socket to a vendor of voices: connects within 3 s, carries messages until it is closed or dies, and asks a peer
 * that may have gone unnoticed for a sign of life. The key reaches no log and no error.
 */
export class VoiceSocket {
  readonly #vendor: VoiceVendor;
  readonly #listener: SocketListener;
  readonly #socket: WebSocket;
  #state: 'connecting' | 'open' | 'over' = 'connecting';
  #cancelConnect: () => void;
  #cancelProbe: () => void = () => {};
  #heardAt: number;
  #complained = false;
  /** Settles when nothing of the connection is left. */
  readonly gone: Promise<void>;

  /** `url` holds no key. */
  constructor(
    vendor: VoiceVendor,
    url: string,
    headers: Readonly<Record<string, string>>,
    listener: SocketListener,
  ) {
    this.#vendor = vendor;
    this.#listener = listener;
    this.#heardAt = vendor.clock.elapsed();
    this.#socket = new WebSocket(url, {
      headers,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
    });
    this.#cancelConnect = vendor.clock.after(CONNECT_MS, () =>
      this.fail('timeout', `did not open a socket within ${CONNECT_MS} ms`),
    );
    this.gone = new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
    });
    this.#socket.on('open', () => {
      if (this.#state !== 'connecting') return;
      this.#state = 'open';
      this.#cancelConnect();
      this.#heard();
      listener.opened();
    });
    this.#socket.on('unexpected-response', (_request, response) => {
      response.resume();
      this.#refuse(response.statusCode ?? 0);
    });
    this.#socket.on('error', (error) => this.fail('unavailable', `could not be reached: ${error.message}`));
    this.#socket.on('close', (code, reason) => {
      const why = reason.length > 0 ? `: ${reason.toString('utf8')}` : '';
      this.fail('closed', `closed the socket (code ${code}${why})`);
    });
    this.#socket.on('pong', () => this.#heard());
    this.#socket.on('message', (data, isBinary) => {
      if (this.#state !== 'open') return;
      this.#heard();
      const bytes = bytesOf(data);
      listener.received(isBinary ? bytes : bytes.toString('utf8'));
    });
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Dropped where the socket is not open. */
  send(message: Readonly<Record<string, unknown>>): void {
    if (this.#state === 'open') this.#socket.send(JSON.stringify(message));
  }

  /** Nothing was heard for a while, and somebody is about to wait: the peer shows within a second that it is there. */
  probe(): void {
    if (this.#state !== 'open') return;
    const asked = this.#vendor.clock.elapsed();
    this.#socket.ping();
    this.#cancelProbe();
    this.#cancelProbe = this.#vendor.clock.after(PONG_MS, () => {
      if (this.#heardAt < asked) this.fail('timeout', `did not answer a ping within ${PONG_MS} ms`);
    });
  }

  /** How long ago the peer gave a sign of life. */
  get quietMs(): number {
    return this.#vendor.clock.elapsed() - this.#heardAt;
  }

  /** Ends the socket as failed. `what` is the rest of a sentence that begins with the vendor's name. */
  fail(code: 'timeout' | 'unavailable' | 'closed' | 'refused' | 'failed', what: string): void {
    if (this.#state === 'over') return;
    this.#stop();
    this.#listener.down(this.error(code, what));
  }

  /** As `fail` ends the socket, but for one turn alone. */
  error(code: string, what: string, detail: Record<string, unknown> = {}): OffhookError {
    const { code: vendor, name } = this.#vendor;
    return new OffhookError(`${vendor}-${code}`, `${name} ${this.#tidy(what)}.`, { detail });
  }

  /** The vendor does not take the key. */
  refuseKey(how: string): void {
    this.fail('refused', `refused the key with ${how}: check ${this.#vendor.keyName}`);
  }

  /** The vendor may send what we do not understand for ever: it is said once for each socket. */
  complain(what: string): void {
    if (this.#complained) return;
    this.#complained = true;
    this.#vendor.log.warn(
      { vendor: this.#vendor.code, what: this.#tidy(what) },
      'a voice sent something unexpected',
    );
  }

  /** Ends the socket; nothing is called back any more. */
  close(farewell: Readonly<Record<string, unknown>> | null): void {
    if (this.#state === 'over') return;
    if (farewell) this.send(farewell);
    this.#stop();
  }

  /** Short enough for a log, and without the key: vendors have been seen to quote it in their errors. */
  #tidy(what: string): string {
    const hidden = what.replaceAll(this.#vendor.apiKey, '[hidden]');
    return hidden.length > MAX_REASON ? `${hidden.slice(0, MAX_REASON)}…` : hidden.replace(/\.+$/, '');
  }

  #heard(): void {
    this.#heardAt = this.#vendor.clock.elapsed();
  }

  #refuse(status: number): void {
    if (status === 401 || status === 403) return this.refuseKey(`HTTP ${status}`);
    if (this.#state === 'over') return;
    this.#stop();
    const code = status === 429 ? 'busy' : status >= 500 ? 'unavailable' : 'refused';
    this.#listener.down(this.error(code, `refused a socket with HTTP ${status}`, { status }));
  }

  #stop(): void {
    this.#state = 'over';
    this.#cancelConnect();
    this.#cancelProbe();
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    if (this.#socket.readyState === WebSocket.CONNECTING) return this.#socket.terminate();
    this.#socket.close(1000);
    const cancel = this.#vendor.clock.after(CLOSE_MS, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
  }
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** The fields of a JSON message; null, and a complaint, where it is none. */
export function readMessage(
  message: string | Buffer,
  socket: VoiceSocket,
): Readonly<Record<string, unknown>> | null {
  if (typeof message !== 'string') {
    socket.complain('a binary message');
    return null;
  }
  try {
    const read: unknown = JSON.parse(message);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return { ...read };
  } catch {
    // Said below, as what is JSON and no object is.
  }
  socket.complain('a message that is no JSON object');
  return null;
}

/** A field of base64 audio; empty, and a complaint, where it is something else. */
export function audioOf(value: unknown, socket: VoiceSocket): string {
  if (typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value))
    return value;
  socket.complain('audio that is no base64');
  return '';
}

/** A text field; empty where there is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
