import { describe, expect, it } from 'vitest';
import { Driver, programOf } from '../support/engine-driver.ts';

const AGAIN = `
inbound: chat
states:
  chat:
    - talk: Answer questions.
      turns: 2
      until: [{when: is done, like: [that was all], keys: "1", hangup: "Bye."}]
    - hangup: "Enough."
anytime:
  - {when: asks to repeat, like: [say that again], repeat: true}
  - {when: asks who this is, like: [who are you], say: "We are Pizza."}
tools:
  menu: {about: The menu, http: {url: "http://localhost/"}}
unclear: ["Pardon?", {hangup: "Sorry."}]
`;

const talking = (yaml = AGAIN): Driver => new Driver(programOf(yaml)).start();
const calls = (call: Driver, name: string): Driver =>
  call.send({ kind: 'model-called', call: 'c1', name, input: {} });
const speaks = (call: Driver, text = 'hm'): Driver => call.send({ kind: 'model-spoke', text }) && call;
const hears = (call: Driver, text = 'hm'): Driver =>
  call.send({ kind: 'caller-spoke', text, meaning: null, expectation: call.expectation!.id, answered: true });

describe('a talk that a model leaves for a moment', () => {
  it('is ordered anew behind what is repeated: the model would wait for ever otherwise', () => {
    const call = speaks(talking(), 'We have soup.');
    hears(call, 'say that again');
    calls(call, 'exit_a0');
    expect(call.said()).toEqual(['We have soup.']);
    expect(call.effects).toMatchObject([
      { kind: 'say', text: 'We have soup.' },
      { kind: 'converse', answerNow: false },
      { kind: 'wake' },
    ]);
  });

  it('is answered by the model where there is nothing to repeat', () => {
    const call = calls(hears(talking()), 'exit_a0');
    expect(call.effects[0]).toMatchObject({ kind: 'converse', answerNow: true });
  });

  it('is ordered anew behind the words of a ladder too', () => {
    const call = talking();
    for (let times = 0; times < 3; times++) calls(call, 'exit_a1');
    call.said();
    calls(call, 'exit_a1');
    expect(call.said()).toEqual(['Pardon?']);
    expect(call.effects.map(({ kind }) => kind)).toEqual(['say', 'converse', 'wake']);
  });
});

const BOOKING = `
inbound: {talk: Answer., until: [{when: wants a table, goto: booking}, {when: is done, hangup: "Bye."}]}
slots:
  party: {type: integer, max: 12, ask: "How many?", about: How many come}
  day: {type: date, ask: "Which day?", check: [{if: "day.weekday != 'monday'", else: "Closed on Mondays."}]}
  place: {type: choice, of: {inside: [in], outside: [out]}, ask: "Where?"}
  card: {type: digits, length: 16, from: [keys], ask: "The card?"}
  pin: {type: digits, length: 4, sensitive: true, ask: "The PIN?"}
states:
  booking: [{collect: [party, day, place, card, pin]}, {hangup: "See you."}]
`;

describe('an exit of a talk that leads to a collect', () => {
  const leaves = (input: Record<string, string | number>): Driver =>
    talking(BOOKING).send({ kind: 'model-called', call: 'c1', name: 'exit_s0', input });

  it('is given by the model what the caller has told already', () => {
    const [converse] = talking(BOOKING).effects.filter(({ kind }) => kind === 'converse');
    expect(converse).toMatchObject({
      offers: [
        {
          name: 'exit_s0',
          about:
            'Call this, and say nothing, as soon as this holds: wants a table. Give what the caller has said of its ' +
            'input already, and never guess: now is Tuesday, 2026-03-03 11:00, Europe/Prague (GMT+01:00).',
          input: {
            type: 'object',
            properties: {
              party: { type: 'integer', description: 'How many come: a whole number' },
              day: { type: 'string', description: 'YYYY-MM-DD' },
              place: {
                type: 'string',
                enum: ['inside', 'outside'],
                description: 'one of the values of its enum',
              },
            },
            additionalProperties: false,
          },
        },
        { name: 'exit_s1', input: { type: 'object', properties: {}, additionalProperties: false } },
      ],
    });
    expect(leaves({ party: 4, day: '2026-01-06' }).said()).toEqual(['Where?']);
  });

  it('fills no slot with what its type, its range or its check refuses, or that is not given by speech', () => {
    expect(leaves({ party: 'four', day: 'tomorrow', card: '1234123412341234' }).said()).toEqual([
      'How many?',
    ]);
    expect(leaves({ party: 4, day: '2026-01-12' }).said()).toEqual(['Closed on Mondays.', 'Which day?']);
    expect(leaves({ party: 40, pin: '1234' }).said().at(-1)).toBe('How many?');
  });
});

describe('the turns of a talk', () => {
  it('are over when the answer to the last one was heard', () => {
    const call = speaks(hears(talking()));
    expect(call.effects.map(({ kind }) => kind)).toEqual(['wake']);
    speaks(hears(call));
    expect(call.effects).toMatchObject([{ id: 'answered:e1', since: 'heard' }, { id: 'silence:e1' }]);
    expect(call.said()).toEqual([]);
    expect(call.wake('answered').said()).toEqual(['Enough.']);
  });

  it('leave time for the tool that the last answer begins with', () => {
    const call = talking(AGAIN.replace('until:', 'tools: [menu]\n      until:'));
    speaks(hears(hears(call)), 'One moment.');
    calls(call, 'menu');
    expect(call.wake('answered').said()).toEqual([]);
    call.send({ kind: 'tool-returned', call: 'c1', output: ['soup'] });
    expect(speaks(call, 'Soup.').wake('answered').said()).toEqual(['Enough.']);
  });

  it('are over with the silence behind them, where the words of the caller came late', () => {
    const call = hears(speaks(hears(talking())));
    expect(call.wake('silence').said()).toEqual(['Enough.']);
  });

  it('answer what is said into the last answer, and nothing more', () => {
    const call = hears(speaks(hears(speaks(hears(talking())))));
    expect(call.said()).toEqual([]);
    expect(speaks(call).wake('answered').said()).toEqual(['Enough.']);
    expect(hears(hears(hears(hears(talking())))).said()).toEqual(['Enough.']);
  });

  it('are those that are no exit, where no model answers', () => {
    const call = talking().send({ kind: 'model-missing' });
    call.said();
    expect(call.means(null).said()).toEqual(['Pardon?']);
    expect(call.means(null).said()).toEqual(['Enough.']);
  });
});

describe('keys in a talk', () => {
  it('that may still become something are no silence while a tool is at work', () => {
    const call = talking(
      AGAIN.replace('keys: "1"', 'keys: "12"').replace('until:', 'tools: [menu]\n      until:'),
    );
    calls(call, 'menu').press('1');
    expect(call.wake('keys').said()).toEqual(['Pardon?']);
  });
});
