import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import { learn, maskRows, maskText, maskValue, NO_SECRETS } from '../../runtime/call/secrets.ts';

const knowing = (...values: Value[]): ReturnType<typeof learn> => learn(NO_SECRETS, values);
const CARD = '4111111111111111';

describe('rows of digits of a length', () => {
  it.each<[string, string]>([
    ['my card is 4111 1111 1111 1111, thanks', 'my card is …, thanks'],
    ['4111-1111-1111-1111', '…'],
    ['four one one one, one one one one, double one triple one one one one', '…'],
    ['vier eins eins eins eins eins eins eins eins eins eins eins eins eins eins eins bitte', '… bitte'],
    ['on 2026-03-04 at 19:30 for 12', 'on 2026-03-04 at 19:30 for 12'],
    ['my number is +420 777 123 456', 'my number is +420 777 123 456'],
    ['one or two of a kind', 'one or two of a kind'],
  ])('are hidden where they may be a secret: %s', (text, masked) => {
    expect(maskRows(text, [{ min: 16, max: 16 }])).toBe(masked);
  });

  it('are shown where they are short, which a secret would not be known by', () => {
    expect(maskRows('room 4711', [{ min: 4, max: 4 }])).toBe('room 4711');
  });
});

describe('a text', () => {
  it.each<[Value, string, string]>([
    [CARD, 'The card 4111111111111111 was charged.', 'The card … was charged.'],
    [CARD, '4111 1111 1111 1111, and 4111-1111-1111-1111', '…, and …'],
    [CARD, 'x4111111111111111x', 'x…x'],
    [CARD, '{"card":"4.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1"}', '{"card":"…"}'],
    [CARD, 'ends with 1111', 'ends with 1111'],
    ['1234', 'PIN 1234, room 12345', 'PIN …, room 12345'],
    ['12', 'at 12 o’clock', 'at 12 o’clock'],
    ['+420777123456', 'call +420 777 123 456 or 777123456', 'call +… or …'],
    ['2026-03-04', 'on 2026/03/04', 'on …'],
    ['1987-05-17', 'born 17/05/1987 or 05/17/1987 or 17. 5. 1987', 'born … or … or …'],
    ['1987-05-17', '{"born":5171987} 17051987', '{"born":…} …'],
    ['1987-05-17T19:00:00+02:00', 'on 17.05.1987 or 1987-5-17', 'on … or …'],
    ['1987-05-17', 'in 1987, on the 17th of 05', 'in 1987, on the 17th of 05'],
    ['4219', 'it is four two one nine, thanks', 'it is …, thanks'],
    ['4219', 'forty-two nineteen', '…'],
    ['4219', 'vierundvierzig? Nein, zweiundvierzig neunzehn', 'vierundvierzig? Nein, …'],
    ['4219', 'cuatro dos uno nueve', '…'],
    ['4219', 'quatre deux dix-neuf', '…'],
    ['9772', 'quatre-vingt-dix-sept soixante-douze', '…'],
    ['4219', 'čtyři dva jedna devět', '…'],
    ['1155', 'double one, double five', '…'],
    ['4219', 'four two one eight', 'four two one eight'],
    ['4219', 'four people at two, one of them nine', 'four people at two, one of them nine'],
    [CARD, 'four one one one, one one one one, one one one one, one one one one.', '….'],
    ['1987-05-17', 'born May 17, 1987, or 17th of May 1987, or on May 17th', 'born …, or …, or on …'],
    [
      '1987-05-17',
      'am 17. Mai 1987, el 17 de mayo de 1987, le 17 mai 1987, 17. května 1987',
      'am …, el …, le …, …',
    ],
    ['1987-05-17', 'on May 18, or in May', 'on May 18, or in May'],
    ['1987-12-01', 'le 1er décembre, on Dec 1', 'le …, on …'],
    ['Ana', 'Ana likes bananas; ANA too', '… likes bananas; … too'],
    ['Ana  Novak', 'for ana novak.', 'for ….'],
    ['ana@example.com', 'write to Ana@Example.com', 'write to …'],
    ['a+b (c) [d]', 'it is a+b (c) [d]!', 'it is …!'],
    [{ amount: 125000, currency: 'EUR' }, '125 000 EUR in EUR', '… EUR in EUR'],
    [[CARD], '4111111111111111', '…'],
    [true, 'true', 'true'],
    ['', 'anything', 'anything'],
  ])('where %j is secret: %j', (secret, text, masked) => {
    expect(maskText(knowing(secret), text)).toBe(masked);
  });

  it('never tells a number that is spelled out digit by digit', () => {
    const names = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
    fc.assert(
      fc.property(fc.stringMatching(/^\d{4,19}$/), (secret) => {
        const said = [...secret].map((digit) => names[Number(digit)]).join(' ');
        expect(maskText(knowing(secret), `It was ${said}!`)).toBe('It was …!');
      }),
    );
  });

  it('never tells a number, whatever stands between its digits', () => {
    const digits = fc.stringMatching(/^\d{4,19}$/);
    const sign = fc.constantFrom('', ' ', '-', '.', ', ', ' - ', '/', '\n', ' ');
    fc.assert(
      fc.property(digits, fc.array(sign, { minLength: 20, maxLength: 20 }), (secret, signs) => {
        const said = secret.split('').reduce((text, digit, i) => `${text}${signs[i]}${digit}`);
        const masked = maskText(knowing(secret), `It is ${said}!`);
        expect(masked).toBe('It is …!');
      }),
    );
  });
});

describe('a value', () => {
  it('that is a secret is hidden, whatever kind it is of, and others are left as they are', () => {
    const secrets = knowing(CARD, 'Ana', 42);
    const value = {
      card: CARD,
      asNumber: 4111111111111111,
      spaced: 'card 4111 1111 1111 1111',
      list: [CARD, 5, null, true],
      [CARD]: 'as a name',
      party: 42,
      city: 'Prague',
    };
    expect(maskValue(secrets, value, 'hidden-alone')).toEqual({
      card: '…',
      asNumber: '…',
      spaced: 'card …',
      list: ['…', 5, null, true],
      '…': 'as a name',
      party: '…',
      city: 'Prague',
    });
    // A number of two digits is anybody's.
    expect(maskValue(secrets, { party: 42, name: 'Ana' }, 'shown-alone')).toEqual({ party: 42, name: '…' });
  });

  it('is the same where nothing is secret', () => {
    const value = { any: ['thing', 1] };
    expect(maskValue(NO_SECRETS, value, 'hidden-alone')).toBe(value);
  });
});

describe('what is learned', () => {
  it('is kept once, added to what was known, and not without end', () => {
    const first = knowing(CARD);
    expect(learn(first, [CARD, null, true, ''])).toBe(first);
    expect(learn(first, ['1234'])).toHaveLength(2);
    expect(first).toHaveLength(1);
    const many = learn(
      NO_SECRETS,
      Array.from({ length: 500 }, (_, i) => `secret ${i}`),
    );
    expect(many).toHaveLength(200);
    expect(maskText(many, 'secret 499 and secret 1')).toBe('… and secret 1');
  });
});
