import type { Turn } from '../dialogue/protocol.ts';
import type { ChannelEvent } from '../line/line.ts';
import type { Speech, Talk } from '../speech/speech.ts';
import type { Playback } from './playback.ts';

/** Items that were cut and may still send something. */
const CUT_ITEMS = 50;

/** What a model says of its own, piece by piece: from the speech into the playback, and cut where it was cut. */
export class Talking {
  readonly #playback: Playback;
  readonly #speech: Pick<Speech, 'converse' | 'heardOnly'>;
  readonly #on: (event: ChannelEvent) => void;
  /** The utterances whose audio still comes, with their words so far. */
  readonly #items = new Map<string, string>();
  readonly #cutItems = new Set<string>();
  #active = false;

  constructor(
    playback: Playback,
    speech: Pick<Speech, 'converse' | 'heardOnly'>,
    on: (event: ChannelEvent) => void,
  ) {
    this.#playback = playback;
    this.#speech = speech;
    this.#on = on;
  }

  /** The model may speak. */
  get active(): boolean {
    return this.#active;
  }

  start(talk: Talk): void {
    this.#active = true;
    this.#speech.converse(talk);
  }

  stop(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#speech.converse(null);
    this.breakOff();
  }

  /** The hot path. */
  audio(item: string, payload: string, turn: Turn): void {
    if (!this.#playback.has(item)) {
      if (this.#cutItems.has(item) || !this.#active) return;
      const text = this.#items.get(item) ?? '';
      this.#items.set(item, text);
      this.#playback.queue(item, text, turn);
      this.#on({ kind: 'model-says', utterance: item, text, complete: false });
    }
    this.#playback.add(item, payload);
  }

  /** The words so far; they run ahead of the audio. */
  words(item: string, text: string): void {
    this.#items.set(item, text);
    if (!this.#playback.has(item)) return;
    this.#playback.setText(item, text);
    this.#on({ kind: 'model-says', utterance: item, text, complete: false });
  }

  ended(item: string, text: string): void {
    this.#items.delete(item);
    if (!this.#playback.has(item)) return;
    this.#playback.setText(item, text);
    this.#on({ kind: 'model-says', utterance: item, text, complete: true });
    this.#playback.complete(item);
  }

  /** Of an item only so much was heard. */
  cut(item: string, heardMs: number, heardText: string): void {
    const words = this.#items.get(item);
    if (words !== undefined) this.#on({ kind: 'model-says', utterance: item, text: words, complete: false });
    this.#items.delete(item);
    this.#cutItems.add(item);
    const [oldest] = this.#cutItems;
    if (this.#cutItems.size > CUT_ITEMS && oldest !== undefined) this.#cutItems.delete(oldest);
    this.#speech.heardOnly(item, heardMs, heardText);
  }

  /** Of what is being said no more audio will come. */
  breakOff(): void {
    for (const item of this.#items.keys()) this.#playback.breakOff(item);
    this.#items.clear();
  }
}
