import { describe, expect, it } from 'vitest';
import { countWords } from '../../runtime/call/acknowledgements.ts';

describe('the words of a caller', () => {
  it.each([
    ['en-US', 'uh-huh', 0],
    ['en-US', 'Uh huh, okay.', 0],
    ['en-US', 'Mm-hmm. I see, right.', 0],
    ['en-US', 'okay but', 1],
    ['en-US', 'wait', 1],
    ['en-US', 'no, wait', 2],
    ['en-US', 'yes', 1],
    ['en-US', "I don't see", 3],
    ['en-US', 'I see a problem', 2],
    ['de-DE', 'ach so, alles klar', 0],
    ['de-DE', 'ja', 1],
    ['fr-FR', 'd’accord', 0],
    ['fr-FR', 'ah bon, je vois', 0],
    ['es-ES', 'ajá, ya veo', 0],
    ['cs-CZ', 'jasně, rozumím', 0],
    ['cs-CZ', 'počkejte prosím', 2],
    ['fi-FI', 'mhm, ok', 0],
    ['fi-FI', 'ei kiitos', 2],
    ['constructor', 'ok then', 1],
    ['en-US', '', 0],
    ['en-US', '…', 0],
    ['en-US', '42', 1],
  ])('in %s, "%s" are %d besides those that only acknowledge', (locale, text, count) => {
    expect(countWords(text, locale)).toBe(count);
  });
});
