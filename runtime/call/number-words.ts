/**
 * Rows of digits that a text spells out in words, to be found again: "four two, double one". Only what is known
 * already is looked for, so every reading of a word counts that could be it. English, Czech, German, Spanish, French.
 */

const UNITS: readonly string[] = [
  'zero oh o nought naught nil null nula nul cero zéro',
  'one jedna jeden eins ein uno un una une',
  'two dva dvě zwei zwo dos deux',
  'three tři drei tres trois',
  'four čtyři vier cuatro quatre',
  'five pět fünf cinco cinq',
  'six šest sechs seis',
  'seven sedm sieben siete sept',
  'eight osm acht ocho huit',
  'nine devět neun nueve neuf',
];
const TEENS: readonly string[] = [
  'ten deset zehn diez',
  'eleven jedenáct elf once',
  'twelve dvanáct zwölf doce',
  'thirteen třináct dreizehn trece',
  'fourteen čtrnáct vierzehn catorce',
  'fifteen patnáct fünfzehn quince',
  'sixteen šestnáct sechzehn dieciséis',
  'seventeen sedmnáct siebzehn diecisiete',
  'eighteen osmnáct achtzehn dieciocho',
  'nineteen devatenáct neunzehn diecinueve',
];
const TENS: readonly string[] = [
  'twenty dvacet veinte',
  'thirty třicet treinta trente',
  'forty fourty čtyřicet cuarenta quarante',
  'fifty padesát cincuenta cinquante',
  'sixty šedesát sesenta',
  'seventy sedmdesát setenta septante',
  'eighty osmdesát ochenta huitante octante',
  'ninety devadesát noventa nonante',
];
const GERMAN_UNITS = 'ein zwei drei vier fünf sechs sieben acht neun';
const GERMAN_TENS = 'zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig';
const SPANISH_TWENTIES =
  'veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve';
/** "soixante-douze", "quatre-vingt-dix-sept": their digits come of two words together. */
const FRENCH: { readonly [words: string]: readonly string[] } = {
  dix: ['10', '1', '0', ''],
  onze: ['11', '1'],
  douze: ['12', '2'],
  treize: ['13', '3'],
  quatorze: ['14', '4'],
  quinze: ['15', '5'],
  seize: ['16', '6'],
  soixante: ['60', '6', '7'],
  quatre: ['8', '9'],
  'vingt vingts': ['20', '2', '0', ''],
};
/** They may stand between two digits and are none. */
const BETWEEN = 'and und y et a';
const HUNDREDS = 'hundred hundert cien ciento cent cents sto';
const REPEATS: readonly (readonly [words: string, times: number])[] = [
  ['double doppel zweimal doble deuxfois dvakrát', 2],
  ['triple treble dreimal třikrát', 3],
];

const fold = (word: string): string =>
  word.toLowerCase().replaceAll('ß', 'ss').normalize('NFKD').replace(/\p{M}/gu, '');

/** What a word may stand for among digits. */
const READINGS = readings();
const TIMES: ReadonlyMap<string, number> = new Map(
  REPEATS.flatMap(([words, times]) => words.split(' ').map((word) => [fold(word), times] as const)),
);

function readings(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (words: string, digits: readonly string[]): void => {
    for (const word of words.split(' ')) found.set(fold(word), [...(found.get(fold(word)) ?? []), ...digits]);
  };
  const tens = GERMAN_TENS.split(' ');
  for (const [digit, words] of UNITS.entries()) add(words, [String(digit)]);
  for (const [unit, words] of TEENS.entries()) add(words, [`1${unit}`]);
  for (const [index, words] of TENS.entries())
    add(`${words} ${tens[index]}`, [`${index + 2}0`, `${index + 2}`]);
  for (const [unit, name] of GERMAN_UNITS.split(' ').entries()) {
    for (const [index, ten] of tens.entries()) add(`${name}und${ten}`, [`${index + 2}${unit + 1}`]);
  }
  for (const [unit, word] of SPANISH_TWENTIES.split(' ').entries()) add(word, [`2${unit + 1}`]);
  for (const [words, digits] of Object.entries(FRENCH)) add(words, digits);
  add(BETWEEN, ['']);
  add(HUNDREDS, ['00', '']);
  return found;
}

interface Token {
  from: number;
  to: number;
  /** None: it is no number, and ends a row. */
  digits: readonly string[];
  times: number;
}

const ENDS: Token = { from: 0, to: 0, digits: [], times: 1 };

/** Whether two words in a row could be digits: few texts have such, and the rest need not be looked through. */
export function saysNumbers(text: string): boolean {
  const tokens = tokensOf(text);
  return tokens.some(
    ({ digits, times }, at) => (digits.length > 0 || times > 1) && (tokens[at + 1] ?? ENDS).digits.length > 0,
  );
}

/** Beginning and end of every place where the digits are said in words, or partly so; in order. */
export function spelledOut(text: string, row: string): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  const tokens = tokensOf(text);
  for (let at = 0; at < tokens.length; at++) {
    if (!begins(tokens, at)) continue;
    const end = endOf(tokens, at, row);
    if (end === null) continue;
    found.push({ from: tokens[at]!.from, to: tokens[end - 1]!.to });
    at = end - 1;
  }
  return found;
}

/**
 * Every place where digits are said in a row, in figures or in words, with how many of them there are at least and at
 * most; in order.
 */
export function rowsSaid(text: string): { from: number; to: number; least: number; most: number }[] {
  const found: { from: number; to: number; least: number; most: number }[] = [];
  const tokens = tokensOf(text);
  for (let at = 0; at < tokens.length; at++) {
    if (!begins(tokens, at)) continue;
    const row = { from: tokens[at]!.from, to: 0, least: 0, most: 0 };
    let { digits, times } = tokens[at]!;
    while (digits.length > 0 || times > 1) {
      if (times > 1) ({ digits } = tokens[++at] ?? ENDS);
      const lengths = digits.map((one) => one.length * times);
      row.least += lengths.length === 0 ? 0 : Math.min(...lengths);
      row.most += Math.max(0, ...lengths);
      // What may also stand between digits is no end of them.
      if (!digits.includes('')) row.to = tokens[at]?.to ?? row.to;
      ({ digits, times } = tokens[at + 1] ?? ENDS);
      if (digits.length > 0 || times > 1) at++;
    }
    if (row.to > row.from) found.push(row);
  }
  return found;
}

const begins = (tokens: readonly Token[], at: number): boolean => {
  const { digits, times } = tokens[at]!;
  return times > 1 || digits.some((one) => one !== '');
};

/** Behind the last token that the rest of the row takes; null where it cannot be said so. */
function endOf(tokens: readonly Token[], at: number, row: string): number | null {
  if (row === '') return at;
  const { digits, times } = tokens[at] ?? ENDS;
  if (times > 1) {
    const repeated = (tokens[at + 1] ?? ENDS).digits.filter((one) => one.length === 1);
    const fitting = repeated.find((one) => row.startsWith(one.repeat(times)));
    return fitting === undefined ? null : endOf(tokens, at + 2, row.slice(times));
  }
  for (const one of digits) {
    const end = row.startsWith(one) ? endOf(tokens, at + 1, row.slice(one.length)) : null;
    if (end !== null) return end;
  }
  return null;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const { 0: word, index } of text.matchAll(/\p{L}[\p{L}\p{M}]*|\d+/gu)) {
    const key = fold(word);
    const digits = /^\d/.test(word) ? [word] : (READINGS.get(key) ?? []);
    tokens.push({ from: index, to: index + word.length, digits, times: TIMES.get(key) ?? 1 });
  }
  return tokens;
}
