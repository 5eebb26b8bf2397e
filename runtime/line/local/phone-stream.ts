import { randomBytes } from 'node:crypto';
import { WebSocket, type RawData } from 'ws';
import { BYTES_PER_MS, FRAME_BYTES } from '../../audio.ts';
import { messageOf } from '../../errors.ts';
import { reach, signed, type Route } from './ask.ts';
import { Earpiece } from './earpiece.ts';
import { Microphone } from './microphone.ts';
import { readOrder } from './orders.ts';

/** What may go wrong between Twilio and a server. Frames of the caller count from 0. */
export interface Trouble {
  /** `start` comes this much after `connected`. */
  startLateMs?: number;
  loses?(frame: number): boolean;
  repeats?(frame: number): boolean;
  /** This frame, and with it all that follow, is held up this long. */
  holdsUpMs?(frame: number): number;
  /** Marks come back this much after they were due. */
  marksLateMs?: number;
  /** A relay session tells nothing of what is heard, though it was asked to. */
  tellsNothing?: boolean;
}

export type StreamHappening =
  | { kind: 'stream-started'; streamSid: string; parameters: Readonly<Record<string, string>> }
  /** A media message came in. */
  | { kind: 'media'; audio: Uint8Array }
  /** It was played, from `fromMs` on: wholly, or as far as it came before `clear` or the end of the stream. */
  | { kind: 'heard'; audio: Uint8Array; fromMs: number }
  /** A mark was sent back; only where `played` was the audio before it heard. */
  | { kind: 'mark'; name: string; played: boolean }
  | { kind: 'cleared'; droppedMs: number }
  /** All that was received has been played. */
  | { kind: 'quiet' }
  /** What Twilio's debugger would show, with Twilio's number for it. */
  | { kind: 'warning'; code: number; problem: string }
  | { kind: 'stream-closed'; by: 'server' | 'caller' | 'nobody'; code: number };

interface PhoneStreamOptions {
  route: Route;
  url: string;
  accountSid: string;
  callSid: string;
  parameters: Readonly<Record<string, string>>;
  trouble: Trouble;
  on: (event: StreamHappening) => void;
}

const FRAME_MS = FRAME_BYTES / BYTES_PER_MS;
const CONNECT_WITHIN_MS = 5000;
const CLOSE_WITHIN_MS = 2000;

/**
 * Twilio's end of one `<Connect><Stream>`: 20 ms of the caller every 20 ms, and a playback buffer for what comes
 * back. https://www.twilio.com/docs/voice/media-streams/websocket-messages
 */
export class PhoneStream {
  readonly streamSid = `MZ${randomBytes(16).toString('hex')}`;
  readonly #options: PhoneStreamOptions;
  readonly #ear: Earpiece;
  #socket: WebSocket | null = null;
  readonly #microphone = new Microphone();
  #sequence = 0;
  #frame = 0;
  #chunk = 0;
  #startedAtMs = 0;
  /** When the frame before was due: frames do not overtake one another. */
  #dueMs = 0;
  #timers = new Set<() => void>();
  #hungUp = false;

  constructor(options: PhoneStreamOptions) {
    this.#options = options;
    const { on } = options;
    this.#ear = new Earpiece(options.route.clock, {
      heard: (audio, fromMs) => on({ kind: 'heard', audio, fromMs }),
      mark: (name, played) => this.#returnMark(name, played),
      quiet: () => on({ kind: 'quiet' }),
    });
  }

  /** Audio received that is still to be played. */
  get queuedMs(): number {
    return this.#ear.queuedMs;
  }

  /** Opens the socket and settles when it is closed, by whomever. False: it did not open, and a warning says why. */
  async run(): Promise<boolean> {
    const { on } = this.#options;
    const socket = this.#connect();
    if (!socket) return false;
    this.#socket = socket;
    let opened = false;
    let refused = false;
    const closed = new Promise<number>((resolve) => {
      socket.on('close', resolve);
    });
    socket.on('unexpected-response', (_request, response) => {
      refused = true;
      on({ kind: 'warning', code: 31920, problem: `the socket was answered with ${response.statusCode}` });
      socket.terminate();
    });
    socket.on('error', (error) => {
      if (refused || (!opened && this.#hungUp)) return;
      on({
        kind: 'warning',
        code: opened ? 31924 : 31902,
        problem: `the socket failed: ${messageOf(error)}`,
      });
    });
    socket.on('open', () => {
      opened = true;
      this.#send('{"event":"connected","protocol":"Call","version":"1.0.0"}');
      const late = this.#options.trouble.startLateMs ?? 0;
      if (late > 0) this.#after(late, () => this.#start());
      else this.#start();
    });
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    const code = await closed;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#ear.stop();
    this.#microphone.stop();
    if (!opened) return false;
    const cleanly = code !== 1006;
    on({ kind: 'stream-closed', by: this.#hungUp ? 'caller' : cleanly ? 'server' : 'nobody', code });
    if (!cleanly && !this.#hungUp) {
      on({ kind: 'warning', code: 31903, problem: 'the socket broke' });
    }
    return true;
  }

  /**
   * Says these samples, behind what is still to be said; the caption goes with their first frame. Settles when the
   * last frame was sent: false where the stream ended before.
   */
  say(samples: Uint8Array, caption: string | null): Promise<boolean> {
    return this.#microphone.say(samples, caption);
  }

  /** Presses keys, one after the other, behind what is still to be said. */
  press(digits: Iterable<string>): void {
    this.#microphone.press(digits);
  }

  /** The connection goes away without a word, as behind a bad proxy. */
  breakLine(): void {
    this.#socket?.terminate();
  }

  /** The caller hangs up: the stream ends. */
  hangUp(): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    const { accountSid, callSid } = this.#options;
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      this.#socket?.terminate();
      return;
    }
    if (this.#sequence > 0) this.#event('stop', { accountSid, callSid });
    this.#socket.close(1000);
    this.#after(CLOSE_WITHIN_MS, () => this.#socket?.terminate());
  }

  #connect(): WebSocket | null {
    const { route, url, on } = this.#options;
    if (!URL.canParse(url)) {
      on({ kind: 'warning', code: 31923, problem: `"${url}" is not a URL` });
      return null;
    }
    // Twilio strips the query before it connects.
    const bare = url.split(/[?#]/, 1)[0]!;
    const target = reach(route, bare);
    const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(target.hostname);
    if (target.protocol !== 'wss:' && !(target.protocol === 'ws:' && isLocal)) {
      on({ kind: 'warning', code: 31922, problem: `the scheme of "${bare}" is not wss` });
      return null;
    }
    return new WebSocket(target, {
      perMessageDeflate: false,
      handshakeTimeout: CONNECT_WITHIN_MS,
      headers: signed(route, bare, {}),
    });
  }

  #start(): void {
    const { accountSid, callSid, parameters, route, on } = this.#options;
    this.#event('start', {
      streamSid: this.streamSid,
      accountSid,
      callSid,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: parameters,
    });
    this.#startedAtMs = route.clock.elapsed();
    this.#dueMs = this.#startedAtMs;
    on({ kind: 'stream-started', streamSid: this.streamSid, parameters });
    this.#pace();
  }

  /** Sends every frame that is due and waits for the next one. Its time counts from the start, so nothing drifts. */
  #pace(): void {
    const { clock } = this.#options.route;
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    for (;;) {
      const held = this.#options.trouble.holdsUpMs?.(this.#frame) ?? 0;
      const dueMs = Math.max(this.#dueMs, this.#startedAtMs + (this.#frame + 1) * FRAME_MS + held);
      const waitMs = dueMs - clock.elapsed();
      if (waitMs > 0) {
        this.#after(waitMs, () => this.#pace());
        return;
      }
      this.#dueMs = dueMs;
      this.#sendFrame(this.#frame++);
    }
  }

  #sendFrame(frame: number): void {
    const { trouble } = this.#options;
    const { digit, caption, payload } = this.#microphone.next(frame);
    if (digit !== null) this.#event('dtmf', { track: 'inbound_track', digit });
    if (caption !== null) {
      this.#send(JSON.stringify({ event: 'caption', streamSid: this.streamSid, caption: { text: caption } }));
    }
    if (trouble.loses?.(frame)) return;
    const times = trouble.repeats?.(frame) ? 2 : 1;
    this.#chunk++;
    for (let i = 0; i < times; i++) {
      this.#sequence++;
      // Put together by hand: a benchmark holds hundreds of phones.
      this.#send(
        `{"event":"media","sequenceNumber":"${this.#sequence}","streamSid":"${this.streamSid}","media":{"track":"inbound","chunk":"${this.#chunk}","timestamp":"${frame * FRAME_MS}","payload":"${payload}"}}`,
      );
    }
  }

  #message(data: RawData, isBinary: boolean): void {
    const { on } = this.#options;
    if (this.#hungUp) return;
    if (isBinary || !Buffer.isBuffer(data)) {
      on({ kind: 'warning', code: 31950, problem: 'a binary message' });
      return;
    }
    const order = readOrder(data.toString(), this.streamSid);
    switch (order.kind) {
      case 'media':
        on({ kind: 'media', audio: order.audio });
        this.#ear.play(order.audio);
        return;
      case 'mark':
        this.#ear.mark(order.name);
        return;
      case 'clear':
        on({ kind: 'cleared', droppedMs: this.#ear.clear() });
        return;
      case 'wrong':
        on({ kind: 'warning', code: 31951, problem: order.problem });
    }
  }

  #returnMark(name: string, played: boolean): void {
    const send = (): void => {
      this.#event('mark', { name });
      this.#options.on({ kind: 'mark', name, played });
    };
    const late = this.#options.trouble.marksLateMs ?? 0;
    if (late > 0) this.#after(late, send);
    else send();
  }

  #event(name: string, body: object): void {
    this.#sequence++;
    const { streamSid } = this;
    this.#send(
      JSON.stringify({ event: name, sequenceNumber: String(this.#sequence), streamSid, [name]: body }),
    );
  }

  #send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  #after(ms: number, work: () => void): void {
    const cancel = this.#options.route.clock.after(ms, () => {
      this.#timers.delete(cancel);
      work();
    });
    this.#timers.add(cancel);
  }
}
