import type { Clock } from '../clock.ts';
import type { Interrupt } from '../dialogue/protocol.ts';
import { heardOf, lengthMs, type Sounding } from './sounding.ts';

/**
 * What the caller hears since a gathering line was answered. Only the time that has passed since tells what was heard
 * of it; in doubt it was all heard.
 */
export class LastAnswer {
  readonly #clock: Clock;
  readonly #tell: (id: string, heardText: string | null) => void;
  #sounding: readonly Sounding[] = [];
  /** Wall clock: another process may have answered. */
  #at = 0;
  #cancel: () => void = () => undefined;

  /** `tell`: so much was heard of an utterance; null: all of it. Each is told once. */
  constructor(clock: Clock, tell: (id: string, heardText: string | null) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  given(sounding: readonly Sounding[], at: number): void {
    this.#sounding = sounding;
    this.#at = at;
  }

  /** How long the caller hears it still. */
  get remainingMs(): number {
    return Math.max(0, lengthMs(this.#sounding) - this.#sinceMs);
  }

  /** The caller does nothing: after as long as it takes all of it was heard. */
  whenHeard(act: () => void): void {
    this.#cancel = this.#clock.after(this.remainingMs, () => {
      this.heard();
      act();
    });
  }

  heard(): void {
    this.#told(Infinity, false);
  }

  /** Whether what the caller began to do so long ago (about, and at the least, in ms) cut it. */
  cut(by: 'speech' | 'keys', beganAgo: { usual: number; hasty: number }): boolean {
    const sinceMs = this.#sinceMs;
    const early = sinceMs - beganAgo.hasty < lengthMs(this.#sounding, 'hasty');
    const cut = early && this.#sounding.some(({ interrupt }) => yields(interrupt, by));
    this.#told(sinceMs - beganAgo.usual, cut);
    return cut;
  }

  /** The caller has gone. */
  brokenOff(): void {
    this.#told(this.#sinceMs, this.remainingMs > 0);
  }

  get #sinceMs(): number {
    return this.#clock.now() - this.#at;
  }

  #told(heardMs: number, cut: boolean): void {
    this.#cancel();
    const sounding = this.#sounding;
    this.#sounding = [];
    for (const [index, { id, interrupt }] of sounding.entries())
      this.#tell(id, cut && interrupt !== 'never' ? heardOf(sounding, index, heardMs) : null);
  }
}

function yields(interrupt: Interrupt, by: 'speech' | 'keys'): boolean {
  return interrupt === 'speech' || (interrupt === 'keys' && by === 'keys');
}
