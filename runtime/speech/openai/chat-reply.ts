import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import type { Usage } from '../usage.ts';
import { Chunks, type Made } from './chat-chunks.ts';

/** Until the first sign of the model, connecting included. */
const FIRST_MS = 4_000;
const IDLE_MS = 5_000;
/** Nobody is talked at for longer. */
const WHOLE_MS = 30_000;
const MAX_CHARS = 6_000;
/** What a reply took comes behind its end, or not at all. */
const USAGE_MS = 2_000;
/** One for all: an error made for every abort would cost a stack trace each. */
const GIVEN_UP = new Error('The reply was given up.');

/** `words` in any number, then one of `done` and `failed`. */
export type ReplyEvent =
  | { kind: 'words'; text: string }
  /** `cut`: it was longer than it may be; its calls are not complete. */
  | { kind: 'done'; calls: readonly Made[]; finish: string; cut: boolean }
  | { kind: 'failed'; error: OffhookError };

interface ReplyParts {
  id: string;
  clock: Clock;
  /** Asks the server. */
  ask(signal: AbortSignal): Promise<AsyncIterable<unknown>>;
  failure(thrown: unknown): OffhookError;
  on(event: ReplyEvent): void;
  /** Comes whenever the server tells, also of a reply that is held back. */
  used(amounts: Usage['amounts']): void;
}

/**
 * One reply of a model that is being written. It may be held back: then nothing is told of it until `release`, all
 * that came until then first.
 */
export class Reply {
  readonly id: string;
  /** Settles when nothing of it is running any more. */
  readonly gone: Promise<void>;
  /** All words that were told. */
  text = '';
  readonly #parts: ReplyParts;
  readonly #chunks = new Chunks();
  readonly #stop = new AbortController();
  #held: ReplyEvent[] | null;
  #chars = 0;
  /** The server has nothing more to send. */
  #read = false;
  #over = false;
  #muted = false;
  #cancelIdle: () => void;
  readonly #cancelWhole: () => void;

  constructor(parts: ReplyParts, held: boolean) {
    this.id = parts.id;
    this.#parts = parts;
    this.#held = held ? [] : null;
    const { clock } = parts;
    this.#cancelIdle = clock.after(FIRST_MS, () => this.#late('did not begin to answer', FIRST_MS));
    this.#cancelWhole = clock.after(WHOLE_MS, () => this.#tooLong());
    this.gone = this.#run();
  }

  /** It is held back, and has failed: of no use to anybody. */
  get failed(): boolean {
    return this.#held?.some(({ kind }) => kind === 'failed') ?? false;
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const event of held) if (!this.#muted) this.#tell(event);
  }

  /** Nothing more is told of it. What it took is, where it was written to its end. */
  cancel(): void {
    this.#muted = true;
    if (!this.#over) this.#end();
  }

  /** As `cancel`, whatever is still awaited. */
  close(): void {
    this.#muted = true;
    this.#end();
  }

  async #run(): Promise<void> {
    try {
      const stream = await this.#parts.ask(this.#stop.signal);
      for await (const chunk of stream) {
        if (this.#stop.signal.aborted) break;
        this.#take(chunk);
      }
      this.#read = true;
      if (!this.#over) this.#fail(new OffhookError('model-answer', 'The answer of the model has no end.'));
    } catch (thrown) {
      if (!this.#over) this.#fail(this.#parts.failure(thrown));
    } finally {
      this.#end();
    }
  }

  #take(chunk: unknown): void {
    const { words, began, finish, amounts } = this.#chunks.read(chunk);
    if (amounts !== null) this.#parts.used(amounts);
    if (this.#over) return;
    if (began) this.#watch(IDLE_MS, 'stopped in the middle of its answer');
    if (words !== '') {
      this.#chars += words.length;
      this.#put({ kind: 'words', text: words });
    }
    // Whoever was told may have cancelled it.
    if (this.#over) return;
    if (finish !== null) this.#done(finish, false);
    else if (this.#chars > MAX_CHARS) this.#tooLong();
  }

  #done(finish: string, cut: boolean): void {
    this.#over = true;
    this.#cancelWhole();
    this.#watch(USAGE_MS, '');
    if (cut) this.#end();
    this.#put({ kind: 'done', calls: cut ? [] : this.#chunks.made, finish, cut });
  }

  /** What was said so far was said. */
  #tooLong(): void {
    if (this.#over) return;
    if (this.#chars > 0) this.#done('length', true);
    else this.#late('said nothing', WHOLE_MS);
  }

  #watch(ms: number, what: string): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#parts.clock.after(ms, () => (this.#over ? this.#end() : this.#late(what, ms)));
  }

  #late(what: string, ms: number): void {
    this.#fail(new OffhookError('model-timeout', `The model ${what} within ${ms / 1_000} s.`));
  }

  #fail(error: OffhookError): void {
    this.#over = true;
    this.#end();
    this.#put({ kind: 'failed', error });
  }

  #end(): void {
    this.#over = true;
    this.#cancelIdle();
    this.#cancelWhole();
    // What was read to its end leaves a connection that the next request can use.
    if (!this.#read) this.#stop.abort(GIVEN_UP);
  }

  #put(event: ReplyEvent): void {
    if (this.#muted) return;
    if (this.#held) this.#held.push(event);
    else this.#tell(event);
  }

  #tell(event: ReplyEvent): void {
    if (event.kind === 'words') this.text += event.text;
    this.#parts.on(event);
  }
}
