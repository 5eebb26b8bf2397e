import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

interface LostToolCallsParts {
  store: Pick<Store, 'endLostToolCalls'>;
  clock: Clock;
  log: Log;
}

const SWEEP_EVERY_MS = 60_000;

/** Sees to it that no tool call is shown as at work for ever, whose line or process has gone. */
export class LostToolCalls {
  readonly #parts: LostToolCallsParts;
  #cancel: () => void = () => undefined;
  #closed = false;

  constructor(parts: LostToolCallsParts) {
    this.#parts = parts;
  }

  /** Those of dead processes are ended, now and from now on. */
  async sweep(): Promise<void> {
    this.#cancel();
    await this.#end(null);
    if (!this.#closed) this.#cancel = this.#parts.clock.after(SWEEP_EVERY_MS, () => void this.sweep());
  }

  /** The session is over, and no conversation of it is left anywhere that could tell what came of its tool calls. */
  endOf(session: string): Promise<void> {
    return this.#end(session);
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  /** Never rejects: what could not be ended now is with the next sweep. */
  async #end(session: string | null): Promise<void> {
    const { store, clock, log } = this.#parts;
    try {
      const toolCalls = await store.endLostToolCalls(session, clock.now());
      if (toolCalls > 0) log.warn({ session, toolCalls }, 'tool calls were lost with their calls');
    } catch (thrown) {
      log.warn({ session, problem: messageOf(thrown) }, 'lost tool calls could not be ended');
    }
  }
}
