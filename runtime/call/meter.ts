import type { Clock } from '../clock.ts';
import type { Usage } from '../speech/usage.ts';

/** What a call costs is known to the minute while it is held. */
const EVERY_MS = 60_000;

/** Counts the seconds that a line is paid for, from when it is made. */
export class Meter {
  readonly #clock: Clock;
  readonly #vendor: Pick<Usage, 'vendor' | 'model'>;
  readonly #used: (usage: Usage) => void;
  #readAt: number;
  #cancel: () => void;

  constructor(clock: Clock, vendor: Pick<Usage, 'vendor' | 'model'>, used: (usage: Usage) => void) {
    this.#clock = clock;
    this.#vendor = vendor;
    this.#used = used;
    this.#readAt = clock.elapsed();
    this.#cancel = clock.after(EVERY_MS, () => this.#read());
  }

  /** The line is closed: the rest is told. */
  stop(): void {
    this.#cancel();
    this.#tell();
  }

  #read(): void {
    this.#tell();
    this.#cancel = this.#clock.after(EVERY_MS, () => this.#read());
  }

  #tell(): void {
    const seconds = Math.round((this.#clock.elapsed() - this.#readAt) / 1000);
    this.#readAt = this.#clock.elapsed();
    if (seconds > 0) this.#used({ ...this.#vendor, amounts: { seconds } });
  }
}
