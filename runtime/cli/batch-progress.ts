/** How far a batch of calls is, for a terminal or a log. */
import type { Clock } from '../clock.ts';
import type { InitiationStatus } from '../store/initiations.ts';
import { FINAL_STATUSES } from '../store/store.ts';

export type BatchCounts = { readonly [S in InitiationStatus]?: number };

interface Out {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** In the order in which they are told; what the states are called in a sentence. */
const TOLD: readonly (readonly [InitiationStatus, string])[] = [
  ['completed', 'completed'],
  ['busy', 'busy'],
  ['no-answer', 'no answer'],
  ['failed', 'failed'],
  ['canceled', 'cancelled'],
  ['in-progress', 'talking'],
  ['ringing', 'ringing'],
  ['queued', 'queued'],
  ['placing', 'being placed'],
  ['scheduled', 'waiting'],
];
const FINAL: readonly InitiationStatus[] = FINAL_STATUSES;

const BAR = 24;
const WIDTH = 80;
/** A log is told this often at most. */
const LINE_EVERY_MS = 10_000;
/** A guess from less would jump about. */
const GUESS_AFTER_MS = 5_000;
const GUESS_AFTER_CALLS = 5;

/** How many of the calls are over. */
export function doneOf(counts: BatchCounts): number {
  return FINAL.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
}

/** How many are not over yet. */
export function openOf(counts: BatchCounts): number {
  return TOLD.reduce((sum, [status]) => sum + (FINAL.includes(status) ? 0 : (counts[status] ?? 0)), 0);
}

/** Such as `12 completed, 3 busy, 1 talking`. */
export function countsInWords(counts: BatchCounts): string {
  const parts = TOLD.flatMap(([status, words]) => {
    const count = counts[status] ?? 0;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return parts.join(', ') || 'nobody';
}

/**
 * Tells how far it is: on a terminal in one line that is drawn anew, elsewhere in lines of their own, at most every
 * ten seconds and only where something has changed.
 */
export class BatchProgress {
  readonly #out: Out;
  readonly #clock: Clock;
  readonly #total: number;
  #began: { at: number; done: number } | null = null;
  #last: { at: number; text: string } | null = null;
  #drawn = false;

  constructor(out: Out, clock: Clock, total: number) {
    this.#out = out;
    this.#clock = clock;
    this.#total = total;
  }

  show(counts: BatchCounts): void {
    const now = this.#clock.elapsed();
    this.#began ??= { at: now, done: doneOf(counts) };
    if (this.#out.isTTY) {
      this.#draw(this.#bar(counts, now));
      return;
    }
    if (this.#last && now - this.#last.at < LINE_EVERY_MS) return;
    this.#line(counts, now);
  }

  /** A sentence of its own, above the line that is drawn anew. */
  say(text: string): void {
    if (this.#drawn) this.#out.write('\r\u001b[2K');
    this.#drawn = false;
    this.#out.write(`${text}\n`);
  }

  /** The last that is told: what was shown stays. */
  end(counts: BatchCounts): void {
    if (!this.#out.isTTY) return this.#line(counts, this.#clock.elapsed());
    this.#draw(this.#bar(counts, this.#clock.elapsed()));
    this.#out.write('\n');
    this.#drawn = false;
  }

  #line(counts: BatchCounts, now: number): void {
    const text = `${doneOf(counts)} of ${this.#total} done: ${countsInWords(counts)}${this.#left(counts, now)}`;
    if (text === this.#last?.text) return;
    this.#last = { at: now, text };
    this.#out.write(`${text}\n`);
  }

  #bar(counts: BatchCounts, now: number): string {
    const done = doneOf(counts);
    const full = this.#total === 0 ? BAR : Math.floor((done / this.#total) * BAR);
    const bar = `${'#'.repeat(full)}${'-'.repeat(BAR - full)}`;
    return `[${bar}] ${done}/${this.#total}  ${countsInWords(counts)}${this.#left(counts, now)}`;
  }

  #left(counts: BatchCounts, now: number): string {
    const done = doneOf(counts);
    const { at, done: before } = this.#began ?? { at: now, done };
    if (done === this.#total || done - before < GUESS_AFTER_CALLS || now - at < GUESS_AFTER_MS) return '';
    const leftMs = ((now - at) / (done - before)) * (this.#total - done);
    return leftMs < 60_000 ? ', less than a minute left' : `, about ${inWords(leftMs)} left`;
  }

  #draw(text: string): void {
    // Whatever is longer would break, and could not be drawn over.
    const width = (this.#out.columns ?? WIDTH) - 1;
    this.#out.write(`\r\u001b[2K${text.length > width ? `${text.slice(0, width - 1)}…` : text}`);
    this.#drawn = true;
  }
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
