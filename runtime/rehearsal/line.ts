/** The caller of a rehearsal: everything said takes the time that it takes to say, and can be cut at any instant. */
import { readFileSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { Meaning } from '../dialogue/protocol.ts';
import { countWords } from '../call/acknowledgements.ts';
import { yields } from '../call/utterance.ts';
import type { Channel, ChannelEvent, ClosedReason } from '../line/line.ts';
import { readWav } from '../wav.ts';

/** An even, unhurried pace. */
const CHARACTERS_A_SECOND = 14;
const TONE_MS = 200;
const PAUSE_MS = 500;
const MULAW_BYTES_A_MS = 8;

/** Something the agent says, and what became of it. */
export interface Line {
  readonly id: string;
  readonly text: string;
  /** What is shown of it: something sensitive is masked. */
  readonly shown: string;
  readonly state: string | null;
  readonly interrupt: Say['interrupt'];
  /** With fewer words the caller has not interrupted it. */
  readonly words: number;
  readonly lastsMs: number;
  /** When its first sound was heard, in milliseconds since the epoch; null: not yet. */
  startedAt: number | null;
  /** What was heard of it; null while it is still being said or waits its turn. */
  heardText: string | null;
}

type Say = Parameters<Channel['say']>[0];

/** How long it takes to say. */
export const sayingMs = (text: string): number => Math.ceil((text.length / CHARACTERS_A_SECOND) * 1000);

export class RehearsedLine implements Channel {
  readonly judges = false;
  readonly converses = false;
  readonly #clock: Clock;
  readonly #told: (line: Line) => void;
  #on: (event: ChannelEvent) => void = () => undefined;
  /** What is being said, and what waits behind it. */
  #queue: Line[] = [];
  #cancel: () => void = () => undefined;
  #quiet = true;
  #hangingUp = false;
  #closed = false;
  /** BCP 47: the language that the caller is expected to speak. */
  #locale = 'en-US';

  /** `told` hears of every line when it is ordered. */
  constructor(clock: Clock, told: (line: Line) => void) {
    this.#clock = clock;
    this.#told = told;
  }

  /** Joins it with a conversation. */
  joined(on: (event: ChannelEvent) => void): this {
    this.#on = on;
    return this;
  }

  get speaking(): boolean {
    return this.#queue.length > 0;
  }

  get closed(): boolean {
    return this.#closed;
  }

  say({ id, text, masked, state, interrupt, words }: Say): void {
    this.#order({ id, text, shown: masked ?? text, state, interrupt, words, lastsMs: sayingMs(text) });
  }

  play({ id, file, state, interrupt, words }: Parameters<Channel['play']>[0], shown: string): void {
    this.#order({ id, text: shown, shown, state, interrupt, words, lastsMs: fileMs(file) });
  }

  press({ id, keys, state }: Parameters<Channel['press']>[0], shown: string): void {
    const lastsMs = [...keys].reduce((sum, key) => sum + (key === 'w' ? PAUSE_MS : TONE_MS), 0);
    this.#order({ id, text: shown, shown, state, interrupt: 'never', words: 1, lastsMs });
  }

  listen({ expectation }: Parameters<Channel['listen']>[0]): void {
    // The caller of a rehearsal speaks when the test says so.
    this.#locale = expectation.locale;
  }

  converse({ expectation }: Parameters<Channel['converse']>[0]): void {
    this.#locale = expectation.locale;
    // No model speaks on this line: the exits of a talk are understood by their examples and keys.
  }

  answerModel(): void {
    // See `converse`.
  }

  judge(): Promise<Meaning | null> {
    return Promise.resolve(null);
  }

  giveWay(): void {
    this.#interrupt(Infinity);
  }

  changeLanguage(locale: string): void {
    this.#locale = locale;
  }

  forget(): void {
    // Nobody here remembers anything.
  }

  settled(): void {
    // Whose turn it is the rehearsal sees for itself.
  }

  remainingMs(): number {
    return this.#queue.reduce((sum, line) => sum + line.lastsMs - this.#heardMs(line), 0);
  }

  hangUp(): void {
    this.#hangingUp = true;
    if (!this.speaking) this.close();
  }

  close(): void {
    this.#end('closed');
  }

  /** The caller says this; what may be interrupted by so many words is cut. */
  speak(text: string): void {
    const startedAt = this.#clock.now();
    const needed = this.#queue[0]?.words ?? 1;
    // Any sound interrupts, where words are not counted.
    const words = Math.max(1, countWords(text, this.#locale));
    const cut = this.#interrupt(words);
    const aside = words < needed;
    this.#on({ kind: 'caller-began' });
    this.#on({ kind: 'caller-finished', startedAt, ...(aside && { aside }) });
    this.#on({ kind: 'spoke', text, answered: false, cut, ...(aside && { aside }) });
  }

  /** The caller presses a key. */
  key(key: string): void {
    this.#interrupt('keys');
    this.#on({ kind: 'key', key });
  }

  /** The caller hangs up. */
  leave(): void {
    this.#end('stop');
  }

  #order(order: Omit<Line, 'startedAt' | 'heardText'>): void {
    if (this.#closed) return;
    const line = { ...order, lastsMs: Math.max(1, order.lastsMs), startedAt: null, heardText: null };
    this.#told(line);
    this.#queue.push(line);
    this.#next();
  }

  /** As on a real line: what the caller has begun to hear decides, and what is kept is said anew. */
  #interrupt(by: 'keys' | number): boolean {
    const [current] = this.#queue;
    if (!current || !yields(current, by)) return false;
    const cut = this.#queue.filter((line) => yields(line, by));
    this.#queue = this.#queue.filter((line) => !yields(line, by));
    this.#cancel();
    for (const line of cut) this.#cut(line);
    this.#next();
    return true;
  }

  #cut(line: Line): void {
    line.heardText = heardOf(line.text, line.lastsMs, this.#heardMs(line));
    this.#on({ kind: 'interrupted', utterance: line.id, heardText: line.heardText });
  }

  #heardMs({ startedAt, lastsMs }: Line): number {
    return startedAt === null ? 0 : Math.min(lastsMs, this.#clock.now() - startedAt);
  }

  /** Begins the line whose turn it is. */
  #next(): void {
    const [line] = this.#queue;
    this.#settle();
    if (!line) {
      if (this.#hangingUp) this.close();
      return;
    }
    if (line.startedAt !== null) return;
    line.startedAt = this.#clock.now();
    this.#cancel = this.#clock.after(line.lastsMs, () => {
      this.#queue.shift();
      line.heardText = line.text;
      this.#on({ kind: 'heard', utterance: line.id });
      this.#next();
    });
    this.#on({ kind: 'started', utterance: line.id, latencyMs: null });
  }

  #settle(): void {
    const quiet = !this.speaking;
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    this.#on({ kind: 'quiet', quiet });
  }

  #end(reason: ClosedReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancel();
    const open = this.#queue;
    this.#queue = [];
    for (const line of open) this.#cut(line);
    this.#on({ kind: 'closed', reason });
  }
}

/** The words that fit into what was heard of a text that lasts so long. */
export function heardOf(text: string, lastsMs: number, heardMs: number): string {
  const end = Math.round((text.length * heardMs) / lastsMs);
  if (end >= text.length) return text;
  const cut = text.lastIndexOf(' ', end);
  return cut <= 0 ? '' : text.slice(0, cut);
}

const known = new Map<string, number>();

/**
 * How long an audio file lasts.
 * @throws OffhookError `bad-wav`, or what the file system throws: the call breaks then, and the test with it.
 */
function fileMs(file: string): number {
  let ms = known.get(file);
  if (ms === undefined) known.set(file, (ms = readWav(readFileSync(file)).length / MULAW_BYTES_A_MS));
  return ms;
}
