import { BYTES_PER_MS } from '../../audio.ts';
import type { Clock } from '../../clock.ts';
import type { Listening } from './ear-models.ts';

/** Nova closes a stream after 10 s without audio. */
const KEEP_ALIVE_MS = 4_000;
/** Flux tells of every quarter of a second, Nova of every few seconds; one that does not hears nothing. */
const SILENT_MS = { flux: 5_000, nova: 12_000 } as const;
/** Frames are joined: Flux asks for 80 ms at a time, Nova takes what it gets. */
const CHUNK_BYTES = { flux: 80 * BYTES_PER_MS, nova: 20 * BYTES_PER_MS } as const;

interface Stream {
  audio(bytes: Buffer): void;
  /** Nova wants to be told that somebody is still there. */
  keepAlive(): void;
  /** It was sent so much audio, and has said nothing of it for as long. */
  silent(limitMs: number): void;
}

/** The caller's audio on its way into one stream after the other. */
export class Outflow {
  readonly #clock: Clock;
  readonly #stream: Stream;
  #api: Listening['api'] | null = null;
  #unsent: Buffer[] = [];
  #unsentBytes = 0;
  /** Something was sent since the stream was last kept alive. */
  #isActive = false;
  /** How much audio has come since the stream's last message, and when that was. */
  #sinceBytes = 0;
  #newsAt = 0;
  #cancelKeepAlive: () => void = () => {};

  constructor(clock: Clock, stream: Stream) {
    this.#clock = clock;
    this.#stream = stream;
  }

  /** Another stream hears from now on, and first of all what was kept. */
  opened(api: Listening['api'], kept: Buffer): void {
    this.closed();
    this.#api = api;
    const step = CHUNK_BYTES[api];
    for (let at = 0; at < kept.length; at += step) this.#send(kept.subarray(at, at + step));
    this.news();
    if (api === 'nova') this.#keepAlive();
  }

  /** The stream has said something. */
  news(): void {
    this.#sinceBytes = 0;
    this.#newsAt = this.#clock.elapsed();
  }

  push(bytes: Buffer): void {
    if (this.#api === null) return;
    this.#unsent.push(bytes);
    this.#unsentBytes += bytes.length;
    this.#sinceBytes += bytes.length;
    if (this.#unsentBytes >= CHUNK_BYTES[this.#api]) {
      const chunk = this.#unsent.length === 1 ? bytes : Buffer.concat(this.#unsent);
      this.#unsent = [];
      this.#unsentBytes = 0;
      this.#send(chunk);
    }
    this.#listenForSilence(SILENT_MS[this.#api]);
  }

  /** Nobody hears: what was not sent yet is dropped, because it is kept elsewhere. */
  closed(): void {
    this.#cancelKeepAlive();
    this.#api = null;
    this.#unsent = [];
    this.#unsentBytes = 0;
  }

  #send(bytes: Buffer): void {
    this.#isActive = true;
    this.#stream.audio(bytes);
  }

  #listenForSilence(limitMs: number): void {
    if (this.#sinceBytes < limitMs * BYTES_PER_MS || this.#clock.elapsed() - this.#newsAt < limitMs) return;
    this.#stream.silent(limitMs);
  }

  #keepAlive(): void {
    this.#isActive = false;
    this.#cancelKeepAlive = this.#clock.after(KEEP_ALIVE_MS, () => {
      if (!this.#isActive) this.#stream.keepAlive();
      this.#keepAlive();
    });
  }
}
