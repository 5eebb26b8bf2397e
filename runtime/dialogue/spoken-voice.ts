/** A language as values are said in it. Its formatters are made when they are first needed, and kept. */
import { type SayingWords, sayingWords } from './spoken-words.ts';
import { kept } from './value-memo.ts';

export interface Voice {
  /** BCP 47, one that Intl knows. */
  readonly tag: string;
  readonly language: string;
  /** Two letters, of the locale or where its language is spoken most. */
  readonly region: string;
  readonly words: SayingWords;
  readonly numbers: () => Intl.NumberFormat;
  /** "soup, fish, and cake". */
  readonly list: (items: readonly string[]) => string;
  readonly plurals: () => Intl.PluralRules;
  readonly unit: (unit: string) => Intl.NumberFormat;
  /** The currency's name behind whole amounts, or behind amounts with their fraction. */
  readonly currency: (code: string, whole: boolean) => Intl.NumberFormat;
  readonly moment: (fields: MomentFields) => Intl.DateTimeFormat;
  /** What was said of values that take long to say. */
  readonly said: Map<string, string>;
}

export type MomentFields =
  'day' | 'year' | 'hour' | 'minute' | 'second' | 'day and minute' | 'year and minute';

const MAX_VOICES = 64;
const MAX_CURRENCIES = 50;
const MAX_UNITS = 10;
const voices = new Map<string, Voice>();

const DAY = { weekday: 'long', day: 'numeric', month: 'long' } as const;
const MINUTE = { hour: 'numeric', minute: '2-digit' } as const;
const FIELDS: { readonly [fields in MomentFields]: Intl.DateTimeFormatOptions } = {
  day: DAY,
  year: { ...DAY, year: 'numeric' },
  hour: { hour: 'numeric' },
  minute: MINUTE,
  second: { ...MINUTE, second: '2-digit' },
  'day and minute': { ...DAY, ...MINUTE },
  'year and minute': { ...DAY, year: 'numeric', ...MINUTE },
};

/** The voice of a locale (BCP 47, `_` accepted); one that nobody knows is taken for English. */
export const voiceOf = (locale: string): Voice => kept(voices, MAX_VOICES, locale, () => newVoice(locale));

function newVoice(locale: string): Voice {
  const tag = supported(locale.replaceAll('_', '-'));
  const { language, region = 'US' } = new Intl.Locale(tag).maximize();
  const units = new Map<string, Intl.NumberFormat>();
  const currencies = new Map<string, Intl.NumberFormat>();
  const moments = new Map<string, Intl.DateTimeFormat>();
  const lists = lazily(() => listing(tag));
  return {
    tag,
    language,
    region,
    words: sayingWords(language),
    numbers: lazily(
      () =>
        new Intl.NumberFormat(tag, {
          useGrouping: 'min2',
          maximumFractionDigits: 6,
          signDisplay: 'negative',
        }),
    ),
    list: (items) => lists()(items),
    plurals: lazily(() => new Intl.PluralRules(tag)),
    unit: (unit) =>
      kept(units, MAX_UNITS, unit, () => {
        return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long', useGrouping: false });
      }),
    currency: (code, whole) =>
      kept(currencies, MAX_CURRENCIES, `${code} ${whole}`, () => {
        return new Intl.NumberFormat(tag, {
          style: 'currency',
          currency: code,
          currencyDisplay: 'name',
          useGrouping: 'min2',
          ...(whole ? { maximumFractionDigits: 0 } : {}),
        });
      }),
    moment: (fields) =>
      kept(moments, Object.keys(FIELDS).length, fields, () => {
        // English is told by twelve hours everywhere: "nineteen hundred" is for soldiers and timetables.
        const hours = language === 'en' ? ({ hourCycle: 'h12' } as const) : {};
        return new Intl.DateTimeFormat(tag, { ...FIELDS[fields], ...hours, timeZone: 'UTC' });
      }),
    said: new Map(),
  };
}

/** What stands between items gets plain spaces; what is within them stays as it is. */
function listing(tag: string): (items: readonly string[]) => string {
  const format = new Intl.ListFormat(tag, { type: 'conjunction' });
  const sample = format.format(['', '', '']);
  if (sample === plainSpaces(sample)) return (items) => format.format(items);
  return (items) =>
    format
      .formatToParts(items)
      .map(({ type, value }) => (type === 'literal' ? plainSpaces(value) : value))
      .join('');
}

function supported(tag: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf([tag])[0] ?? 'en';
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return 'en'; // not a language tag at all
  }
}

/** Without the spaces that keep a printed line together; those within a number do keep it one number. */
export const plainSpaces = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

/** A formatter costs more to make than everything it formats. */
function lazily<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}
