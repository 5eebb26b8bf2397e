/** Points that end no sentence. */

/** Written with a point before a name, a number or anything else with a capital letter; without their last point. */
const COMMON = [
  'dr',
  'prof',
  'st',
  'tel',
  'ca',
  'vs',
  'nr',
  'no',
  'etc',
  'max',
  'min',
  'inc',
  'ltd',
  'co',
  'corp',
];
const BY_LANGUAGE: Record<string, readonly string[]> = {
  en: [
    'mr',
    'mrs',
    'ms',
    'mx',
    'jr',
    'sr',
    'approx',
    'ave',
    'blvd',
    'rd',
    'apt',
    'dept',
    'ext',
    'e.g',
    'i.e',
    'a.m',
    'p.m',
    'u.s',
  ],
  de: [
    'hr',
    'fr',
    'str',
    'bzw',
    'usw',
    'z.b',
    'z. b',
    'd.h',
    'd. h',
    'u.a',
    'u. a',
    'evtl',
    'ggf',
    'inkl',
    'zzgl',
    'bspw',
  ],
  es: [
    'sr',
    'sra',
    'srta',
    'ud',
    'uds',
    'd',
    'dra',
    'dto',
    'avda',
    'aprox',
    'p.ej',
    'p. ej',
    'a.m',
    'p.m',
    'ee.uu',
  ],
  fr: ['m', 'mm', 'mme', 'mlle', 'me', 'env', 'av', 'bd', 'p.ex', 'p. ex', 'c.-à-d'],
  it: ['sig', 'sigg', 'dott', 'ing', 'avv', 'ecc', 'es'],
  pt: ['sr', 'sra', 'dra', 'av', 'p.ex'],
  nl: ['dhr', 'mevr', 'mw', 'bijv', 'bv', 'enz', 'd.w.z'],
  cs: [
    'p',
    'pí',
    'ing',
    'mgr',
    'bc',
    'mudr',
    'judr',
    'např',
    'tj',
    'tzn',
    'atd',
    'apod',
    'ul',
    'č',
    'tř',
    'hod',
    'kč',
  ],
  sk: ['p', 'ing', 'mgr', 'napr', 'tj', 'atď', 'ul', 'č', 'hod'],
  pl: ['p', 'inż', 'mgr', 'np', 'tj', 'itd', 'ul', 'godz'],
};
/** Languages in which `3.` is the third. */
const POINTED_ORDINALS = new Set([
  'cs',
  'sk',
  'de',
  'da',
  'nb',
  'nn',
  'no',
  'fi',
  'hu',
  'hr',
  'sl',
  'sr',
  'bs',
  'pl',
  'et',
  'lv',
  'is',
  'tr',
]);

const LONGEST = 8;

/** Whether the point at the end of the text (spaces may follow it) belongs to a shortened word, an initial or an ordinal. */
export function endsInAbbreviation(text: string, locale: string): boolean {
  const end = text.trimEnd();
  if (!end.endsWith('.') || end.endsWith('..')) return false;
  const before = end.slice(0, -1);
  const language = locale.split(/[-_]/)[0]!.toLowerCase();
  const number = /(?:^|[\s(])(\d{1,2})$/u.exec(before);
  // By itself it is the number of something that follows, in a list.
  if (number) return POINTED_ORDINALS.has(language) || before.trim() === number[1];
  // An initial: "J. Smith". "I" is a word.
  if (/(?:^|[\s.(])\p{Lu}$/u.test(before) && !(language === 'en' && before.endsWith('I'))) return true;
  const tail = before.slice(-LONGEST - 1).toLowerCase();
  return [...COMMON, ...(BY_LANGUAGE[language] ?? [])].some(
    (word) =>
      tail.endsWith(word) &&
      (before.length === word.length || /[\s(.]/u.test(before[before.length - word.length - 1]!)),
  );
}
