/**
 * The rendered-prompt cache that every voice is asked through: memory first, then disk, then the voice.
 * What is said in a call comes from memory without waiting for anything.
 */
import { createHash } from 'node:crypto';
import { BYTES_PER_MS } from '../audio.ts';
import type { Clock } from '../clock.ts';
import { messageOf, OffhookError } from '../errors.ts';
import type { Log } from '../log.ts';
import { PromptFiles } from './prompt-files.ts';
import type { Renderer } from './speech.ts';
import type { Usage } from './usage.ts';

/** Rendered speech, ready to be sent. */
export interface Prompt {
  /** Base64 of 8 kHz mu-law, a second (8,000 bytes) each, the last one shorter. */
  readonly payloads: readonly string[];
  readonly bytes: number;
  readonly ms: number;
}

export interface Line {
  text: string;
  locale: string;
}

export interface Prompts {
  /** What is in memory, at once; null where it would have to be waited for. */
  ready(voice: Renderer, text: string, locale: string): Prompt | null;
  /**
   * From memory, disk or the voice. Asked twice at once, a text is rendered once; the rendering is given up
   * when nobody waits for it any more. Throws what the voice throws, `voice-timeout` when it does not answer
   * within 15 s, `voice-failed` when it gives no sound or `signal` is aborted. `used` hears what the voice's vendor
   * counts where this request is the one that began a rendering, so that a text asked for twice is counted once.
   */
  get(voice: Renderer, text: string, locale: string, signal: AbortSignal, used?: Used): Promise<Prompt>;
  /** From the voice, and kept nowhere: for what is sensitive. Throws and counts as `get` does. */
  once(voice: Renderer, text: string, locale: string, signal: AbortSignal, used?: Used): Promise<Prompt>;
  /**
   * Brings lines into memory, so many at a time. Never throws: a line that fails is logged and counted.
   * `rendered` counts those that the voice had to say, and not those found in memory or on disk.
   */
  warm(
    voice: Renderer,
    lines: readonly Line[],
    concurrency: number,
  ): Promise<{ rendered: number; failed: number }>;
  /** Gives up what is being rendered; resolves when what was rendered is on disk. */
  close(): Promise<void>;
}

type Used = (usage: Usage) => void;

export interface PromptsOptions {
  /** Where prompts outlive the process; null: nowhere. */
  folder: string | null;
  memoryBytes: number;
  log: Log;
  clock: Clock;
}

const RENDER_MS = 15_000;
const DISK_MS = 500;
const CHUNK_BYTES = 1_000 * BYTES_PER_MS;
/** Some 18 hours of speech. */
const DISK_BYTES = 512 * 1024 * 1024;
/** Base64 in a one-byte string, and the entry around it. */
const MEMORY_PER_BYTE = 4 / 3;
const MEMORY_PER_PROMPT = 500;

interface Flight {
  result: Promise<Prompt>;
  waiting: number;
  rendered: boolean;
  abort: AbortController;
}

export function openPrompts(options: PromptsOptions): Prompts {
  return new PromptCache(options);
}

class PromptCache implements Prompts {
  readonly #options: PromptsOptions;
  readonly #files: PromptFiles | null;
  /** In order of use, the least recently used first. */
  readonly #memory = new Map<string, Prompt>();
  #memoryBytes = 0;
  readonly #flights = new Map<string, Flight>();
  /** Renderings that are kept nowhere. */
  readonly #fleeting = new Set<AbortController>();
  #closed = false;

  constructor(options: PromptsOptions) {
    this.#options = options;
    this.#files = options.folder === null ? null : new PromptFiles(options.folder, DISK_BYTES, options.log);
  }

  ready(voice: Renderer, text: string, locale: string): Prompt | null {
    return this.#recall(keyOf(voice, text, locale));
  }

  async get(
    voice: Renderer,
    text: string,
    locale: string,
    signal: AbortSignal,
    used?: Used,
  ): Promise<Prompt> {
    const key = keyOf(voice, text, locale);
    return this.#recall(key) ?? (await this.#join(this.#fly(key, voice, text, locale, used), signal));
  }

  async once(
    voice: Renderer,
    text: string,
    locale: string,
    signal: AbortSignal,
    used?: Used,
  ): Promise<Prompt> {
    if (this.#closed) throw closed();
    const abort = new AbortController();
    const giveUp = (): void => abort.abort(givenUp(signal));
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    this.#fleeting.add(abort);
    try {
      return promptOf(await this.#render(voice, text, locale, abort, used));
    } finally {
      this.#fleeting.delete(abort);
      signal.removeEventListener('abort', giveUp);
    }
  }

  async warm(
    voice: Renderer,
    lines: readonly Line[],
    concurrency: number,
  ): Promise<{ rendered: number; failed: number }> {
    const left = new Map(lines.map((line) => [keyOf(voice, line.text, line.locale), line]));
    const rest = left.entries();
    const never = new AbortController().signal;
    let rendered = 0;
    let failed = 0;
    const work = async (): Promise<void> => {
      for (const [key, { text, locale }] of rest) {
        if (this.#closed) return;
        if (this.#recall(key)) continue;
        try {
          const flight = this.#fly(key, voice, text, locale);
          await this.#join(flight, never);
          if (flight.rendered) rendered++;
        } catch (error) {
          if (this.#closed) return;
          failed++;
          this.#options.log.warn(
            { voice: voice.id, locale, text, error: messageOf(error) },
            'a line was not rendered',
          );
        }
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
    return { rendered, failed };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const flight of this.#flights.values()) flight.abort.abort(closed());
    for (const abort of this.#fleeting) abort.abort(closed());
    await this.#files?.settled();
  }

  #recall(key: string): Prompt | null {
    const prompt = this.#memory.get(key);
    if (!prompt) return null;
    this.#memory.delete(key);
    this.#memory.set(key, prompt);
    return prompt;
  }

  #keep(key: string, prompt: Prompt): void {
    const old = this.#memory.get(key);
    if (old) this.#forget(key, old);
    this.#memory.set(key, prompt);
    this.#memoryBytes += weigh(prompt);
    for (const [oldest, one] of this.#memory) {
      if (this.#memoryBytes <= this.#options.memoryBytes) return;
      this.#forget(oldest, one);
    }
  }

  #forget(key: string, prompt: Prompt): void {
    this.#memory.delete(key);
    this.#memoryBytes -= weigh(prompt);
  }

  #fly(key: string, voice: Renderer, text: string, locale: string, used?: Used): Flight {
    const known = this.#flights.get(key);
    if (known && !known.abort.signal.aborted) return known;
    const abort = new AbortController();
    const flight: Flight = { result: Promise.reject(closed()), waiting: 0, rendered: false, abort };
    flight.result.catch(() => {});
    if (this.#closed) return flight;
    flight.result = this.#fetch(key, flight, voice, text, locale, used).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    // Those who wait hear of it; when all of them have left, nobody needs to.
    flight.result.catch(() => {});
    this.#flights.set(key, flight);
    return flight;
  }

  async #fetch(
    key: string,
    flight: Flight,
    voice: Renderer,
    text: string,
    locale: string,
    used?: Used,
  ): Promise<Prompt> {
    const name = createHash('sha256').update(key).digest('hex');
    let audio = await this.#read(name);
    if (!audio) {
      audio = await this.#render(voice, text, locale, flight.abort, used);
      flight.rendered = true;
      this.#files?.write(name, audio);
    }
    const prompt = promptOf(audio);
    this.#keep(key, prompt);
    return prompt;
  }

  async #read(name: string): Promise<Uint8Array | null> {
    if (!this.#files) return null;
    let cancel = (): void => {};
    const late = new Promise<null>((resolve) => {
      cancel = this.#options.clock.after(DISK_MS, () => {
        this.#options.log.warn({ ms: DISK_MS }, 'the disk did not give a prompt in time');
        resolve(null);
      });
    });
    try {
      return await Promise.race([this.#files.read(name), late]);
    } finally {
      cancel();
    }
  }

  async #render(
    voice: Renderer,
    text: string,
    locale: string,
    abort: AbortController,
    used?: Used,
  ): Promise<Uint8Array> {
    abort.signal.throwIfAborted();
    const { clock } = this.#options;
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      // A voice should stop at the signal, but need not: nobody waits for it.
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true });
      cancel = clock.after(RENDER_MS, () =>
        abort.abort(
          new OffhookError(
            'voice-timeout',
            `The voice ${voice.id} did not say a text within ${RENDER_MS} ms.`,
          ),
        ),
      );
    });
    try {
      const audio = await Promise.race([voice.render(text, locale, abort.signal, used), late]);
      if (audio.length === 0)
        throw new OffhookError('voice-failed', `The voice ${voice.id} gave no sound for a text.`);
      return audio;
    } finally {
      cancel();
    }
  }

  async #join(flight: Flight, signal: AbortSignal): Promise<Prompt> {
    flight.waiting++;
    let leave = (): void => {};
    try {
      if (signal.aborted) throw givenUp(signal);
      const left = new Promise<never>((_, reject) => {
        leave = () => reject(givenUp(signal));
        signal.addEventListener('abort', leave, { once: true });
      });
      return await Promise.race([flight.result, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      if (--flight.waiting === 0) flight.abort.abort(givenUp(signal));
    }
  }
}

function keyOf(voice: Renderer, text: string, locale: string): string {
  return `${voice.id}\n${locale}\n${text}`;
}

/** Audio (8 kHz mu-law) from elsewhere, cut as rendered speech is. */
export function promptOf(audio: Uint8Array): Prompt {
  const bytes = Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength);
  const payloads: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    payloads.push(bytes.toString('base64', at, Math.min(at + CHUNK_BYTES, bytes.length)));
  }
  return Object.freeze({
    payloads: Object.freeze(payloads),
    bytes: bytes.length,
    ms: bytes.length / BYTES_PER_MS,
  });
}

function weigh(prompt: Prompt): number {
  return prompt.bytes * MEMORY_PER_BYTE + MEMORY_PER_PROMPT;
}

function givenUp(signal: AbortSignal): OffhookError {
  return new OffhookError('voice-failed', 'The rendering of a text was given up.', { cause: signal.reason });
}

function closed(): OffhookError {
  return new OffhookError('voice-failed', 'The prompt cache is closed.');
}
