import { messageOf, OffhookError } from '../../errors.ts';
import { saysExactly } from '../exact.ts';
import { RenderedStream } from '../rendered-stream.ts';
import type { Voice, VoiceEvent, VoiceStream } from '../speech.ts';
import type { Usage } from '../usage.ts';
import { backOffMs, isFinal } from './failure.ts';
import { Reader, type ReadAloud } from './reader.ts';
import type { Vendor } from './socket.ts';

const MAX_READERS = 3;
const MAX_WAITING = 5_000;
const IDLE_MS = 60_000;
/** Connections end after some ten minutes. */
const MAX_AGE_MS = 8 * 60_000;
const ATTEMPTS = 2;
const READ_MS = 10_000;
const READ_MS_PER_CHAR = 60;
const WAIT_MS = 120_000;

type Used = (usage: Usage) => void;

interface Waiting {
  resolve(): void;
  reject(error: OffhookError): void;
}

/**
 * A live model as a voice: it is asked to read a text aloud, and what it says that it said is compared with the text
 * (`saysExactly`). There is no mode of the API that would guarantee it. A text is tried twice. A few sessions are
 * opened when they are needed and closed when they are not.
 *
 * A text waits at most two minutes for a session and is then read within ten seconds and 60 ms a character. What was
 * asked last is read first: somebody on the phone waits for it, while a warm-up can wait.
 */
export class GeminiVoice implements Voice {
  readonly id: string;
  private readonly vendor: Vendor;
  private readonly gone: () => void;
  private readonly model: string;
  private readonly name: string;
  private idle: { reader: Reader; cancel: () => void }[] = [];
  private readonly readers = new Set<Reader>();
  private waiting: Waiting[] = [];
  private taken = 0;
  private closed = false;

  /** `gone` is told when it was closed and no connection is left. */
  constructor(vendor: Vendor, model: string, name: string, gone: () => void) {
    this.vendor = vendor;
    this.gone = gone;
    this.model = model;
    this.name = name;
    this.id = `gemini/${model}/${name}`;
  }

  async render(
    text: string,
    locale: string,
    signal: AbortSignal,
    used: Used = () => {},
  ): Promise<Uint8Array> {
    await this.takeTurn(signal);
    try {
      return await this.attempt(text, locale, signal, used);
    } finally {
      // Whoever waits takes the place over.
      const next = this.waiting.pop();
      if (next) next.resolve();
      else this.taken--;
    }
  }

  /** Piece by piece: each is compared with what was said before any of it is heard. */
  stream(locale: string, on: (event: VoiceEvent) => void): VoiceStream {
    return new RenderedStream(this, locale, on);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const waiting of this.waiting.splice(0)) waiting.reject(this.failed('was closed'));
    for (const { cancel } of this.idle) cancel();
    this.idle = [];
    await Promise.all([...this.readers].map((reader) => reader.close()));
    this.gone();
  }

  private async attempt(text: string, locale: string, signal: AbortSignal, used: Used): Promise<Uint8Array> {
    const limitMs = READ_MS + text.length * READ_MS_PER_CHAR;
    const late = new AbortController();
    const cancel = this.vendor.clock.after(limitMs, () =>
      late.abort(this.tooLate(`took longer than ${limitMs} ms`)),
    );
    const either = AbortSignal.any([signal, late.signal]);
    try {
      let failure: OffhookError | null = null;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (failure && isFinal(failure)) break;
        if (failure && backOffMs(failure) > 0) await this.pause(backOffMs(failure), either);
        const read = await this.read(text, locale, either, used);
        if (read instanceof OffhookError) failure = read;
        else if (saysExactly(text, read.transcript, locale)) return read.audio;
        else failure = this.inexact(text);
      }
      throw failure?.code === 'voice-inexact' ? failure : this.failed('could not read a text', failure);
    } catch (thrown) {
      throw either.aborted ? this.givenUp(signal, late.signal) : thrown;
    } finally {
      cancel();
    }
  }

  /** One try: the audio, or why the vendor gave none. */
  private async read(
    text: string,
    locale: string,
    signal: AbortSignal,
    used: Used,
  ): Promise<ReadAloud | OffhookError> {
    if (this.closed) throw this.failed('was closed');
    const reader = this.takeReader();
    try {
      return await reader.read(text, locale, signal, used);
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof OffhookError)) throw thrown;
      return thrown;
    } finally {
      this.giveBack(reader);
    }
  }

  private takeReader(): Reader {
    for (let idle = this.idle.pop(); idle; idle = this.idle.pop()) {
      idle.cancel();
      const isFresh = this.vendor.clock.elapsed() - idle.reader.openedAt < MAX_AGE_MS;
      if (isFresh && !idle.reader.over) return idle.reader;
      this.drop(idle.reader);
    }
    const reader = new Reader(this.vendor, this.model, this.name);
    this.readers.add(reader);
    return reader;
  }

  private giveBack(reader: Reader): void {
    if (reader.over || this.closed) return this.drop(reader);
    const idle = { reader, cancel: (): void => {} };
    idle.cancel = this.vendor.clock.after(IDLE_MS, () => {
      this.idle = this.idle.filter((one) => one !== idle);
      this.drop(reader);
    });
    this.idle.push(idle);
  }

  private drop(reader: Reader): void {
    void reader.close().then(() => this.readers.delete(reader));
  }

  private async takeTurn(signal: AbortSignal): Promise<void> {
    if (this.closed) throw this.failed('was closed');
    if (signal.aborted) throw this.givenUp(signal, signal);
    if (this.taken < MAX_READERS) {
      this.taken++;
      return;
    }
    if (this.waiting.length >= MAX_WAITING) throw this.failed(`has ${MAX_WAITING} texts waiting already`);
    await this.wait(signal);
  }

  private wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (error: OffhookError): void => {
        if (!this.waiting.includes(waiting)) return;
        this.waiting = this.waiting.filter((one) => one !== waiting);
        waiting.reject(error);
      };
      const giveUp = (): void => leave(this.givenUp(signal, signal));
      const cancel = this.vendor.clock.after(WAIT_MS, () =>
        leave(this.tooLate(`was busy for ${WAIT_MS} ms`)),
      );
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
      signal.addEventListener('abort', giveUp);
      this.waiting.push(waiting);
    });
  }

  private pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        cancel();
        reject(this.tooLate('was told to stop'));
      };
      const cancel = this.vendor.clock.after(ms, () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      });
      signal.addEventListener('abort', giveUp);
    });
  }

  private givenUp(signal: AbortSignal, late: AbortSignal): OffhookError {
    if (!signal.aborted && late.reason instanceof OffhookError) return late.reason;
    return this.tooLate('was told to stop before it had read a text');
  }

  private tooLate(what: string): OffhookError {
    return new OffhookError('voice-timeout', `The voice ${this.id} ${what}.`);
  }

  /** The texts are not in the sentence: they may hold what a caller said. */
  private inexact(text: string): OffhookError {
    const what = `a text of ${text.length} characters`;
    return new OffhookError('voice-inexact', `The voice ${this.id} did not read ${what} as it is written.`);
  }

  private failed(what: string, cause: OffhookError | null = null): OffhookError {
    const why = cause ? `: ${messageOf(cause)}` : '.';
    const more = cause ? { cause, ...(cause.detail ? { detail: cause.detail } : {}) } : {};
    return new OffhookError('voice-failed', `The voice ${this.id} ${what}${why}`, more);
  }
}
