import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { saysExactly } from '../../runtime/speech/exact.ts';

test.each([
  ['Hello, how can I help you?', 'hello how can i help you'],
  ['Your table is at 7:30 p.m.', 'Your table is at seven thirty PM.'],
  ['A follow-up for 21 people', 'a follow up for twenty-one people'],
  ['The 21st of May', 'the twenty-first of May'],
  ['It costs $12.', 'It costs twelve dollars.'],
  ['It costs $12.50', 'it costs twelve dollars and fifty cents'],
  ['It costs €1,200.', 'It costs one thousand two hundred euros'],
  ['50% off', 'fifty percent off'],
  ['Salt & pepper', 'Salt and pepper.'],
  ['In 2026', 'in twenty twenty-six'],
  ['In 2026', 'in two thousand and twenty six'],
  ['In 1990', 'in nineteen ninety'],
  ['Call 415 555 0100', 'call four one five, five five five, zero one zero zero'],
  ['At 7:05', 'at seven oh five'],
  ['3.5 miles', 'three point five miles'],
  ['100 people', 'a hundred people'],
  ['305 rooms', 'three hundred and five rooms'],
  ["We don't close", 'We don’t close'],
  ['Café', 'Cafe\u0301'],
  ['One moment, please…', 'One moment please'],
])('"%s" is said by "%s"', (text, said) => {
  expect(saysExactly(text, said, 'en-US')).toBe(true);
});

test.each([
  ['We are open.', 'We are not open.'],
  ['Goodbye.', 'Goodbye! Have a nice day.'],
  ['Sure, at 7:30.', 'At 7:30.'],
  ['A table for 4', 'A table for 14'],
  ['A table for four', 'A table for forty'],
  ['$12', '€12'],
  ['The 2nd', 'two'],
  ['21', '20 1st'],
  ['1,200', '1,300'],
  ['Hello', ''],
  ['', 'Hello'],
  ['Hello Ana', 'Hello Anna'],
])('"%s" is not said by "%s"', (text, said) => {
  expect(saysExactly(text, said, 'en-US')).toBe(false);
});

test('outside of English a number has to be written as it is', () => {
  expect(saysExactly('Stůl pro 4', 'stůl pro 4.', 'cs-CZ')).toBe(true);
  expect(saysExactly('Stůl pro 4', 'stůl pro čtyři', 'cs-CZ')).toBe(false);
  expect(saysExactly('Stůl', 'Stul', 'cs-CZ')).toBe(false);
});

test('every text says itself, whatever its case, punctuation and spaces', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('en-US', 'cs-CZ'), (text, locale) => {
      expect(saysExactly(text, text, locale)).toBe(true);
      expect(saysExactly(text, ` ${text}  !`, locale)).toBe(true);
    }),
  );
});

test('a number is said by its words, whatever it is', () => {
  const words = (n: number): string => {
    const small =
      'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
        ' ',
      );
    const tens = '. . twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
    if (n < 20) return small[n]!;
    if (n < 100) return n % 10 ? `${tens[Math.floor(n / 10)]}-${small[n % 10]}` : tens[n / 10]!;
    const [scale, name] = n < 1000 ? [100, 'hundred'] : [1000, 'thousand'];
    const rest = n % scale;
    return `${words(Math.floor(n / scale))} ${name}${rest ? ` ${words(rest)}` : ''}`;
  };
  fc.assert(
    fc.property(fc.nat(99_999), fc.nat(99_999), (n, other) => {
      expect(saysExactly(`Room ${n}, please`, `room ${words(n)} please`, 'en-GB')).toBe(true);
      expect(saysExactly(`Room ${n}, please`, `room ${words(other)} please`, 'en-GB')).toBe(n === other);
    }),
  );
});
