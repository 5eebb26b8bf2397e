import { describe, expect, it } from 'vitest';
import { finish, silence } from '../../../runtime/speech/embedded/pcm.ts';
import { widen } from '../../../runtime/speech/embedded/pocketsphinx.js';
import { toTelephone } from '../../../runtime/resample.js';
import { readWav } from '../../../runtime/speech/embedded/wav.js';

function tone(hz: number, rate: number, seconds = 0.5, level = 10_000): Int16Array {
  return Int16Array.from({ length: rate * seconds }, (_, i) =>
    Math.round(level * Math.sin((2 * Math.PI * hz * i) / rate)),
  );
}

/** Of the middle, where no filter sees an end. */
function loudness(samples: Int16Array): number {
  const middle = samples.subarray(samples.length >> 2, (samples.length * 3) >> 2);
  return Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
}

/** The part of the samples that is a tone of so many hertz, as an amplitude (Goertzel 1958). */
function amplitude(samples: Int16Array, hz: number, rate: number): number {
  let [real, imaginary] = [0, 0];
  for (const [i, sample] of samples.entries()) {
    real += sample * Math.cos((2 * Math.PI * hz * i) / rate);
    imaginary += sample * Math.sin((2 * Math.PI * hz * i) / rate);
  }
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}

describe.each([16_000, 22_050, 44_100, 48_000])('samples at %i Hz on the telephone', (rate) => {
  it.each([300, 1_000, 2_500, 3_400])('keep a tone of %i Hz as it is', (hz) => {
    const out = toTelephone(tone(hz, rate), rate);
    expect(out.length).toBe(4_000);
    expect(Math.abs(20 * Math.log10(loudness(out) / (10_000 / Math.SQRT2)))).toBeLessThan(0.2);
  });

  it.each([4_100, 5_000, 7_500])('lose one of %i Hz, which would come back as another', (hz) => {
    const out = toTelephone(tone(hz, rate), rate);
    expect(20 * Math.log10(Math.max(1, loudness(out)) / (10_000 / Math.SQRT2))).toBeLessThan(-55);
  });

  it('keep their time: an impulse stays where it was', () => {
    const samples = new Int16Array(rate);
    samples[rate / 2] = 30_000;
    const out = toTelephone(samples, rate);
    const top = out.reduce((best, sample, i) => (Math.abs(sample) > Math.abs(out[best]!) ? i : best), 0);
    expect(top).toBe(4_000);
  });
});

describe('samples that need no change or cannot have one', () => {
  it('at 8 kHz are left as they are', () => {
    const samples = tone(440, 8_000);
    expect(toTelephone(samples, 8_000)).toEqual(samples);
  });

  it.each([0, 1_999, 11_025.5, 1e6])('at %f Hz are refused', (rate) => {
    expect(() => toTelephone(new Int16Array(10), rate)).toThrow(
      `Samples at ${rate} Hz cannot be used: 2000 to 192000 Hz are understood.`,
    );
  });

  it('do not wrap around where the filter overshoots', () => {
    const square = Int16Array.from({ length: 16_000 }, (_, i) => (i % 40 < 20 ? 32_767 : -32_768));
    const out = toTelephone(square, 16_000);
    // All but the samples beside a flank.
    const wrong = [...out.keys()].filter(
      (i) => i % 10 > 1 && i % 10 < 9 && out[i]! > 0 !== square[2 * i]! > 0,
    );
    expect(wrong).toEqual([]);
    expect(out.filter((sample) => sample === 32_767).length).toBeGreaterThan(100);
  });
});

describe('8 kHz made wide for the recogniser', () => {
  it('keeps a tone, adds three tenths of its mirror image, and quiet around it', () => {
    const out = widen(tone(1_000, 8_000));
    expect(out.length).toBe(8_000 + 2 * 4_800);
    expect(out.subarray(0, 4_800).every((sample) => sample === 0)).toBe(true);
    expect(out.subarray(-4_800).every((sample) => sample === 0)).toBe(true);
    const middle = out.subarray(5_600, 12_000);
    expect(amplitude(middle, 1_000, 16_000)).toBeCloseTo(10_000, -2.5);
    expect(amplitude(middle, 7_000, 16_000)).toBeCloseTo(3_000, -2.5);
    expect(amplitude(middle, 5_000, 16_000)).toBeLessThan(50);
  });
});

describe('rendered samples', () => {
  const parts = (lead: number, speech: number, tail: number, level = 8_000): Int16Array => {
    const samples = new Int16Array((lead + speech + tail) * 8);
    samples.set(tone(500, 8_000, speech / 1_000, level), lead * 8);
    return samples;
  };
  const firstLoud = (samples: Int16Array): number =>
    samples.findIndex((sample) => Math.abs(sample) > 1_000) / 8;

  it('start within 30 ms and end 100 ms after the last sound, however much silence there was', () => {
    for (const [lead, tail] of [
      [250, 700],
      [0, 0],
      [3, 40],
    ] as const) {
      const out = finish([parts(lead, 400, tail)]);
      expect(firstLoud(out)).toBeGreaterThanOrEqual(25);
      expect(firstLoud(out)).toBeLessThanOrEqual(36);
      expect(out.length / 8).toBeGreaterThanOrEqual(525);
      expect(out.length / 8).toBeLessThanOrEqual(540);
    }
  });

  it('keep the silence between two pieces', () => {
    const out = finish([parts(100, 300, 200), parts(100, 300, 200)]);
    expect(out.length / 8).toBeGreaterThanOrEqual(1_020);
    expect(out.length / 8).toBeLessThanOrEqual(1_040);
  });

  it.each([
    [1_000, 4_000],
    [8_000, 20_000],
    [32_000, 20_000],
  ])('with a peak of %i come to one of %i', (level, peak) => {
    const out = finish([parts(50, 400, 50, level)]);
    const loudest = out.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(Math.abs(loudest - peak)).toBeLessThan(peak / 50);
  });

  it('without any sound are a short silence', () => {
    expect(finish([silence(900)])).toEqual(silence(200));
    expect(finish([])).toEqual(silence(200));
  });
});

describe('a WAVE file', () => {
  const wav = (
    more: { format?: number; channels?: number; bits?: number; claims?: number; extra?: Buffer } = {},
  ): Buffer => {
    const samples = Buffer.alloc(8);
    for (const [i, value] of [1, -2, 300, -32_768].entries()) samples.writeInt16LE(value, 2 * i);
    const head = Buffer.alloc(24);
    head.write('fmt ');
    head.writeUInt32LE(16, 4);
    head.writeUInt16LE(more.format ?? 1, 8);
    head.writeUInt16LE(more.channels ?? 1, 10);
    head.writeUInt32LE(22_050, 12);
    head.writeUInt16LE(more.bits ?? 16, 22);
    const data = Buffer.alloc(8);
    data.write('data');
    data.writeUInt32LE(more.claims ?? samples.length, 4);
    const body = Buffer.concat([head, more.extra ?? Buffer.alloc(0), data, samples]);
    const riff = Buffer.alloc(12);
    riff.write('RIFF');
    riff.writeUInt32LE(body.length + 4, 4);
    riff.write('WAVE', 8);
    return Buffer.concat([riff, body]);
  };

  it('gives its samples and their rate, past chunks of odd length that mean nothing', () => {
    const extra = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
    expect(readWav(wav({ extra }))).toEqual({ samples: Int16Array.of(1, -2, 300, -32_768), rate: 22_050 });
  });

  it('that claims more than it holds, as one written to a pipe does, ends where it ends', () => {
    expect(readWav(wav({ claims: 0x7fff_f000 })).samples).toHaveLength(4);
    expect(readWav(wav().subarray(0, -3)).samples).toEqual(Int16Array.of(1, -2));
  });

  it.each([
    ['stereo', wav({ channels: 2 }), 'A voice gave 2 channels of 16 bits, but one of 16 is understood.'],
    ['8 bits', wav({ bits: 8 }), 'A voice gave 1 channels of 8 bits, but one of 16 is understood.'],
    ['not PCM', wav({ format: 7 }), 'A voice gave 1 channels of 16 bits, but one of 16 is understood.'],
    ['nothing', Buffer.alloc(0), 'A voice gave 0 bytes that are not a WAVE file.'],
    ['a page of text', Buffer.from('<!doctype html>'), 'A voice gave 15 bytes that are not a WAVE file.'],
    ['no samples', wav().subarray(0, 36), 'A voice gave a WAVE file without samples.'],
  ])('is refused where it is %s', (_, bytes, message) => {
    expect(() => readWav(bytes)).toThrow(message);
  });
});
