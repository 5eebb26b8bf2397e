import { describe, expect, it } from 'vitest';
import { Driver, factsOf, programOf } from '../support/engine-driver.ts';

const BISTRO = `
slots:
  party: {type: integer, min: 1, max: 12, ask: ["For how many?", "How many people will come?", {goto: person}]}
  day:
    type: date
    ask: "For which day?"
    check: [{if: "day.weekday != 'monday'", else: "We are closed on Mondays."}]
  time: {type: time, ask: "At what time?"}
inbound: welcome
states:
  welcome:
    - ask: "How can I help you?"
      answers:
        - {when: wants a table, like: [a table], goto: booking}
        - {when: asks for hours, like: [hours], say: "Nine to five."}
  booking:
    - collect: [party, day, time]
    - goto: agree
  agree:
    - confirm: "A table for {{ party }} on {{ day }} at {{ time }}. Is that right?"
      rejected: [{clear: [day, time]}, {goto: booking}]
    - hangup: "See you then."
  person: {hangup: "Goodbye."}
anytime:
  - {when: asks for a person, like: [operator], keys: "0", goto: person}
  - {when: asks to repeat, like: [again], repeat: true}
`;
const bistro = programOf(BISTRO);

const booking = () => {
  const call = new Driver(bistro).start().means('wants a table');
  call.said();
  return call;
};

describe('collect', () => {
  it('asks for one slot after another and fills several from one sentence, in any order', () => {
    const call = new Driver(bistro).start();
    call.said();
    expect(call.means('wants a table').said()).toEqual(['For how many?']);
    expect(call.gives({ time: '19:00', party: 4 }).said()).toEqual(['For which day?']);
    expect(call.gives({ day: '2026-03-04' }).said()).toEqual([
      'A table for 4 on Wednesday, March 4 at 7 PM. Is that right?',
    ]);
    expect(call.slots).toEqual({ party: 4, time: '19:00', day: '2026-03-04' });
  });

  it('takes the values of the sentence that led to it, and asks for nothing where nothing is empty', () => {
    const call = new Driver(bistro).start();
    call.said();
    expect(call.expectation!.slots.map(({ name }) => name)).toEqual(['party', 'day', 'time']);
    call.gives({ party: 4, day: '2026-03-04', time: '19:00' }, ['time'], 's0');
    expect(call.said()).toEqual(['A table for 4 on Wednesday, March 4 at 7 PM. Is that right?']);
  });

  it('knows the answer by its values alone where they belong to no other', () => {
    const call = new Driver(bistro).start();
    call.gives({ party: 4, day: '2026-03-04' });
    expect(call.said().at(-1)).toBe('At what time?');
    const one = new Driver(bistro).start();
    one.said();
    expect(one.gives({ party: 4 }).said()).toEqual(['Sorry, I did not understand that.']);
  });

  it('takes a correction of a slot that is filled, and goes on where it was', () => {
    const call = booking();
    call.gives({ party: 4 });
    call.said();
    expect(call.gives({ party: 5 }).said()).toEqual(['For which day?']);
    expect(call.slots).toMatchObject({ party: 5 });
    expect(call.expectation!.slots.find(({ name }) => name === 'party')).toMatchObject({
      filled: true,
      value: 5,
      asked: false,
    });
  });

  it('says what is wrong with a value and asks again', () => {
    const call = booking();
    for (const party of [20, 0]) {
      expect(call.gives({ party }).said()).toEqual(['It has to be from 1 to 12.', 'For how many?']);
    }
    call.gives({ party: 2 });
    call.said();
    expect(call.gives({ day: '2026-03-09' }).said()).toEqual(['We are closed on Mondays.', 'For which day?']);
    expect(call.slots).toEqual({ party: 2, day: null });
  });

  it('lets no value in that its type does not admit', () => {
    const call = booking();
    expect(call.gives({ party: 'four' }).said()).toEqual(['How many people will come?']);
    expect(call.gives({ day: '2026-02-30' }).said()).toEqual(['Goodbye.']);
  });

  it('asks in other words by the ladder of the slot, which is climbed anew for the next slot', () => {
    const call = booking();
    expect(call.wake('silence').said()).toEqual(['How many people will come?']);
    expect(call.gives({ party: 2 }).said()).toEqual(['For which day?']);
    expect(call.means(null).said()).toEqual(['Sorry, I did not understand that.']);
  });

  it('leaves by a step of the slot’s ladder', () => {
    const call = booking();
    call.means(null);
    call.said();
    expect(call.means(null).said()).toEqual(['Goodbye.']);
  });

  it('repeats the question, and takes an anytime', () => {
    const call = booking();
    expect(call.means('asks to repeat').said()).toEqual(['For how many?']);
    expect(call.means('asks for a person').said()).toEqual(['Goodbye.']);
  });

  it('reads a doubtful value back, and asks again after a no', () => {
    const call = new Driver(
      programOf(`
slots: {time: {type: time, ask: "When?"}, name: {type: name, ask: "Your name?", confirm: always}}
inbound: [{collect: [time, name]}, {hangup: "Bye."}]
`),
    ).start();
    call.said();
    expect(call.gives({ time: '19:00' }, ['time']).said()).toEqual(['7 PM, is that right?']);
    expect(call.says('no').said()).toEqual(['When?']);
    call.gives({ time: '20:00' }, ['time']);
    call.said();
    expect(call.says('yes').said()).toEqual(['Your name?']);
    expect(call.gives({ name: 'Ana' }).said()).toEqual(['Ana, is that right?']);
    // A correction is read back as well, since the author said always.
    expect(call.gives({ name: 'Anna' }).said()).toEqual(['Anna, is that right?']);
    expect(call.says('yes').said()).toEqual(['Bye.']);
  });

  it('takes a value that is said again for a yes to it', () => {
    const call = new Driver(
      programOf('slots: {at: {type: time, ask: "When?"}}\ninbound: [{collect: at}, {hangup: "Bye."}]'),
    ).start();
    call.gives({ at: '19:00' }, ['at']);
    call.said();
    expect(call.gives({ at: '19:00' }, ['at']).said()).toEqual(['Bye.']);
  });

  it('tells what a slot held before it was emptied, for who says the same day', () => {
    const call = new Driver(bistro).start();
    call.gives({ party: 4, day: '2026-03-04', time: '19:00' }, [], 's0').says('no');
    const day = call.expectation!.slots.find(({ name }) => name === 'day');
    expect(day).toMatchObject({ value: '2026-03-04', filled: false, asked: true });
  });
});

describe('keys', () => {
  it('are a number once no longer one is possible, after a pause, or with #', () => {
    const call = booking();
    expect(call.press('1').said()).toEqual([]);
    expect(call.wakes.get(`keys:${call.expectation!.id}`)).toBe(2500);
    expect(call.wake('keys').said()).toEqual(['For which day?']);
    expect(call.slots).toMatchObject({ party: 1 });
    const other = booking();
    expect(other.press('12').said()).toEqual(['For which day?']);
    const third = booking();
    expect(third.press('1#').said()).toEqual(['For which day?']);
    const fourth = booking();
    expect(fourth.press('7').said()).toEqual(['For which day?']);
  });

  it('are an anytime where they are no value: 0 asks for a person', () => {
    expect(booking().press('0').said()).toEqual(['Goodbye.']);
  });

  it('are one misunderstanding where none are expected, however many come in a row', () => {
    const call = new Driver(
      programOf('slots: {who: {type: name, ask: "Your name?"}}\ninbound: {collect: who}'),
    ).start();
    call.said();
    expect(call.press('4155550123', true).said()).toEqual(['Sorry, I did not understand that.']);
    expect(call.press('4').said()).toEqual(['I am sorry, could you say it in other words?']);
  });

  it('may end in a # that nobody needs: what it cut is said again', () => {
    const call = booking();
    call.press('12');
    call.said();
    expect(call.press('#', true).said()).toEqual(['For which day?']);
    expect(call.press('#').said()).toEqual(['Sorry, I did not understand that.']);
  });

  it('stay entered while the caller mutters', () => {
    const call = new Driver(
      programOf(`
slots: {card: {type: digits, length: 4, ask: "The number, please.", from: [keys]}}
inbound: [{collect: card}, {hangup: "{{ card }}."}]
`),
    ).start();
    call.said();
    call.press('12');
    expect(call.means(null, 'four and then').said()).toEqual([]);
    expect(call.press('34').said()).toEqual(['1 2 3 4.']);
  });

  it('wait for the whole length of digits, and say so when there are too few', () => {
    const call = new Driver(
      programOf(`
slots: {card: {type: digits, length: 4, ask: "The number, please.", from: [keys]}}
inbound: [{collect: card}, {hangup: "{{ card }}."}]
`),
    ).start();
    call.said();
    call.press('12');
    expect(call.wakes.get('keys:e1')).toBe(5000);
    expect(call.wake('keys').said()).toEqual(['Sorry, I did not understand that.']);
    expect(call.press('1234').said()).toEqual(['1 2 3 4.']);
  });
});

describe('confirm', () => {
  const agreeing = () => {
    const call = new Driver(bistro).start();
    call.gives({ party: 4, day: '2026-03-04', time: '19:00' }, [], 's0');
    call.said();
    return call;
  };

  it('does not repeat that it did not understand, but the question', () => {
    const call = booking();
    call.means(null);
    call.gives({ party: 2 });
    call.means(null);
    call.said();
    expect(call.means('asks to repeat').said()).toEqual(['For which day?']);
  });

  it('goes on after a yes, in words or by the key 1', () => {
    expect(agreeing().says('yes').said()).toEqual(['See you then.']);
    expect(agreeing().press('1').said()).toEqual(['See you then.']);
  });

  it('does what the author says after a no', () => {
    expect(agreeing().says('no').said()).toEqual(['For which day?']);
    expect(agreeing().press('2').said()).toEqual(['For which day?']);
  });

  it('takes a yes with a value that is already there for a yes', () => {
    const call = agreeing();
    expect(call.gives({ party: 4 }, [], 'yes').said()).toEqual(['See you then.']);
  });

  it('listens in confidence where it reads back something sensitive', () => {
    const call = new Driver(
      programOf(`
slots: {card: {type: digits, length: 4, ask: "The card?", sensitive: true}}
inbound: [{collect: card}, {confirm: "{{ card }}, is that right?"}]
`),
    ).start();
    call.gives({ card: '1234' });
    expect(call.expectation!.sensitive).toBe(true);
  });

  it('takes a correction and reads everything back', () => {
    const call = agreeing();
    expect(call.gives({ time: '20:30' }, ['time']).said()).toEqual([
      'A table for 4 on Wednesday, March 4 at 8:30 PM. Is that right?',
    ]);
    expect(call.gives({ day: '2026-03-09' }).said()).toEqual([
      'We are closed on Mondays.',
      'A table for 4 on Wednesday, March 4 at 8:30 PM. Is that right?',
    ]);
  });

  it('asks what should be different where the author says nothing, and gives up politely', () => {
    const call = new Driver(
      programOf('inbound: [{confirm: "Shall I order?"}, {hangup: "Ordered."}]'),
    ).start();
    call.said();
    expect(call.says('no').said()).toEqual(['What should be different?']);
    expect(call.says('no').said()).toEqual(['What should be different?']);
    expect(call.says('no').said()).toEqual(['I am sorry, I cannot help you with that. Goodbye.']);
  });
});

describe('sensitive slots', () => {
  const PAY = `
slots: {card: {type: digits, length: 4, ask: "The card?", sensitive: true}, party: {type: integer, ask: "How many?"}}
tools: {pay: {about: Pays, input: {card: digits}, http: {url: "http://localhost/"}}}
inbound:
  - collect: [party, card]
  - say: "Your card is {{ card }}."
  - {do: pay, with: {card: card}}
  - hangup: "Bye."
`;

  it('are wanted only while they are asked for, and what is said then is written down nowhere', () => {
    const call = new Driver(programOf(PAY)).start();
    expect(call.expectation).toMatchObject({ sensitive: false, slots: [{ name: 'party' }] });
    call.gives({ party: 2 });
    expect(call.expectation!.sensitive).toBe(true);
    expect(call.expectation!.slots.map(({ name }) => name)).toContain('card');
  });

  it('are masked in what is said', () => {
    const call = new Driver(programOf(PAY)).start().gives({ party: 2 }).gives({ card: '1234' });
    expect(call.effects).toContainEqual(
      expect.objectContaining({ kind: 'say', text: 'Your card is 1 2 3 4.', masked: 'Your card is ….' }),
    );
  });

  it('are masked in what is said of another slot, and while a tool takes its time', () => {
    const call = new Driver(
      programOf(`
slots:
  card: {type: digits, length: 4, ask: "The card?", sensitive: true}
  pin:
    type: digits
    ask: "The PIN?"
    check: [{if: pin != card, else: "It is not {{ card }}."}]
tools: {pay: {about: Pays, http: {url: "http://localhost/"}, meanwhile: "Paying with {{ card }}."}}
inbound: [{collect: [card, pin]}, {do: pay}]
`),
    ).start();
    call.gives({ card: '1234' }).gives({ pin: '1234' });
    expect(call.effects[0]).toMatchObject({ text: 'It is not 1 2 3 4.', masked: 'It is not ….' });
    call.gives({ pin: '1' }).wake('breath');
    expect(call.effects[0]).toMatchObject({ text: 'Paying with 1 2 3 4.', masked: 'Paying with ….' });
  });

  it('are asked for again before the tool that takes them, though the line came back from elsewhere', () => {
    const call = new Driver(
      programOf(`
slots: {card: {type: digits, length: 4, ask: "The card?", sensitive: true}}
tools: {pay: {about: Pays, input: {card: digits}, http: {url: "http://localhost/"}}}
inbound:
  - collect: card
  - {transfer: manager, failed: [{say: "Nobody is there."}, {do: pay, with: {card: card}}]}
`),
    ).start();
    call.gives({ card: '1234' });
    call.state.contexts[0]!.slots['card'] = { sensitive: true };
    call.said();
    expect(call.send({ kind: 'transfer-failed', reason: 'busy' }).said()).toEqual([
      'Nobody is there.',
      'The card?',
    ]);
    call.gives({ card: '5678' });
    expect(call.effects).toContainEqual(
      expect.objectContaining({ kind: 'call-tool', input: { card: '5678' } }),
    );
  });

  it('are asked for again where the process that knew them is gone', () => {
    const call = new Driver(programOf(PAY)).start().gives({ party: 2 }).gives({ card: '1234' });
    call.state.contexts[0]!.slots['card'] = { sensitive: true };
    call.said();
    expect(call.send({ kind: 'line-resumed' }).said()).toEqual(['The card?']);
    call.gives({ card: '5678' });
    expect(call.effects).toContainEqual(
      expect.objectContaining({ kind: 'call-tool', call: 't1', input: { card: '5678' } }),
    );
  });
});

describe('a moment', () => {
  const MOMENT = `
slots: {when: {type: datetime, confirm: unsure, ask: ["When shall we come?", "Which day and time?"]}, party: {type: integer, ask: "How many?"}}
inbound: pick
states:
  pick:
    - collect: [when, party]
    - confirm: "{{ when }}, {{ party }}?"
      rejected: [{clear: when}, {goto: pick}]
    - hangup: "Bye."
`;
  const begun = (): Driver => {
    const call = new Driver(programOf(MOMENT)).start();
    call.said();
    return call;
  };
  const valueOf = (call: Driver, name: string) =>
    call.expectation!.slots.find((one) => one.name === name)?.value;

  it('keeps its day while its time is asked for', () => {
    const call = begun();
    expect(call.gives({ when: '2026-03-04' }).said()).toEqual(['At what time?']);
    expect(valueOf(call, 'when')).toBe('2026-03-04');
    expect(call.slots['when'] ?? null).toBeNull();
    expect(call.gives({ when: '2026-03-04T19:00:00+01:00' }).said()).toEqual(['How many?']);
  });

  it('may have another day before its time, and the same once more is nothing new', () => {
    const call = begun().gives({ when: '2026-03-04' });
    call.said();
    expect(call.gives({ when: '2026-03-05' }).said()).toEqual(['At what time?']);
    expect(valueOf(call, 'when')).toBe('2026-03-05');
    expect(call.gives({ when: '2026-03-05' }).said()).toEqual(['Which day and time?']);
  });

  it('is asked for anew where it was cleared', () => {
    const call = begun().gives({ when: '2026-03-04', party: 4 });
    expect(call.said()).toEqual(['At what time?']);
    call.gives({ when: '2026-03-04T19:00:00+01:00' }).said();
    expect(call.says('no').said()).toEqual(['When shall we come?']);
  });

  it('is read back where its day was a guess', () => {
    const call = begun().gives({ when: '2026-03-13', party: 4 }, ['when']);
    call.said();
    call.gives({ when: '2026-03-13T19:00:00+01:00' });
    expect(call.said()).toEqual([expect.stringMatching(/March 13.*, is that right\?$/)]);
  });
});

describe('a time with checks', () => {
  const OPEN = (check: string) => `
slots:
  day: {type: date, ask: "Which day?"}
  time: {type: time, ask: "At what time?", check: [{if: "${check}", else: "We are closed then."}]}
inbound: [{collect: [day, time]}, {hangup: "Bye."}]
`;
  const hoursOf = (call: Driver) => call.expectation!.slots.find(({ name }) => name === 'time')?.hours;

  it('tells the hours that pass them, with what is known', () => {
    const evenings = new Driver(programOf(OPEN('time.hour >= 17 && time.hour < 22'))).start();
    expect(hoursOf(evenings)).toEqual([17, 18, 19, 20, 21]);
    const late = new Driver(programOf(OPEN("time.hour >= 21 || day.weekday != 'sunday'"))).start();
    expect(hoursOf(late.gives({ day: '2026-03-06' }))).toBeUndefined();
    expect(hoursOf(late.gives({ day: '2026-03-08' }))).toEqual([21, 22, 23]);
    expect(late.slots).toEqual({ day: '2026-03-08' });
  });

  it('tells none where all pass, or none does', () => {
    expect(hoursOf(new Driver(bistro).start())).toBeUndefined();
    expect(hoursOf(new Driver(programOf(OPEN('time.hour >= 0'))).start())).toBeUndefined();
    expect(hoursOf(new Driver(programOf(OPEN('time.hour > 30'))).start())).toBeUndefined();
  });
});

describe('a time of which a part of the day is said', () => {
  const timeOf = (call: Driver) => call.expectation!.slots.find(({ name }) => name === 'time');

  it('keeps it while its hour is asked for, in the words of the slot', () => {
    const call = booking().gives({ party: 4 });
    call.said();
    expect(call.gives({ day: '2026-03-06', time: 'evening' }).said()).toEqual(['At what time?']);
    expect(timeOf(call)).toMatchObject({ asked: true, filled: false, value: 'evening' });
    expect(call.gives({ time: '20:30' }).said()).toEqual([
      'A table for 4 on Friday, March 6 at 8:30 PM. Is that right?',
    ]);
  });

  it('is asked for again where it is all that is answered, and it is nothing new once more', () => {
    const call = booking().gives({ party: 4, day: '2026-03-06' });
    call.said();
    expect(call.gives({ time: 'evening' }).said()).toEqual(['At what time?']);
    expect(call.gives({ time: 'evening' }).said()).toEqual(['Sorry, I did not understand that.']);
  });

  it('tells with its day alone no answer', () => {
    const call = new Driver(bistro).start();
    call.said();
    const said = call.gives({ day: '2026-03-06', time: 'evening' }).said();
    expect(said).toEqual(['Sorry, I did not understand that.']);
    expect(call.gives({ party: 4, day: '2026-03-06', time: 'evening' }).said()).toEqual(['At what time?']);
    expect(timeOf(call)).toMatchObject({ value: 'evening' });
  });
});

describe('a phone number', () => {
  const PHONE =
    'slots: {phone: {type: phone, ask: "Your number?"}}\ninbound: [{collect: phone}]\noutbound: [{collect: phone}]\n';
  const ownAt = (from: string | null, isInitiated = false) => {
    const facts = factsOf({ isInitiated });
    const session = { ...facts.session, from };
    const call = new Driver(programOf(PHONE), { ...facts, session }).start();
    return call.expectation!.slots[0]!.own;
  };

  it('may be the one that the caller is at: who called, or who was called', () => {
    expect(ownAt('+14155550199')).toBe('+14155550199');
    expect(ownAt('+14155550199', true)).toBe('+14155550100');
    expect(ownAt('anonymous')).toBeUndefined();
    expect(ownAt(null)).toBeUndefined();
  });
});
