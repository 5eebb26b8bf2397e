/** Values that are understood and not let in. */
import { describe, expect, it } from 'vitest';
import { Driver, programOf } from '../support/engine-driver.ts';

const TERRACE = `
slots:
  party: {type: integer, ask: "How many?"}
  place:
    type: choice
    of: [inside, terrace]
    ask: "Inside or on the terrace?"
    check: [{if: "place != 'terrace' || party <= 6", else: "The terrace is for six at most."}]
  name: {type: name, ask: "Your name?"}
inbound:
  - collect: [party, place]
  - collect: name
  - confirm: "A table for {{ party }}, {{ place }}."
  - hangup: "Booked for {{ party }}, {{ place }}."
`;

const DAY = `
slots:
  day:
    type: date
    ask: ["For which day?", "Which day would you like?"]
    confirm: unsure
    check: [{if: "day.weekday != 'monday'", else: "We are closed on Mondays."}]
  time: {type: time, ask: "At what time?", min: "09:00", max: "20:00"}
  pin: {type: digits, length: 4, ask: "The code?"}
inbound: booking
states:
  booking:
    - collect: [day, time]
    - confirm: "On {{ day }} at {{ time }}?"
    - hangup: "Done."
  code: [{collect: pin}, {hangup: "{{ pin }}"}]
  person: {hangup: "To a person."}
unclear: ["Sorry?", {goto: person}]
`;
const MONDAY = '2026-03-09';
const TUESDAY = '2026-03-10';

const start = (yaml: string): Driver => {
  const call = new Driver(programOf(yaml)).start();
  call.said();
  return call;
};

describe('a value that makes another one wrong', () => {
  const agreeing = (): Driver => {
    const call = start(TERRACE).gives({ party: 4, place: 'terrace' }).gives({ name: 'Ana' });
    call.said();
    return call;
  };

  it('is not let in by a confirm, which could not ask for the other', () => {
    const call = agreeing().gives({ party: 8 }, [], 'no');
    expect(call.said()).toEqual(['The terrace is for six at most.', 'A table for 4, terrace.']);
    expect(call.says('yes').said()).toEqual(['Booked for 4, terrace.']);
  });

  it('is let in together with what makes it right', () => {
    const call = agreeing().gives({ party: 8, place: 'inside' });
    expect(call.said().at(-1)).toBe('A table for 8, inside.');
  });

  it('has the other one asked for again by the collect that has it', () => {
    const call = start(TERRACE.replace('[party, place]', '[party, place, name]'));
    call.gives({ party: 4, place: 'terrace' });
    call.said();
    call.gives({ party: 8 });
    expect(call.said()).toEqual(['The terrace is for six at most.', 'Inside or on the terrace?']);
  });

  it('is not let in by a collect of others', () => {
    const call = start(TERRACE).gives({ party: 4, place: 'terrace' });
    call.said();
    expect(call.gives({ party: 8 }).said()).toEqual(['The terrace is for six at most.', 'Your name?']);
    expect(call.slots).toMatchObject({ party: 4, place: 'terrace' });
  });
});

describe('going nowhere for three rounds', () => {
  it('leaves a collect by unclear, whose ladder is climbed', () => {
    const call = start(DAY);
    for (let round = 0; round < 3; round++) {
      expect(call.gives({ day: MONDAY }).said()).toEqual(['We are closed on Mondays.', 'For which day?']);
    }
    expect(call.gives({ day: MONDAY }).said()).toEqual([
      'We are closed on Mondays.',
      'Sorry?',
      'For which day?',
    ]);
    expect(call.gives({ day: MONDAY }).said()).toEqual(['We are closed on Mondays.', 'To a person.']);
  });

  it('is forgotten once a value is right', () => {
    const call = start(DAY);
    for (let round = 0; round < 3; round++) call.gives({ day: MONDAY });
    call.gives({ day: TUESDAY });
    call.said();
    for (let round = 0; round < 3; round++) call.gives({ day: MONDAY });
    expect(call.said().at(-1)).toBe('At what time?');
  });

  it('counts what is pressed', () => {
    const call = start(DAY).gives({ day: TUESDAY });
    call.said();
    for (let round = 0; round < 3; round++) {
      expect(call.press('2300').said()).toEqual(['It has to be from 9 AM to 8 PM.', 'At what time?']);
    }
    expect(call.press('2300').said()).toContain('Sorry?');
    expect(call.press('2300').said()).toContain('To a person.');
  });

  it('counts a value that is read back, refused, and said again', () => {
    const call = start(DAY);
    for (let round = 0; round < 3; round++) {
      expect(call.gives({ day: TUESDAY }, ['day']).said()).toEqual(['Tuesday, March 10, is that right?']);
      expect(call.says('no').said()).toEqual(['For which day?']);
    }
    call.gives({ day: TUESDAY }, ['day']);
    call.said();
    expect(call.says('no').said()).toEqual(['Sorry?', 'For which day?']);
    call.gives({ day: TUESDAY }, ['day']);
    call.said();
    expect(call.says('no').said()).toEqual(['To a person.']);
  });

  it('leaves a confirm by unclear', () => {
    const call = start(DAY).gives({ day: TUESDAY, time: '10:00' });
    call.said();
    for (let round = 0; round < 3; round++) {
      expect(call.gives({ day: MONDAY }).said()).toEqual([
        'We are closed on Mondays.',
        'On Tuesday, March 10 at 10 AM?',
      ]);
    }
    expect(call.gives({ day: MONDAY }).said()).toEqual(['We are closed on Mondays.', 'Sorry?']);
    expect(call.gives({ day: MONDAY }).said()).toEqual(['We are closed on Mondays.', 'To a person.']);
  });
});

describe('a value that is read back', () => {
  it('is settled by a yes that brings another value along', () => {
    const call = start(DAY).gives({ day: TUESDAY }, ['day']);
    call.said();
    expect(call.gives({ time: '10:00' }, [], 'yes').said()).toEqual(['On Tuesday, March 10 at 10 AM?']);
  });

  it('is corrected by another one, whatever is said with it', () => {
    const call = start(DAY).gives({ day: TUESDAY }, ['day']);
    call.gives({ day: '2026-03-11' }, [], 'yes');
    expect(call.slots).toMatchObject({ day: '2026-03-11' });
  });
});

describe('the range of a moment', () => {
  const moment = (value: string): Driver =>
    start(`
slots: {at: {type: datetime, ask: "When?", min: "2026-03-04T09:00:00+01:00", max: "2026-03-04T20:00:00+01:00"}}
inbound: [{collect: at}, {hangup: "Done."}]
`).gives({ at: value });

  it('is held against the instant, whatever the offset is', () => {
    expect(moment('2026-03-04T08:30:00Z').said()).toEqual(['Done.']);
    expect(moment('2026-03-04T10:00:00+03:00').said().at(-1)).toBe('When?');
    expect(moment('2026-03-04T15:30:00-05:00').said().at(-1)).toBe('When?');
  });
});

describe('an entry by keys', () => {
  const entering = (): Driver => start(DAY.replace('inbound: booking', 'inbound: code'));

  it('is begun anew by *, where it means nothing else', () => {
    expect(entering().press('12*3456').said()).toEqual(['3 4 5 6']);
  });

  it('has a * of its own where its type has one', () => {
    const call = start(
      'slots: {rate: {type: number, ask: "The rate?", max: 9}}\ninbound: [{collect: rate}, {hangup: "{{ rate }}"}]',
    ).press('2*5#');
    expect(call.said()).toEqual(['2.5']);
  });
});

describe('a # behind what was complete', () => {
  const menu = (then: string): Driver =>
    start(
      `
slots: {pin: {type: digits, length: 2, ask: "The code?"}}
inbound: first
states:
  first: {ask: "One?", answers: [{when: x, keys: "1", goto: second}]}
  second: [{collect: pin}, {goto: third}]
  third: {ask: "Three?", answers: [{when: ends, keys: "#", hangup: "Bye."}, {when: y, keys: "2", goto: third}]}
`.replace('goto: second', then),
    );

  it('is an option of the next menu, where that has it', () => {
    expect(menu('goto: third').press('1#', true).said()).toEqual(['Three?', 'Bye.']);
  });

  it('is the end of what was entered', () => {
    expect(menu('goto: second').press('1').press('34#', true).said()).not.toContain('Bye.');
  });
});

describe('what a tool gives for a slot', () => {
  it('is let in where it is of its type, and is nothing otherwise', () => {
    const call = start(`
slots: {day: {type: date, ask: "For which day?"}}
tools: {find: {about: Finds, http: {url: "http://localhost/"}}}
inbound: [{do: find, save: day}, {collect: day}, {hangup: "{{ day }}"}]
`).send({ kind: 'tool-returned', call: 't1', output: { day: 'soon' } });
    expect(call.said()).toEqual(['For which day?']);
  });
});
