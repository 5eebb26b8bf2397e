/**
 * The playback ledger: what was sent to the far end and what of it was heard. Bytes sent become milliseconds
 * sent; marks that come back become milliseconds heard. `clear` makes the far end answer all pending marks at
 * once, so every mark carries a generation and those of an earlier one are worthless. Between two marks the
 * clock tells, never beyond the next mark that is still awaited. (Twilio: Media Streams messages, mark, clear.)
 */
import { BYTES_PER_MS, base64Bytes } from '../audio.ts';
import type { Clock } from '../clock.ts';
import type { Turn } from '../dialogue/protocol.ts';
import type { AudioLine } from '../line/line.ts';
import { heardText, yields, type Utterance } from './utterance.ts';

export interface PlaybackEvents {
  /** The first audio of the utterance was handed to the line. */
  started(id: string): void;
  heard(id: string): void;
  /** Cut after `heardMs` of it (0: none of it was heard). */
  interrupted(id: string, heardMs: number, heardText: string): void;
  /** Nothing is queued any more, or something is again. */
  idle(idle: boolean): void;
}

interface Mark {
  name: string;
  atMs: number;
}

/** A mark at least this often, so that the clock is never trusted for long. */
const MARK_EVERY_MS = 1_000;
/** A mark that is this late is taken for lost: what it stood for was heard long ago. */
const LOST_MARK_MS = 2_000;

export class Playback {
  readonly #line: Pick<AudioLine, 'play' | 'mark' | 'clear'>;
  readonly #clock: Clock;
  readonly #on: PlaybackEvents;
  #queue: Utterance[] = [];
  #generation = 1;
  #marks = 0;
  #pending: Mark[] = [];
  /** The generation's timeline: sent so far, marked so far, and the last moment at which a position was sure. */
  #sentMs = 0;
  #markedMs = 0;
  #sureMs = 0;
  #sureAt = 0;
  #idle = true;
  #cancelLost: (() => void) | null = null;

  constructor(line: Pick<AudioLine, 'play' | 'mark' | 'clear'>, clock: Clock, on: PlaybackEvents) {
    this.#line = line;
    this.#clock = clock;
    this.#on = on;
  }

  get idle(): boolean {
    return this.#idle;
  }

  /** The utterances not yet heard to their end, first to last. */
  get open(): readonly { id: string; text: string }[] {
    return this.#queue;
  }

  /** How many words of the caller's interrupt what is being heard; 0: nothing is being heard. */
  get wordsNeeded(): number {
    const current = this.#current(this.#heardMs());
    return current && current.startMs !== null ? current.words : 0;
  }

  /** Queues an utterance whose audio comes later by `add` and `complete`. */
  queue(id: string, text: string, { interrupt, words }: Pick<Turn, 'interrupt' | 'words'>): void {
    this.#queue.push({
      id,
      interrupt,
      words,
      text,
      waiting: [],
      sent: [],
      startMs: null,
      knownMs: 0,
      sentMs: 0,
      complete: false,
      short: false,
      lastMark: null,
    });
    this.#setIdle(false);
  }

  has(id: string): boolean {
    return this.#queue.some((utterance) => utterance.id === id);
  }

  /** Adds a piece of audio (base64 mu-law). It leaves at once where everything before it has left. */
  add(id: string, payload: string): void {
    const utterance = this.#find(id);
    if (!utterance || utterance.complete) return;
    utterance.knownMs += base64Bytes(payload) / BYTES_PER_MS;
    utterance.waiting.push(payload);
    this.#pump();
  }

  /** What is said in a model's utterance becomes known while it is being said. */
  setText(id: string, text: string): void {
    const utterance = this.#find(id);
    if (utterance) utterance.text = text;
  }

  /** Nobody can say it: it is not said. */
  drop(id: string): void {
    if (!this.has(id)) return;
    this.#queue = this.#queue.filter((utterance) => utterance.id !== id);
    this.#on.interrupted(id, 0, '');
    this.#pump();
  }

  /** No more audio comes for it; one that has none is heard at once, in its turn. */
  complete(id: string): void {
    const utterance = this.#find(id);
    if (!utterance || utterance.complete) return;
    utterance.complete = true;
    this.#pump();
  }

  /** As `complete`, but its words went on: what is heard of it to the end of its audio is only a part. */
  breakOff(id: string): void {
    const utterance = this.#find(id);
    if (utterance && !utterance.complete) utterance.short = true;
    this.complete(id);
  }

  /** A mark came back. */
  marked(name: string): void {
    const index = this.#pending.findIndex((mark) => mark.name === name);
    if (index < 0) return;
    const mark = this.#pending[index]!;
    this.#pending.splice(0, index + 1);
    this.#sureMs = mark.atMs;
    this.#sureAt = this.#clock.elapsed();
    this.#settle();
  }

  /**
   * The caller interrupts: what may be interrupted is dropped here and at the far end, at once. What may not
   * is kept, and said anew where it had been queued behind. `by`: a key, or so many words. False where nothing was
   * interrupted.
   */
  interrupt(by: 'keys' | number): boolean {
    const heardMs = this.#heardMs();
    const current = this.#current(heardMs);
    // What the caller has not begun to hear cannot be interrupted: it is still owed.
    if (!current || current.startMs === null || !yields(current, by)) return false;
    const cut = this.#queue.filter((utterance) => this.#isHeard(utterance, heardMs) || yields(utterance, by));
    const kept = this.#queue.filter((utterance) => !cut.includes(utterance));
    const before = cut.map((utterance) => ({ utterance, heard: this.#heardOf(utterance, heardMs) }));
    this.#restart(kept);
    for (const { utterance, heard } of before) {
      this.#tellCut(utterance, heard);
    }
    this.#pump();
    return true;
  }

  /** Milliseconds until all that is known has been heard, should no mark come back. */
  remainingMs(): number {
    const known = this.#queue.reduce((sum, utterance) => sum + utterance.knownMs - utterance.sentMs, 0);
    return Math.max(0, this.#sentMs - this.#heardMs()) + known;
  }

  /** The line is gone: what was not heard by now never will be. */
  close(): void {
    this.#cancelLost?.();
    this.#cancelLost = null;
    const heardMs = this.#heardMs();
    const open = this.#queue;
    this.#queue = [];
    for (const utterance of open) {
      this.#tellCut(utterance, this.#heardOf(utterance, heardMs));
    }
  }

  /** What is cut behind its last sound was heard to its end. */
  #tellCut(utterance: Utterance, heard: number): void {
    const whole = utterance.complete && heard >= utterance.knownMs && utterance.knownMs > 0;
    if (whole && !utterance.short) this.#on.heard(utterance.id);
    else this.#on.interrupted(utterance.id, Math.round(heard), heardText(utterance, heard));
  }

  /** The first that was not heard to its end. */
  #current(heardMs: number): Utterance | null {
    return this.#queue.find((utterance) => !this.#isHeard(utterance, heardMs)) ?? null;
  }

  #find(id: string): Utterance | undefined {
    return this.#queue.find((utterance) => utterance.id === id);
  }

  /** Sends what may be sent: in order, and nothing of a later utterance before the earlier one is complete. */
  #pump(): void {
    for (const utterance of this.#queue) {
      if (utterance.waiting.length > 0) this.#send(utterance);
      if (!utterance.complete) break;
      if (utterance.lastMark === null && utterance.startMs !== null) utterance.lastMark = this.#mark();
    }
    this.#settle();
  }

  #send(utterance: Utterance): void {
    const first = utterance.startMs === null;
    if (this.#heardMs() >= this.#sentMs) {
      // Nothing is queued at the far end: this is heard from now on.
      this.#sureMs = this.#sentMs;
      this.#sureAt = this.#clock.elapsed();
    }
    utterance.startMs ??= this.#sentMs;
    const { waiting } = utterance;
    utterance.waiting = [];
    if (utterance.interrupt !== 'speech') utterance.sent.push(...waiting);
    for (const payload of waiting) {
      this.#line.play(payload);
      const ms = base64Bytes(payload) / BYTES_PER_MS;
      this.#sentMs += ms;
      utterance.sentMs += ms;
      if (this.#sentMs - this.#markedMs >= MARK_EVERY_MS) this.#mark();
    }
    if (first) this.#on.started(utterance.id);
  }

  #mark(): string {
    const last = this.#pending.at(-1);
    if (last && last.atMs === this.#sentMs) return last.name;
    const name = `g${this.#generation}:${++this.#marks}`;
    this.#pending.push({ name, atMs: this.#sentMs });
    this.#markedMs = this.#sentMs;
    this.#line.mark(name);
    this.#watchForLostMarks();
    return name;
  }

  /** Position on the timeline that the caller has heard, by marks and, since the last one, by the clock. */
  #heardMs(): number {
    const next = this.#pending[0]?.atMs ?? this.#sentMs;
    return Math.min(this.#sureMs + (this.#clock.elapsed() - this.#sureAt), next, this.#sentMs);
  }

  #heardOf(utterance: Utterance, heardMs: number): number {
    if (utterance.startMs === null) return 0;
    return Math.max(0, Math.min(heardMs - utterance.startMs, utterance.sentMs));
  }

  #isHeard(utterance: Utterance, heardMs: number): boolean {
    if (!utterance.complete || utterance.waiting.length > 0) return false;
    return utterance.startMs === null || heardMs >= utterance.startMs + utterance.sentMs;
  }

  /** Lets go of the utterances whose end was reached by a mark that came back. */
  #settle(): void {
    while (this.#queue.length > 0) {
      const first = this.#queue[0]!;
      const awaited = first.lastMark !== null && this.#pending.some((mark) => mark.name === first.lastMark);
      if (!first.complete || first.waiting.length > 0 || awaited) break;
      this.#queue.shift();
      if (first.short) this.#tellCut(first, first.sentMs);
      else this.#on.heard(first.id);
    }
    if (this.#queue.length === 0) this.#setIdle(true);
  }

  /** A mark can be lost; then the clock decides, with a grace. */
  #watchForLostMarks(): void {
    this.#cancelLost?.();
    const due = this.#sentMs - this.#heardMs() + LOST_MARK_MS;
    this.#cancelLost = this.#clock.after(due, () => {
      const last = this.#pending.at(-1);
      if (last) this.marked(last.name);
    });
  }

  #restart(kept: Utterance[]): void {
    // Forgotten first: the marks that the clear sends back prove nothing.
    this.#generation++;
    this.#pending = [];
    this.#sentMs = 0;
    this.#markedMs = 0;
    this.#sureMs = 0;
    this.#sureAt = this.#clock.elapsed();
    this.#queue = kept;
    for (const utterance of kept) {
      utterance.waiting.unshift(...utterance.sent.splice(0));
      utterance.startMs = null;
      utterance.sentMs = 0;
      utterance.lastMark = null;
    }
    this.#line.clear();
    if (kept.length === 0) this.#setIdle(true);
  }

  #setIdle(idle: boolean): void {
    if (this.#idle === idle) return;
    this.#idle = idle;
    this.#on.idle(idle);
  }
}
