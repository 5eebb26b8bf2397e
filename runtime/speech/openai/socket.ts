import { WebSocket, type RawData } from 'ws';
import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { PONG_MS, Pulse } from '../pulse.ts';
import { readAudioDelta, scanAudioDelta, type AudioDelta } from './audio-delta.ts';
import { refusal } from './failure.ts';
import {
  readServerEvent,
  type ClientEvent,
  type ServerEvent,
  type SessionConfig,
  type TranscriptionConfig,
} from './wire.ts';

/** Where the vendor is, and how time and logs reach whoever talks to it. */
export interface Vendor {
  apiKey: string;
  /** `http(s)://…/v1`; the socket is at `ws(s)://…/v1/realtime`. */
  baseUrl: string;
  clock: Clock;
  log: Log;
  /** Sessions only hear, and are told their model with their configuration instead of in the address. */
  transcribes?: true;
}

export interface SocketListener {
  /** The session is set up: it may be sent audio. */
  ready(): void;
  event(event: ServerEvent): void;
  audio(delta: AudioDelta): void;
  /** The session is over. Comes at most once, last, and not after `close`. */
  down(error: OffhookError): void;
}

const CONNECT_MS = 5_000;
const SETUP_MS = 3_000;
/** How long a closing handshake may take. */
const CLOSE_MS = 1_000;
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const AS_TEXT = { binary: false };

/**
 * One session of OpenAI's realtime API: connects, waits for `session.created`, sends the configuration, waits
 * for `session.updated`, then carries events until it is closed or dies. Every step has a deadline, and a peer
 * that does not answer a ping is given up. Neither the key nor audio is ever logged.
 */
export class RealtimeSocket {
  private readonly vendor: Vendor;
  private readonly model: string;
  private readonly config: () => SessionConfig | TranscriptionConfig;
  private readonly listener: SocketListener;
  private readonly socket: WebSocket;
  private state: 'connecting' | 'created' | 'ready' | 'over' = 'connecting';
  private setupId: string | null = null;
  private sent = 0;
  private cancelDeadline: () => void;
  private garbled = 0;
  private readonly pulse: Pulse;
  /** Settles when nothing of the connection is left. */
  readonly gone: Promise<void>;

  /** `config` is asked for when the server is ready to take it. */
  constructor(
    vendor: Vendor,
    model: string,
    config: () => SessionConfig | TranscriptionConfig,
    listener: SocketListener,
  ) {
    this.vendor = vendor;
    this.model = model;
    this.config = config;
    this.listener = listener;
    const query = vendor.transcribes ? 'intent=transcription' : `model=${encodeURIComponent(model)}`;
    const url = `${vendor.baseUrl.replace(/^http/, 'ws')}/realtime?${query}`;
    this.socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${vendor.apiKey}` },
      perMessageDeflate: false,
      // What is not UTF-8 is not JSON either, or is a letter in a transcript.
      skipUTF8Validation: true,
      maxPayload: MAX_MESSAGE_BYTES,
    });
    this.pulse = new Pulse({
      clock: vendor.clock,
      ping: () => this.socket.ping(),
      dead: () => this.fail('openai-silent', `OpenAI did not answer a ping within ${PONG_MS} ms.`),
    });
    this.cancelDeadline = vendor.clock.after(CONNECT_MS, () => {
      this.fail(
        'openai-timeout',
        `OpenAI did not open a session of model "${model}" within ${CONNECT_MS} ms.`,
      );
    });
    this.gone = new Promise((resolve) => {
      this.socket.once('close', () => resolve());
    });
    this.socket.on('unexpected-response', (_request, response) => {
      response.resume();
      this.end(refusal(response.statusCode ?? 0, model));
    });
    this.socket.on('error', (error) => {
      this.fail('openai-unavailable', `The realtime socket of OpenAI failed: ${this.scrub(error.message)}.`);
    });
    this.socket.on('close', (code) => {
      this.fail('openai-closed', `OpenAI closed the realtime session (code ${code}).`);
    });
    this.socket.on('pong', () => this.pulse.heard());
    this.socket.on('message', (data, isBinary) => this.receive(data, isBinary));
  }

  /** Sends one event; the id that was given to it comes back in an `error` that it causes. */
  send(event: ClientEvent): string {
    const eventId = `offhook_${++this.sent}`;
    if (this.state !== 'over' && this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ ...event, event_id: eventId }));
    }
    return eventId;
  }

  /**
   * One frame of the caller, as it is: base64 needs no escaping. Fifty a second for every call, so that it is handed
   * over as bytes, which ws masks on the way into the one piece that it writes; of a text it writes two.
   */
  append(payload: string): void {
    if (this.state !== 'ready') return;
    this.socket.send(
      Buffer.from(`{"type":"input_audio_buffer.append","audio":"${payload}"}`, 'latin1'),
      AS_TEXT,
    );
  }

  /** How closely the peer's life is watched. */
  watch(busy: boolean): void {
    this.pulse.watch(busy);
  }

  /** Ends the session; nothing is called back any more. */
  close(): void {
    if (this.state === 'over') return;
    this.stop();
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (this.state === 'over') return;
    this.pulse.heard();
    if (isBinary) return this.complain('a binary message');
    const text = textOf(data);
    const scanned = scanAudioDelta(text);
    if (scanned) return this.listener.audio(scanned);

    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return this.complain('a message that is not JSON');
    }
    const delta = readAudioDelta(message);
    if (delta) return this.listener.audio(delta);
    const event = readServerEvent(message, (sentence) => this.complain(sentence));
    if (!event) return;
    this.scrubEvent(event);
    if (this.state === 'ready') this.listener.event(event);
    else this.setUp(event);
  }

  private setUp(event: ServerEvent): void {
    if (event.type === 'session.created' && this.state === 'connecting') {
      this.state = 'created';
      this.cancelDeadline();
      this.cancelDeadline = this.vendor.clock.after(SETUP_MS, () => {
        this.fail('openai-timeout', `OpenAI did not confirm the session's settings within ${SETUP_MS} ms.`);
      });
      this.setupId = this.send({ type: 'session.update', session: this.config() });
    } else if (event.type === 'session.updated' && this.state === 'created') {
      this.state = 'ready';
      this.cancelDeadline();
      this.pulse.start();
      this.listener.ready();
    } else if (event.type === 'error') {
      const ours = event.eventId === null || event.eventId === this.setupId;
      if (ours)
        this.fail(
          'openai-rejected',
          `OpenAI rejected the session's settings: ${event.code}: ${event.message}.`,
        );
    }
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
      this.vendor.log.warn({ model: this.model, what }, 'openai sent something unreadable');
  }

  /** Vendors have been seen to quote keys in their errors. */
  private scrubEvent(event: ServerEvent): void {
    const error =
      event.type === 'error' ? event : event.type === 'response-done' ? event.response.error : null;
    if (error) error.message = this.scrub(error.message);
  }

  private scrub(sentence: string): string {
    return sentence.replaceAll(this.vendor.apiKey, '[hidden]').replace(/\.$/, '');
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8');
}
