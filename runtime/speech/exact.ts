/**
 * Whether a voice said what it was given.
 *
 * Compared are the letters and digits only, in order: upper and lower case, punctuation, accents' encoding and
 * white space make no difference ("p.m." is "PM", "follow-up" is "follow up"). In English a number may be
 * written either way: "21" is "twenty-one", "21st" is "twenty-first", "7:30" is "seven thirty", "415" is "four
 * one five", "2026" is "twenty twenty-six", "$12" is "twelve dollars", "50%" is "fifty percent", "&" is "and".
 * In every other language digits have to be digits and words words.
 */
export function saysExactly(text: string, said: string, locale: string): boolean {
  const isEnglish = /^en\b/i.test(locale);
  return plain(text, isEnglish) === plain(said, isEnglish);
}

function plain(text: string, isEnglish: boolean): string {
  const lower = text.normalize('NFKC').toLowerCase().replace(/['’]/g, '');
  const words = isEnglish ? numbersAsDigits(tokens(spelled(lower))) : [lower];
  return words.join('').replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

const CURRENCIES: Readonly<Record<string, readonly [string, string]>> = {
  $: ['dollars', 'cents'],
  '£': ['pounds', 'pence'],
  '€': ['euros', 'cents'],
};

/** Signs as the words they are read as. */
function spelled(text: string): string {
  return text
    .replace(/(\d),(?=\d{3}(?!\d))/g, '$1')
    .replace(/([$£€])\s?(\d+)(?:\.(\d\d))?/g, (_, sign: string, whole: string, cents: string | undefined) => {
      const [coin, part] = CURRENCIES[sign]!;
      return cents === undefined ? `${whole} ${coin}` : `${whole} ${coin} and ${cents} ${part}`;
    })
    .replace(/(\d)\.(?=\d)/g, '$1 point ')
    .replace(/(\d)\s?%/g, '$1 percent')
    .replace(/&/g, ' and ')
    .replace(/(\p{L})\.(?=\p{L})/gu, '$1');
}

function tokens(text: string): string[] {
  return text.match(/\d+(?:st|nd|rd|th)\b|\d+|[\p{L}\p{M}]+/gu) ?? [];
}

const UNITS = 'zero one two three four five six seven eight nine'.split(' ');
const TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ');
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ORDINALS = new Map(
  [
    ['first', 'one'],
    ['second', 'two'],
    ['third', 'three'],
    ['fifth', 'five'],
    ['eighth', 'eight'],
    ['ninth', 'nine'],
    ['twelfth', 'twelve'],
    ...TENS.map((word) => [word.replace(/y$/, 'ieth'), word]),
    ...[...UNITS, ...TEENS, 'hundred', 'thousand'].map((word) => [`${word}th`, word]),
  ].map(([ordinal, word]) => [ordinal!, word!]),
);

const CARDINALS = new Map([
  ...UNITS.map((word, index) => [word, index] as const),
  ...TEENS.map((word, index) => [word, 10 + index] as const),
  ...TENS.map((word, index) => [word, 20 + index * 10] as const),
]);

interface Parsed {
  value: number;
  next: number;
  isOrdinal: boolean;
}

/** Every number, however written, as digits; an ordinal with a "th" behind it. */
function numbersAsDigits(words: readonly string[]): string[] {
  const out: string[] = [];
  let wasNumber = false;
  for (let at = 0; at < words.length;) {
    const word = words[at]!;
    const digits = /^(\d+)(st|nd|rd|th)?$/.exec(word);
    const parsed = digits ? null : thousands(words, at);
    if (digits) {
      // A number that was written with digits keeps its zeros: 7:05, 0800.
      out.push(digits[1]! + (digits[2] ? 'th' : ''));
      at++;
    } else if (parsed) {
      out.push(String(parsed.value) + (parsed.isOrdinal ? 'th' : ''));
      at = parsed.next;
    } else {
      const isZero = wasNumber && (word === 'oh' || word === 'o');
      out.push(isZero ? '0' : word);
      at++;
    }
    wasNumber = digits !== null || parsed !== null;
  }
  return out;
}

/** "two thousand and twenty-six", "a hundred thousand". */
function thousands(words: readonly string[], from: number): Parsed | null {
  return scaled(words, from, 'thousand', 1000, hundreds, hundreds);
}

/** "three hundred and five". */
function hundreds(words: readonly string[], from: number): Parsed | null {
  return scaled(words, from, 'hundred', 100, small, small);
}

/** "twenty-one", "twelve", "seventh". */
function small(words: readonly string[], from: number): Parsed | null {
  const first = cardinal(words[from]);
  if (!first) return null;
  const second = cardinal(words[from + 1]);
  const isPair = first.value >= 20 && !first.isOrdinal && second && second.value > 0 && second.value < 10;
  if (!isPair) return { ...first, next: from + 1 };
  return { value: first.value + second.value, isOrdinal: second.isOrdinal, next: from + 2 };
}

function scaled(
  words: readonly string[],
  from: number,
  scale: string,
  factor: number,
  head: (words: readonly string[], from: number) => Parsed | null,
  rest: (words: readonly string[], from: number) => Parsed | null,
): Parsed | null {
  const isA = words[from] === 'a' && words[from + 1] === scale;
  const first = isA ? { value: 1, next: from + 1, isOrdinal: false } : head(words, from);
  if (!first || first.isOrdinal) return first;
  const word = words[first.next];
  if (word !== scale && word !== `${scale}th`) return first;
  const whole = { value: first.value * factor, next: first.next + 1, isOrdinal: word !== scale };
  if (whole.isOrdinal || first.value === 0) return whole;
  const behind = words[whole.next] === 'and' ? whole.next + 1 : whole.next;
  const more = rest(words, behind);
  if (!more || more.value === 0 || more.value >= factor) return whole;
  return { value: whole.value + more.value, next: more.next, isOrdinal: more.isOrdinal };
}

function cardinal(word: string | undefined): { value: number; isOrdinal: boolean } | null {
  if (word === undefined) return null;
  const value = CARDINALS.get(word);
  if (value !== undefined) return { value, isOrdinal: false };
  const ordinal = CARDINALS.get(ORDINALS.get(word) ?? '');
  return ordinal === undefined ? null : { value: ordinal, isOrdinal: true };
}
