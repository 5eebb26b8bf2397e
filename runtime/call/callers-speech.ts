import type { Clock } from '../clock.ts';

export interface CallersSpeechEvents {
  began(): void;
  /** What the caller said, perhaps nothing. `endedAt` is when they fell silent, on the monotonic clock. */
  spoke(said: { text: string; startedAt: number; endedAt: number }): void;
}

/** An interruption may be a key's: the next message tells. */
const KEY_WITHIN_MS = 150;
/** A far end that waits for the longest of pauses has told what was said by then. */
const WORDS_WITHIN_MS = 7_000;
/** Nobody speaks for so long without a word that the far end understands. */
const LONGEST_MS = 30_000;

/**
 * When the caller speaks, put together from what a far end tells: that it was interrupted, that there is a voice,
 * what the words are so far, and at last what was said. Only the last is sure to come where something was said.
 */
export class CallersSpeech {
  readonly #clock: Clock;
  readonly #on: CallersSpeechEvents;
  /** Milliseconds since the epoch; null while the caller is silent. */
  #startedAt: number | null = null;
  #endedAt: number | null = null;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, on: CallersSpeechEvents) {
    this.#clock = clock;
    this.#on = on;
  }

  /** The caller speaks, or has spoken and the words of it are awaited. */
  get active(): boolean {
    return this.#startedAt !== null;
  }

  interrupted(): void {
    if (this.active) return;
    this.#cancel();
    this.#cancel = this.#clock.after(KEY_WITHIN_MS, () => this.#begin(KEY_WITHIN_MS));
  }

  /** A key was pressed: where that interrupted, nobody spoke. */
  keyed(): void {
    if (!this.active) this.#cancel();
  }

  voice(on: boolean): void {
    if (on) {
      this.#begin();
      this.#endedAt = null;
      this.#await(LONGEST_MS);
    } else if (this.active) {
      this.#endedAt = this.#clock.elapsed();
      this.#await(WORDS_WITHIN_MS);
    }
  }

  partial(): void {
    this.#begin();
    this.#await(LONGEST_MS);
  }

  said(text: string): void {
    if (text.trim() === '' && !this.active) return;
    this.#begin();
    const startedAt = this.#startedAt ?? this.#clock.now();
    const endedAt = this.#endedAt ?? this.#clock.elapsed();
    this.close();
    this.#on.spoke({ text: text.trim(), startedAt, endedAt });
  }

  /** Nobody is listened to any more. */
  close(): void {
    this.#cancel();
    this.#startedAt = null;
    this.#endedAt = null;
  }

  #begin(agoMs = 0): void {
    if (this.active) return;
    this.#startedAt = this.#clock.now() - agoMs;
    this.#await(LONGEST_MS);
    this.#on.began();
  }

  /** Where no words come by then, there were none. */
  #await(withinMs: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(withinMs, () => this.said(''));
  }
}
