import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Sentences } from '../../../runtime/speech/cascade/sentences.ts';

/** The pieces of a text that comes in chunks of so many characters. */
function split(text: string, size = 3, locale = 'en-US'): string[] {
  const sentences = new Sentences(locale);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push(...sentences.add(text.slice(at, at + size)));
  const rest = sentences.end();
  return rest === '' ? pieces : [...pieces, rest];
}

test('a sentence is given as soon as the next one begins', () => {
  const sentences = new Sentences('en-US');
  expect(sentences.add('We have soup.')).toEqual([]);
  expect(sentences.add(' ')).toEqual([]);
  expect(sentences.add('And')).toEqual(['We have soup. ']);
  expect(sentences.add(' bread! W')).toEqual(['And bread! ']);
  expect(sentences.end()).toBe('W');
  expect(sentences.end()).toBe('');
});

describe.each([
  ['a price', 'That is 3.50 for one. Good?', ['That is 3.50 for one. ', 'Good?'], 'en-US'],
  [
    'a time before more',
    'We open at 7 p.m. on Friday. Good?',
    ['We open at 7 p.m. on Friday. ', 'Good?'],
    'en-US',
  ],
  ['a time before a name', 'At 7 p.m. Friday. Good?', ['At 7 p.m. Friday. ', 'Good?'], 'en-US'],
  ['a title', 'Dr. Smith is in. Mr. J. Jones too.', ['Dr. Smith is in. ', 'Mr. J. Jones too.'], 'en-US'],
  ['an ellipsis', 'Well... let me see. Yes.', ['Well... let me see. ', 'Yes.'], 'en-US'],
  ['a word of one letter', 'So am I. Good.', ['So am I. ', 'Good.'], 'en-US'],
  ['a number at the end', 'We have 12. Do you want one?', ['We have 12. ', 'Do you want one?'], 'en-US'],
  ['a list', '1. Soup.\n2. Bread.', ['1. Soup.\n', '2. Bread.'], 'en-US'],
  ['an ordinal in German', 'Am 3. Mai geht es. Gut?', ['Am 3. Mai geht es. ', 'Gut?'], 'de-DE'],
  [
    'an abbreviation in German',
    'Zum Beispiel z.B. Suppe. Gut?',
    ['Zum Beispiel z.B. Suppe. ', 'Gut?'],
    'de-DE',
  ],
  ['a title in Spanish', 'El Sr. Gil no está. ¿Algo más?', ['El Sr. Gil no está. ', '¿Algo más?'], 'es-ES'],
  ['a title in Czech', 'Je tu p. Novák. Ano?', ['Je tu p. Novák. ', 'Ano?'], 'cs-CZ'],
  ['Japanese', 'こんにちは。ご予約ですか？はい', ['こんにちは。', 'ご予約ですか？', 'はい'], 'ja-JP'],
  ['Hindi', 'नमस्ते। आप कैसे हैं', ['नमस्ते। ', 'आप कैसे हैं'], 'hi-IN'],
  ['Arabic', 'كيف حالك؟ نعم', ['كيف حالك؟ ', 'نعم'], 'ar-EG'],
  ['a quotation', 'He said "Stop!" And he left.', ['He said "Stop!" ', 'And he left.'], 'en-US'],
  ['a tag that is none', 'One. Two.', ['One. ', 'Two.'], 'not a tag'],
])('%s', (_, text, pieces, locale) => {
  test.each([1, 2, 5, 1_000])('is split between sentences only, in chunks of %i', (size) => {
    expect(split(text, size, locale)).toEqual(pieces);
  });
});

test('the first piece ends with a clause where the sentence is long', () => {
  const text = 'I have looked it up, and there is a table by the window at eight. Shall I book it?';
  expect(split(text)).toEqual([
    'I have looked it up, ',
    'and there is a table by the window at eight. ',
    'Shall I book it?',
  ]);
});

test('a short first sentence, or a clause of a word, stays whole, and so does a later sentence', () => {
  expect(split('Sure, at eight. It is by the window, which many like, and not by the door.')).toEqual([
    'Sure, at eight. ',
    'It is by the window, which many like, and not by the door.',
  ]);
  expect(split('Yes, there is a table by the window at eight for you')).toEqual([
    'Yes, there is a table by the window at eight for you',
  ]);
});

test('a thousand is no clause', () => {
  expect(split('The whole of it comes to 1,500 dollars and some more for the wine.')).toHaveLength(1);
});

test('a text without an end is cut between words, and one without words within its bound', () => {
  const words = split('soup '.repeat(200));
  expect(words.length).toBeGreaterThan(2);
  for (const piece of words) expect(piece.length).toBeLessThanOrEqual(400);
  for (const piece of words.slice(0, -1)) expect(piece.endsWith('soup ')).toBe(true);
  for (const piece of split('😀'.repeat(500), 7)) {
    expect(piece.length).toBeLessThanOrEqual(400);
    expect(piece.replaceAll('😀', '')).toBe('');
  }
});

const LOCALES = [
  'en-US',
  'de-DE',
  'fr-FR',
  'es-ES',
  'cs-CZ',
  'ja-JP',
  'zh-CN',
  'ar-EG',
  'hi-IN',
  'th-TH',
  'xx',
  '',
];
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '. ',
        '.',
        '...',
        '! ',
        '?',
        ', ',
        '\n',
        '。',
        '，',
        ' p.m. ',
        'Dr. ',
        '3.50',
        '1,500',
        ' ',
        '…',
        '"',
        ')',
      ),
      fc.constantFrom('soup', 'Soup', 'I', 'číslo', 'こんにちは', '你好', 'مرحبا', '😀', '42'),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
    ),
    { maxLength: 60, size: 'max' },
  )
  .map((parts) => parts.join(''));

test('the pieces joined are the text, whatever it is and however it comes', () => {
  fc.assert(
    fc.property(
      anyText,
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom(...LOCALES),
      (text, size, locale) => {
        expect(split(text, size, locale).join('')).toBe(text);
      },
    ),
    { numRuns: 500 },
  );
});

test('every piece but the last has something to say', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 9 }), (text, size) => {
      const empty = split(text, size)
        .slice(0, -1)
        .filter((piece) => piece.length < 399 && !/[\p{L}\p{N}]/u.test(piece));
      expect(empty).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
