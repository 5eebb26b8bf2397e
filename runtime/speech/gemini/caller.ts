import { FRAME_BYTES, SILENCE } from '../../audio.ts';
import type { Clock } from '../../clock.ts';
import type { Expectation, Patience } from '../../dialogue/protocol.ts';
import { Endpointing, type TurnDecision } from '../endpointing.ts';

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
  private readonly endpointing = new Endpointing();
  private frames = 0;
  private cancel: () => void = () => {};
  /** The caller's turn has begun, and is not over. */
  speaking = false;

  constructor(clock: Clock, on: { started(): void; stopped(): void }) {
    this.clock = clock;
    this.started = () => on.started();
    this.stopped = () => on.stopped();
  }

  expect(expectation: Expectation | null, patience: Patience): void {
    this.endpointing.expect(expectation, patience);
  }

  /** A frame of base64 mu-law. */
  hear(payload: string): void {
    this.frames++;
    this.endpointing.hear(Buffer.from(payload, 'base64'), this.decided);
  }

  close(): void {
    this.cancel();
  }

  private readonly decided = (decision: TurnDecision): void => {
    if (decision === 'started') {
      this.speaking = true;
      this.watch();
      this.started();
    } else if (decision === 'ended') {
      this.speaking = false;
      this.cancel();
      this.stopped();
    }
  };

  private watch(): void {
    const seen = this.frames;
    this.cancel = this.clock.after(STALL_MS, () => {
      while (this.frames === seen && this.speaking) this.endpointing.hear(silentFrame, this.decided);
      if (this.speaking) this.watch();
    });
  }
}
