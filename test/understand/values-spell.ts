/** Numbers up to 9999 in words, written for the tests alone: what reads them must not be what spells them. */

type Speller = (value: number) => string;

const list = (words: string): readonly string[] => words.split(' ');
const at = (words: readonly string[], index: number): string => words[index] ?? '';

const english: Speller = (value) => {
  const small = list(
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
  );
  const tens = list('- - twenty thirty forty fifty sixty seventy eighty ninety');
  if (value < 20) return at(small, value);
  if (value < 100)
    return at(tens, Math.floor(value / 10)) + (value % 10 > 0 ? `-${at(small, value % 10)}` : '');
  if (value < 1000) return big(value, 100, 'hundred', english, ' and ');
  return big(value, 1000, 'thousand', english, value % 1000 < 100 ? ' and ' : ' ');
};

const big = (value: number, size: number, word: string, spell: Speller, joint = ' '): string =>
  `${spell(Math.floor(value / size))} ${word}${value % size > 0 ? joint + spell(value % size) : ''}`;

const german: Speller = (value) => {
  const ones = list('null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf');
  const tens = list('- zehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig');
  const inside = (part: number): string => {
    if (part < 13) return at(ones, part);
    if (part === 16) return 'sechzehn';
    if (part === 17) return 'siebzehn';
    if (part < 20) return `${at(ones, part - 10)}zehn`;
    if (part < 100) {
      return (part % 10 > 0 ? `${at(ones, part % 10)}und` : '') + at(tens, Math.floor(part / 10));
    }
    const [size, word] = part < 1000 ? [100, 'hundert'] : [1000, 'tausend'];
    return inside(Math.floor(part / size)) + word + (part % size > 0 ? inside(part % size) : '');
  };
  const word = inside(value);
  return value % 100 === 1 ? `${word}s` : word;
};

const spanish: Speller = (value) => {
  const small = list(
    'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve',
  );
  const tens = list('- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa');
  const hundreds = list(
    '- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos',
  );
  if (value < 30) return at(small, value);
  if (value < 100)
    return at(tens, Math.floor(value / 10)) + (value % 10 > 0 ? ` y ${at(small, value % 10)}` : '');
  if (value === 100) return 'cien';
  const rest = (size: number): string => (value % size > 0 ? ` ${spanish(value % size)}` : '');
  if (value < 1000) return at(hundreds, Math.floor(value / 100)) + rest(100);
  return (value < 2000 ? 'mil' : `${spanish(Math.floor(value / 1000))} mil`) + rest(1000);
};

const french: Speller = (value) => {
  const small = list(
    'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf',
  );
  const tens = list('- - vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt');
  if (value < 20) return at(small, value);
  if (value < 100) {
    const ten = Math.floor(value / 10);
    const rest = value - (ten === 7 || ten === 9 ? ten - 1 : ten) * 10;
    if (rest === 0) return at(tens, ten) + (ten === 8 ? 's' : '');
    return at(tens, ten) + ((rest === 1 || rest === 11) && ten < 8 ? ' et ' : '-') + at(small, rest);
  }
  const [size, word] = value < 1000 ? [100, 'cent'] : [1000, 'mille'];
  const front = Math.floor(value / size);
  const many = size === 100 && front > 1 && value % 100 === 0 ? 's' : '';
  return (
    (front > 1 ? `${french(front)} ` : '') +
    word +
    many +
    (value % size > 0 ? ` ${french(value % size)}` : '')
  );
};

const czech: Speller = (value) => {
  const small = list(
    'nula jedna dva tři čtyři pět šest sedm osm devět deset jedenáct dvanáct třináct čtrnáct patnáct šestnáct sedmnáct osmnáct devatenáct',
  );
  const tens = list('- - dvacet třicet čtyřicet padesát šedesát sedmdesát osmdesát devadesát');
  if (value < 20) return at(small, value);
  if (value < 100)
    return at(tens, Math.floor(value / 10)) + (value % 10 > 0 ? ` ${at(small, value % 10)}` : '');
  const size = value < 1000 ? 100 : 1000;
  const front = Math.floor(value / size);
  const hundred =
    front === 1 ? 'sto' : front === 2 ? 'dvě stě' : `${czech(front)} ${front < 5 ? 'sta' : 'set'}`;
  const thousand = front === 1 ? 'tisíc' : `${czech(front)} ${front < 5 ? 'tisíce' : 'tisíc'}`;
  return (size === 100 ? hundred : thousand) + (value % size > 0 ? ` ${czech(value % size)}` : '');
};

export const spellers: { readonly [locale: string]: Speller } = {
  'en-US': english,
  'de-DE': german,
  'es-ES': spanish,
  'fr-FR': french,
  'cs-CZ': czech,
};
