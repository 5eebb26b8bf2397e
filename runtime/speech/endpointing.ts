/**
 * When a caller's turn is over, where nobody else decides it: after a pause whose length depends on how patient the
 * dialogue is and on what it asked. Its time is the audio's own, so a line that falters must be padded with silence.
 */
import { BYTES_PER_MS, FRAME_BYTES } from '../audio.ts';
import type { Expectation, Patience, Wanted } from '../dialogue/protocol.ts';
import { EnergyVad, type Vad } from './vad.ts';

const PAUSE_MS: Readonly<Record<Patience, number>> = { quick: 300, normal: 550, patient: 1_100 };
/** Who dictates a number reads it in groups and looks for the next one in between. */
export const DICTATION_MS = 600;
/** Four digits are said in one breath. */
const BREATH_DIGITS = 4;
/** A pause so long is more often an end than not: a reply may be prepared. */
const LIKELY_MS = 200;
/** A television in the background would otherwise be one turn without an end. */
const LONGEST_MS = 60_000;

/** How long the caller is to be silent before their turn is over. */
export function pauseMs(expectation: Expectation | null, patience: Patience): number {
  return PAUSE_MS[patience] + (isDictated(expectation) ? DICTATION_MS : 0);
}

/** Whether the caller was asked for something that is said in pieces: a phone number, an e-mail, many digits. */
export function isDictated(expectation: Expectation | null): boolean {
  return expectation !== null && expectation.slots.some((slot) => slot.asked && slot.speech && isLong(slot));
}

function isLong({ type, length }: Wanted): boolean {
  if (type === 'phone' || type === 'email') return true;
  return type === 'digits' && (length === null || length.max > BREATH_DIGITS);
}

/** `paused` and `resumed` come in pairs or not at all, between `started` and `ended`. */
export type TurnDecision = 'started' | 'paused' | 'resumed' | 'ended';

/** The end-of-turn policy over a detector of speech. */
export class Endpointing {
  readonly #vad: Vad;
  #pauseMs = PAUSE_MS.normal;
  #turn: 'none' | 'speech' | 'pause' = 'none';
  #quietMs = 0;
  #turnMs = 0;

  constructor(vad: Vad = new EnergyVad({ maxSpeechMs: Infinity })) {
    this.#vad = vad;
    vad.hangoverMs = LIKELY_MS;
  }

  expect(expectation: Expectation | null, patience: Patience): void {
    this.#pauseMs = pauseMs(expectation, patience);
  }

  /** Any number of mu-law bytes; what is decided in them is told in order, before this returns. */
  hear(bytes: Uint8Array, decided: (decision: TurnDecision) => void): void {
    for (let at = 0; at < bytes.length; at += FRAME_BYTES) {
      const frame = bytes.subarray(at, at + FRAME_BYTES);
      const decision = this.#decide(this.#vad.hear(frame, frame.length), frame.length / BYTES_PER_MS);
      if (decision) decided(decision);
    }
  }

  #decide(heard: 'started' | 'stopped' | null, ms: number): TurnDecision | null {
    if (this.#turn === 'none') {
      if (!this.#vad.speaking) return null;
      this.#turn = 'speech';
      this.#turnMs = 0;
      return 'started';
    }
    this.#turnMs += ms;
    if (this.#turnMs >= LONGEST_MS) return this.#end();
    if (heard === 'started') {
      this.#turn = 'speech';
      return 'resumed';
    }
    if (heard === 'stopped') {
      this.#turn = 'pause';
      this.#quietMs = this.#vad.hangoverMs;
      return 'paused';
    }
    if (this.#turn === 'speech') return null;
    this.#quietMs += ms;
    return this.#quietMs >= this.#pauseMs ? this.#end() : null;
  }

  #end(): TurnDecision {
    this.#turn = 'none';
    return 'ended';
  }
}
