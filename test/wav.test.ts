import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMulaw, encodeMulaw } from '../runtime/audio.ts';
import { readWav, readWavGently, writeWav } from '../runtime/wav.ts';

interface Made {
  tag?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  data: Uint8Array;
  /** Chunks between the format and the data. */
  between?: Uint8Array[];
  extensible?: boolean;
  told?: number;
}

const chunk = (name: string, body: Uint8Array, told = body.length): Uint8Array => {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(told, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
};

function wav({
  tag = 1,
  channels = 1,
  rate = 8000,
  bits = 16,
  data,
  between = [],
  extensible,
  told,
}: Made): Buffer {
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE((rate * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(tag, 24);
  const body = Buffer.concat([chunk('fmt ', format), ...between, chunk('data', data, told)]);
  const head = Buffer.from('RIFF\0\0\0\0WAVE', 'latin1');
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body]);
}

const pcm = (samples: Int16Array): Uint8Array => new Uint8Array(samples.buffer);
const tone = (hertz: number, rate: number, seconds = 0.5): Int16Array =>
  Int16Array.from({ length: rate * seconds }, (_, i) => 8000 * Math.sin((2 * Math.PI * hertz * i) / rate));
/** Root mean square, without the edges. */
const loudness = (samples: Int16Array): number => {
  const inner = samples.subarray(100, -100);
  return Math.sqrt(inner.reduce((sum, sample) => sum + sample * sample, 0) / inner.length);
};

describe('a WAV file', () => {
  it('is written as 16-bit PCM with 8 kHz', () => {
    expect(Buffer.from(writeWav(Uint8Array.of(0xff, 0x00))).toString('hex')).toBe(
      '52494646280000005741564566' +
        '6d7420100000000100010040' +
        '1f0000803e00000200100064617461040000000000' +
        '8482',
    );
  });

  it('gives back the mu-law it was written from', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (mulaw) => {
        const read = readWav(writeWav(mulaw));
        // There are two codes of zero; what is heard is the same.
        expect(decodeMulaw(read)).toEqual(decodeMulaw(mulaw));
      }),
    );
  });

  it('may hold mu-law, which is taken as it is', () => {
    const data = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(readWav(wav({ tag: 7, bits: 8, data }))).toEqual(data);
  });

  it('may have other chunks, an extensible format and a length that was never filled in', () => {
    const data = pcm(tone(440, 8000));
    const expected = readWav(wav({ data }));
    expect(readWav(wav({ data, between: [chunk('LIST', Buffer.from('odd'))] }))).toEqual(expected);
    expect(readWav(wav({ data, extensible: true }))).toEqual(expected);
    expect(readWav(wav({ data, told: 0xffffffff }))).toEqual(expected);
    expect(readWav(Buffer.concat([Buffer.from('....'), wav({ data })]).subarray(4))).toEqual(expected);
  });

  it('of 16 kHz keeps a tone that 8 kHz can hold, at its pitch and loudness', () => {
    const read = decodeMulaw(readWav(wav({ rate: 16_000, data: pcm(tone(1000, 16_000)) })));
    const wanted = tone(1000, 8000);
    expect(read.length).toBe(wanted.length);
    const error = loudness(Int16Array.from(read, (sample, i) => sample - wanted[i]!));
    expect(error).toBeLessThan(loudness(wanted) / 30);
  });

  it('of 16 kHz loses a tone that 8 kHz cannot hold, instead of hearing it at another pitch', () => {
    const read = decodeMulaw(readWav(wav({ rate: 16_000, data: pcm(tone(6000, 16_000)) })));
    expect(loudness(read)).toBeLessThan(20);
  });

  it.each([
    [11_025, 16],
    [22_050, 16],
    [44_100, 16],
    [48_000, 16],
    [44_101, 16],
    [6_000, 16],
    [44_100, 8],
  ])('of %i Hz and %i bits keeps a tone at its pitch and loudness', (rate, bits) => {
    const source = tone(1000, rate);
    const data =
      bits === 16 ? pcm(source) : Uint8Array.from(source, (sample) => 128 + Math.round(sample / 256));
    const read = decodeMulaw(readWav(wav({ rate, bits, data })));
    const wanted = tone(1000, 8000);
    expect(Math.abs(read.length - wanted.length)).toBeLessThanOrEqual(1);
    const error = loudness(
      Int16Array.from(wanted.subarray(0, read.length), (sample, i) => sample - read[i]!),
    );
    expect(error).toBeLessThan(loudness(wanted) / 30);
  });

  it('of two channels is mixed', () => {
    const [left, right] = [tone(500, 8000), tone(1000, 8000)];
    const pairs = Int16Array.from({ length: left.length * 2 }, (_, i) => (i % 2 ? right : left)[i >> 1]!);
    const mixed = left.map((sample, i) => (sample + right[i]!) >> 1);
    expect(readWav(wav({ channels: 2, data: pcm(pairs) }))).toEqual(encodeMulaw(mixed));
    const mulaw = encodeMulaw(pairs);
    expect(readWav(wav({ tag: 7, bits: 8, channels: 2, data: mulaw }))).toHaveLength(left.length);
  });

  it('is read gently to the very same sound', async () => {
    for (const made of [
      { rate: 44_100, data: pcm(tone(440, 44_100, 2.3)) },
      { rate: 8000, data: pcm(tone(440, 8000, 1.5)) },
      { tag: 7, bits: 8, data: encodeMulaw(tone(440, 8000)) },
    ]) {
      expect(await readWavGently(wav(made))).toEqual(readWav(wav(made)));
    }
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'it is not a WAV file'],
    ['an MP3', Buffer.from('ID3 and a lot of music'), 'it is not a WAV file'],
    ['six channels', wav({ channels: 6, data: new Uint8Array(24) }), 'it has 6 channels, not 1 or 2'],
    [
      '1.9 kHz',
      wav({ rate: 1900, data: new Uint8Array(8) }),
      'it has 1900 samples a second, not 2000 to 192000',
    ],
    [
      'floating point',
      wav({ tag: 3, bits: 32, data: new Uint8Array(8) }),
      'its samples are of the kind 3 with 32 bits, not PCM of 8 or 16 bits or mu-law',
    ],
    [
      '24-bit PCM',
      wav({ bits: 24, data: new Uint8Array(9) }),
      'its samples are of the kind 1 with 24 bits, not PCM of 8 or 16 bits or mu-law',
    ],
    ['no data', wav({ data: new Uint8Array(8) }).subarray(0, 36), 'it holds no sound'],
    ['half a format', wav({ data: new Uint8Array(8) }).subarray(0, 30), 'its format is cut off'],
    [
      'data without a format',
      Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), chunk('data', new Uint8Array(2))]),
      'its data comes before its format',
    ],
  ])('with %s is refused', (_name, file, problem) => {
    expect(() => readWav(file)).toThrow(`The WAV file cannot be used: ${problem}.`);
  });

  it('of any bytes is read or refused, and nothing else', () => {
    const good = wav({ data: encodeMulaw(tone(440, 8000, 0.01)) });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 255 })), { maxLength: 6 }),
        (changes) => {
          const file = Buffer.from(good);
          for (const [at, byte] of changes) file[at] = byte;
          let refused = '';
          try {
            readWav(file);
          } catch (error) {
            refused = String(error);
          }
          expect(refused).toMatch(/^$|^OffhookError: The WAV file cannot be used/);
        },
      ),
    );
  });
});
