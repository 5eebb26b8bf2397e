import type { Clock } from '../../clock.ts';
import type { SpeechEvent } from '../speech.ts';

/** How long after the session has all of an utterance its words may take; then it goes on without them. */
const TRANSCRIPT_MS = 2_500;
/** The words come by themselves, in no order with the rest: so long after the last of them no more are expected. */
const QUIET_MS = 150;
/** The caller goes on: what is still missing of the utterance before is in flight, or will never come. */
const OVERTAKEN_MS = 500;
/** Without a session an utterance is kept for the next one, but not for ever. */
const UNHEARD_MS = 12_000;

interface Utterance {
  id: number;
  text: string;
  isSensitive: boolean;
  /** All of it has been said; the session has all of it. */
  isOver: boolean;
  isGiven: boolean;
  isComplete: boolean;
  /** The model has begun to deal with it, so that nearly all of its words are there. */
  isAnswered: boolean;
  cancel: () => void;
}

/**
 * What the caller said, in the order in which it was said: the fragments of the transcription belong to the first
 * utterance that is not complete. One is complete when the vendor says so, or when the model deals with it and no
 * more words come, or at its deadline.
 */
export class Utterances {
  private readonly clock: Clock;
  private readonly emit: (event: SpeechEvent) => void;
  private readonly reported: (id: number, text: string) => void;
  private open: Utterance[] = [];
  private sensitiveDone: number[] = [];
  private count = 0;
  /** What is said now is sensitive. */
  sensitive = false;
  /** The utterance that was reported last, and its words. */
  last: { id: number; text: string } | null = null;

  /** `reported` is told before the listener. */
  constructor(
    clock: Clock,
    emit: (event: SpeechEvent) => void,
    reported: (id: number, text: string) => void,
  ) {
    this.clock = clock;
    this.emit = emit;
    this.reported = reported;
  }

  /** Utterances that were said and whose words are still awaited. */
  get waiting(): boolean {
    return this.open.some((one) => one.isOver);
  }

  began(): number {
    const id = ++this.count;
    for (const before of this.open.slice()) {
      if (before.isAnswered && before.text !== '') this.complete(before);
      else if (before.isGiven) this.within(before, OVERTAKEN_MS);
    }
    this.open.push({
      id,
      text: '',
      isSensitive: this.sensitive,
      isOver: false,
      isGiven: false,
      isComplete: false,
      isAnswered: false,
      cancel: () => {},
    });
    return id;
  }

  stopped(id: number): void {
    const utterance = this.find(id);
    if (!utterance) return;
    utterance.isOver = true;
    utterance.isSensitive ||= this.sensitive;
    this.within(utterance, UNHEARD_MS);
  }

  /** The session has been given all of it. */
  given(id: number): void {
    const utterance = this.find(id);
    if (!utterance || utterance.isComplete) return;
    utterance.isGiven = true;
    this.within(utterance, this.open.at(-1) === utterance ? TRANSCRIPT_MS : OVERTAKEN_MS);
  }

  fragment(text: string, finished: boolean): void {
    const utterance = this.open.find((one) => !one.isComplete);
    if (!utterance) return;
    utterance.text += text;
    const words = plain(utterance.text);
    if (text !== '' && words !== '') this.emit({ kind: 'caller-words', text: words });
    if (utterance.isGiven && finished) this.complete(utterance);
    else if (utterance.isAnswered) this.within(utterance, QUIET_MS);
  }

  /** The model deals with what it was given last. */
  answered(): void {
    const utterance = this.open.find((one) => one.isGiven && !one.isAnswered && !one.isComplete);
    if (!utterance) return;
    utterance.isAnswered = true;
    this.within(utterance, QUIET_MS);
  }

  /** The model's turn was overtaken by what the caller went on to say: words from now on belong to that. */
  overtaken(): void {
    const [first, next] = this.open;
    if (first?.isGiven && next && first.text !== '') this.complete(first);
  }

  /** Goes on without its words. */
  drop(id: number): void {
    const utterance = this.find(id);
    if (utterance) this.complete(utterance);
  }

  /** Ids of the sensitive ones among those that have been reported; each is given once. */
  takeSensitive(): number[] {
    const ids = this.sensitiveDone;
    this.sensitiveDone = [];
    if (this.last !== null && ids.includes(this.last.id)) this.last = null;
    return ids;
  }

  /** The session is gone: the next one hears what is not complete from its beginning. */
  lost(): void {
    for (const utterance of this.open) {
      if (utterance.isComplete) continue;
      utterance.text = '';
      utterance.isGiven = false;
      utterance.isAnswered = false;
      if (utterance.isOver) this.within(utterance, UNHEARD_MS);
    }
  }

  close(): void {
    for (const utterance of this.open) utterance.cancel();
    this.open = [];
  }

  private find(id: number): Utterance | undefined {
    return this.open.find((one) => one.id === id);
  }

  private within(utterance: Utterance, ms: number): void {
    utterance.cancel();
    utterance.cancel = this.clock.after(ms, () => this.complete(utterance));
  }

  private complete(utterance: Utterance): void {
    utterance.cancel();
    utterance.isComplete = true;
    for (let first = this.open[0]; first?.isComplete && first.isOver; first = this.open[0]) {
      this.open.shift();
      const text = plain(first.text);
      this.last = { id: first.id, text };
      if (first.isSensitive) this.sensitiveDone.push(first.id);
      this.reported(first.id, text);
      this.emit({ kind: 'caller-said', text });
    }
  }
}

/** As one line of words. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
