/** What the recogniser is told to expect. */
import type { Expectation } from '../../dialogue/protocol.ts';

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
  for (const { when, like, keys } of expectation.choices) {
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
  }
  return [...phrases].slice(0, PHRASES);
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
