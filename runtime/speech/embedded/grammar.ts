/** What the recogniser is told to expect. */
import type { Expectation, Wanted } from '../../dialogue/protocol.ts';

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const TEENS = [
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const SIGNS: Readonly<Record<string, string>> = { '*': 'star', '#': 'pound' };

const YES = ['yes', 'yes please', 'sure', 'okay', 'correct'];
const NO = ['no', 'no thank you'];
/** In an author's example or description, these make it a question that is answered with yes or no. */
const ASKS_YES = /\b(yes|yeah|yep|agrees?|accepts?|confirms?|approves?)\b/;
const ASKS_NO = /\b(no|nope|disagrees?|declines?|refuses?|rejects?|denies)\b/;

const PHRASES = 500;
const WORDS = 20;

/**
 * The author's examples, the names of the keys, and yes and no where they are asked for: lower-case words with
 * single spaces. Where one digit is expected all ten are, or four would be heard as the likest of one and two.
 */
export function grammarOf(expectation: Expectation): readonly string[] {
  const phrases = new Set<string>();
  for (const { when, like, keys, polar } of expectation.choices) {
    const described = `${when} ${like.join(' ')}`.toLowerCase();
    if (ASKS_YES.test(described)) for (const word of YES) phrases.add(word);
    if (ASKS_NO.test(described)) for (const word of NO) phrases.add(word);
    for (const example of like) {
      const phrase = asWords(example);
      if (phrase !== null) phrases.add(phrase);
    }
    if (keys !== null) {
      const spoken = keys
        .split('')
        .map((key) => SIGNS[key] ?? DIGITS[Number(key)] ?? '')
        .join(' ');
      phrases.add(spoken);
      phrases.add(`press ${spoken}`);
      phrases.add(`number ${spoken}`);
      if (/^\d$/.test(keys)) for (const digit of DIGITS) phrases.add(digit);
    }
    if (polar === 'yes') for (const word of YES) phrases.add(word);
    if (polar === 'no') for (const word of NO) phrases.add(word);
  }
  for (const slot of expectation.slots)
    if (slot.asked && slot.speech) for (const one of [...saidOf(slot), ...hintsOf(slot)]) phrases.add(one);
  return [...phrases].slice(0, PHRASES);
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const DAYS = ['today', 'tonight', 'tomorrow', 'the day after tomorrow'];
const HOURS = [
  'seven',
  'at seven',
  "seven o'clock",
  "at seven o'clock",
  'half past seven',
  'quarter past seven',
  'seven thirty',
  'seven a m',
  'seven p m',
  'at seven p m',
  'seven in the evening',
];
const MOST_NUMBERS = 60;

const hintsOf = ({ hints }: Wanted): string[] => hints.flatMap((hint) => asWords(hint) ?? []);

/** What callers say for a slot they are asked for, as far as it can be written down: not every date, no names. */
function saidOf({ type, min, max, of }: Wanted): string[] {
  switch (type) {
    case 'boolean':
      return [...YES, ...NO];
    case 'choice':
      return (of ?? []).flatMap(({ value, like }) => [value, ...like]).flatMap((one) => asWords(one) ?? []);
    case 'integer': {
      const [least, most] = [Number(min ?? 0), Number(max ?? 20)];
      const count = Math.min(most - least + 1, MOST_NUMBERS);
      const numbers = Array.from({ length: Math.max(0, count) }, (_, index) =>
        sayNumber(String(least + index)),
      );
      return numbers.flatMap((number) => [number, `for ${number}`, `${number} people`]);
    }
    case 'digits':
      return DIGITS;
    case 'date':
      return [...DAYS, ...WEEKDAYS.flatMap((day) => [day, `on ${day}`, `next ${day}`, `this ${day}`])];
    case 'time':
      return [...DIGITS.slice(1), 'ten', 'eleven', 'twelve'].flatMap((hour) =>
        HOURS.map((form) => form.replace('seven', hour)),
      );
    default:
      return [];
  }
}

/** An author's example as it is spoken; null where it is not made of English words and numbers. */
function asWords(example: string): string | null {
  const text = example
    .toLowerCase()
    .replace(/[’‘]/g, "'")
    .replace(/\d+/g, (number) => ` ${sayNumber(number)} `)
    .replace(/[.,;:!?"()-]+/g, ' ')
    .trim();
  const words = text.split(/\s+/);
  return words.length <= WORDS && words.every((word) => /^[a-z][a-z']*$/.test(word)) ? words.join(' ') : null;
}

function sayNumber(digits: string): string {
  const value = Number(digits);
  if (digits.length > 2 || (digits.length === 2 && value < 10)) {
    return digits
      .split('')
      .map((digit) => DIGITS[Number(digit)])
      .join(' ');
  }
  if (value < 10) return DIGITS[value]!;
  if (value < 20) return TEENS[value - 10]!;
  const ones = value % 10;
  return ones === 0 ? TENS[value / 10]! : `${TENS[Math.floor(value / 10)]} ${DIGITS[ones]}`;
}
