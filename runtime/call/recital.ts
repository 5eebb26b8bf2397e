/**
 * The ledger of a far end that speaks by itself: what it was given to say, play and press, and what of it was heard.
 * It has no marks. It tells when there is a voice on the line, which words were played, and what was heard before an
 * interruption, though no page of the vendor's promises the first two: where they do not come, the pace of a
 * speaker decides, so that nothing waits for ever.
 */
import type { Clock } from '../clock.ts';
import type { WordLine } from '../line/line.ts';
import {
  countOf,
  heardOf,
  isPlayed,
  lasts,
  newItem,
  takeBack,
  wordsBy,
  yields,
  type Given,
  type Item,
  type Piece,
} from './recital-item.ts';
import { byPace, positionOf, saidOf, type Position } from './recital-position.ts';
import { endOf, wordsOf } from './spoken-words.ts';

export interface RecitalEvents {
  /** The first piece of the utterance left. */
  started(id: string): void;
  heard(id: string): void;
  /** Cut; `heardText` is what was heard of it. */
  interrupted(id: string, heardText: string): void;
  /** Nothing is queued any more, or something is again. */
  idle(idle: boolean): void;
}

/** From a text to its first sound. */
const LAG_MS = 400;
/** An end of speech may be told just before the interruption that is its cause, or between two sentences. */
const PAUSE_MS = 250;
const EARLY_PAUSE_MS = 1_500;
/** How late an end may be told before it is taken for granted; more where nobody has told of any. */
const SOUND_GRACE_MS = 1_500;
const PAST_WORDS = 50;

export class Recital {
  readonly #line: Pick<WordLine, 'say' | 'play' | 'press'>;
  readonly #clock: Clock;
  readonly #on: RecitalEvents;
  #queue: Item[] = [];
  /** The last words that were taken for heard. */
  #past: readonly string[] = [];
  /** So much of the first item was surely heard at that moment; the moment may be to come. */
  #sureMs = 0;
  #sureAt = 0;
  /** The far end has told of a voice on the line: it will tell when that ends. */
  #tells = false;
  /** How much had been heard when the voice ended last. */
  #pausedMs = 0;
  #speaking = false;
  #idle = true;
  #cancelDue: () => void = () => undefined;
  #cancelPause: (() => void) | null = null;

  constructor(line: Pick<WordLine, 'say' | 'play' | 'press'>, clock: Clock, on: RecitalEvents) {
    this.#line = line;
    this.#clock = clock;
    this.#on = on;
  }

  get idle(): boolean {
    return this.#idle;
  }

  has(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  /** Keeps the place of an utterance whose pieces come by `add` and `complete`. */
  queue(given: Given): void {
    this.#queue.push(newItem(given));
    this.#setIdle(false);
  }

  /** Adds words, spaces included. They leave when all before them have left. */
  add(id: string, text: string, last: boolean): void {
    const item = this.#find(id);
    if (!item || item.complete) return;
    item.text += text;
    item.knownMs = lasts(item.text);
    item.complete = last;
    item.waiting.push({ kind: 'words', text, last });
    this.#pump();
  }

  /** What is said in a model's utterance becomes known while it is being said. */
  setShown(id: string, shown: string): void {
    const item = this.#find(id);
    if (item) item.shown = shown;
  }

  /** A sound and how long it lasts; the whole of its utterance. */
  sound(id: string, piece: Exclude<Piece, { kind: 'words' }>, ms: number): void {
    const item = this.#find(id);
    if (!item || item.complete) return;
    item.complete = true;
    item.knownMs = ms;
    item.waiting.push(piece);
    this.#pump();
  }

  /** It cannot be said. */
  drop(id: string): void {
    if (!this.has(id)) return;
    this.#queue = this.#queue.filter((item) => item.id !== id);
    this.#on.interrupted(id, '');
    this.#pump();
  }

  /** There is a voice on the line now, or no more. */
  voice(on: boolean): void {
    if (on) {
      // It had ended for a moment: between two utterances, or in the middle of one.
      if (this.#cancelPause) this.#ended(!this.#isBefore(0.9));
      this.#tells = true;
      if (!this.#speaking) this.#sureAt = this.#clock.elapsed();
      this.#speaking = true;
      this.#watch();
    } else if (this.#speaking) {
      this.#speaking = false;
      this.#pausedMs = this.#rawMs();
      this.#sure(this.#pausedMs);
      const pauseMs = this.#isBefore(0.6) ? EARLY_PAUSE_MS : PAUSE_MS;
      this.#cancelPause = this.#clock.after(pauseMs, () => this.#ended(true));
    }
  }

  /** The far end has played these words. */
  played(text: string): void {
    const said = saidOf(this.#queue);
    const next = said.findIndex(({ item, index }) => index >= item.playedWords);
    const before = next < 0 ? said.length : next;
    const { words } = wordsOf(text);
    const end = endOf(
      words,
      said.map(({ word }) => word),
      before + words.length,
    );
    if (end === null || end <= before) return;
    const { item } = said[end - 1]!;
    for (const one of said.slice(before, end)) one.item.playedWords = one.index + 1;
    while (this.#queue[0] !== item) this.#shift();
    this.#sure(item.sentMs * (item.playedWords / countOf(item)));
    this.#settle();
  }

  /**
   * The far end dropped everything, because the caller spoke or pressed a key: `text` is what was heard and `ms` for
   * how long, as far as it tells. What may not be cut by that, and the caller has not begun to hear, is said anew. False: nothing was cut.
   */
  interrupted(text: string, ms: number | null, by: 'speech' | 'keys'): boolean {
    this.#cancelPause?.();
    this.#cancelPause = null;
    this.#speaking = false;
    return this.#cut(positionOf(this.#queue, this.#past, this.#rawMs(), wordsOf(text).words, ms), (item) =>
      yields(item, by),
    );
  }

  /** A key was pressed, and the far end lets no key cut what is being said: it will be cut by what is said next. */
  keyed(): boolean {
    const [first] = this.#queue;
    if (first?.interrupt !== 'keys') return false;
    return this.#cut({ index: 0, words: null, ms: this.#rawMs() }, (item) => yields(item, 'keys'));
  }

  /** About how long until all that is known has been heard. */
  remainingMs(): number {
    if (this.#queue.length === 0) return 0;
    const allMs = this.#queue.reduce((sum, item) => sum + item.knownMs, 0);
    return Math.max(1, Math.round(allMs - this.#rawMs()));
  }

  /** The line is gone: what was not heard by now never will be. */
  close(): void {
    this.#cancelDue();
    this.#cancelPause?.();
    this.#cut(byPace(this.#queue, this.#rawMs()), () => true);
    for (const item of this.#queue.splice(0)) this.#on.interrupted(item.id, '');
    this.#cancelDue();
  }

  #find(id: string): Item | undefined {
    return this.#queue.find((item) => item.id === id);
  }

  /** Sends what may be sent: in order, and nothing behind what could be cut by it before that was heard. */
  #pump(): void {
    for (const item of this.#queue) {
      for (const piece of item.waiting.splice(0)) this.#give(item, piece);
      if (!item.complete || item.interrupt === 'keys') break;
    }
    this.#settle();
  }

  #give(item: Item, piece: Piece): void {
    const sentMs = this.#queue.reduce((sum, one) => sum + one.sentMs, 0);
    if (!this.#speaking && this.#rawMs() >= sentMs) {
      // Nothing is queued at the far end: this is heard in a moment.
      this.#sureMs = sentMs;
      this.#sureAt = this.#clock.elapsed() + LAG_MS;
    }
    const isFirst = item.sent.length === 0;
    item.sent.push(piece);
    item.sentMs = item.knownMs;
    if (piece.kind === 'words') {
      item.sentText += piece.text;
      item.sentMs = lasts(item.sentText);
    }
    this.#send(piece, item);
    if (isFirst) this.#on.started(item.id);
  }

  /** The far end tells speech and keys not apart: what keys alone may cut, is cut by what is said next. */
  #send(piece: Piece, { interrupt }: Item): void {
    const how = { byCaller: interrupt === 'speech', byNext: interrupt === 'keys' };
    switch (piece.kind) {
      case 'words':
        return this.#line.say(piece.text, piece.last, how);
      case 'file':
        return this.#line.play(piece.file, how);
      case 'keys':
        return this.#line.press(piece.keys);
      default:
        return piece satisfies never;
    }
  }

  /** How much was heard of the first item and of those behind it, were there no end to them. */
  #rawMs(): number {
    return this.#sureMs + Math.max(0, this.#clock.elapsed() - this.#sureAt);
  }

  #sure(ms: number): void {
    this.#sureMs = ms;
    this.#sureAt = this.#clock.elapsed();
  }

  #cut(at: Position, isCut: (item: Item) => boolean): boolean {
    const current = this.#queue[at.index];
    if (!current || current.sent.length === 0) return false;
    const before = this.#queue.slice(0, at.index);
    const behind = this.#queue.slice(at.index + 1);
    const cut = behind.filter((item) => isCut(item));
    this.#queue = behind.filter((item) => !cut.includes(item));
    for (const item of this.#queue) takeBack(item);
    this.#sure(0);
    for (const item of before) this.#on.heard(item.id);
    const words = at.words ?? wordsBy(current, at.ms);
    const whole = current.sentText === '' ? at.ms >= current.sentMs : words >= countOf(current);
    if (current.complete && current.waiting.length === 0 && whole) this.#on.heard(current.id);
    else this.#on.interrupted(current.id, heardOf(current, words, at.ms));
    for (const item of cut) this.#on.interrupted(item.id, '');
    this.#pump();
    return true;
  }

  /** The voice ended before this share of what is being said: for a breath, by an interruption, or a hasty speaker's. */
  #isBefore(share: number): boolean {
    const [first] = this.#queue;
    return first !== undefined && !isPlayed(first) && this.#pausedMs < first.sentMs * share;
  }

  /** The voice has ended for a while: what it had been saying was heard, unless that was a breath. */
  #ended(forGood: boolean): void {
    this.#cancelPause?.();
    this.#cancelPause = null;
    if (!forGood) return;
    let endMs = 0;
    let nearest = { distance: Infinity, count: 0 };
    for (const [index, item] of this.#queue.entries()) {
      if (item.sent.length === 0) break;
      endMs += item.sentMs;
      const distance = Math.abs(endMs - this.#pausedMs);
      if (distance < nearest.distance) nearest = { distance, count: index + 1 };
    }
    for (let count = 0; count < nearest.count; count++) {
      const first = this.#queue[0]!;
      // More of it is to come, and will be heard behind this.
      if (!first.complete) this.#sure(first.sentMs);
      else this.#shift();
    }
    this.#pump();
  }

  /** The first item was heard. */
  #shift(): void {
    const item = this.#queue.shift();
    this.#sure(0);
    if (!item) return;
    this.#past = [...this.#past, ...wordsOf(item.text).words].slice(-PAST_WORDS);
    this.#on.heard(item.id);
  }

  #settle(): void {
    if (this.#queue.length === 0) this.#setIdle(true);
    this.#watch();
  }

  /** When the first item is taken for heard, should nobody tell. */
  #watch(): void {
    this.#cancelDue();
    const [first] = this.#queue;
    if (!first?.complete || first.sent.length === 0 || first.waiting.length > 0) return;
    let graceMs = first.sentMs * 0.2 + 500;
    if (first.sentText === '') graceMs = SOUND_GRACE_MS;
    else if (this.#tells && !isPlayed(first)) graceMs = first.sentMs * 0.6 + 3_000;
    const atMs = this.#sureAt + first.sentMs - this.#sureMs + graceMs;
    this.#cancelDue = this.#clock.after(atMs - this.#clock.elapsed(), () => {
      this.#shift();
      this.#pump();
    });
  }

  #setIdle(idle: boolean): void {
    if (this.#idle === idle) return;
    this.#idle = idle;
    this.#on.idle(idle);
  }
}
