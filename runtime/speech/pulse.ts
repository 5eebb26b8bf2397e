/** Whether whoever is at the other end of a socket still lives. */
import type { Clock } from '../clock.ts';

/** With nobody speaking, a dead peer may be noticed late. */
const CALM_MS = 5_000;
/** While somebody waits for the peer, it is asked for a sign of life as soon as it is quiet. */
const BUSY_MS = 800;
/** How long a ping may go unanswered. */
export const PONG_MS = 1_500;

export interface PulseOptions {
  clock: Clock;
  /** Asks for a sign of life. */
  ping(): void;
  /** A ping was not answered within `PONG_MS`. Told once; nothing is asked any more. */
  dead(): void;
}

/** Asks a peer that has been quiet for a while whether it lives. It beats from `start` to `stop`. */
export class Pulse {
  readonly #options: PulseOptions;
  #patienceMs = CALM_MS;
  #heardAt = 0;
  #askedAt = -1;
  #beats = false;
  #cancel: () => void = () => {};

  constructor(options: PulseOptions) {
    this.#options = options;
  }

  start(): void {
    this.#beats = true;
    this.#beat();
  }

  stop(): void {
    this.#beats = false;
    this.#cancel();
  }

  /** A message or a pong has come. */
  heard(): void {
    this.#heardAt = this.#options.clock.elapsed();
  }

  /** How closely the peer is watched: `busy` while somebody waits for it. */
  watch(busy: boolean): void {
    const patienceMs = busy ? BUSY_MS : CALM_MS;
    if (patienceMs === this.#patienceMs) return;
    this.#patienceMs = patienceMs;
    if (this.#beats) this.#beat();
  }

  #beat(): void {
    this.#cancel();
    const { clock, ping, dead } = this.#options;
    const now = clock.elapsed();
    const isAsked = this.#askedAt > this.#heardAt;
    let next = isAsked ? this.#askedAt + PONG_MS - now : this.#heardAt + this.#patienceMs - now;
    if (next <= 0) {
      if (isAsked) {
        this.stop();
        return dead();
      }
      this.#askedAt = now;
      ping();
      next = PONG_MS;
    }
    this.#cancel = clock.after(next, () => this.#beat());
  }
}
