import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AskModel } from '../../runtime/understand/understand.ts';
import { missOf, rehearsed } from './house.ts';

const PLACED = 'tools: {place: {minutes: 20}}';

describe('what the agent says', () => {
  it('is contained in its turn, whatever the case, the spaces and the quotes', async () => {
    expect(
      await missOf('turns: [{agent: "PIZZA   presto"}, {agent: "large?"}, {agent: Small or}]'),
    ).toBeNull();
  });

  it('is all of a list, in its order', async () => {
    expect(await missOf('turns: [{agent: [Pizza, Small, large]}]')).toBeNull();
    expect(await missOf('turns: [{agent: [Small, Pizza]}]')).toMatchObject({
      message: 'The agent should say "Pizza", but said "Pizza Presto. Small or large?".',
    });
  });

  it('matches a pattern over all its lines', async () => {
    expect(await missOf('turns: [{agent: "/presto.+LARGE.$/"}]')).toBeNull();
    expect(await missOf('turns: [{agent: /^large/}]')).toMatchObject({
      message: 'The agent should say /^large/, but said "Pizza Presto. Small or large?".',
    });
  });

  it('is told with its place and all that was said until then where it is something else', async () => {
    const test = `
${PLACED}
turns:
  - caller: a small one
  - agent: It takes 30 minutes`;
    expect(await missOf(test)).toEqual({
      message:
        'The agent should say "It takes 30 minutes", but said "It takes 20 minutes. Enjoy it. Goodbye.", and the call is over: agent-hung-up.',
      line: 6,
      transcript: [
        'agent: Pizza Presto.',
        'agent: Small or large?',
        'caller: a small one',
        'tool: place {"size":"small"}',
        'agent: It takes 20 minutes.',
        'agent: Enjoy it. Goodbye.',
      ],
    });
  });

  it('is not what was said before the caller’s turn', async () => {
    const test = `${PLACED}\nturns: [{caller: a small one}, {agent: Pizza}]`;
    expect((await missOf(test))?.message).toContain('should say "Pizza", but said "It takes');
  });

  it('is waited for where the agent waits by itself', async () => {
    const test = `${PLACED}\nturns: [{caller: a small one}, {agent: Enjoy it}, {ended: agent-hung-up}]`;
    expect(await missOf(test)).toBeNull();
  });
});

describe('what the caller does', () => {
  it('may be keys, alone and in a row', async () => {
    expect(
      await missOf(`${PLACED}\nturns: [{caller: {keys: "22"}}, {expect: {tools: [place: {size: large}]}}]`),
    ).toBeNull();
    expect(
      await missOf(`${PLACED}\nturns: [{caller: {keys: "2"}}, {caller: {keys: "2"}}, {agent: It takes}]`),
    ).toBeNull();
  });

  it('comes to something when no more keys follow', async () => {
    const test = 'turns: [{caller: {keys: "2"}}, {agent: did not understand}]';
    expect(await missOf(test)).toBeNull();
  });

  it('may be silence, which is counted from when everything was heard', async () => {
    expect(await missOf('turns: [{caller: {silence: 7s}}, {agent: "Hello?"}]')).toBeNull();
    expect((await missOf('turns: [{caller: {silence: 6.9s}}, {agent: "Hello?"}]'))?.message).toBe(
      'The agent should say "Hello?", but said nothing.',
    );
  });

  it('cuts what is being said at the instant given, and what was heard is what fits in', async () => {
    const test = `
${PLACED}
turns:
  - agent: Small or large
  - caller: {interrupt: a small one, after: 600ms}
  - expect: {heard: "/^Pizza Presto. Small or$/"}`;
    expect(await missOf(test)).toBeNull();
    const early = test.replace('agent: Small or large', 'agent: Pizza').replace('Presto. Small or$', '');
    expect(await missOf(early.replace('/^Pizza ', '/^Pizza'))).toBeNull();
  });

  it('cannot interrupt what is over', async () => {
    expect(await missOf('turns: [{caller: {interrupt: a small one, after: 9s}}]')).toMatchObject({
      message: 'There is nothing to interrupt after 9s: "Pizza Presto." is heard to its end within 929 ms.',
    });
  });

  it('does not cut what may not be interrupted, but is heard', async () => {
    const dialogue = `
inbound:
  - ask: "Yes or no, now?"
    turn: {interrupt: never}
    answers: [{when: "yes", like: [sure], hangup: "Fine."}]`;
    const test =
      'turns: [{caller: {interrupt: sure, after: 300ms}}, {agent: Fine}, {expect: {heard: "now?"}}]';
    expect(await missOf(test, { dialogue })).toBeNull();
    const yielding = dialogue.replace('never', 'speech');
    expect(await missOf(test, { dialogue: yielding })).toMatchObject({
      message: 'The caller should have heard "now?", but heard "Yes", and the call is over: agent-hung-up.',
    });
  });

  describe('where it takes two words to interrupt', () => {
    const dialogue = `
turn: {words: 2}
inbound:
  - ask: "These are the terms of your table, all of them. Do you agree?"
    answers:
      - {when: agrees, like: ["I do"], hangup: "Fine."}
      - {when: refuses, like: [never], hangup: "A pity."}`;
    const interrupting = (text: string, then: string): string =>
      `turns: [{agent: terms}, {caller: {interrupt: "${text}", after: 600ms}}, ${then}]`;

    it('does not stop the agent with an acknowledgement, nor is that an answer', async () => {
      for (const text of ['uh-huh', 'mhm, okay', 'hello']) {
        const then =
          '{expect: {heard: "Do you agree?"}}, {caller: I do}, {agent: Fine}, {ended: agent-hung-up}';
        expect(await missOf(interrupting(text, then), { dialogue })).toBeNull();
      }
    });

    it('stops the agent with two words', async () => {
      const then = '{expect: {heard: "/^These$/"}}, {agent: did not understand}';
      expect(await missOf(interrupting('hang on', then), { dialogue })).toBeNull();
    });

    it('is an answer with one word that is expected, and the rest is not said', async () => {
      const then = '{expect: {heard: "/^These$/"}}, {agent: A pity}';
      expect(await missOf(interrupting('never', then), { dialogue })).toBeNull();
    });

    it('stops the agent with a hum where one word is enough', async () => {
      const one = dialogue.replace('words: 2', 'words: 1');
      const then = '{expect: {heard: "/^These$/"}}, {agent: Fine}';
      expect(await missOf(interrupting('uh-huh', then), { dialogue: one })).toBeNull();
    });
  });

  it('may be to hang up, and the call ends by it', async () => {
    expect(await missOf('turns: [{caller: {hangup: true}}, {ended: caller-hung-up}]')).toBeNull();
    expect(
      await missOf('turns: [{caller: {hangup: true, after: 100ms}}, {ended: caller-hung-up}]'),
    ).toBeNull();
  });

  it('is a miss when the call is over', async () => {
    const test = `${PLACED}\nturns: [{caller: a small one}, {ended: agent-hung-up}, {caller: hello}]`;
    expect(await missOf(test)).toMatchObject({
      message: 'The caller does this, but the call is over: agent-hung-up.',
      line: 4,
    });
  });

  it('may be to be a machine', async () => {
    const test =
      'outbound: {to: "+14155550123"}\nturns: [{caller: {machine: true}}, {agent: Call us back}, {ended: machine}]';
    expect(await missOf(test)).toBeNull();
  });

  it('may be to hang up at any instant of the call, which then is over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 12_000 }),
        fc.constantFrom(0, 1_500, 3_000),
        async (after, tool) => {
          const test = `
tools: {place: {result: {minutes: 20}, after: ${tool}ms}}
turns: [{caller: a small one}, {caller: {hangup: true, after: ${after}ms}}]`;
          const miss = await missOf(test);
          expect(
            miss === null || miss.message === 'The caller does this, but the call is over: agent-hung-up.',
          ).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('what must be true', () => {
  const after = (expected: string): string => `
${PLACED}
turns:
  - caller: {keys: "22"}
  - agent: It takes
  - expect: ${expected}`;

  it('is the state, the tools and what was remembered', async () => {
    const expected =
      '{state: order, tools: [place], attributes: {big: true}, user: {size: large, name: null}, said: Pizza}';
    expect(await missOf(after(expected))).toBeNull();
  });

  it('is told where it is not', async () => {
    const told = async (expected: string) => (await missOf(after(expected)))?.message;
    expect(await told('{state: menu}')).toBe('The state should be `menu`, but is `order`.');
    expect(await told('{user: {size: small}}')).toBe('`size` should be "small", but is "large".');
    expect(await told('{attributes: {small: true}}')).toBe('`small` should be true, but is null.');
    expect(await told('{tools: []}')).toBe('The tools called should be [], but are: place {"size":"large"}.');
    expect(await told('{tools: [place: {size: small}]}')).toBe(
      'The tools called should be [{"place":{"size":"small"}}], but are: place {"size":"large"}.',
    );
    expect(await told('{said: Sushi}')).toBe(
      'The agent should have said "Sushi", but said "Pizza Presto. Small or large? It takes 20 minutes. Enjoy it. Goodbye.", and the call is over: agent-hung-up.',
    );
  });

  it('is the end, and why', async () => {
    expect(await missOf(`${PLACED}\nturns: [{caller: a small one}, {ended: caller-hung-up}]`)).toMatchObject({
      message: 'The call should end by `caller-hung-up`, but ended by `agent-hung-up`.',
    });
    expect(await missOf('turns: [{ended: agent-hung-up}]')).toMatchObject({
      message: "The call should be over, but goes on: it is the caller's turn in the state `menu`.",
    });
  });

  it('tells nobody what is sensitive', async () => {
    const test =
      'turns: [{caller: by card}, {caller: {keys: "4711"}}, {agent: Paid with}, {expect: {slots: {pin: "1"}}}]';
    const miss = await missOf(test);
    expect(miss?.message).toBe('`pin` should be "1", but is sensitive, so that nobody can look at it.');
    expect(JSON.stringify(miss?.transcript.slice(-1))).not.toContain('4711');
  });
});

describe('the call of a test', () => {
  it('is placed by the server where it is outbound', async () => {
    const test = `
outbound: {to: "+14155550123", attributes: {city: Rome}}
user: {name: Eva}
turns: [{agent: "Hello Eva, a pizza in Rome?"}]`;
    expect(await missOf(test)).toBeNull();
  });

  it('begins with the welcome message of who placed it', async () => {
    const test = 'outbound: {welcomeMessage: "Good day."}\nturns: [{agent: "/^Good day. Hello/"}]';
    expect(await missOf(test)).toBeNull();
  });

  it.each([
    '2026-03-03T10:00:00+05:30',
    '2026-03-03T10:00:00+05:45',
    '2026-03-03T10:00:00-03:30',
    '2026-03-03T10:00:00+13:00',
    '2026-03-03T10:00:00+14:00',
    '2026-03-03T10:00:00-12:00',
    '2026-03-03T10:00:00Z',
  ])('is where the clocks show its time: %s', async (now) => {
    const dialogue = 'inbound: {hangup: "It is {{ time() }}."}';
    expect(await missOf(`now: ${now}\nturns: [{agent: It is 10 AM.}]`, { dialogue })).toBeNull();
  });

  it('is at the time and in the zone that the test says', async () => {
    const dialogue = 'inbound: {hangup: "{{ session.startedAt }}"}';
    expect(
      await missOf('now: 2026-03-03T10:00:00+01:00\nturns: [{agent: "9:00"}]', { dialogue }),
    ).toMatchObject({ message: expect.stringMatching(/but said ".*10/) as string });
    expect(
      await missOf('now: 2026-03-03T10:00:00+01:00\nzone: Asia/Tokyo\nturns: [{agent: Pizza}]', { dialogue }),
    ).toMatchObject({ message: expect.stringMatching(/but said ".*(6|18)/) as string });
  });

  it('is transferred, unless the test says that nobody answers', async () => {
    expect(await missOf('turns: [{caller: the chef}, {ended: transferred}]')).toBeNull();
    for (const name of ['chef', '"+14155550199"']) {
      const test = `transfers: {${name}: busy}\nturns: [{caller: the chef}, {agent: [The chef is out, Small or]}]`;
      expect(await missOf(test)).toBeNull();
    }
  });

  it('waits for a model, which needs real time', async () => {
    const asked: string[] = [];
    const model: AskModel = async (expectation, text) => {
      asked.push(text);
      for (let round = 0; round < 50; round++) {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
      const choice = expectation.choices.find(({ when }) => when === 'large')?.id ?? null;
      return { choice, slots: {}, unsure: [], confidence: 0.9, by: 'model' };
    };
    const test = `${PLACED}\nturns: [{caller: whatever feeds five hungry people}, {expect: {tools: [place: {size: large}]}}]`;
    expect(await missOf(test, { model })).toBeNull();
    expect(asked).toEqual(['whatever feeds five hungry people']);
    expect(await missOf(test)).not.toBeNull();
  });

  it('takes hours in no time', async () => {
    const dialogue = 'inbound: [{wait: 4h}, {hangup: "At last."}]';
    const from = performance.now();
    const app = 'limits: {duration: 5h}';
    expect(await missOf('turns: [{agent: At last}, {ended: agent-hung-up}]', { dialogue, app })).toBeNull();
    expect(performance.now() - from).toBeLessThan(5_000);
  });

  it('ends at its limit', async () => {
    const dialogue = 'inbound: [{wait: 4h}, {hangup: "At last."}]';
    expect(await missOf('turns: [{ended: limit}]', { dialogue, app: 'limits: {duration: 1h}' })).toBeNull();
  });

  it('chooses the same variants every time', async () => {
    const dialogue = `inbound: {hangup: [${[...'abcdefgh'].map((one) => `"Variant ${one}."`).join(', ')}]}`;
    const tests = ['one', 'two', 'three', 'four', 'five']
      .map((name) => `  - {name: ${name}, turns: [{agent: nothing}]}\n`)
      .join('');
    const said = async () =>
      (await rehearsed(tests, { dialogue })).map(({ failure }) => failure?.transcript[0]);
    const first = await said();
    expect(await said()).toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(1);
  });
});
