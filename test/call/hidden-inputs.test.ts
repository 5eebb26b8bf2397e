/** Parts and other forms of what is sensitive, and what is typed before it was asked for. */
import { describe, expect, it } from 'vitest';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import { programOf } from '../support/engine-driver.ts';
import { setUp, type SetUp } from '../support/paper-call.ts';

const FIND = programOf(`
slots:
  born: {type: date, ask: "Born when?", sensitive: true}
  ill: {type: boolean, ask: "Are you ill?", sensitive: true}
  party: {type: integer, ask: "How many?"}
tools:
  find:
    about: Finds a guest
    input: {year: integer, month: integer, ill: boolean, kind: text, party: integer}
    http: {url: "http://localhost/"}
inbound: all
states:
  all:
    - collect: [born, ill, party]
    - do: find
      with: {year: born.year, month: born.month, ill: ill, kind: "ill ? 'urgent' : 'usual'", party: party}
      save: found
    - hangup: "Bye."
`);

async function found(output: Value): Promise<{ call: SetUp; given: unknown[] }> {
  const given: unknown[] = [];
  const call = setUp({
    program: FIND,
    slots: { 'a date': { born: '1987-05-17' }, yes: { ill: true }, four: { party: 4 } },
    tool: ({ input }) => {
      given.push(input);
      return Promise.resolve(output);
    },
  });
  call.conversation.begin();
  await call.tick();
  for (const text of ['a date', 'yes', 'four']) {
    call.paper.on({ kind: 'spoke', text, answered: false });
    await call.tick();
  }
  return { call, given };
}

describe('what a tool is told', () => {
  it('of something sensitive is written nowhere: no part of it, no yes or no, nothing that follows from it', async () => {
    const { call, given } = await found(null);
    expect(given).toEqual([{ year: 1987, month: 5, ill: true, kind: 'urgent', party: 4 }]);
    const hidden = { year: '…', month: '…', ill: '…', kind: '…', party: 4 };
    expect(call.steps.flatMap(({ toolCalls }) => toolCalls).map(({ input }) => input)).toEqual([
      hidden,
      hidden,
    ]);
    const effects = call.steps.flatMap(({ entry }) => entry.effects as { kind: string; input?: Value }[]);
    expect(effects.find(({ kind }) => kind === 'call-tool')?.input).toEqual(hidden);
  });

  it('is hidden in what the tool gives back, in whatever order a date is written', async () => {
    const { call } = await found({ year: 1987, text: 'born 17/05/1987', us: '05/17/1987', rooms: 5 });
    expect(call.steps.flatMap(({ toolCalls }) => toolCalls).at(-1)?.output).toEqual({
      year: '…',
      text: 'born …',
      us: '…',
      rooms: 5,
    });
    expect(JSON.stringify([call.steps, call.live])).not.toMatch(/1987/);
  });
});

describe('keys that are typed before their question', () => {
  const yaml = (sensitive: boolean, first: string): string => `
slots: {pin: {type: digits, length: 4, ask: "Your PIN.", from: [keys], sensitive: ${sensitive}}}
tools: {find: {about: Finds a guest, http: {url: "http://localhost/"}}}
inbound: all
states: {all: [${first}, {collect: [pin]}, {hangup: "Bye."}]}
`;
  const keysOf = async (sensitive: boolean, first: string): Promise<string> => {
    const call = setUp({
      program: programOf(yaml(sensitive, first)),
      tool: () => new Promise(() => undefined),
    });
    call.conversation.begin();
    await call.tick();
    for (const key of '4711') call.paper.on({ kind: 'key', key });
    await call.tick();
    const told = call.live.flatMap((event) => (event.kind === 'event' ? event.event : []));
    expect(JSON.stringify(told)).toBe(JSON.stringify(call.steps.map(({ entry }) => entry.event)));
    return told.map((event) => (event.kind === 'key-pressed' ? event.key : '')).join('');
  };

  it('are written nowhere while a tool is at work or time passes, where something sensitive may be asked', async () => {
    expect(await keysOf(true, '{do: find}')).toBe('••••');
    expect(await keysOf(true, '{wait: 20s}')).toBe('••••');
  });

  it('are written where nothing sensitive is ever asked, and where another question was asked', async () => {
    expect(await keysOf(false, '{do: find}')).toBe('4711');
    const answers = '[{when: agrees, keys: "9", hangup: "Bye."}]';
    expect(await keysOf(true, `{ask: "Yes?", answers: ${answers}}`)).toBe('4711');
  });
});
