import { describe, expect, it } from 'vitest';
import { espeakLanguage, readLanguages } from '../../../runtime/speech/embedded/espeak.ts';

const TABLE = `Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  af              --/M      Afrikaans          gmw/af
 5  cs              --/M      Czech              zlw/cs
 5  de              --/M      German             gmw/de
 5  cmn             --/M      Chinese_(Mandarin,_latin_as_English) sit/cmn              (zh-cmn 5)(zh 5)
 5  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)
 5  fr-be           --/M      French_(Belgium)   roa/fr-BE            (fr 8)
 5  fr-fr           --/M      French_(France)    roa/fr               (fr 5)
 5  pt              --/M      Portuguese_(Portugal) roa/pt               (pt-pt 5)
 5  pt-br           --/M      Portuguese_(Brazil) roa/pt-BR            (pt 6)
`;

describe('the languages of espeak-ng', () => {
  const languages = readLanguages(TABLE);

  it('are the second column of its table', () => {
    expect([...languages]).toEqual([
      'af',
      'cs',
      'de',
      'cmn',
      'en-gb',
      'en-us',
      'fr-be',
      'fr-fr',
      'pt',
      'pt-br',
    ]);
    expect(readLanguages('')).toEqual(new Set());
  });

  it.each([
    ['cs-CZ', 'cs'],
    ['de', 'de'],
    ['pt-BR', 'pt-br'],
    ['pt_PT', 'pt'],
    ['fr-FR', 'fr-fr'],
    ['fr-CA', 'fr-fr'],
    ['fr', 'fr-fr'],
    ['en-AU', 'en-gb'],
    ['zh-CN', 'cmn'],
    ['xx-YY', null],
    ['', null],
  ])('speak %s as %s', (locale, language) => {
    expect(espeakLanguage(languages, locale)).toBe(language);
  });
});
