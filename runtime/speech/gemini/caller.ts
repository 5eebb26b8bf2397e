import { FRAME_BYTES, SILENCE } from '../../audio.ts';
import type { Clock } from '../../clock.ts';
import type { Patience } from '../../dialogue/protocol.ts';
import type { VadDecision } from '../embedded/vad.ts';
import { Endpoint } from './endpoint.ts';

/** A line that sends nothing for so long is taken to be silent. */
const STALL_MS = 1_000;

const silentFrame = new Uint8Array(FRAME_BYTES).fill(SILENCE);

/**
 * The caller's side of the line: when they begin to speak and when their turn is over. A line that stops sending in
 * the middle of a word ends it, too: the vendor, which is told where speech ends, would wait for ever.
 */
export class Caller {
  private readonly clock: Clock;
  private readonly started: () => void;
  private readonly stopped: () => void;
  private readonly endpoint = new Endpoint();
  private frames = 0;
  private cancel: () => void = () => {};

  constructor(clock: Clock, on: { started(): void; stopped(): void }) {
    this.clock = clock;
    this.started = () => on.started();
    this.stopped = () => on.stopped();
  }

  get speaking(): boolean {
    return this.endpoint.speaking;
  }

  set patience(patience: Patience) {
    this.endpoint.patience = patience;
  }

  /** A frame of base64 mu-law. */
  hear(payload: string): void {
    this.frames++;
    this.decide(this.endpoint.hear(Buffer.from(payload, 'base64')));
  }

  close(): void {
    this.cancel();
  }

  private decide(decision: VadDecision): void {
    if (decision === 'started') {
      this.watch();
      this.started();
    } else if (decision === 'stopped') {
      this.cancel();
      this.stopped();
    }
  }

  private watch(): void {
    const seen = this.frames;
    this.cancel = this.clock.after(STALL_MS, () => {
      while (this.frames === seen && this.endpoint.speaking) this.decide(this.endpoint.hear(silentFrame));
      if (this.endpoint.speaking) this.watch();
    });
  }
}
