/** Which question the caller answered, while questions are asked and words come late. */
import { describe, expect, it } from 'vitest';
import type { SetUp } from '../support/paper-call.ts';
import { meant, setUp } from '../support/paper-call.ts';
import { programOf } from '../support/engine-driver.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';

const CONFIRMS = programOf(`
inbound: all
states:
  all:
    - confirm: "Do you want the table?"
    - confirm: "Shall I charge your card?"
    - hangup: "Charged."
`);

const TABLE = programOf(`
slots:
  day: {type: date, ask: "Which day?"}
  time: {type: time, ask: "At what time?"}
inbound: all
states:
  all:
    - collect: [day, time]
    - confirm: "{{ day }} at {{ time }}, right?"
    - hangup: "Booked."
`);

const CARD = programOf(`
slots:
  card: {type: digits, length: {min: 12, max: 19}, ask: "Your card number.", sensitive: true}
  party: {type: integer, ask: "How many?"}
inbound: all
states: {all: [{collect: [card, party]}, {hangup: "Bye."}]}
`);

async function begun(more: Parameters<typeof setUp>[0]): Promise<SetUp> {
  const call = setUp({ understand: understandByRules, ...more });
  call.conversation.begin();
  await call.tick();
  return call;
}

const began = ({ paper }: SetUp): void => paper.on({ kind: 'caller-began' });
const finished = ({ paper }: SetUp): void => paper.on({ kind: 'caller-finished', startedAt: 0 });
async function words(call: SetUp, text: string, cut = false): Promise<void> {
  call.paper.on({ kind: 'spoke', text, answered: false, cut });
  await call.tick();
}
const said = ({ log }: SetUp): string[] =>
  log.flatMap((line) => (line.startsWith('say') ? line.split(' ').slice(2).join(' ') : []));
const heard = ({ steps }: SetUp): unknown[] =>
  steps.flatMap(({ entry: { event } }) => {
    const { kind, text } = event as { kind: string; text?: string };
    return kind === 'caller-spoke' ? [text] : [];
  });

describe('a yes', () => {
  it('that was begun before a question was asked is no answer to it', async () => {
    const call = await begun({ program: CONFIRMS });
    began(call);
    call.paper.on({ kind: 'key', key: '1' });
    await call.tick(200);
    expect(said(call)).toEqual(['Do you want the table?', 'Shall I charge your card?']);
    finished(call);
    await words(call, 'yes');
    expect(call.log).not.toContain('hang up');
    // Nothing comes of it: nobody is told to wait for it.
    await call.tick(3_000);
    expect(said(call)).toHaveLength(2);
    began(call);
    finished(call);
    await words(call, 'yes');
    expect(said(call).at(-1)).toBe('Charged.');
  });

  it('that interrupts a question answers it', async () => {
    const call = await begun({ program: CONFIRMS });
    call.paper.on({ kind: 'interrupted', utterance: 'u1', heardText: 'Do you want' });
    began(call);
    finished(call);
    await words(call, 'yes', true);
    expect(said(call).at(-1)).toBe('Shall I charge your card?');
  });

  it('is taken for the question before when the next utterance ended before its words came', async () => {
    const call = await begun({ program: CONFIRMS });
    began(call);
    finished(call);
    began(call);
    finished(call);
    await words(call, 'yes');
    await words(call, 'yes');
    expect(said(call)).toEqual(['Do you want the table?', 'Shall I charge your card?']);
  });

  it('answers what is asked now where the line tells of words only', async () => {
    const call = await begun({ program: CONFIRMS });
    await words(call, 'yes');
    await words(call, 'yes');
    expect(said(call).at(-1)).toBe('Charged.');
  });

  it('is not taken for what an ear that failed had begun to hear', async () => {
    const call = await begun({ program: CONFIRMS });
    began(call);
    finished(call);
    call.paper.on({ kind: 'speech-lost', code: 'gone' });
    call.paper.on({ kind: 'key', key: '1' });
    await call.tick();
    began(call);
    finished(call);
    await words(call, 'yes');
    expect(said(call).at(-1)).toBe('Charged.');
  });
});

describe('who goes on with values', () => {
  it('is heard though the next question was asked meanwhile, and has to confirm it all the same', async () => {
    const call = await begun({ program: TABLE });
    began(call);
    finished(call);
    began(call);
    await words(call, 'on Friday');
    expect(said(call)).toEqual(['Which day?', 'At what time?']);
    finished(call);
    await words(call, 'at 7 pm');
    expect(said(call)).toHaveLength(3);
    expect(said(call).at(-1)).toMatch(/right\?$/);
    expect(call.log).not.toContain('hang up');
  });

  it('is not heard where a yes or a no is waited for', async () => {
    const call = await begun({ program: TABLE });
    began(call);
    finished(call);
    began(call);
    await words(call, 'on Friday at 7 pm');
    finished(call);
    await words(call, 'at 8 pm');
    expect(said(call)).toHaveLength(2);
    expect(call.steps.at(-1)?.entry.state).toMatchObject({ contexts: [{ slots: { time: '19:00' } }] });
  });
});

describe('something sensitive', () => {
  it('is told nowhere where it was said while it was asked for, though its words came later', async () => {
    const call = await begun({ program: CARD });
    began(call);
    finished(call);
    began(call);
    finished(call);
    await words(call, '4111 1111 1111 1111');
    await words(call, 'and the code is 987');
    expect(heard(call)).toEqual(['…', '…']);
    expect(JSON.stringify([call.steps, call.live])).not.toContain('987');
  });

  it('is told nowhere where it was begun while it was asked for and ended after', async () => {
    const call = await begun({ program: CARD });
    began(call);
    finished(call);
    began(call);
    await words(call, '4111 1111 1111 1');
    finished(call);
    await words(call, '234 and the code is 987');
    expect(heard(call)).toEqual(['…', '…']);
    // What is said from then on is written again.
    began(call);
    finished(call);
    await words(call, 'for 4');
    expect(heard(call).at(-1)).toBe('for 4');
  });
});

describe('a cough', () => {
  it('leaves an answer that is being judged what it is', async () => {
    const call = await begun({ program: CONFIRMS, thinks: true });
    began(call);
    finished(call);
    await words(call, 'whatever you think');
    await call.tick(1_950);
    expect(said(call).at(-1)).toBe('One moment, please.');
    began(call);
    await call.tick(100);
    call.paper.judging[0]!({ ...meant('yes', 'model') });
    await call.tick(100);
    finished(call);
    await words(call, '', true);
    expect(said(call).at(-1)).toBe('Shall I charge your card?');
    expect(heard(call)).toEqual(['whatever you think']);
  });

  it('that cut an earlier question does not make the present one be said again', async () => {
    const call = await begun({ program: CONFIRMS });
    began(call);
    call.paper.on({ kind: 'key', key: '1' });
    await call.tick();
    finished(call);
    await words(call, '', true);
    expect(said(call)).toEqual(['Do you want the table?', 'Shall I charge your card?']);
    began(call);
    finished(call);
    await words(call, '', true);
    expect(said(call).slice(2)).toEqual(['Shall I charge your card?']);
  });
});

describe('a tool', () => {
  it('of a talk leaves the caller’s turn what it is', async () => {
    const program = programOf(`
tools: {menu: {about: Reads the menu, http: {url: "http://localhost/"}}}
inbound: all
states:
  all: [{talk: "Talk.", tools: [menu], until: [{when: is done, like: [done], goto: bye}]}]
  bye: {hangup: "Bye."}
`);
    const call = await begun({ program, thinks: true, tool: () => new Promise(() => undefined) });
    call.paper.on({ kind: 'model-called', call: 'call_1', name: 'menu', input: {} });
    await call.tick();
    expect(call.paper.turns).toEqual([true, true]);
    began(call);
    finished(call);
    await words(call, 'done');
    expect(said(call)).toEqual(['Bye.']);
  });

  it('of the dialogue takes the turn from the caller', async () => {
    const program = programOf(`
tools: {menu: {about: Reads the menu, http: {url: "http://localhost/"}}}
inbound: all
states:
  all: [{confirm: "Shall I?"}, {do: menu}, {hangup: "Bye."}]
`);
    const call = await begun({ program, tool: () => new Promise(() => undefined) });
    await words(call, 'yes');
    expect(call.paper.turns).toEqual([true, false]);
  });
});
