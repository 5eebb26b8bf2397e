/** Values as people say them. */
import type { Value } from './protocol.ts';

const YES_NO: { readonly [language: string]: readonly [yes: string, no: string] } = {
  cs: ['ano', 'ne'],
  de: ['ja', 'nein'],
  en: ['yes', 'no'],
  es: ['sí', 'no'],
  fr: ['oui', 'non'],
};

/** Values come from tools and callers too: what is nested deeper than this is not said. */
const MAX_DEPTH = 5;

interface Voice {
  numbers: Intl.NumberFormat;
  lists: Intl.ListFormat;
  yes: string;
  no: string;
}

const voices = new Map<string, Voice>();
const MAX_VOICES = 64;

/**
 * A value as it is said in a locale (BCP 47, `_` accepted; an unknown one is taken for English): numbers and
 * lists by the locale's rules, booleans as its yes and no, a text as it is, null as nothing. Four digits stay
 * together, so that a year or an order number is not read as a sum.
 */
export function spoken(value: Value, locale: string): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : say(value, voiceOf(locale), 0);
}

function say(value: Value, voice: Voice, depth: number): string {
  if (value === null || depth > MAX_DEPTH) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return voice.numbers.format(value);
  if (typeof value === 'boolean') return value ? voice.yes : voice.no;
  const parts = isList(value)
    ? value.map((item) => say(item, voice, depth + 1))
    : Object.entries(value).map(([name, item]) => joined(name, say(item, voice, depth + 1)));
  return voice.lists.format(parts.filter((part) => part !== ''));
}

const joined = (name: string, text: string): string => (text === '' ? '' : `${name} ${text}`);

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

function voiceOf(locale: string): Voice {
  const known = voices.get(locale);
  if (known) return known;
  const tag = supported(locale.replaceAll('_', '-'));
  const [yes, no] = YES_NO[new Intl.Locale(tag).language] ?? ['yes', 'no'];
  const voice: Voice = {
    numbers: new Intl.NumberFormat(tag, {
      useGrouping: 'min2',
      maximumFractionDigits: 6,
      signDisplay: 'negative',
    }),
    lists: new Intl.ListFormat(tag, { type: 'conjunction' }),
    yes,
    no,
  };
  if (voices.size >= MAX_VOICES) voices.clear();
  voices.set(locale, voice);
  return voice;
}

function supported(tag: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf([tag])[0] ?? 'en';
  } catch {
    return 'en'; // not a language tag at all
  }
}
