import { describe, expect, it } from 'vitest';
import type { Expectation, SlotType, Value, Wanted } from '../../runtime/dialogue/protocol.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { readValues } from '../../runtime/understand/values.ts';
import { choice, expecting, slot, yesAndNo } from './wanted.ts';

const asking = (type: SlotType, more: Partial<Wanted> = {}): Wanted =>
  slot('it', type, { asked: true, ...more });
const filled = (name: string, type: SlotType, value: Value): Wanted =>
  slot(name, type, { filled: true, value });
const heard = (slots: readonly Wanted[], text: string) => readValues(expecting([], slots), text);
const values = (slots: readonly Wanted[], text: string) => heard(slots, text)?.slots ?? {};
const meant = (expectation: Expectation, text: string) => {
  const meaning = understandByRules(expectation, text);
  return meaning && { choice: meaning.choice, slots: meaning.slots };
};

describe('"one" behind what tells one thing from others', () => {
  it.each([
    'the downtown one',
    'the small one',
    'the airport one please',
    'that big red one',
    'which one',
    'another one',
    'a small one',
    'the cheaper ones',
  ])('is no number: "%s"', (text) => {
    expect(values([asking('integer')], text)).toEqual({});
    expect(values([slot('guests', 'integer')], text)).toEqual({});
    expect(values([asking('digits', { length: { min: 1, max: 4 } })], text)).toEqual({});
  });

  it.each(['one', 'a table for one', 'the answer is one', 'just one'])('is one elsewhere: "%s"', (text) => {
    expect(values([asking('integer')], text)).toEqual({ it: 1 });
  });
});

describe('a number that is left over', () => {
  const spent = slot('spent', 'number');
  const guests = slot('guests', 'integer');

  it('goes to no slot that was not asked for', () => {
    expect(values([asking('integer'), spent], 'four out of five')).toEqual({ it: 4 });
    expect(values([asking('integer'), spent], 'two of five')).toEqual({ it: 2 });
    expect(values([asking('integer'), spent], 'three and a half')).toEqual({});
    expect(values([asking('integer'), slot('at', 'time')], 'three quarters')).toEqual({});
    expect(values([asking('boolean'), guests, slot('at', 'time')], 'twelve')).toEqual({});
    expect(values([asking('money'), guests], 'nineteen ninety nine')).toEqual({
      it: { amount: 19.99, currency: 'USD' },
    });
    expect(values([asking('email'), guests], 'john one two three at hotmail dot com')).toEqual({
      it: 'john123@hotmail.com',
    });
  });

  it('replaces no value that was given, unless it is corrected', () => {
    const asksName = [asking('name'), filled('party', 'integer', 1), filled('time', 'time', '19:00')];
    expect(values(asksName, 'ten')).toEqual({});
    expect(values(asksName, 'Saturday at eight pm')).not.toHaveProperty('time');
    expect(values(asksName, 'no, ten')).toEqual({ party: 10 });
    expect(values(asksName, 'make it ten people')).toEqual({ party: 10 });
    expect(values(asksName, 'no, at eight pm')).toEqual({ time: '20:00' });
  });

  it('goes where a word of the slot stands beside it', () => {
    expect(values([asking('name'), guests], 'five guests')).toEqual({ guests: 5 });
    expect(values([asking('integer'), spent], 'four, and I spent thirty')).toEqual({ it: 4, spent: 30 });
  });

  it('is a value of a sentence that says all at once', () => {
    for (const asked of [true, false]) {
      const slots = [slot('party', 'integer', { asked }), slot('day', 'date'), slot('time', 'time')];
      expect(values(slots, 'a table for four tomorrow at seven')).toEqual({
        party: 4,
        day: '2026-03-04',
        time: '19:00',
      });
    }
  });
});

describe('a number that is asked for', () => {
  it.each([
    ['thirty dollars', 30],
    ['$20', 20],
    ['about thirty dollars', 30],
    ['twenty minutes', 20],
    ['fifty percent', 50],
    ['half a million dollars', 500_000],
    ['a couple hundred bucks', 200],
    ['a couple hundred', 200],
    ['two k', 2000],
    ['nothing', 0],
    ['none', 0],
    ['nobody', 0],
  ])('may be said with its unit, or be none: "%s"', (text, value) => {
    expect(values([asking('number')], text)).toEqual({ it: value });
    expect(values([asking('integer')], text)).toEqual({ it: value });
  });

  it('is none where it is only a share', () => {
    expect(values([asking('integer')], 'two thirds')).toEqual({});
  });

  it('is unsure where two things are counted', () => {
    expect(heard([asking('integer')], 'two adults and two kids')?.unsure ?? ['it']).toEqual(['it']);
  });

  it.each([
    ['de-DE', 'keine', 'dreißig Euro'],
    ['es-ES', 'nadie', 'treinta euros'],
    ['fr-FR', 'aucun', 'trente euros'],
    ['cs-CZ', 'nikdo', 'třicet korun'],
  ])('may be so in %s', (locale, none, sum) => {
    const read = (text: string) => readValues(expecting([], [asking('integer')], locale), text)?.slots;
    expect([read(none), read(sum)]).toEqual([{ it: 0 }, { it: 30 }]);
  });

  it('of money may be nothing', () => {
    const tip = slot('tip', 'money', { asked: true });
    expect(values([tip], 'nothing')).toEqual({ tip: { amount: 0, currency: 'USD' } });
    expect(values([tip], 'no tip')).toEqual({ tip: { amount: 0, currency: 'USD' } });
    expect(values([tip], 'nothing works here')).toEqual({});
  });
});

describe('a day', () => {
  it.each(['the 30th of february', 'february 30th', 'february thirty', 'the thirty first of june'])(
    'that no calendar has is none: "%s"',
    (text) => {
      expect(values([asking('date')], text)).toEqual({});
    },
  );

  it('with a part of it is a moment, unsurely', () => {
    const when = [asking('datetime')];
    expect(heard(when, 'monday morning')).toMatchObject({
      slots: { it: '2026-03-09T09:00:00+01:00' },
      unsure: ['it'],
    });
    expect(heard(when, 'tomorrow afternoon')).toMatchObject({ slots: { it: '2026-03-04T15:00:00+01:00' } });
    expect(heard(when, 'friday evening')).toMatchObject({ slots: { it: '2026-03-06T19:00:00+01:00' } });
    expect(values(when, 'tomorrow')).toEqual({ it: '2026-03-04' });
    expect(values(when, 'monday morning at ten')).toEqual({ it: '2026-03-09T10:00:00+01:00' });
  });
});

describe('an address', () => {
  it.each([
    ['john one two three at hotmail dot com', 'john123@hotmail.com'],
    ['all lowercase john at gmail dot com', 'john@gmail.com'],
  ])('is only what belongs to it: "%s"', (text, email) => {
    expect(values([asking('email')], text)).toEqual({ it: email });
  });
});

describe('a name that is asked for', () => {
  it.each([
    ['Will', 'Will'],
    ['my name is Will', 'Will'],
    ['my name is will', 'Will'],
    ['Will Smith', 'Will Smith'],
    ['Day', 'Day'],
    ['Early', 'Early'],
    ['john smith speaking', 'John Smith'],
    ['hi this is karen from acme', 'Karen'],
    ['first name Anna last name Bell', 'Anna Bell'],
    ['William, no Liam', 'Liam'],
    ['this is her husband Tom', 'Tom'],
    ["I'm Grace Long", 'Grace Long'],
    ['mister will smith', 'Mister Will Smith'],
    ['I said Liam', 'Liam'],
    ['Anna Bell here', 'Anna Bell'],
  ])('is understood: "%s"', (text, name) => {
    expect(values([asking('name')], text)).toEqual({ it: name });
  });

  it.each([
    ['de-DE', 'Hier ist ihr Mann Tom', 'Tom'],
    ['de-DE', 'Anna Schmidt am Apparat', 'Anna Schmidt'],
    ['de-DE', 'Vorname Anna Nachname Bell', 'Anna Bell'],
    ['es-ES', 'soy su marido Juan', 'Juan'],
    ['es-ES', 'nombre Ana apellido López', 'Ana López'],
    ['fr-FR', "c'est son mari Jean", 'Jean'],
    ['fr-FR', "Jean Dupont à l'appareil", 'Jean Dupont'],
    ['cs-CZ', 'Jan Novák u telefonu', 'Jan Novák'],
  ])('is understood in %s: "%s"', (locale, text, name) => {
    expect(readValues(expecting([], [asking('name')], locale), text)?.slots).toEqual({ it: name });
  });

  it.each(['skip', 'will you repeat that', "it's early", 'a good day'])('is not "%s"', (text) => {
    expect(values([asking('name')], text)).toEqual({});
  });
});

describe('a text that is asked for', () => {
  it.each(["that's all", 'please call me about the invoice', 'no nuts please', 'okay is not okay'])(
    'is written down as it was said: "%s"',
    (text) => {
      expect(values([asking('text')], text)).toEqual({ it: text });
    },
  );

  it('loses the hesitation before it', () => {
    expect(values([asking('text')], 'uh, well, no nuts')).toEqual({ it: 'no nuts' });
  });
});

describe('a read-back', () => {
  const said = [
    filled('name', 'name', 'Will'),
    filled('message', 'text', 'call me'),
    filled('time', 'time', '19:00'),
  ];
  const again = choice('again', ['say that again'], { scope: 'anytime' });
  const agree = expecting([...yesAndNo, again], said);

  it.each([
    ['no, my name is Bill', { name: 'Bill' }],
    ['no the name is Rob', { name: 'Rob' }],
    ['no the name is spelled B I L L', { name: 'Bill' }],
    ['no, change the name to Bill', { name: 'Bill' }],
    ['no, the message is please ring twice', { message: 'please ring twice' }],
    ['no, the message should be ring twice', { message: 'ring twice' }],
    ['yes but can I come at four in the afternoon instead', { time: '16:00' }],
  ])('is corrected by "%s"', (text, slots) => {
    expect(meant(agree, text)).toEqual({ choice: null, slots });
  });

  it('has no day for a name', () => {
    const both = expecting(yesAndNo, [said[0]!, filled('day', 'date', '2026-03-06')]);
    expect(meant(both, "No, it's Monday")).toEqual({ choice: null, slots: { day: '2026-03-09' } });
    expect(meant(both, "No, it's April fifth")).toEqual({ choice: null, slots: { day: '2026-04-05' } });
    expect(meant(both, "yes, that's Friday")).toEqual({ choice: 'yes', slots: {} });
  });

  it('is corrected by a word of what a text is, unless another slot is called so', () => {
    const note = { ...filled('note', 'text', 'call me'), about: 'special wishes for the time there' };
    const both = expecting(yesAndNo, [note, filled('time', 'time', '19:00')]);
    expect(meant(both, 'no, the wishes should be no nuts')).toEqual({
      choice: null,
      slots: { note: 'no nuts' },
    });
    expect(meant(both, 'no, the time is eight pm')).toEqual({ choice: null, slots: { time: '20:00' } });
    expect(meant(both, 'no, the note is wrong')).toEqual({ choice: 'no', slots: {} });
  });

  it.each(['yes', "that's it", 'yes, my name is Will'])('is agreed to by "%s"', (text) => {
    expect(meant(agree, text)).toEqual({ choice: 'yes', slots: {} });
  });

  it.each(['probably not', "I wouldn't", 'not a chance', 'hell no', "please don't"])(
    'is refused by "%s"',
    (text) => {
      expect(meant(agree, text)).toEqual({ choice: 'no', slots: {} });
    },
  );

  it.each(['yeah hello?', 'hello yes hello', 'yes but can I bring my dog'])(
    'is not agreed to by "%s"',
    (text) => {
      expect(meant(agree, text)).toBeNull();
    },
  );
});

describe('an answer that an example gives word for word', () => {
  const question = expecting([
    ...yesAndNo,
    choice('stranger', ['wrong number', 'who are you']),
    choice('again', ['say that again', 'pardon'], { scope: 'anytime' }),
  ]);

  it('comes before yes and no', () => {
    expect(meant(question, 'you have the wrong number')).toEqual({ choice: 'stranger', slots: {} });
    expect(meant(question, 'no, that is wrong')).toEqual({ choice: 'no', slots: {} });
  });

  it.each(["I'll call again", 'I will try again later', 'we will come again'])(
    'is not heard in "%s"',
    (text) => {
      expect(meant(question, text)).toBeNull();
    },
  );

  it.each(['again please', 'say it again'])('is heard in "%s"', (text) => {
    expect(meant(question, text)).toEqual({ choice: 'again', slots: {} });
  });
});

it.each(['probably not', "I wouldn't", 'not a chance', 'hell no', "please don't"])(
  'a yes or no that is asked for is false for "%s"',
  (text) => {
    expect(values([asking('boolean')], text)).toEqual({ it: false });
  },
);
