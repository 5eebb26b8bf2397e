import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { StepWrite, Store } from '../store/store.ts';

export interface StepWritesParts {
  store: Pick<Store, 'writeStep'>;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** Nobody waits on the line for a store that takes longer. */
const WRITE_MS = 1_500;

/** The steps of one call on their way into the store. */
export class StepWrites {
  readonly #parts: StepWritesParts;
  /** The store has fallen behind the call: a step was not written in time, and is not yet. */
  #behind = false;
  #all: Promise<void> = Promise.resolve();

  constructor(parts: StepWritesParts) {
    this.#parts = parts;
  }

  /**
   * Settles when the step is written, or after a second and a half: what follows from it is carried out only when it
   * is in the journal, as long as the store answers within that time. A slow store is reported once, and until it
   * has caught up nothing waits for it; every step is written all the same, in its order. A store that fails is
   * reported too, and never rejects: it must not end a call that goes well. Nothing waits for an `unhurried` step.
   */
  async write(step: StepWrite): Promise<void> {
    const writing = this.#write(step);
    this.#all = this.#all.then(() => writing);
    if (!step.unhurried && !this.#behind) await this.#inTime(writing, step.entry.sequence);
  }

  /** Settles when all is written. */
  async finished(): Promise<void> {
    await this.#all;
  }

  async #write(step: StepWrite): Promise<void> {
    const { store, clock, log, metrics } = this.#parts;
    const from = clock.elapsed();
    try {
      await store.writeStep(step);
      // The others wait for company on purpose.
      if (!step.unhurried) metrics.storeWrite((clock.elapsed() - from) / 1000);
    } catch (thrown) {
      log.error({ problem: messageOf(thrown), sequence: step.entry.sequence }, 'a step could not be written');
    }
  }

  async #inTime(writing: Promise<void>, sequence: number): Promise<void> {
    const { clock, log } = this.#parts;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(WRITE_MS, () => {
        this.#behind = true;
        log.warn({ sequence }, 'the store is slow: the call goes on before its steps are written');
        resolve();
      });
      void writing.then(() => {
        cancel();
        this.#behind = false;
        resolve();
      });
    });
  }
}
