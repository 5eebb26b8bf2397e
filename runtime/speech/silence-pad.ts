import { BYTES_PER_MS, SILENCE } from '../audio.ts';
import type { Clock } from '../clock.ts';

const PAUSE_MS = 750;
/** Longer than the silence that ends an utterance (500 ms), so that one is enough. */
const PAD = Buffer.alloc(800 * BYTES_PER_MS, SILENCE).toString('base64');

/**
 * The server decides when the caller stopped from the audio it gets. A line that stops sending in the middle of
 * a word would leave it waiting for ever: then silence is sent in its place.
 */
export class SilencePad {
  private readonly clock: Clock;
  private readonly append: (payload: string) => void;
  private frames = 0;
  private seen = 0;
  private cancel: () => void = () => {};

  constructor(clock: Clock, append: (payload: string) => void) {
    this.clock = clock;
    this.append = append;
  }

  /** A frame of the caller's came. */
  heard(): void {
    this.frames++;
  }

  /** The caller is speaking. */
  start(): void {
    this.cancel();
    this.seen = this.frames;
    this.cancel = this.clock.after(PAUSE_MS, () => {
      if (this.frames === this.seen) this.append(PAD);
      this.start();
    });
  }

  stop(): void {
    this.cancel();
  }
}
