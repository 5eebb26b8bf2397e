import { BYTES_PER_MS } from '../audio.ts';
import type { Usage } from './usage.ts';

/** How much audio goes by before it is told of. */
const STEP_MS = 10_000;

/** Tells of the audio that a vendor was given, a bit at a time: nobody can be told after a call was closed. */
export class AudioMeter {
  readonly #tell: (amounts: Usage['amounts']) => void;
  #bytes = 0;

  constructor(tell: (amounts: Usage['amounts']) => void) {
    this.#tell = tell;
  }

  /** So many bytes of mu-law were sent. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= STEP_MS * BYTES_PER_MS) this.flush();
  }

  flush(): void {
    if (this.#bytes === 0) return;
    const seconds = this.#bytes / BYTES_PER_MS / 1_000;
    this.#bytes = 0;
    this.#tell({ seconds });
  }
}
