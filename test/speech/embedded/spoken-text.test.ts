import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldToAscii, isSpeakable, pieces, tidy } from '../../../runtime/speech/embedded/spoken-text.ts';

describe('a text for an English voice', () => {
  it.each([
    ['Café Müller', 'Cafe Muller'],
    ['Příliš žluťoučký kůň', 'Prilis zlutoucky kun'],
    ['Straße, Łódź, Ærø, İstanbul', 'Strasse, Lodz, AEro, Istanbul'],
    ['“It’s here” – he said…', '"It\'s here" - he said...'],
    ['That is 12 €.', 'That is 12 euros .'],
    ['½ a bottle', '1 2 a bottle'],
    ['Hello 👋 there', 'Hello there'],
    ['ｆｕｌｌ ｗｉｄｔｈ', 'full width'],
    ['你好', ''],
    ['one\n\ttwo\u0000three\u200bfour', 'one two three four'],
    ['plain text, as it is: 7:30 p.m. & more!', 'plain text, as it is: 7:30 p.m. & more!'],
  ])('makes %j of letters it knows', (text, folded) => {
    expect(foldToAscii(text)).toBe(folded);
  });

  it('is printable ASCII, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(foldToAscii(text)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it('has no word without an end', () => {
    const words = foldToAscii(`a ${'x'.repeat(1_000)} b`).split(' ');
    expect(Math.max(...words.map((word) => word.length))).toBe(60);
    expect(words.join('')).toBe(`a${'x'.repeat(1_000)}b`);
  });
});

describe('a text for any voice', () => {
  it('keeps its letters and loses what is not text', () => {
    expect(tidy(' Dobrý\u0007 den,\r\n 你好\u202e ')).toBe('Dobrý den, 你好');
  });

  it.each([
    ['hello', true],
    ['7', true],
    ['你', true],
    ['', false],
    ['... - ?!', false],
    ['🙂', false],
  ])('"%s": that there is something to say in it is %s', (text, speakable) => {
    expect(isSpeakable(text)).toBe(speakable);
  });
});

describe('a long text', () => {
  it('is cut after a sentence, else after a comma, else between words, else anywhere', () => {
    expect(pieces('One two. Three four! Five six?', 15)).toEqual(['One two.', 'Three four!', 'Five six?']);
    expect(pieces('He said "Stop." Then he left.', 20)).toEqual(['He said "Stop."', 'Then he left.']);
    expect(pieces('One two, three four five', 20)).toEqual(['One two,', 'three four five']);
    expect(pieces('one two three four five', 10)).toEqual(['one two', 'three four', 'five']);
    expect(pieces('abcdefghijkl', 5)).toEqual(['abcde', 'fghij', 'kl']);
    expect(pieces('你好。再见。', 4)).toEqual(['你好。', '再见。']);
    expect(pieces('It is 7.30 now, really', 15)).toEqual(['It is 7.30 now,', 'really']);
    expect(pieces('short', 300)).toEqual(['short']);
    expect(pieces('   ', 300)).toEqual([]);
  });

  it('loses nothing but spaces, and no piece is longer than it may be', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom(...'ab.,! '), maxLength: 12 }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 40 }), (parts, limit) => {
        const text = parts.join(' ');
        const cut = pieces(text, limit);
        expect(cut.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        for (const piece of cut) {
          expect(piece.length).toBeLessThanOrEqual(limit);
          expect(piece.trim()).toBe(piece);
          expect(piece).not.toBe('');
        }
      }),
    );
  });
});
