import type { Clock } from '../../clock.ts';

export interface RelayCallerEvents {
  /** Whether what is being said now may be interrupted so. */
  mayInterrupt(by: 'speech' | 'dtmf'): boolean;
  agentSpeaks(): boolean;
  interrupt(): void;
  voice(on: boolean): void;
  prompt(text: string, last: boolean): void;
  digit(digit: string): void;
  /** Somebody spoke, and nobody knows what. */
  notUnderstood(): void;
}

type Turn =
  | { kind: 'speech'; text: string | null; ms: number; said: (whole: boolean) => void }
  | { kind: 'key'; digit: string };

/** So much of a voice is needed to know that it is one. */
const NOTICED_MS = 250;
const PAUSE_MS = 500;
const KEY_MS = 250;
const BACKCHANNEL = /^(uh-huh|mhm|mm-hmm|yeah|ok|okay|right)[.!]?$/i;

/** The caller of a simulated relay session: what they say is recognised word by word, and told when they pause. */
export class RelayCaller {
  readonly #clock: Clock;
  readonly #attributes: Readonly<Record<string, string>>;
  readonly #on: RelayCallerEvents;
  readonly #turns: Turn[] = [];
  #busy = false;
  #stopped = false;
  readonly #timers = new Set<() => void>();

  constructor(clock: Clock, attributes: Readonly<Record<string, string>>, on: RelayCallerEvents) {
    this.#clock = clock;
    this.#attributes = attributes;
    this.#on = on;
  }

  /** Speaks for so long, behind what is still to be said. Settles at the last sound: false where it never came. */
  say(text: string | null, ms: number): Promise<boolean> {
    return new Promise((said) => {
      if (this.#stopped) return said(false);
      this.#turns.push({ kind: 'speech', text, ms, said });
      this.#next();
    });
  }

  press(digits: Iterable<string>): void {
    for (const digit of digits) this.#turns.push({ kind: 'key', digit });
    this.#next();
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    for (const turn of this.#turns.splice(0)) if (turn.kind === 'speech') turn.said(false);
  }

  #next(): void {
    const [turn] = this.#turns;
    if (this.#busy || this.#stopped || !turn) return;
    this.#busy = true;
    if (turn.kind === 'key') this.#press(turn.digit);
    else this.#speak(turn);
  }

  #press(digit: string): void {
    const { dtmfDetection, reportInputDuringAgentSpeech: during = 'none' } = this.#attributes;
    const interrupts = this.#on.mayInterrupt('dtmf');
    const isHeard = interrupts || !this.#on.agentSpeaks() || ['any', 'dtmf'].includes(during);
    if (interrupts) this.#on.interrupt();
    if (dtmfDetection === 'true' && isHeard) this.#on.digit(digit);
    this.#after(KEY_MS, () => this.#done());
  }

  #speak({ text, ms, said }: Extract<Turn, { kind: 'speech' }>): void {
    const {
      ignoreBackchannel,
      partialPrompts,
      reportInputDuringAgentSpeech: during = 'none',
    } = this.#attributes;
    const words = (text ?? '').split(' ').filter((word) => word !== '');
    let isHeard = true;
    this.#after(Math.min(NOTICED_MS, ms), () => {
      const ignored = ignoreBackchannel === 'true' && BACKCHANNEL.test(text ?? '');
      const interrupts = this.#on.mayInterrupt('speech') && !ignored;
      isHeard = interrupts || !this.#on.agentSpeaks() || (!ignored && ['any', 'speech'].includes(during));
      if (!isHeard) return;
      this.#on.voice(true);
      if (interrupts) this.#on.interrupt();
    });
    for (let count = 1; count < words.length && partialPrompts === 'true'; count++) {
      this.#after(Math.max(NOTICED_MS + 1, (ms * count) / words.length), () => {
        if (isHeard) this.#on.prompt(words.slice(0, count).join(' '), false);
      });
    }
    this.#after(ms, () => {
      said(true);
      if (!isHeard) return this.#done();
      this.#on.voice(false);
      if (partialPrompts === 'true' && words.length > 0) this.#on.prompt(words.join(' '), false);
      this.#after(this.#pauseMs(), () => {
        if (words.length > 0) this.#on.prompt(words.join(' '), true);
        else this.#on.notUnderstood();
        this.#done();
      });
    });
  }

  #done(): void {
    this.#turns.shift();
    this.#busy = false;
    this.#next();
  }

  #pauseMs(): number {
    const { speechTimeout } = this.#attributes;
    return speechTimeout === undefined || speechTimeout === 'auto' ? PAUSE_MS : Number(speechTimeout);
  }

  #after(ms: number, work: () => void): void {
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(cancel);
      work();
    });
    this.#timers.add(cancel);
  }
}
