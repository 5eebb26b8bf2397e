/**
 * Voice activity: when a caller begins to speak and when they have stopped. Its time is the audio's own, so it
 * decides the same for a call as for a recording of it.
 */
import { decodeMulaw, FRAME_BYTES } from '../audio.ts';

export type VadDecision = 'started' | 'stopped' | null;

/** Whatever decides about speech. An adaptive energy detector is the one that needs nothing installed. */
export interface Vad {
  /** True between `started` and `stopped`. */
  readonly speaking: boolean;
  /** How long a caller is quiet before they have stopped; may be changed at any time. */
  hangoverMs: number;
  /** Any number of mu-law bytes; at most one decision, the last one taken in them. */
  hear(bytes: Uint8Array, length: number): VadDecision;
}

export interface VadOptions {
  /** How much speech counts as speech: a click is shorter. */
  minSpeechMs?: number;
  /** How long a caller is quiet before they have stopped: a pause between words is shorter. */
  hangoverMs?: number;
  /** A television in the background would otherwise be one utterance without an end. */
  maxSpeechMs?: number;
}

const FRAME_MS = 20;
/** Power of the quietest thing taken for speech: -48 dB of full scale. Line noise is some -60 dB. */
const LEAST_POWER = 2 ** 30 * 10 ** -4.8;
/** How far above the noise speech begins (9 dB), and how far above it goes on (6 dB). */
const START_RATIO = 8;
const STAY_RATIO = 4;
/** The noise is the quietest frame of the last 2.5 s: people who speak leave a gap more often than that. */
const BLOCK_FRAMES = 25;
const BLOCKS = 5;
/** A tone keeps its level within 0.4 dB for three frames on end; speech that begins does not. */
const STEADY_RATIO = 10 ** 0.04;
/** How many loud frames take back a silence that has begun. */
const BACK_FRAMES = 2;

const powers = Float64Array.from(
  decodeMulaw(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
  (s) => s * s,
);

export class EnergyVad implements Vad {
  speaking = false;
  readonly #minFrames: number;
  #hangoverFrames = 0;
  readonly #maxFrames: number;
  /** The frame that is being filled. */
  #sum = 0;
  #bytes = 0;
  /** The two frames before. */
  #last = 0;
  #beforeLast = 0;
  #noise = Infinity;
  readonly #blocks: number[] = [];
  #block = Infinity;
  #blockFrames = 0;
  /** Evidence of speech while there is none yet; frames of silence while there is. */
  #loud = 0;
  #quiet = 0;
  #back = 0;
  #frames = 0;

  constructor({ minSpeechMs = 80, hangoverMs = 700, maxSpeechMs = 20_000 }: VadOptions = {}) {
    this.#minFrames = Math.ceil(minSpeechMs / FRAME_MS);
    this.hangoverMs = hangoverMs;
    this.#maxFrames = Math.ceil(maxSpeechMs / FRAME_MS);
  }

  get hangoverMs(): number {
    return this.#hangoverFrames * FRAME_MS;
  }

  set hangoverMs(ms: number) {
    this.#hangoverFrames = Math.ceil(ms / FRAME_MS);
  }

  hear(bytes: Uint8Array, length: number): VadDecision {
    let decision: VadDecision = null;
    let at = 0;
    while (at < length) {
      const end = Math.min(length, at + FRAME_BYTES - this.#bytes);
      this.#bytes += end - at;
      let sum = this.#sum;
      for (; at < end; at++) sum += powers[bytes[at]!]!;
      this.#sum = sum;
      if (this.#bytes < FRAME_BYTES) break;
      this.#sum = 0;
      this.#bytes = 0;
      decision = this.#frame(sum / FRAME_BYTES) ?? decision;
    }
    return decision;
  }

  #frame(power: number): VadDecision {
    this.#follow(power);
    const decision = this.speaking ? this.#stay(power) : this.#begin(power);
    this.#beforeLast = this.#last;
    this.#last = power;
    return decision;
  }

  #follow(power: number): void {
    this.#block = Math.min(this.#block, power);
    this.#noise = Math.min(this.#noise, power);
    if (++this.#blockFrames < BLOCK_FRAMES) return;
    this.#blocks.push(this.#block);
    if (this.#blocks.length > BLOCKS) this.#blocks.shift();
    this.#noise = Math.min(...this.#blocks);
    this.#block = Infinity;
    this.#blockFrames = 0;
  }

  #begin(power: number): VadDecision {
    const loud = power > Math.max(LEAST_POWER, this.#noise * START_RATIO);
    const most = Math.max(power, this.#last, this.#beforeLast);
    const least = Math.min(power, this.#last, this.#beforeLast);
    if (loud && most > least * STEADY_RATIO) this.#loud++;
    else this.#loud = Math.max(0, this.#loud - (loud ? 1 : 2));
    if (this.#loud < this.#minFrames) return null;
    this.speaking = true;
    this.#quiet = 0;
    this.#back = 0;
    this.#frames = 0;
    return 'started';
  }

  #stay(power: number): VadDecision {
    this.#quiet++;
    this.#frames++;
    if (power > Math.max(LEAST_POWER, this.#noise * STAY_RATIO)) {
      if (++this.#back >= BACK_FRAMES) this.#quiet = 0;
    } else {
      this.#back = 0;
    }
    if (this.#quiet < this.#hangoverFrames && this.#frames < this.#maxFrames) return null;
    this.speaking = false;
    this.#loud = 0;
    return 'stopped';
  }
}
