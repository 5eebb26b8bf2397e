import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { AskChat } from '../../runtime/call/judge.ts';
import { readNow, understandLines, type UnderstandOptions } from '../../runtime/cli/understand.ts';
import type { Program } from '../../runtime/dialogue/program.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { programOf } from '../support/engine-driver.ts';

const BISTRO = programOf(`
slots:
  party: {type: integer, min: 1, max: 12, ask: "For how many?"}
  day: {type: date, ask: "For which day?"}
  time: {type: time, ask: "At what time?"}
inbound: welcome
states:
  welcome:
    - ask: "How can I help you?"
      answers:
        - {when: wants a table, like: ["I'd like to book a table", a table for four], keys: "1", goto: booking}
        - {when: asks about food, like: [what is on the menu], keys: "2", say: "Soup."}
    - hangup: "Goodbye."
  booking:
    - collect: [party, day, time]
    - goto: agree
  agree:
    - confirm: "A table for {{ party }}?"
      rejected: {goto: booking}
    - hangup: "See you."
  bye: {hangup: "Goodbye."}
anytime:
  - {when: asks for a person, like: [operator], keys: "0", goto: bye}
`);

const at = Date.UTC(2026, 2, 3, 9);

async function taken(
  said: readonly string[],
  state: string | null = null,
  options: UnderstandOptions = { at },
  program: Program = BISTRO,
): Promise<unknown[]> {
  let written = '';
  const input = Readable.from(said.map((line) => `${line}\n`));
  await understandLines(
    program,
    state,
    understandByRules,
    input,
    { write: (text) => (written += text) },
    options,
  );
  return written
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

describe('offhook understand', () => {
  it('shows the answer that won, where it leads, and the values of the same sentence', async () => {
    expect(await taken(['a table for four tomorrow at seven pm'])).toEqual([
      {
        text: 'a table for four tomorrow at seven pm',
        answer: 'wants a table',
        goto: 'booking',
        slots: { party: 4, day: '2026-03-04', time: '19:00' },
        confidence: expect.any(Number),
        by: 'like',
      },
    ]);
  });

  it('shows keys that are said, anytimes, and what nobody could mean', async () => {
    expect(await taken(['press two', '', 'operator', 'the moon is blue'])).toEqual([
      { text: 'press two', answer: 'asks about food', goto: null, slots: {}, confidence: 0.95, by: 'keys' },
      { text: 'operator', answer: 'asks for a person', goto: 'bye', slots: {}, confidence: 1, by: 'like' },
      { text: 'the moon is blue', answer: null, goto: null, slots: {}, confidence: 0, by: null },
    ]);
  });

  it('takes the utterances as the state would that is named', async () => {
    expect(await taken(['five'], 'booking')).toMatchObject([
      { answer: null, slots: { party: 5 }, by: 'type' },
    ]);
    expect(await taken(['yes please', 'nope'], 'agree')).toMatchObject([
      { answer: 'agrees', goto: null, by: 'like' },
      { answer: 'refuses', goto: null, by: 'like' },
    ]);
  });

  it('counts days from the moment it is told', async () => {
    const christmas = { at: readNow('2026-12-24T22:00:00+00:00') };
    expect(await taken(['a table for four tomorrow'], null, christmas)).toMatchObject([
      { slots: { party: 4, day: '2026-12-25' } },
    ]);
  });

  it('asks the model about what the rules do not settle, and about nothing else', async () => {
    const asked: string[] = [];
    const chat: AskChat = (expectation, text) => {
      asked.push(text);
      const [first] = expectation.choices;
      return Promise.resolve({
        choice: first!.id,
        slots: { party: 2 },
        unsure: [],
        confidence: 0.8,
        by: 'model',
      });
    };
    expect(await taken(['operator', 'dinner with my wife'], null, { at, chat })).toMatchObject([
      { answer: 'asks for a person', by: 'like' },
      { answer: 'wants a table', goto: 'booking', slots: { party: 2 }, confidence: 0.8, by: 'model' },
    ]);
    expect(asked).toEqual(['dinner with my wife']);
  });

  it('names the states there are, where the one that is named is none of them', async () => {
    await expect(taken(['hi'], 'weclome')).rejects.toThrow(
      'There is no state "weclome" in test; there are welcome, booking, agree, bye.',
    );
  });

  it('says that there are no states, where the dialogue has none', async () => {
    const program = programOf('inbound: {hangup: "Goodbye."}');
    await expect(taken(['hi'], 'x', { at }, program)).rejects.toThrow(
      'There is no state "x": test has no states, so leave --state out.',
    );
    await expect(taken(['hi'], null, { at }, program)).rejects.toThrow(
      /^No step of test waits for an answer by itself\.$/,
    );
  });

  it('says so where a state waits for nothing', async () => {
    await expect(taken(['hi'], 'bye')).rejects.toThrow(
      'No step of bye waits for an answer by itself: name a state with --state.',
    );
  });
});

describe('--now', () => {
  it.each(['tomorrow', '2026-03-03', '2026-03-03T10:00:00', '2026-13-03T10:00:00Z', ''])(
    'refuses what is no moment: "%s"',
    (written) => {
      expect(() => readNow(written)).toThrow(
        `"${written}" is no moment: write the day, the time and the offset, such as 2026-03-03T10:00:00+01:00.`,
      );
    },
  );

  it('takes a moment with its offset', () => {
    expect(readNow('2026-03-03T10:00:00+01:00')).toBe(at);
    expect(readNow('2026-03-03T09:00Z')).toBe(at);
  });
});
