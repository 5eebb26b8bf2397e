import { BYTES_PER_MS } from '../../audio.ts';
import type { EarUtterance, EarUtterances } from '../ear-utterances.ts';
import type { KeptAudio } from '../kept-audio.ts';

/** What the vendor has heard may still be the beginning of a word. */
const LEAD_MS = 1_000;

/**
 * The caller's turn across connections: which utterance is open, where in the caller's audio the vendor is, and what
 * of that audio another connection would have to hear again.
 */
export class Turn {
  readonly #utterances: EarUtterances;
  readonly #kept: KeptAudio;
  #open: EarUtterance | null = null;
  /** Where the audio of this connection began. */
  #base = 0;
  /** Up to here this connection is given audio that is not new. */
  #replayEnd = 0;
  /** When something was last learnt of the open utterance. */
  #changedAt = 0;

  constructor(utterances: EarUtterances, kept: KeptAudio) {
    this.#utterances = utterances;
    this.#kept = kept;
  }

  get open(): EarUtterance | null {
    return this.#open;
  }

  /** All that is kept is given to a new connection. */
  connected(): void {
    this.#base = this.#kept.from;
    this.#replayEnd = this.#kept.end;
    this.#changedAt = this.#kept.end;
  }

  /** The place in the caller's audio of a moment on this connection. */
  at(seconds: number): number {
    return this.#base + Math.round(seconds * 1_000 * BYTES_PER_MS);
  }

  isReplay(place: number): boolean {
    return place < this.#replayEnd;
  }

  /** The utterance that is open, or a new one. */
  begin(): EarUtterance {
    this.#changedAt = this.#kept.end;
    return (this.#open ??= this.#utterances.begin());
  }

  /** The vendor has heard up to here and nothing in it was speech. */
  passed(place: number): void {
    if (!this.#open) this.#kept.release(place - LEAD_MS * BYTES_PER_MS);
  }

  /** How much audio has come since something was last learnt of the open utterance. */
  get quietMs(): number {
    return (this.#kept.end - this.#changedAt) / BYTES_PER_MS;
  }

  /** The utterance is complete; its audio, up to `place`, is not heard again. */
  finish(text: string, place: number): void {
    const utterance = this.#open;
    this.#open = null;
    this.#kept.release(place);
    utterance?.said(text);
  }
}
