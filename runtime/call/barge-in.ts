/**
 * When the caller interrupts: with the first sound, or where the line says so (`words`) with enough words. Short
 * acknowledgements stop nobody.
 */
import { decodeMulaw } from '../audio.ts';
import type { Clock } from '../clock.ts';
import { countWords } from './acknowledgements.ts';

/** What is being said to the caller. */
interface Floor {
  /** How many words interrupt what the caller is hearing; 0: nothing is being heard. */
  needed(): number;
  /** The caller has said so many words: what that interrupts is cut. False: nothing. */
  interrupt(words: number): boolean;
}

interface Utterance {
  beganAt: number;
  /** Something was cut by it. */
  cut: boolean;
  /** Its words are known while it is being said: they count, and not the time. */
  told: boolean;
  /** It ended while something was being said that so many words interrupt; 0: nothing was. */
  needed: number;
}

/** A word takes about as long, pauses and all. */
const WORD_MS = 350;
/** A click is shorter. */
const LOUD_FRAMES = 3;
/** Within 15 dB of the loudest sound of the utterance, and more than a line's noise: -48 dB of full scale. */
const LOUD_RATIO = 10 ** 1.5;
const LEAST_POWER = 2 ** 30 * 10 ** -4.8;

/**
 * Follows what the caller says, utterance by utterance. Where nobody tells the words while they are spoken, speech
 * that goes on for as long as they take counts for them.
 */
export class BargeIn {
  readonly #floor: Floor;
  readonly #clock: Clock;
  #current: Utterance | null = null;
  /** Ended, and their words are awaited; the oldest first. */
  #ended: Utterance[] = [];
  #peak = 0;
  #loud = 0;
  /** BCP 47: the language that the caller speaks. */
  locale: string;

  constructor(floor: Floor, clock: Clock, locale: string) {
    this.#floor = floor;
    this.#clock = clock;
    this.locale = locale;
  }

  /** The caller begins to speak. */
  began(): void {
    this.#current = { beganAt: this.#clock.elapsed(), cut: false, told: false, needed: 0 };
    this.#peak = 0;
    this.#loud = 0;
    this.#interrupt(1);
  }

  /** All the words so far, while they are being said. */
  words(text: string): void {
    if (!this.#current) return;
    this.#current.told = true;
    this.#interrupt(countWords(text, this.locale));
  }

  /** A frame of the caller: base64 mu-law. Looked at only while it may decide something. */
  hear(payload: string): void {
    const current = this.#current;
    if (!current || current.cut || current.told || this.#floor.needed() < 2) return;
    const power = powerOf(payload);
    this.#peak = Math.max(this.#peak, power);
    this.#loud = power > Math.max(LEAST_POWER, this.#peak / LOUD_RATIO) ? this.#loud + 1 : 0;
    if (this.#loud < LOUD_FRAMES) return;
    // By the last loud frame: an ear waits for a silence before it says that the caller has stopped.
    this.#interrupt(Math.floor((this.#clock.elapsed() - current.beganAt) / WORD_MS));
  }

  /** The caller stopped. True: without having interrupted what is still being said. */
  ended(): boolean {
    const current = this.#current ?? { beganAt: 0, cut: false, told: false, needed: 0 };
    this.#current = null;
    const needed = this.#floor.needed();
    if (!current.cut && needed > 1) current.needed = needed;
    this.#ended.push(current);
    return current.needed > 0;
  }

  /** Only its words will tell whether the oldest utterance that has ended interrupts. */
  get awaitsWords(): boolean {
    return (this.#ended[0]?.needed ?? 0) > 0;
  }

  /** The words of the oldest utterance that has ended, empty for a noise; they may interrupt late. */
  said(text: string): { cut: boolean; aside: boolean } {
    const utterance = this.#ended.shift();
    if (!utterance) return { cut: false, aside: false };
    if (utterance.needed === 0 || text === '') return { cut: utterance.cut, aside: false };
    const words = countWords(text, this.locale);
    if (words < utterance.needed) return { cut: false, aside: true };
    return { cut: this.#floor.interrupt(words), aside: false };
  }

  /** The ear is gone: of what it heard no words will come. */
  lost(): void {
    this.#current = null;
    this.#ended = [];
  }

  #interrupt(words: number): void {
    if (this.#current && !this.#current.cut) this.#current.cut = this.#floor.interrupt(words);
  }
}

function powerOf(payload: string): number {
  const samples = decodeMulaw(Buffer.from(payload, 'base64'));
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / samples.length;
}
