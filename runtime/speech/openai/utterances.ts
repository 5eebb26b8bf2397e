import type { Clock } from '../../clock.ts';
import { NOT_UNDERSTOOD, type SpeechEvent } from '../speech.ts';

/** How long after the caller stopped the words may take; then the utterance goes on without them. */
const TRANSCRIPT_MS = 2_500;
/** An utterance is a handful of seconds apart from the next: more than this many open ones are a broken vendor. */
const MAX_OPEN = 20;
/** How many finished ones are remembered, to know a repeated event by. */
const MAX_CLOSED = 50;

interface Utterance {
  item: string;
  /** Null: not known yet. */
  text: string | null;
  cancel: () => void;
}

/**
 * What the caller said, in the order in which it was said. The words come from another model and may be late,
 * missing or out of order; each utterance is reported once, at its deadline at the latest.
 */
export class Utterances {
  private readonly clock: Clock;
  private readonly emit: (event: SpeechEvent) => void;
  private readonly learned: (item: string, text: string) => void;
  private open: Utterance[] = [];
  private closed: string[] = [];
  /** The item that the caller is speaking right now. */
  private current: string | null = null;
  /** What is said now is sensitive. */
  sensitive = false;
  private readonly sensitiveItems = new Set<string>();
  /** The utterance that was reported last. */
  lastSaid: string | null = null;

  /** `learned` is told the words of an item, also when they come too late to be reported. */
  constructor(
    clock: Clock,
    emit: (event: SpeechEvent) => void,
    learned: (item: string, text: string) => void,
  ) {
    this.clock = clock;
    this.emit = emit;
    this.learned = learned;
  }

  /** Utterances whose words are still awaited. */
  get waiting(): boolean {
    return this.open.length > 0;
  }

  get speaking(): boolean {
    return this.current !== null;
  }

  /** False: this was known. */
  started(item: string): boolean {
    if (this.current === item || this.isKnown(item)) return false;
    const goesOn = this.speaking;
    if (this.sensitive) this.sensitiveItems.add(item);
    this.current = item;
    if (!goesOn) this.emit({ kind: 'caller-started' });
    return true;
  }

  /** The caller stopped, and the utterance is complete. False: this was known. */
  ended(item: string): boolean {
    if (this.current === item) this.stop();
    if (this.isKnown(item)) return false;
    if (this.sensitive) this.sensitiveItems.add(item);
    const cancel = this.clock.after(TRANSCRIPT_MS, () => this.untranscribed(item));
    this.open.push({ item, text: null, cancel });
    if (this.open.length > MAX_OPEN) this.untranscribed(this.open[0]!.item);
    return true;
  }

  transcribed(item: string, text: string): void {
    const words = text.trim();
    if (words !== '') this.learned(item, words);
    this.settle(item, words);
  }

  /** Its words will never be known, though the caller did speak. */
  untranscribed(item: string): void {
    this.settle(item, NOT_UNDERSTOOD);
  }

  /** The items that were sensitive, of those that have been reported; each is given once. */
  takeSensitive(): string[] {
    const items = [...this.sensitiveItems].filter((item) => this.closed.includes(item));
    for (const item of items) this.sensitiveItems.delete(item);
    if (this.lastSaid !== null && items.includes(this.lastSaid)) this.lastSaid = null;
    return items;
  }

  /** The session is gone: no words will come any more. */
  lost(): void {
    for (const utterance of this.open) {
      utterance.cancel();
      utterance.text ??= '';
    }
    this.report();
    this.lastSaid = null;
    if (this.speaking) this.stop();
  }

  close(): void {
    for (const utterance of this.open) utterance.cancel();
    this.open = [];
  }

  private settle(item: string, words: string): void {
    const utterance = this.open.find((one) => one.item === item);
    if (!utterance || utterance.text !== null) return;
    utterance.cancel();
    utterance.text = words;
    this.report();
  }

  private stop(): void {
    this.current = null;
    this.emit({ kind: 'caller-stopped' });
  }

  private isKnown(item: string): boolean {
    return this.closed.includes(item) || this.open.some((one) => one.item === item);
  }

  private report(): void {
    for (let first = this.open[0]; first && first.text !== null; first = this.open[0]) {
      this.open.shift();
      this.closed.push(first.item);
      if (this.closed.length > MAX_CLOSED) this.closed.shift();
      this.lastSaid = first.item;
      this.emit({ kind: 'caller-said', text: first.text });
    }
  }
}
