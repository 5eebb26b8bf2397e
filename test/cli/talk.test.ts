import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { clockFrom, talk } from '../../runtime/cli/talk.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { OffhookError } from '../../runtime/errors.ts';
import { Terminal } from '../../runtime/line/local/terminal.ts';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import type { Program } from '../../runtime/dialogue/program.ts';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import { programOf } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';

const PIZZA = programOf(`
intro: {say: "Pizza."}
inbound: ask
outbound: {hangup: "Your pizza is ready."}
states:
  ask:
    - ask: "Order or hours?"
      answers:
        - {when: wants to order, like: [I want to order, a pizza please], keys: "12", goto: order}
        - {when: asks for hours, like: [when are you open], say: "Nine to five."}
    - goto: ask
  order:
    - {do: place, save: ticket, failed: {hangup: "The oven is cold."}}
    - hangup: "In {{ ticket.minutes }} minutes."
tools: {place: {about: Places an order, http: {url: "http://localhost/"}}}
silence: ["Hello?", {hangup: "Nobody there."}]
`);

async function conversation(
  typed: string[],
  outbound = false,
  minutes: number | null = 20,
  {
    program = PIZZA,
    clock = systemClock,
    attributes,
    unpaired = false,
    from = '+14155550123',
  }: {
    program?: Program;
    clock?: Clock;
    attributes?: { readonly [name: string]: Value };
    unpaired?: boolean;
    from?: string | null;
  } = {},
): Promise<string[]> {
  let output = '';
  await talk(
    {
      target: { app: program.app, program },
      outbound,
      from,
      unpaired,
      ...(attributes && { attributes }),
    },
    {
      tools: {
        call: () =>
          minutes === null
            ? Promise.reject(new OffhookError('tool-unreachable', 'The tool cannot be reached.'))
            : Promise.resolve({ minutes }),
        offer: () => null,
        close: () => Promise.resolve(),
      },
      understand: understandByRules,
      model: null,
      clock,
      log: silentLog,
      metrics: openMetrics(),
    },
    (on, claim) =>
      new Terminal(
        Readable.from(typed.map((line) => `${line}\n`)),
        { write: (text) => (output += text) },
        on,
        claim,
      ),
  );
  return output.trim().split('\n');
}

describe('a conversation with a private app', () => {
  const program = programOf(
    `
intro: {say: "Welcome{{ user.name ? ', ' + user.name : '' }}."}
inbound: [{ask: "Tea?", answers: [{when: wants tea, like: [tea please], hangup: "Tea."}]}]
`,
    { public: false },
  );
  const CODE = /^agent: ([0-9], ){5}[0-9]\.$/;

  it('takes whoever sits at the terminal for paired, with or without a number', async () => {
    for (const from of [null, '+14155550123']) {
      expect(await conversation(['tea please'], false, null, { program, from })).toEqual([
        'agent: Welcome.',
        'agent: Tea?',
        'agent: Tea.',
      ]);
    }
  });

  it('tells a code with --unpaired, again on silence, the star and request, and goes on by /pair', async () => {
    const typed = ['', '#*', 'say that again', '/pair Ana', 'tea please'];
    const lines = await conversation(typed, false, null, { program, unpaired: true, from: null });
    const [, code = ''] = lines;
    expect(code).toMatch(CODE);
    const again = ['agent: The pairing code is:', code];
    expect(lines).toEqual([
      'agent: This phone is not paired yet. Its pairing code is:',
      code,
      'agent: To hear it again, press the star key.',
      ...again,
      ...again,
      ...again,
      'agent: Thank you, this phone is paired now.',
      'agent: Welcome, Ana.',
      'agent: Tea?',
      'agent: Tea.',
    ]);
  });

  it('says so where there is no code to claim, and takes the next line', async () => {
    expect(await conversation(['/pair Ana', 'tea please'], false, null, { program })).toEqual([
      'agent: Welcome.',
      'agent: Tea?',
      'There is no code to claim.',
      'agent: Tea.',
    ]);
  });
});

describe('a conversation by pipe', () => {
  it('says each line typed ahead when it is the caller’s turn', async () => {
    expect(await conversation(['when are you open', 'a pizza please'])).toEqual([
      'agent: Pizza.',
      'agent: Order or hours?',
      'agent: Nine to five.',
      'agent: Order or hours?',
      'agent: In 20 minutes.',
    ]);
  });

  it('presses keys with #, is silent with an empty line, and hangs up at the end of the input', async () => {
    expect(await conversation(['#12'])).toEqual([
      'agent: Pizza.',
      'agent: Order or hours?',
      'agent: In 20 minutes.',
    ]);
    expect(await conversation(['', ''])).toEqual([
      'agent: Pizza.',
      'agent: Order or hours?',
      'agent: Hello?',
      'agent: Nobody there.',
    ]);
    expect(await conversation([])).toEqual(['agent: Pizza.', 'agent: Order or hours?']);
  });

  it('ends an entry by keys with its line', async () => {
    const program = programOf(`
inbound:
  - ask: "Order?"
    answers:
      - {when: wants one, keys: "1", say: "One."}
      - {when: wants twelve, keys: "12", hangup: "Twelve."}
  - {ask: "More?", answers: [{when: wants two, keys: "2", hangup: "Two."}]}
`);
    const clock = new FakeClock();
    expect(await conversation(['#1', '#2'], false, null, { program, clock })).toEqual([
      'agent: Order?',
      'agent: One.',
      'agent: More?',
      'agent: Two.',
    ]);
  });

  it('is the outbound branch with --outbound', async () => {
    expect(await conversation([], true)).toEqual(['agent: Pizza.', 'agent: Your pizza is ready.']);
  });

  it('goes the way of a tool that fails', async () => {
    expect((await conversation(['a pizza please'], false, null)).at(-1)).toBe('agent: The oven is cold.');
  });

  it('is given the attributes of a call that we placed, as its parameters too', async () => {
    const program = programOf(`
params: {time: time}
inbound: {hangup: "Nothing is known."}
outbound: {hangup: "At {{ time }}, {{ session.attributes.note }}."}
`);
    const attributes = { time: '19:00', note: 'by the window' };
    expect(await conversation([], true, 20, { program, attributes })).toEqual([
      'agent: At 7 PM, by the window.',
    ]);
  });

  it('begins at the moment that it is told', async () => {
    const program = programOf('inbound: {hangup: "It is {{ today() }}."}', { zone: 'UTC' });
    const clock = clockFrom(systemClock, Date.parse('2026-12-24T10:00:00Z'));
    expect(await conversation([], false, 20, { program, clock })).toEqual([
      'agent: It is Thursday, December 24.',
    ]);
  });
});

describe('a clock that begins at another moment', () => {
  it('goes on from there as the other does', () => {
    const clock = new FakeClock();
    const moved = clockFrom(clock, 1_000_000);
    expect(moved.now()).toBe(1_000_000);
    let rung = false;
    moved.after(500, () => (rung = true));
    clock.advance(500);
    expect([moved.now(), rung, moved.elapsed()]).toEqual([1_000_500, true, clock.elapsed()]);
  });
});
