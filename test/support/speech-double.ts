/**
 * A speech in memory that keeps its promises, and one for every way of breaking them: what the contract suite is
 * held against.
 */
import { FRAME_BYTES, SILENCE } from '../../runtime/audio.ts';
import type { Expectation, Meaning, Value } from '../../runtime/dialogue/protocol.ts';
import type { Speech, SpeechEvent, Talk } from '../../runtime/speech/speech.ts';

export interface DoubleReply {
  say?: string;
  calls?: readonly { name: string; input: Value }[];
  slow?: boolean;
}

export const FAULTS = [
  'loses early audio',
  'is ready twice',
  'says before it stopped',
  'speaks without a talk',
  'answers what was said aside',
  'ignores that a reply is wanted',
  'ends twice',
  'ends before its audio',
  'never ends',
  'forgets an early talk',
  'ignores answerNow',
  'goes on after an interruption',
  'is deaf after an interruption',
  'goes on after the talk',
  'loses the output',
  'calls twice',
  'goes on without a talk',
  'is never ready again',
  'speaks after its end',
  'speaks after close',
  'leaves a connection',
  'judges what was not offered',
  'judges when closed',
  'cannot be given up',
] as const;
export type Fault = (typeof FAULTS)[number];

const STOP_FRAMES = 5;
const silence = Buffer.alloc(FRAME_BYTES, SILENCE).toString('base64');

export class SpeechDouble implements Speech {
  readonly judges = true;
  readonly converses = true;
  readonly outputs: string[] = [];
  /** What the caller says, one utterance after the other, and what is replied. */
  texts: string[] = [];
  replies: DoubleReply[] = [];
  connected = true;
  readonly #on: (event: SpeechEvent) => void;
  readonly #fault: Fault | null;
  readonly #timers = new Set<NodeJS.Timeout>();
  #early: string[] | null = [];
  #talk: Talk | null = null;
  #speaking = false;
  #quietFrames = 0;
  #item: { id: string; text: string; ended: boolean } | null = null;
  #calls = new Set<string>();
  #count = 0;
  #over = false;
  #closed = false;

  constructor(on: (event: SpeechEvent) => void, fault: Fault | null = null) {
    this.#on = on;
    this.#fault = fault;
    this.#later(5, () => this.#ready());
  }

  get generating(): number {
    return this.#item && !this.#item.ended ? 1 : 0;
  }

  /** The connection breaks, and is there again. */
  breaks(): void {
    this.#cut();
    this.#early = [];
    this.#tell({ kind: 'failed', code: 'vendor-gone', message: 'It is gone.', recovering: true });
    if (!this.#is('is never ready again')) this.#later(5, () => this.#ready());
    else this.#later(5, () => this.#flush());
  }

  dies(): void {
    this.#cut();
    this.#tell({ kind: 'failed', code: 'vendor-gone', message: 'It is gone.', recovering: false });
    this.connected = false;
    if (!this.#is('speaks after its end')) this.#over = true;
  }

  hear(payload: string): void {
    if (this.#over) return;
    if (this.#early) this.#early.push(payload);
    else this.#take(payload);
  }

  caption(): void {}
  expect(): void {}
  forget(): void {}
  note(): void {}

  judge(expectation: Expectation, _: string, signal: AbortSignal): Promise<Meaning | null> {
    const meaning = (choice: string | null): Meaning => ({
      choice,
      slots: {},
      unsure: [],
      confidence: 1,
      by: 'model',
    });
    if (this.#over && !this.#is('judges when closed')) return Promise.resolve(null);
    if (this.#is('judges what was not offered')) return Promise.resolve(meaning('c9'));
    return new Promise((resolve) => {
      if (!this.#is('cannot be given up')) signal.addEventListener('abort', () => resolve(null));
      setTimeout(() => resolve(meaning(expectation.choices[0]?.id ?? null)), 5);
    });
  }

  converse(talk: Talk | null): void {
    if (this.#over) return;
    this.#talk = talk;
    if (talk || !this.#is('goes on after the talk')) this.#cut();
    if (!this.#is('goes on without a talk')) this.#calls.clear();
    if (!talk?.answerNow || this.#is('ignores answerNow')) return;
    if (!this.#early) this.#reply();
    else if (!this.#is('forgets an early talk')) this.#later(10, () => this.#reply());
  }

  respond(call: string, output: Value): void {
    if (this.#over || !this.#calls.delete(call)) return;
    if (this.#is('loses the output')) return;
    this.outputs.push(JSON.stringify(output));
    this.#later(1, () => this.#reply());
  }

  reply(): void {
    if (this.#talk && this.#talk.words > 1 && !this.#is('ignores that a reply is wanted'))
      this.#later(1, () => this.#reply());
  }

  heardOnly(): void {
    if (this.#over || this.#is('goes on after an interruption')) return;
    this.#cut();
    if (this.#is('is deaf after an interruption')) this.#early = [];
  }

  close(): void {
    this.#over = true;
    if (this.#is('speaks after close')) {
      setTimeout(() => this.#on({ kind: 'ready' }), 5);
    }
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#item) this.#item.ended = true;
    if (!this.#is('leaves a connection')) this.connected = false;
  }

  #is(fault: Fault): boolean {
    return this.#fault === fault;
  }

  #ready(): void {
    this.#tell({ kind: 'ready' });
    if (this.#is('is ready twice')) this.#tell({ kind: 'ready' });
    this.#flush();
  }

  #flush(): void {
    const early = this.#early ?? [];
    this.#early = null;
    if (!this.#is('loses early audio')) for (const payload of early) this.#take(payload);
  }

  #take(payload: string): void {
    if (payload !== silence) {
      this.#quietFrames = 0;
      if (!this.#speaking) this.#tell({ kind: 'caller-started' });
      this.#speaking = true;
      return;
    }
    if (!this.#speaking || ++this.#quietFrames < STOP_FRAMES) return;
    this.#speaking = false;
    const text = this.texts.shift() ?? '';
    if (this.#is('says before it stopped')) this.#tell({ kind: 'caller-said', text });
    this.#tell({ kind: 'caller-stopped' });
    if (!this.#is('says before it stopped')) this.#tell({ kind: 'caller-said', text });
    const byItself = this.#talk?.words === 1 || (this.#talk && this.#is('answers what was said aside'));
    if (byItself || this.#is('speaks without a talk')) this.#later(1, () => this.#reply());
  }

  #reply(): void {
    if (!this.#talk && !this.#is('speaks without a talk') && !this.#is('goes on without a talk')) return;
    this.#cut();
    const { say, calls = [], slow = false } = this.replies.shift() ?? { say: 'Of course.' };
    for (const { name, input } of calls) {
      const call = `call_${++this.#count}`;
      this.#calls.add(call);
      this.#tell({ kind: 'model-called', call, name, input });
      if (this.#is('calls twice')) this.#tell({ kind: 'model-called', call, name, input });
    }
    if (say === undefined) return;
    const item = { id: `item_${++this.#count}`, text: say, ended: false };
    this.#item = item;
    this.#tell({ kind: 'first-token' });
    this.#tell({ kind: 'words', item: item.id, text: say });
    this.#sound(item, slow ? 1_000 : 3);
  }

  #sound(item: { id: string; text: string; ended: boolean }, left: number): void {
    if (item.ended && !this.#is('goes on after an interruption')) return;
    if (left === 1 && this.#is('ends before its audio')) this.#end(item);
    if (left === 0) return this.#end(item);
    this.#tell({ kind: 'audio', item: item.id, payload: Buffer.alloc(160, 0x55).toString('base64') });
    this.#later(1, () => this.#sound(item, left - 1));
  }

  #end(item: { id: string; text: string; ended: boolean }): void {
    if (item.ended) return;
    item.ended = true;
    if (this.#is('never ends')) return;
    this.#tell({ kind: 'audio-ended', item: item.id, text: item.text });
    if (this.#is('ends before its audio'))
      this.#tell({ kind: 'audio', item: item.id, payload: Buffer.alloc(160, 0x55).toString('base64') });
    if (this.#is('ends twice')) this.#tell({ kind: 'audio-ended', item: item.id, text: item.text });
  }

  #cut(): void {
    if (this.#item) this.#end(this.#item);
    this.#item = null;
  }

  #later(ms: number, act: () => void): void {
    const timer: NodeJS.Timeout = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #tell(event: SpeechEvent): void {
    if (!this.#closed) this.#on(event);
  }
}
