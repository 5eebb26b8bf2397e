import type { Priced, Turn } from '../store/store.ts';
import { joined } from './costs.ts';

/** More than this does not help anybody to understand the next sentence. */
const RECENT = 8;

/**
 * The turns of one call as they happen. An agent's turn is known by its utterance; what was heard of it comes
 * later. A caller's turn takes its place when the caller stops speaking, though the words may come later.
 */
export class Transcript {
  #next: number;
  readonly #recent: Turn[] = [];
  #reserved: { index: number; startedAt: number } | null = null;
  /** What was used for a turn that has its place, but no words yet. */
  #used: Priced[] = [];
  readonly #open: Map<string, Turn>;

  /**
   * `next` is the index of the first turn: 0, or behind the last one of a call that is taken up again; `unheard` are
   * those of its utterances that are still being said.
   */
  constructor(next: number, unheard: ReadonlyMap<string, Turn> = new Map()) {
    this.#next = next;
    this.#open = new Map(unheard);
  }

  reserveCaller(startedAt: number): void {
    this.#reserved ??= { index: this.#next++, startedAt };
  }

  /** It was only noise. */
  release(): void {
    this.#reserved = null;
  }

  /** A vendor was used: for what the caller is saying, else for the turn that is the newest. Gives a turn that changed. */
  used(one: Priced): Turn | null {
    const newest = this.#recent.at(-1);
    if (this.#reserved !== null || !newest) {
      this.#used.push(one);
      return null;
    }
    newest.usage = withUsage(newest.usage, one);
    return newest;
  }

  caller(text: string, state: string | null, now: number): Turn {
    const { index, startedAt } = this.#reserved ?? { index: this.#next++, startedAt: now };
    this.#reserved = null;
    return this.#keep({
      index,
      role: 'caller',
      text,
      state,
      startedAt,
      interrupted: false,
      heardText: text,
      latencyMs: null,
      timings: null,
      usage: this.#used.splice(0),
    });
  }

  agent(utterance: string, text: string, state: string | null, now: number): Turn {
    const turn = this.#keep({
      index: this.#next++,
      role: 'agent',
      text,
      state,
      startedAt: now,
      interrupted: false,
      heardText: null,
      latencyMs: null,
      timings: null,
      usage: [],
    });
    this.#open.set(utterance, turn);
    return turn;
  }

  /** The last turns, oldest first: what was heard of them, or is being said. */
  recent(): { role: Turn['role']; text: string }[] {
    return this.#recent
      .toSorted((one, other) => one.index - other.index)
      .map(({ role, text, heardText }) => ({ role, text: heardText ?? text }))
      .filter(({ text }) => text !== '');
  }

  /** More is known to be secret than when they were said. */
  mask(mask: (text: string) => string): void {
    for (const turn of new Set([...this.#recent, ...this.#open.values()])) {
      turn.text = mask(turn.text);
      if (turn.heardText !== null) turn.heardText = mask(turn.heardText);
    }
  }

  has(utterance: string): boolean {
    return this.#open.has(utterance);
  }

  /** Changes an agent's turn that is still being said; null where it is not. */
  amend(utterance: string, change: Partial<Turn>): Turn | null {
    const turn = this.#open.get(utterance);
    if (!turn) return null;
    Object.assign(turn, change);
    return turn;
  }

  heard(utterance: string): Turn | null {
    const turn = this.#open.get(utterance);
    this.#open.delete(utterance);
    return turn ? Object.assign(turn, { heardText: turn.text }) : null;
  }

  interrupted(utterance: string, heardText: string): Turn | null {
    const turn = this.#open.get(utterance);
    this.#open.delete(utterance);
    return turn ? Object.assign(turn, { interrupted: true, heardText }) : null;
  }

  #keep(turn: Turn): Turn {
    this.#recent.push(turn);
    if (this.#recent.length > RECENT) this.#recent.shift();
    return turn;
  }
}

function withUsage(usage: readonly Priced[], one: Priced): readonly Priced[] {
  const same = usage.find(({ vendor, model }) => vendor === one.vendor && model === one.model);
  return same ? usage.map((each) => (each === same ? joined(same, one) : each)) : [...usage, one];
}
