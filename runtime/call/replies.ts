import type { Interrupt } from '../dialogue/protocol.ts';
import type { ChannelEvent } from '../line/line.ts';
import type { Mind } from '../speech/mind.ts';
import type { Talk } from '../speech/speech.ts';
import type { Recital } from './recital.ts';

/** Replies that are over and of which words may still come. */
const OVER = 50;

/** What a mind says of its own, word by word: from the mind into the recital, and cut where it was cut. */
export class Replies {
  readonly #recital: Recital;
  readonly #mind: Mind | null;
  readonly #on: (event: ChannelEvent) => void;
  /** The replies whose words still come, with those so far. */
  readonly #open = new Map<string, string>();
  readonly #over = new Set<string>();
  #active = false;
  #interrupt: Interrupt = 'speech';

  constructor(recital: Recital, mind: Mind | null, on: (event: ChannelEvent) => void) {
    this.#recital = recital;
    this.#mind = mind;
    this.#on = on;
  }

  /** The mind may speak. */
  get active(): boolean {
    return this.#active;
  }

  start(talk: Talk, interrupt: Interrupt): void {
    this.#active = true;
    this.#interrupt = interrupt;
    this.#mind?.converse(talk);
  }

  stop(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#mind?.converse(null);
    this.breakOff();
  }

  callerSaid(text: string): void {
    // A new reply stands behind what was said of the last one.
    this.breakOff();
    this.#mind?.said(text);
  }

  words(reply: string, more: string): void {
    if (this.#over.has(reply)) return;
    if (!this.#open.has(reply)) {
      if (!this.#active) return;
      this.#recital.queue({ id: reply, shown: '', interrupt: this.#interrupt });
    }
    const text = (this.#open.get(reply) ?? '') + more;
    this.#open.set(reply, text);
    this.#recital.setShown(reply, text);
    this.#on({ kind: 'model-says', utterance: reply, text, complete: false });
    this.#recital.add(reply, more, false);
  }

  ended(reply: string): void {
    this.#finish(reply);
  }

  /** Of a reply only so much was heard. */
  cut(reply: string, heardText: string): void {
    this.#close(reply);
    this.#mind?.heardOnly(reply, heardText);
  }

  /** Of what is being said no more words will come. */
  breakOff(): void {
    for (const reply of this.#open.keys()) this.#finish(reply);
  }

  #finish(reply: string): void {
    const text = this.#open.get(reply);
    this.#close(reply);
    if (text === undefined || !this.#recital.has(reply)) return;
    this.#on({ kind: 'model-says', utterance: reply, text, complete: true });
    this.#recital.add(reply, '', true);
  }

  #close(reply: string): void {
    this.#open.delete(reply);
    this.#over.add(reply);
    const [oldest] = this.#over;
    if (this.#over.size > OVER && oldest !== undefined) this.#over.delete(oldest);
  }
}
