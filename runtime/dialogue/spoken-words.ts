/** The words that a value is said with, beside those that Intl knows. */

export interface SayingWords {
  readonly yes: string;
  readonly no: string;
  /** Before the first digits of a phone number from abroad. */
  readonly plus: string;
  /** What each sign of an e-mail address is called; null: the address is left to the voice. */
  readonly signs: { readonly [sign: string]: string } | null;
  /** The hundredths of currencies by their plural category (CLDR). */
  readonly hundredths: { readonly [currency: string]: { readonly [plural: string]: string } };
}

const english: SayingWords = {
  yes: 'yes',
  no: 'no',
  plus: 'plus',
  signs: { '@': 'at', '.': 'dot', '-': 'dash', _: 'underscore', '+': 'plus' },
  hundredths: {
    ...alike(['USD', 'EUR', 'CAD', 'AUD', 'NZD'], { one: 'cent', other: 'cents' }),
    CHF: { one: 'centime', other: 'centimes' },
    CZK: { one: 'heller', other: 'hellers' },
    GBP: { one: 'penny', other: 'pence' },
    MXN: { one: 'centavo', other: 'centavos' },
  },
};

const languages: { readonly [language: string]: SayingWords } = {
  en: english,
  cs: {
    yes: 'ano',
    no: 'ne',
    plus: 'plus',
    signs: { '@': 'zavináč', '.': 'tečka', '-': 'pomlčka', _: 'podtržítko', '+': 'plus' },
    hundredths: {
      ...alike(['EUR', 'USD', 'CAD', 'AUD', 'NZD'], { one: 'cent', few: 'centy', other: 'centů' }),
      CHF: { one: 'centim', few: 'centimy', other: 'centimů' },
      CZK: { one: 'haléř', few: 'haléře', other: 'haléřů' },
      GBP: { one: 'penny', few: 'pence', other: 'pencí' },
    },
  },
  de: {
    yes: 'ja',
    no: 'nein',
    plus: 'plus',
    signs: { '@': 'at', '.': 'Punkt', '-': 'Bindestrich', _: 'Unterstrich', '+': 'plus' },
    hundredths: {
      ...alike(['EUR', 'USD', 'CAD', 'AUD', 'NZD'], { other: 'Cent' }),
      CHF: { other: 'Rappen' },
      CZK: { other: 'Heller' },
      GBP: { one: 'Penny', other: 'Pence' },
    },
  },
  es: {
    yes: 'sí',
    no: 'no',
    plus: 'más',
    signs: { '@': 'arroba', '.': 'punto', '-': 'guion', _: 'guion bajo', '+': 'más' },
    hundredths: {
      ...alike(['EUR', 'CHF'], { one: 'céntimo', other: 'céntimos' }),
      ...alike(['USD', 'CAD', 'AUD', 'NZD', 'MXN', 'ARS', 'COP'], { one: 'centavo', other: 'centavos' }),
      GBP: { one: 'penique', other: 'peniques' },
    },
  },
  fr: {
    yes: 'oui',
    no: 'non',
    plus: 'plus',
    signs: { '@': 'arobase', '.': 'point', '-': 'tiret', _: 'tiret bas', '+': 'plus' },
    hundredths: {
      ...alike(['EUR', 'CHF'], { one: 'centime', other: 'centimes' }),
      ...alike(['USD', 'CAD', 'AUD', 'NZD'], { one: 'cent', other: 'cents' }),
      GBP: { one: 'penny', other: 'pence' },
    },
  },
};

/** The words of a language (ISO 639). Of one that is not here, signs and hundredths are not told by words. */
export const sayingWords = (language: string): SayingWords =>
  (Object.hasOwn(languages, language) ? languages[language] : undefined) ?? {
    ...english,
    plus: '+',
    signs: null,
    hundredths: {},
  };

function alike<Names>(currencies: readonly string[], names: Names): { [currency: string]: Names } {
  return Object.fromEntries(currencies.map((currency) => [currency, names]));
}
