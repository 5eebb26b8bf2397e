/** Keeps what an ear tells in the order that its contract promises, whatever the order in which it gets to know it. */
import type { EarEvent } from './ear.ts';

/** The utterances of one call. One is told at a time: what is known of the next is held until the last was `said`. */
export class EarUtterances {
  readonly #on: (event: EarEvent) => void;
  /** Begun and not yet said; the first is being told. */
  #open: EarUtterance[] = [];

  constructor(on: (event: EarEvent) => void) {
    this.#on = on;
  }

  begin(): EarUtterance {
    const utterance = new EarUtterance(
      (event) => this.#tell(utterance, event),
      () => this.#over(utterance),
    );
    this.#open.push(utterance);
    utterance.start();
    return utterance;
  }

  #tell(utterance: EarUtterance, event: EarEvent): void {
    if (this.#open[0] === utterance) this.#on(event);
    else utterance.hold(event);
  }

  #over(utterance: EarUtterance): void {
    if (this.#open[0] !== utterance) return;
    this.#open.shift();
    for (let next = this.#open[0]; next; next = this.#open[0]) {
      for (const event of next.release()) this.#on(event);
      if (!next.isSaid) return;
      this.#open.shift();
    }
  }
}

/** One utterance. Whatever comes twice, or after it was `said`, is not told. */
export class EarUtterance {
  readonly #tell: (event: EarEvent) => void;
  readonly #over: () => void;
  #text = '';
  #likely: string | null = null;
  #stopped = false;
  #said = false;
  #held: EarEvent[] = [];

  constructor(tell: (event: EarEvent) => void, over: () => void) {
    this.#tell = tell;
    this.#over = over;
  }

  /** All the words so far. */
  get text(): string {
    return this.#text;
  }

  get isSaid(): boolean {
    return this.#said;
  }

  start(): void {
    this.#tell({ kind: 'caller-started' });
  }

  words(text: string): void {
    if (this.#said || text === this.#text) return;
    this.goesOn();
    this.#text = text;
    this.#tell({ kind: 'words', text });
  }

  /** Takes the words so far for all of them; nothing is told where there are none. */
  likelyDone(): void {
    if (this.#said || this.#likely !== null || this.#text === '') return;
    this.#likely = this.#text;
    this.#tell({ kind: 'likely-done', text: this.#text });
  }

  goesOn(): void {
    if (this.#said || this.#likely === null) return;
    this.#likely = null;
    this.#tell({ kind: 'goes-on' });
  }

  stopped(): void {
    if (this.#said || this.#stopped) return;
    this.#stopped = true;
    this.#tell({ kind: 'caller-stopped' });
  }

  /** What was likely and turned out otherwise goes on first. */
  said(text: string): void {
    if (this.#said) return;
    if (this.#likely !== text) this.goesOn();
    this.stopped();
    this.#said = true;
    this.#tell({ kind: 'said', text });
    this.#over();
  }

  /** Of words that wait to be told, only the last count. */
  hold(event: EarEvent): void {
    if (event.kind === 'words' && this.#held.at(-1)?.kind === 'words') this.#held.pop();
    this.#held.push(event);
  }

  release(): EarEvent[] {
    return this.#held.splice(0);
  }
}
