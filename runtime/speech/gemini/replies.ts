import type { Clock } from '../../clock.ts';
import type { SpeechEvent } from '../speech.ts';
import { Downward } from './pcm.ts';

/** A model that was given something to answer does something within this time, and goes on within it. */
const STALL_MS = 6_000;
/** The last words may come after the last sound. */
const LAST_WORDS_MS = 250;
/** What is still in flight of a turn that was cut arrives within this time after the next question. */
const IN_FLIGHT_MS = 1_500;

interface Item {
  id: string;
  text: string;
  sound: Downward;
}

interface Owner {
  /** The model may be heard. */
  isHeard(): boolean;
  emit(event: SpeechEvent): void;
  /** What an item says so far. */
  learned(item: string, text: string): void;
  /** The model spoke where nobody was to hear it: these were its words. */
  unheard(text: string): void;
  /** The model was given something to answer, and nothing came of it. */
  stalled(afterMs: number): void;
  /** Nothing is being generated any more. */
  free(): void;
}

/**
 * What the model says, turn by turn. A turn is one item: it begins with its first sound or words and ends once, when
 * all of it was generated. `turnComplete` comes much later, when the server takes it to have been heard. What is cut
 * is not passed on; the server, which does not know how much was heard, is told by whoever owns this.
 */
export class Replies {
  private readonly clock: Clock;
  private readonly owner: Owner;
  private item: Item | null = null;
  private count = 0;
  /** Something was given to the model, and nothing has come of it yet. */
  private isAsked = false;
  /** Something of a turn has come, and it is not over. */
  private isOpen = false;
  private isGenerated = false;
  /** The rest of this turn is not wanted; what comes later than `cutTo` belongs to the next. */
  private isCut = false;
  private cutTo = Infinity;
  /** Turns that were overtaken by another question, and whose ends have not come yet. */
  private stale = 0;
  private lost = '';
  private cancelStall: () => void = () => {};
  private cancelEnd: () => void = () => {};

  constructor(clock: Clock, owner: Owner) {
    this.clock = clock;
    this.owner = owner;
  }

  /** The server is at work, or about to be. */
  get generating(): boolean {
    return this.isAsked || (this.isOpen && !this.isGenerated);
  }

  /** Something that is wanted is being said, or about to be. */
  get speaking(): boolean {
    return this.item !== null || (this.generating && !this.isCut);
  }

  get busy(): boolean {
    return this.generating || this.item !== null;
  }

  /** The model was given something that it is to answer. */
  asked(): void {
    if (this.isAsked || this.isOpen) this.stale++;
    // Of a turn that had not begun nothing may ever come, not even its end.
    this.isCut &&= this.isOpen;
    this.cutTo = this.clock.elapsed() + IN_FLIGHT_MS;
    this.isAsked = true;
    this.watch();
  }

  audio(data: string): void {
    this.begin();
    if (this.isCut) return;
    if (!this.owner.isHeard()) {
      this.lost ||= '…';
      return;
    }
    const item = this.open();
    const payload = item.sound.push(data);
    if (payload !== '') this.owner.emit({ kind: 'audio', item: item.id, payload });
  }

  words(text: string): void {
    // Words that come after their turn belong to nothing any more.
    if (!this.isOpen && !this.isAsked) return;
    this.begin();
    if (this.isCut) return;
    if (!this.owner.isHeard()) {
      this.lost = this.lost === '…' ? text : this.lost + text;
      return;
    }
    if (this.isGenerated && !this.item) return;
    const item = this.open();
    item.text += text;
    this.owner.learned(item.id, item.text);
    this.owner.emit({ kind: 'words', item: item.id, text: item.text });
    if (this.isGenerated) this.endSoon();
  }

  thinking(): void {
    this.begin();
  }

  /** The model called a function, and waits for its result. */
  called(): void {
    this.begin();
    this.cancelStall();
    this.end();
    this.isOpen = false;
    this.isCut = false;
    this.owner.free();
  }

  generated(): void {
    if (!this.isOpen) return;
    this.isGenerated = true;
    // Only a turn that nothing has overtaken comes so far.
    this.stale = 0;
    this.cancelStall();
    this.endSoon();
    this.owner.free();
  }

  /** Also after an interruption, and where the model has chosen to say nothing. False: of a turn before the last. */
  turnOver(): boolean {
    const isLast = this.stale === 0;
    if (isLast) {
      this.cancelStall();
      this.isAsked = false;
    } else {
      this.stale--;
    }
    this.end();
    this.isOpen = false;
    this.isGenerated = false;
    this.isCut = false;
    if (this.lost !== '') this.owner.unheard(this.lost);
    this.lost = '';
    this.owner.free();
    return isLast;
  }

  /** The server broke the turn off; nothing but its end comes of it. */
  interrupted(): void {
    if (this.isOpen) this.cut();
  }

  /** What is being said is not wanted any more. */
  cut(): void {
    if (!this.isCut) this.cutTo = Infinity;
    this.isCut ||= this.isOpen || this.isAsked;
    this.end();
  }

  /** As `cut`, if this is what is being said. */
  cutItem(id: string): void {
    if (this.item?.id === id) this.cut();
  }

  /** The session is gone. */
  reset(): void {
    this.cancelStall();
    this.end();
    this.isAsked = false;
    this.isOpen = false;
    this.isGenerated = false;
    this.isCut = false;
    this.stale = 0;
    this.lost = '';
  }

  private begin(): void {
    if (this.isCut && this.clock.elapsed() > this.cutTo) {
      this.isCut = false;
      this.isOpen = false;
      this.stale = 0;
    }
    this.isAsked = false;
    if (!this.isOpen) this.isGenerated = false;
    this.isOpen = true;
    if (!this.isGenerated) this.watch();
  }

  private open(): Item {
    if (this.item) return this.item;
    this.item = { id: `gemini_${++this.count}`, text: '', sound: new Downward() };
    this.owner.learned(this.item.id, '');
    this.owner.emit({ kind: 'first-token' });
    return this.item;
  }

  private endSoon(): void {
    this.cancelEnd();
    this.cancelEnd = this.clock.after(LAST_WORDS_MS, () => {
      this.end();
      this.owner.free();
    });
  }

  private end(): void {
    this.cancelEnd();
    const item = this.item;
    if (!item) return;
    this.item = null;
    const payload = this.isCut ? '' : item.sound.flush();
    if (payload !== '') this.owner.emit({ kind: 'audio', item: item.id, payload });
    this.owner.emit({ kind: 'audio-ended', item: item.id, text: item.text });
  }

  private watch(): void {
    this.cancelStall();
    this.cancelStall = this.clock.after(STALL_MS, () => {
      // Its end may still come, when something else is asked.
      if (this.isAsked && !this.isOpen) this.stale++;
      this.isAsked = false;
      this.owner.stalled(STALL_MS);
    });
  }
}
