/**
 * How alike two different words are, 0 to 1: a slip of the ear or the pen, another ending of the same word, a
 * part of a compound. Both begin with the same letter. 0 means: not the same word.
 */
export function likeness(one: string, other: string): number {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (short.length < 4) return 0;
  const allowed = long.length >= 8 ? 2 : 1;
  if (long.length - short.length <= allowed) {
    const slips = distance(short, long, allowed);
    // In a short word one letter often makes another word: "look" and "lock".
    const sure = short.length > 4 || sameLetters(short, long);
    if (slips <= allowed && (sure || sameFrame(short, long))) return (sure ? 0.85 : 0.75) - 0.1 * (slips - 1);
  }
  const common = commonStart(short, long);
  if (common >= 5 && common >= 0.7 * long.length) return 0.75;
  if (short.length >= 5 && long.startsWith(short)) return 0.7;
  if (short.length >= 6 && common >= 6 && common >= 0.6 * long.length) return 0.65;
  const shared = trigrams(short, long);
  return shared >= 0.6 ? shared * 0.9 : 0;
}

/** How like a word its last part is: "winterkatalog" is a "katalog". 0: it is none. */
export function lastPart(one: string, other: string): number {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return short.length >= 5 && long.length >= short.length + 3 && long.endsWith(short) ? 0.75 : 0;
}

/**
 * How alike two words are in a language that joins words: "lastenrad" is a "rad", "abhol" is "hol" with where to,
 * an "impftermin" has to do with "impf", and "katzenfutter" and "diatfutter" are of one kind.
 */
export function compoundLikeness(one: string, other: string): number {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  const end = commonEnd(short, long);
  if (end === short.length) return end >= 3 && long.length >= end + 2 ? 0.75 : 0;
  if (short.length >= 4 && long.length >= short.length + 4 && long.startsWith(short)) return 0.7;
  return end >= 5 && short.length >= end + 3 ? 0.6 : 0;
}

function commonEnd(short: string, long: string): number {
  let length = 0;
  while (length < short.length && short.at(-1 - length) === long.at(-1 - length)) length++;
  return length;
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

/** One letter more inside: "tabl" and "tabel". */
const sameFrame = (short: string, long: string): boolean =>
  long.length > short.length && long[0] === short[0] && long.at(-1) === short.at(-1);

const sameLetters = (one: string, other: string): boolean =>
  one.length === other.length &&
  Array.from(one).toSorted().join('') === Array.from(other).toSorted().join('');

/** Dice's measure over the runs of three letters. */
function trigrams(one: string, other: string): number {
  const runs = new Set<string>();
  for (let at = 0; at + 3 <= one.length; at++) runs.add(one.slice(at, at + 3));
  let common = 0;
  for (let at = 0; at + 3 <= other.length; at++) if (runs.has(other.slice(at, at + 3))) common++;
  return (2 * common) / (one.length + other.length - 4);
}

/** Letters to insert, remove, change or swap with their neighbour; anything above `most` is `most + 1`. */
function distance(one: string, other: string, most: number): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1;
      let least = Math.min(next[column - 1]! + 1, last[column]! + 1, last[column - 1]! + same);
      const swapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) least = Math.min(least, before[column - 2]! + 1);
      next.push(least);
    }
    if (Math.min(...next) > most) return most + 1;
    before = last;
    last = next;
  }
  return Math.min(last[other.length]!, most + 1);
}
