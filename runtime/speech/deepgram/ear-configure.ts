import type { Clock } from '../../clock.ts';

/** Deepgram answers at once or never. */
const ANSWER_MS = 5_000;

type Settings = Readonly<Record<string, unknown>>;

/**
 * Keeps a stream set up as it is wanted (`Configure`): only what has changed is sent, one at a time, the newest after
 * the last was answered. What was refused is not asked for again.
 */
export class Configure {
  readonly #clock: Clock;
  readonly #send: (settings: Settings) => void;
  readonly #refused: (why: string) => void;
  #wanted: Settings = {};
  /** What the stream has, as far as is known. */
  #settled = '{}';
  #asked: string | null = null;
  #connected = false;
  #cancelDeadline: () => void = () => {};

  constructor(clock: Clock, send: (settings: Settings) => void, refused: (why: string) => void) {
    this.#clock = clock;
    this.#send = send;
    this.#refused = refused;
  }

  /** Something was asked for and is not answered yet. */
  get isWaiting(): boolean {
    return this.#asked !== null;
  }

  want(settings: Settings): void {
    this.#wanted = settings;
    this.#next();
  }

  /** A stream was opened with `settings`. */
  opened(settings: Settings, wanted: Settings): void {
    this.closed();
    this.#connected = true;
    this.#settled = JSON.stringify(settings);
    this.want(wanted);
  }

  closed(): void {
    this.#cancelDeadline();
    this.#connected = false;
    this.#asked = null;
  }

  answered(refusedBecause: string | null): void {
    if (this.#asked === null) return;
    this.#cancelDeadline();
    this.#settled = this.#asked;
    this.#asked = null;
    if (refusedBecause !== null) this.#refused(refusedBecause);
    this.#next();
  }

  #next(): void {
    const wanted = JSON.stringify(this.#wanted);
    if (!this.#connected || this.#asked !== null || wanted === this.#settled) return;
    this.#asked = wanted;
    this.#cancelDeadline = this.#clock.after(ANSWER_MS, () =>
      this.answered(`it was not answered within ${ANSWER_MS} ms`),
    );
    this.#send(this.#wanted);
  }
}
