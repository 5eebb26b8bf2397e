/**
 * What listeners say to show that they listen, by language: it is no answer and interrupts nobody. What answers a
 * question as well ("yes", "sure", "genau so") is not in here, but for a bare "ok" or "right". Each is written in
 * plain lower-case words; a hyphen is a space. Only dialogues with `words` of 2 and more look at it.
 */
const EVERYWHERE = [
  'mhm',
  'mm',
  'mmm',
  'mm hm',
  'mm hmm',
  'hm',
  'hmm',
  'hum',
  'aha',
  'ah',
  'oh',
  'ok',
  'okay',
];
const BY_LANGUAGE: { readonly [language: string]: readonly string[] } = {
  en: [
    'uh huh',
    'uhuh',
    'uh',
    'um',
    'right',
    'alright',
    'all right',
    'i see',
    'i understand',
    'got it',
    'gotcha',
  ],
  de: [
    'ach',
    'ach so',
    'achso',
    'alles klar',
    'verstehe',
    'ich verstehe',
    'äh',
    'ähm',
    'na gut',
    'naja',
    'soso',
  ],
  fr: ['ah bon', "d'accord", 'd accord', 'je vois', 'je comprends', 'entendu', 'euh', 'ben', 'bah', 'hein'],
  es: ['ajá', 'aja', 'vale', 'ya', 'ya veo', 'entiendo', 'de acuerdo', 'claro', 'bueno', 'eh', 'em'],
  cs: ['ach tak', 'jasně', 'jasné', 'rozumím', 'chápu', 'no jo', 'ehm', 'é', 'dobře', 'okej'],
};

const MOST_WORDS = 2;
const phrases = new Map<string, ReadonlySet<string>>();

function phrasesOf(locale: string): ReadonlySet<string> {
  const language = (locale.split(/[-_]/)[0] ?? '').toLowerCase();
  const known = phrases.get(language);
  if (known) return known;
  const own = Object.hasOwn(BY_LANGUAGE, language) ? BY_LANGUAGE[language]! : [];
  const made = new Set([...EVERYWHERE, ...own]);
  phrases.set(language, made);
  return made;
}

/** How many words of the text are more than an acknowledgement; `locale` is BCP 47. */
export function countWords(text: string, locale: string): number {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? [];
  const known = phrasesOf(locale);
  let count = 0;
  for (let at = 0; at < words.length;) {
    let length = Math.min(MOST_WORDS, words.length - at);
    const phrase = (): string =>
      words
        .slice(at, at + length)
        .join(' ')
        .replaceAll('’', "'");
    while (length > 0 && !known.has(phrase())) length--;
    if (length === 0) count++;
    at += Math.max(1, length);
  }
  return count;
}
