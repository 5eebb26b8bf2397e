/** RIFF WAVE, as far as the two programs that speak write it. Plain JavaScript because workers load it. */

/**
 * The samples of a mono, 16-bit PCM file. A data chunk that claims more than there is (a program that writes
 * to a pipe does not know the length yet) ends where the bytes end.
 *
 * @param {Uint8Array} bytes
 * @returns {{ samples: Int16Array, rate: number }}
 */
export function readWav(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE') {
    throw new Error(`A voice gave ${bytes.length} bytes that are not a WAVE file.`);
  }
  let rate = 0;
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (tag(view, at) === 'fmt ' && body + 16 <= bytes.length) {
      const channels = view.getUint16(body + 2, true);
      const bits = view.getUint16(body + 14, true);
      if (view.getUint16(body, true) !== 1 || channels !== 1 || bits !== 16) {
        throw new Error(`A voice gave ${channels} channels of ${bits} bits, but one of 16 is understood.`);
      }
      rate = view.getUint32(body + 4, true);
    } else if (tag(view, at) === 'data' && rate > 0) {
      const length = Math.min(size, bytes.length - body) >> 1;
      const samples = new Int16Array(length);
      for (let i = 0; i < length; i++) samples[i] = view.getInt16(body + 2 * i, true);
      return { samples, rate };
    }
    at = body + size + (size & 1);
  }
  throw new Error('A voice gave a WAVE file without samples.');
}

/** @param {DataView} view @param {number} at */
function tag(view, at) {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}
