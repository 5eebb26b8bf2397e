/** A model that speaks, as a voice that reads exact lines. */
import type { Clock } from '../clock.ts';
import { messageOf, OffhookError } from '../errors.ts';
import { saysExactly } from './exact.ts';
import { RenderedStream } from './rendered-stream.ts';
import type { Voice, VoiceEvent, VoiceStream } from './speech.ts';
import type { Usage } from './usage.ts';

const MAX_WAITING = 5_000;
const IDLE_MS = 60_000;
const ATTEMPTS = 2;
/** Audio comes faster than it is heard; a line of a hundred letters is some six seconds of speech. */
const READ_MS = 10_000;
const READ_MS_PER_CHAR = 60;
const WAIT_MS = 120_000;

export interface ReadAloud {
  /** 8 kHz mu-law. */
  audio: Uint8Array;
  /** What the model says that it said. */
  transcript: string;
}

/** One session of a vendor's that reads texts aloud, one at a time. */
export interface Reader {
  readonly openedAt: number;
  /** It can read no more. */
  readonly over: boolean;
  /** Rejects with an OffhookError of the vendor's failure, or with the signal's reason. `used` hears also what a reading took that failed. */
  read(text: string, locale: string, signal: AbortSignal, used: (usage: Usage) => void): Promise<ReadAloud>;
  close(): Promise<void>;
}

export interface ReadingVoiceOptions {
  /** `vendor/model/voice`. */
  id: string;
  clock: Clock;
  open(): Reader;
  /** How many sessions there may be at a time, and how old one may get. */
  readers: number;
  maxAgeMs: number;
  /** A failure after which trying again the same way is of no use. */
  isFinal(error: OffhookError): boolean;
  /** How long to wait before trying again. */
  backOffMs(error: OffhookError): number;
  /** Told when it was closed and no connection is left. */
  gone(): void;
}

interface Waiting {
  resolve(): void;
  reject(error: OffhookError): void;
}

/**
 * It is asked to read a text aloud, and what it says that it said is compared with the text (`saysExactly`): no vendor
 * has a mode that would guarantee it. A text is tried twice. A few sessions are opened when they are needed and closed
 * when they are not.
 *
 * A text waits at most two minutes for a session and is then read within ten seconds and 60 ms a character. What was
 * asked last is read first: somebody on the phone waits for it, while a warm-up can wait.
 */
export class ReadingVoice implements Voice {
  readonly id: string;
  readonly #options: ReadingVoiceOptions;
  #idle: { reader: Reader; cancel: () => void }[] = [];
  readonly #readers = new Set<Reader>();
  readonly #waiting: Waiting[] = [];
  #taken = 0;
  #closed = false;

  constructor(options: ReadingVoiceOptions) {
    this.#options = options;
    this.id = options.id;
  }

  async render(
    text: string,
    locale: string,
    signal: AbortSignal,
    used: (usage: Usage) => void = () => {},
  ): Promise<Uint8Array> {
    await this.#takeTurn(signal);
    try {
      return await this.#attempt(text, locale, signal, used);
    } finally {
      // Whoever waits takes the place over.
      const next = this.#waiting.pop();
      if (next) next.resolve();
      else this.#taken--;
    }
  }

  /** Piece by piece: each is compared with what was said before any of it is heard. */
  stream(locale: string, on: (event: VoiceEvent) => void): VoiceStream {
    return new RenderedStream(this, locale, on);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failed('was closed'));
    for (const { cancel } of this.#idle) cancel();
    this.#idle = [];
    await Promise.all([...this.#readers].map((reader) => reader.close()));
    this.#readers.clear();
    this.#options.gone();
  }

  async #attempt(
    text: string,
    locale: string,
    signal: AbortSignal,
    used: (usage: Usage) => void,
  ): Promise<Uint8Array> {
    const limitMs = READ_MS + text.length * READ_MS_PER_CHAR;
    const late = new AbortController();
    const cancel = this.#options.clock.after(limitMs, () =>
      late.abort(new OffhookError('voice-timeout', `The voice ${this.id} took longer than ${limitMs} ms.`)),
    );
    const either = AbortSignal.any([signal, late.signal]);
    try {
      let failure: OffhookError | null = null;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (failure && this.#options.isFinal(failure)) break;
        const pauseMs = failure ? this.#options.backOffMs(failure) : 0;
        if (pauseMs > 0) await this.#pause(pauseMs, either);
        const read = await this.#read(text, locale, either, used);
        if (read instanceof OffhookError) failure = read;
        else if (saysExactly(text, read.transcript, locale)) return read.audio;
        else failure = this.#inexact(text);
      }
      throw failure?.code === 'voice-inexact' ? failure : this.#failed('could not read a text', failure);
    } catch (thrown) {
      throw either.aborted ? this.#givenUp(signal, late.signal) : thrown;
    } finally {
      cancel();
    }
  }

  /** One try: the audio, or why the vendor gave none. */
  async #read(
    text: string,
    locale: string,
    signal: AbortSignal,
    used: (usage: Usage) => void,
  ): Promise<ReadAloud | OffhookError> {
    if (this.#closed) throw this.#failed('was closed');
    const reader = this.#takeReader();
    try {
      return await reader.read(text, locale, signal, used);
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof OffhookError)) throw thrown;
      return thrown;
    } finally {
      this.#giveBack(reader);
    }
  }

  #takeReader(): Reader {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      idle.cancel();
      const isFresh = this.#options.clock.elapsed() - idle.reader.openedAt < this.#options.maxAgeMs;
      if (isFresh && !idle.reader.over) return idle.reader;
      this.#drop(idle.reader);
    }
    const reader = this.#options.open();
    this.#readers.add(reader);
    return reader;
  }

  #giveBack(reader: Reader): void {
    if (reader.over || this.#closed) return this.#drop(reader);
    const idle = { reader, cancel: (): void => {} };
    idle.cancel = this.#options.clock.after(IDLE_MS, () => {
      this.#idle = this.#idle.filter((one) => one !== idle);
      this.#drop(reader);
    });
    this.#idle.push(idle);
  }

  #drop(reader: Reader): void {
    void reader.close().then(() => this.#readers.delete(reader));
  }

  async #takeTurn(signal: AbortSignal): Promise<void> {
    if (this.#closed) throw this.#failed('was closed');
    if (signal.aborted) throw this.#givenUp(signal, signal);
    if (this.#taken >= this.#options.readers) await this.#wait(signal);
    else this.#taken++;
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) throw this.#failed(`has ${MAX_WAITING} texts waiting already`);
    return new Promise((resolve, reject) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', giveUp);
      };
      const waiting: Waiting = {
        resolve: () => {
          done();
          resolve();
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      const leave = (error: OffhookError): void => {
        const at = this.#waiting.indexOf(waiting);
        if (at < 0) return;
        this.#waiting.splice(at, 1);
        waiting.reject(error);
      };
      const giveUp = (): void => leave(this.#givenUp(signal, signal));
      const cancel = this.#options.clock.after(WAIT_MS, () =>
        leave(new OffhookError('voice-timeout', `The voice ${this.id} was busy for ${WAIT_MS} ms.`)),
      );
      signal.addEventListener('abort', giveUp);
      this.#waiting.push(waiting);
    });
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        cancel();
        reject(new OffhookError('voice-timeout', `The voice ${this.id} was told to stop.`));
      };
      const cancel = this.#options.clock.after(ms, () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      });
      signal.addEventListener('abort', giveUp);
    });
  }

  #givenUp(signal: AbortSignal, late: AbortSignal): OffhookError {
    if (!signal.aborted && late.reason instanceof OffhookError) return late.reason;
    return new OffhookError(
      'voice-timeout',
      `The voice ${this.id} was told to stop before it had read a text.`,
      {
        cause: signal.reason,
      },
    );
  }

  /** The texts are not in the sentence: they may hold what a caller said. */
  #inexact(text: string): OffhookError {
    const what = `a text of ${text.length} characters`;
    return new OffhookError('voice-inexact', `The voice ${this.id} did not read ${what} as it is written.`);
  }

  #failed(what: string, cause: OffhookError | null = null): OffhookError {
    const why = cause ? `: ${messageOf(cause)}` : '.';
    const more = cause ? { cause, ...(cause.detail ? { detail: cause.detail } : {}) } : {};
    return new OffhookError('voice-failed', `The voice ${this.id} ${what}${why}`, more);
  }
}
