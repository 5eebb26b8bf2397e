// oxlint-disable-next-line import/default -- CommonJS: only the default import has it, whatever its types say
import alawmulaw from 'alawmulaw';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BYTES_PER_MS,
  FRAME_BYTES,
  SILENCE,
  base64Bytes,
  decodeMulaw,
  encodeMulaw,
} from '../runtime/audio.ts';

/** ITU-T G.711, table 2: the value of every code, on the scale of 16 bits. */
function valueOf(byte: number): number {
  const code = ~byte & 0xff;
  const segment = (code >> 4) & 7;
  const step = code & 15;
  const magnitude = (((2 * step + 33) << segment) - 33) * 4;
  return (code & 0x80) === 0 ? magnitude : -magnitude || 0;
}

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const everySample = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);

describe('mu-law', () => {
  it('gives the value of table 2 of ITU-T G.711 for every code', () => {
    expect([...decodeMulaw(everyByte)]).toEqual([...everyByte].map(valueOf));
  });

  it.each([
    [0x00, -32_124],
    [0x80, 32_124],
    [0x0f, -16_764],
    [0x8f, 16_764],
    [0xf0, 120],
    [0x70, -120],
    [0xfe, 8],
    [0xff, 0],
    [0x7f, 0],
  ])('reads the code %i as %i', (byte, sample) => {
    expect(decodeMulaw(Uint8Array.of(byte))[0]).toBe(sample);
  });

  it('is silent where a frame is filled with the silent byte', () => {
    const frame = new Uint8Array(FRAME_BYTES).fill(SILENCE);
    expect(decodeMulaw(frame).every((sample) => sample === 0)).toBe(true);
    expect(encodeMulaw(new Int16Array(FRAME_BYTES))).toEqual(frame);
    expect(FRAME_BYTES / BYTES_PER_MS).toBe(20);
  });

  it('gives back every code it was given, but the negative zero', () => {
    const again = encodeMulaw(decodeMulaw(everyByte));
    expect([...again]).toEqual([...everyByte].map((byte) => (byte === 0x7f ? 0xff : byte)));
  });

  it('changes from code to code at the decision values of table 2 of ITU-T G.711', () => {
    // Scaled to 16 bits: from here on a louder sample has the code of this segment and step.
    const edges = Array.from({ length: 127 }, (_, n) => {
      const [segment, step] = [(n + 1) >> 4, (n + 1) & 15];
      return (((2 * step + 32) << segment) - 33) * 4;
    });
    expect([edges[0], edges.at(-1)]).toEqual([4, 31_612]);
    for (const [n, edge] of edges.entries()) {
      const codes = [...encodeMulaw(Int16Array.of(edge, edge - 1, -edge))].map((byte) => byte ^ 0xff);
      expect(codes, `around ${edge}`).toEqual([n + 1, n, 0x80 | (n + 1)]);
    }
  });

  it('gives what is louder than the loudest code the loudest code', () => {
    expect([...encodeMulaw(Int16Array.of(32_767, -32_768))]).toEqual([0x80, 0x00]);
  });

  it('agrees with the alawmulaw package in both directions', () => {
    expect(decodeMulaw(everyByte)).toEqual(alawmulaw.mulaw.decode(everyByte));
    expect(encodeMulaw(everySample)).toEqual(alawmulaw.mulaw.encode(everySample));
  });
});

describe('the length of a base64 text', () => {
  it('is the length of what it holds, with padding and without', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(base64Bytes(text)).toBe(bytes.length);
        expect(base64Bytes(text.replace(/=+$/, ''))).toBe(bytes.length);
      }),
    );
  });

  it('is never negative, whatever is sent instead', () => {
    fc.assert(fc.property(fc.string(), (text) => base64Bytes(text) >= 0));
    expect(['', '=', '==', '===', '====', 'A'].map(base64Bytes)).toEqual([0, 0, 1, 2, 1, 0]);
  });
});
