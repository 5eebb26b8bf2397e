import type { Place } from '../errors.ts';

/**
 * Gives the line and the column of an offset in a source: in bytes of UTF-8 where it is a buffer, in UTF-16 units
 * where it is a text. Columns count UTF-16 units, as editors do. A line ends with LF, CR LF or CR.
 */
export function placesIn(file: string, source: string | Buffer): (offset: number) => Place {
  const starts = [0];
  const unit = (at: number): number | undefined =>
    typeof source === 'string' ? source.charCodeAt(at) : source[at];
  for (let at = 0; at < source.length; at++) {
    const here = unit(at);
    if (here === LF || (here === CR && unit(at + 1) !== LF)) starts.push(at + 1);
  }
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    const start = starts[low]!;
    const before =
      typeof source === 'string' ? source.slice(start, offset) : source.toString('utf8', start, offset);
    return { file, line: low + 1, column: before.replace('\ufeff', '').length + 1 };
  };
}

const LF = 10;
const CR = 13;
