import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expectation, Meaning } from '../../runtime/dialogue/protocol.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { choice, expecting, yesAndNo } from './wanted.ts';

const table = choice('table', ["I'd like to book a table", 'a table for four', 'reservation please'], {
  when: 'wants a table',
  keys: '1',
});
const food = choice('food', ['what is on the menu', 'when are you open'], {
  when: 'asks about food, prices or opening hours',
  keys: '2',
});
const person = choice('person', ['speak to a human', 'operator'], { scope: 'anytime', keys: '0' });
const bistro = expecting([table, food, person]);
const question = expecting([choice('yes', ['yes']), choice('no', ['no']), person]);

const meant = (expectation: Expectation, text: string): Meaning['choice'] | undefined =>
  understandByRules(expectation, text)?.choice;

describe('a caller without a model', () => {
  it('who says an example word for word is certain to be understood', () => {
    expect(understandByRules(bistro, 'A table for four, please!')).toEqual({
      choice: 'table',
      slots: {},
      unsure: [],
      confidence: 1,
      by: 'like',
    });
  });

  it.each([
    'a table please',
    'um, could I reserve a table for tonight?',
    'tabel for two',
    'RESERVATION',
    'a table for 4',
  ])('who says "%s" in other words than the examples wants a table', (text) => {
    expect(understandByRules(bistro, text)).toMatchObject({ choice: 'table', by: 'like' });
  });

  it.each(['what are your prices', 'how much is the soup', 'what food is there'])(
    'is understood by the words of a `when` too: "%s"',
    (text) => {
      expect(meant(bistro, text)).toBe('food');
    },
  );

  it.each([
    'not a table',
    "I don't want a table",
    'no table',
    'my name is Alice',
    'it rains',
    'uh',
    'hello',
    'thank you',
    '...',
    '',
    '   ',
    '😀',
  ])('who says "%s" means nothing that is expected, and the rules say so', (text) => {
    expect(understandByRules(bistro, text)).toBeNull();
  });

  it('who first declines and then asks is taken for what is asked', () => {
    expect(meant(bistro, "I don't want a table, I'd like to speak to a human")).toBe('person');
    expect(meant(bistro, 'no, a table please')).toBe('table');
    expect(
      meant(
        expecting([choice('large', ['the large one']), choice('small', ['the small one'])]),
        'not the large one the small one',
      ),
    ).toBe('small');
  });

  it('who cannot be told to mean one of two means neither', () => {
    const wines = expecting([choice('red', ['the red wine']), choice('white', ['the white wine'])]);
    expect(understandByRules(wines, 'some wine please')).toBeNull();
    expect(understandByRules(wines, 'red or white wine')).toBeNull();
  });

  it('who wants to cancel what can only be booked means nothing that is expected', () => {
    expect(understandByRules(expecting([table, food]), 'I want to cancel my table')).toBeNull();
  });

  it('is taken for the step where an anytime fits as well', () => {
    const again = choice('again', ['once more'], { scope: 'anytime' });
    expect(meant(expecting([again, choice('refill', ['once more'])]), 'once more')).toBe('refill');
    expect(meant(expecting([again, choice('refill', ['once more please pour'])]), 'once more please')).toBe(
      'again',
    );
  });
});

describe('yes and no', () => {
  it.each([
    'yep',
    'absolutely',
    'uh huh',
    'yes please',
    'sure, why not',
    "that's right",
    'I do',
    'yes I will be there',
  ])('"%s" is a yes where an example is one', (text) => {
    expect(meant(question, text)).toBe('yes');
  });

  it.each([
    'nope',
    'no thanks',
    'not really',
    "that's not right",
    "I don't think so",
    'no, it is for five',
    'of course not',
  ])('"%s" is a no where an example is one', (text) => {
    expect(meant(question, text)).toBe('no');
  });

  it.each([
    "I don't know",
    "I'm not sure",
    'maybe',
    'yes and no',
    'yes, but not today',
    "sorry, I can't hear you",
  ])('"%s" is neither', (text) => {
    expect(understandByRules(question, text)).toBeNull();
  });

  it('an answer that also says what is wanted instead is taken for that', () => {
    expect(meant(expecting([...question.choices, table]), "no, I'd like to book a table")).toBe('table');
  });

  it.each([
    ['de', 'ja', 'nein', 'na klar', 'nein danke'],
    ['fr', 'oui', 'non', 'bien sûr', 'pas du tout'],
    ['es', 'sí', 'no', 'claro que sí', 'de ninguna manera'],
    ['cs', 'ano', 'ne', 'jasně', 'ani náhodou'],
  ])('are known in %s', (locale, yes, no, otherYes, otherNo) => {
    const both = expecting([choice('yes', [yes]), choice('no', [no])], [], locale);
    expect([otherYes, otherNo].map((text) => meant(both, text))).toEqual(['yes', 'no']);
  });
});

describe('keys that are said', () => {
  it.each(['one', 'press one', 'number 1 please', 'option one', 'I choose one', 'the one'])(
    '"%s" is the key 1',
    (text) => {
      expect(understandByRules(bistro, text)).toMatchObject({
        choice: 'table',
        confidence: 0.95,
        by: 'keys',
      });
    },
  );

  it('a sequence with a star or a hash may be said', () => {
    const menu = expecting([
      choice('out', ['leave'], { keys: '21#' }),
      choice('star', ['other'], { keys: '*' }),
    ]);
    expect(understandByRules(menu, 'two one #')).toMatchObject({ choice: 'out', by: 'keys' });
    expect(understandByRules(menu, '*')).toMatchObject({ choice: 'star', by: 'keys' });
    expect(understandByRules(menu, 'twenty one')).toBeNull();
  });

  it('a key of the step comes before the same key of an anytime', () => {
    const both = expecting([{ ...person, keys: '1' }, table]);
    expect(meant(both, 'one')).toBe('table');
  });

  it('a number in an example means more than a key of that number, unless the key is named', () => {
    const people = expecting([
      choice('three', ['for three', 'three people'], { keys: '2' }),
      choice('two', ['for two', 'two people'], { keys: '1' }),
    ]);
    expect(meant(people, 'two')).toBe('two');
    expect(meant(people, 'press two')).toBe('three');
  });

  it('a number that is only part of a sentence is no key', () => {
    expect(
      understandByRules(expecting([choice('a', ['apples'], { keys: '2' })]), 'I was there two years ago'),
    ).toBeNull();
  });
});

describe('what is denied', () => {
  const bank = expecting([
    choice('lost', ['I lost my card', 'my card was stolen']),
    choice('pin', ['I forgot my pin', 'my pin does not work']),
    choice('loan', ['I need a loan', 'can I borrow money']),
    choice('close', ['I want to close my account']),
  ]);

  it.each([
    "I don't need a loan",
    'no loan please',
    'this is not about a loan',
    'I am not calling about my pin',
    'I did not lose my card',
    "I don't want to close my account",
  ])('is not meant: "%s"', (text) => {
    expect(meant(bank, text)).toBeUndefined();
  });

  it.each([
    ["my pin isn't working", 'pin'],
    ["I can't remember my pin", 'pin'],
    ['no, I want to close my account', 'close'],
    ["I don't want a loan, my card was stolen", 'lost'],
  ])('is told from what does not work, and from what is wanted instead: "%s"', (text, expected) => {
    expect(meant(bank, text)).toBe(expected);
  });

  it('may stand before the word that denies it', () => {
    const german = expecting(
      [choice('rechnung', ['ich habe eine Frage zur Rechnung']), choice('paket', ['wo ist mein Paket'])],
      [],
      'de-DE',
    );
    expect(meant(german, 'nein, es geht nicht um die Rechnung')).toBeUndefined();
    const french = expecting(
      [choice('facture', ['je ne comprends pas ma facture']), choice('panne', ['il y a une panne'])],
      [],
      'fr-FR',
    );
    expect(meant(french, 'je ne comprends rien à cette facture')).toBe('facture');
    expect(meant(french, "non, ce n'est pas pour une facture")).toBeUndefined();
  });
});

describe('words that are not quite those of an example', () => {
  it.each([
    ['de', 'den Katalog bitte', 'haben Sie einen Winterkatalog', 'ein Compositum'],
    ['es', 'quiero inscribirme', 'la inscripción', 'another ending'],
    ['fr', 'je veux résilier', 'une résiliation svp', 'a noun for a verb'],
    ['en', 'reset my password', 'my pasword', 'a slip'],
  ])('are known in %s: "%s" and "%s", %s', (locale, like, said) => {
    expect(meant(expecting([choice('it', [like]), choice('other', ['xyz'])], [], locale), said)).toBe('it');
  });
});

describe('what a word is', () => {
  const shop = (like: string): Expectation =>
    expecting([choice('it', [like]), choice('other', ['xyz'])], [], 'de');

  it.each([
    ['ich suche ein Rad', 'ich suche ein Lastenrad', 'what its last part is'],
    ['Nierenfutter', 'Hafenfutter', 'of one kind with what ends alike'],
    ['holen', 'kann ich es abholen', 'what is done, with where to or without'],
    ['mein Kater soll kastriert werden', 'eine Kastration', 'the same as noun and as verb'],
  ])('in German, "%s" and "%s": %s', (like, said) => {
    expect(meant(shop(like), said)).toBe('it');
  });
});

describe('what is not meant', () => {
  const bikes = expecting(
    [
      choice('repair', ['die Bremse am Fahrrad ist kaputt', 'die Kette ist gerissen']),
      choice('buy', ['ich suche ein Fahrrad']),
    ],
    [],
    'de',
  );

  it('is what another trade deals in', () => {
    expect(understandByRules(bikes, 'mein Fernseher ist kaputt')).toBeNull();
  });

  it('is told by more than the thing that all is about', () => {
    expect(understandByRules(bikes, 'mein Fahrrad heißt Rosinante')).toBeNull();
  });

  it('is a change that nobody spoke of', () => {
    const doctor = expecting([
      choice('book', ['can I see the doctor', "I'd like an appointment"]),
      choice('cancel', ['cancel my appointment', 'appointment off']),
    ]);
    expect(meant(doctor, 'an appointment please')).toBe('book');
  });
});

describe('numbers', () => {
  const people = expecting([
    choice('two', ['for two', 'two people']),
    choice('three', ['for three', 'three people']),
    choice('four', ['for four', 'four people']),
  ]);

  it.each([
    ['2', 'two'],
    ['table for 3', 'three'],
    ['there will be four of us', 'four'],
    ['three persons', 'three'],
  ])('tell choices apart in words and in digits: %s', (text, expected) => {
    expect(meant(people, text)).toBe(expected);
  });

  it('that no example holds are none of the choices', () => {
    expect(understandByRules(people, 'five people')).toBeNull();
    expect(understandByRules(people, 'twenty two people')).toBeNull();
  });

  it('in one choice only are a detail', () => {
    expect(meant(bistro, 'a table for nine')).toBe('table');
  });
});

describe('whatever is said', () => {
  const sentence = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(
        fc.constantFrom(
          'no',
          'not',
          'a',
          'table',
          'yes',
          'one',
          ',',
          'menu',
          "n't",
          'twenty',
          '#',
          '!',
          '__proto__',
        ),
      )
      .map((words) => words.join(' ')),
  );

  it('the answer is one of the choices or none, and the same the next time', () => {
    fc.assert(
      fc.property(sentence, fc.constantFrom('en-US', 'de', 'cs', 'fr_FR', 'es', 'ja', ''), (text, locale) => {
        const expectation = { ...bistro, locale };
        const found = understandByRules(expectation, text);
        expect([undefined, 'table', 'food', 'person']).toContain(found?.choice);
        expect(found?.confidence ?? 1).toBeGreaterThan(0);
        expect(found?.confidence ?? 1).toBeLessThanOrEqual(1);
        expect(understandByRules(structuredClone(expectation), text)).toEqual(found);
      }),
      { numRuns: 1000 },
    );
  });

  it('every example is taken for its own choice, whatever the words are', () => {
    const examples = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,10}( [a-z]{2,10}){0,5}$/), {
      minLength: 2,
      maxLength: 8,
    });
    fc.assert(
      fc.property(examples, (like) => {
        const choices = like.map((one, index) => choice(String(index), [one]));
        for (const [index, one] of like.entries()) {
          expect(understandByRules(expecting(choices, [], 'ja'), one)).toMatchObject({
            choice: String(index),
            confidence: 1,
            by: 'like',
          });
        }
      }),
    );
  });

  it('in a language that is not known, examples still are', () => {
    const finnish = expecting(
      [
        choice('poyta', ['haluaisin varata pöydän', 'pöytä neljälle']),
        choice('ruoka', ['mitä ruokaa teillä on']),
      ],
      [],
      'fi',
    );
    expect(meant(finnish, 'haluan varata pöydän')).toBe('poyta');
    expect(meant(finnish, 'minkälaista ruokaa teillä on')).toBe('ruoka');
    expect(meant(finnish, 'ok')).toBeUndefined();
  });

  it('a very long one is judged by its beginning, in bounded time', () => {
    expect(meant(bistro, `a table please ${'x '.repeat(100_000)}`)).not.toBe('food');
  });
});

it('with 50 choices of 20 examples the usual turn takes less than 5 ms', () => {
  const verbs =
    'open close find lend paint carry mend count clean sell weigh store move light warm cool'.split(' ');
  const things =
    'door boat lamp tree horse wagon letter basket window garden carpet kettle saddle mirror ladder'.split(
      ' ',
    );
  const choices = Array.from({ length: 50 }, (_, index) =>
    choice(
      `c${index}`,
      Array.from({ length: 20 }, (__, like) => {
        const verb = verbs[(index + like) % verbs.length];
        return `I would like to ${verb} the ${things[(index * 3 + like) % things.length]} number ${index} of family ${index * 20 + like}x`;
      }),
    ),
  );
  understandByRules(expecting(choices), 'warm up');
  const took = Array.from({ length: 200 }, (_, turn) => {
    const expectation = expecting(structuredClone(choices));
    const said = `please could somebody ${verbs[turn % verbs.length]} my old ${things[turn % things.length]}s`;
    const before = process.cpuUsage();
    understandByRules(expectation, `${said} qwertz${turn} before the weather gets unbearable`);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  }).toSorted((one, other) => one - other);
  // The median of the processor's time: what else the machine does at the time is not ours.
  expect(took[100]).toBeLessThan(5);
});

describe('a refusal, in words of its own', () => {
  const polar = (locale: string, text: string) =>
    understandByRules(expecting(yesAndNo, [], locale), text)?.choice ?? null;

  it.each([
    ['de-DE', 'Nein, auf keinen Fall'],
    ['de-DE', 'das geht leider nicht'],
    ['de-DE', 'lassen Sie mal'],
    ['de-DE', 'kein Bedarf, danke'],
    ['de-DE', 'bin nicht interessiert'],
    ['de-DE', 'noch nicht'],
    ['es-ES', 'qué va'],
    ['es-ES', 'de momento no'],
    ['es-ES', 'no hace falta, gracias'],
    ['es-ES', 'no me viene bien'],
    ['es-ES', 'me temo que no'],
    ['es-ES', 'no lo creo'],
    ['fr-FR', 'hors de question'],
    ['fr-FR', "ce n'est pas la peine"],
    ['fr-FR', 'ça ne me convient pas'],
    ['fr-FR', 'je ne suis pas intéressé'],
    ['fr-FR', 'laissez tomber'],
    ['fr-FR', 'je crains que non'],
  ])('%s: %s', (locale, text) => {
    expect(polar(locale, text)).toBe('no');
  });

  it.each([
    ['de-DE', 'das klingt gut'],
    ['de-DE', 'meinetwegen'],
    ['es-ES', 'me viene bien'],
    ['es-ES', 'trato hecho'],
    ['fr-FR', 'ça me convient'],
    ['fr-FR', 'je veux bien'],
  ])('is none: %s: %s', (locale, text) => {
    expect(polar(locale, text)).toBe('yes');
  });

  it.each([
    ['de-DE', 'ich bin mir nicht sicher'],
    ['es-ES', 'no sabría decirle'],
    ['fr-FR', 'je ne sais pas trop'],
  ])('nor is who cannot tell: %s: %s', (locale, text) => {
    expect(polar(locale, text)).toBeNull();
  });
});
