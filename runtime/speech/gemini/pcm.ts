/** The telephone's mu-law as Gemini's samples, and back. */
import { decodeMulaw, encodeMulaw } from '../../audio.ts';
import { Resampler, TELEPHONE_RATE } from '../../resample.js';

const UP_RATE = 16_000;
const DOWN_RATE = 24_000;

/** Base64 mu-law of one caller as base64 of 16-bit samples at 16 kHz. */
export class Upward {
  private readonly resampler = new Resampler(TELEPHONE_RATE, UP_RATE);

  push(payload: string): string {
    return base64Of(this.resampler.push(decodeMulaw(Buffer.from(payload, 'base64'))));
  }

  /** The end of the stream, which the filter held back. */
  flush(): string {
    return base64Of(this.resampler.flush());
  }

  reset(): void {
    this.resampler.reset();
  }
}

/** Base64 of the model's 16-bit samples at 24 kHz as base64 mu-law. */
export class Downward {
  private readonly resampler = new Resampler(DOWN_RATE, TELEPHONE_RATE);
  /** The first half of a sample whose second comes with the next piece. */
  private half: Buffer = Buffer.alloc(0);

  push(data: string): string {
    const bytes = Buffer.concat([this.half, Buffer.from(data, 'base64')]);
    const whole = bytes.length - (bytes.length % 2);
    this.half = Buffer.from(bytes.subarray(whole));
    const samples = new Int16Array(whole / 2);
    for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(2 * i);
    return mulawOf(this.resampler.push(samples));
  }

  /** The end of the stream, which the filter held back; another one may begin. */
  flush(): string {
    this.half = Buffer.alloc(0);
    return mulawOf(this.resampler.flush());
  }
}

/** The machines this runs on are little-endian, as the vendor's samples are. */
function base64Of(samples: Int16Array): string {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
}

function mulawOf(samples: Int16Array): string {
  return Buffer.from(encodeMulaw(samples)).toString('base64');
}
