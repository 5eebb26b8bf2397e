import type { Clock } from '../clock.ts';

interface Wake {
  afterMs: number;
  since: 'heard' | 'now';
  cancel: (() => void) | null;
}

/**
 * The timers of one conversation. One that counts from `heard` runs only while nobody speaks and nothing is
 * queued, and begins anew whenever that was broken.
 */
export class Wakes {
  readonly #clock: Clock;
  readonly #due: (id: string) => void;
  readonly #wakes = new Map<string, Wake>();
  #quiet = true;

  constructor(clock: Clock, due: (id: string) => void) {
    this.#clock = clock;
    this.#due = due;
  }

  /** Sets a timer; one of the same kind (`silence:…`, `keys:…`) replaces the one before it. */
  set(id: string, afterMs: number, since: 'heard' | 'now'): void {
    const kind = id.slice(0, id.indexOf(':') + 1);
    for (const other of this.#wakes.keys()) if (kind !== '' && other.startsWith(kind)) this.cancel(other);
    this.cancel(id);
    const wake: Wake = { afterMs, since, cancel: null };
    this.#wakes.set(id, wake);
    if (since === 'now' || this.#quiet) this.#start(id, wake);
  }

  cancel(id: string): void {
    this.#wakes.get(id)?.cancel?.();
    this.#wakes.delete(id);
  }

  quiet(quiet: boolean): void {
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    for (const [id, wake] of this.#wakes) {
      if (wake.since === 'now') continue;
      wake.cancel?.();
      wake.cancel = null;
      if (quiet) this.#start(id, wake);
    }
  }

  /** Lets every timer that counts silence come due at once (a terminal's empty line). False where none did. */
  silence(): boolean {
    return this.#hasten(([, wake]) => wake.since === 'heard');
  }

  /** Lets the timers that wait for one more key come due at once. False where none did. */
  keysEnded(): boolean {
    return this.#hasten(([id]) => id.startsWith('keys:'));
  }

  /** How long nobody may speak before something comes of it, in ms; null where nothing would. */
  get silenceMs(): number | null {
    const waits = [...this.#wakes.values()].flatMap(({ since, afterMs }) =>
      since === 'heard' ? [afterMs] : [],
    );
    return waits.length === 0 ? null : Math.min(...waits);
  }

  close(): void {
    for (const wake of this.#wakes.values()) wake.cancel?.();
    this.#wakes.clear();
  }

  #hasten(which: (wake: [string, Wake]) => boolean): boolean {
    const due = [...this.#wakes].filter(which);
    for (const [id] of due) {
      this.cancel(id);
      this.#due(id);
    }
    return due.length > 0;
  }

  #start(id: string, wake: Wake): void {
    wake.cancel = this.#clock.after(wake.afterMs, () => {
      this.#wakes.delete(id);
      this.#due(id);
    });
  }
}
