import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { talk } from '../../runtime/cli/talk.ts';
import { systemClock } from '../../runtime/clock.ts';
import { OffhookError } from '../../runtime/errors.ts';
import { Terminal } from '../../runtime/line/local/terminal.ts';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { programOf } from '../support/engine-driver.ts';

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
): Promise<string[]> {
  let output = '';
  await talk(
    { target: { app: PIZZA.app, program: PIZZA }, outbound, from: '+14155550123' },
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
      clock: systemClock,
      log: silentLog,
      metrics: openMetrics(),
    },
    (on) =>
      new Terminal(
        Readable.from(typed.map((line) => `${line}\n`)),
        { write: (text) => (output += text) },
        on,
      ),
  );
  return output.trim().split('\n');
}

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

  it('is the outbound branch with --outbound', async () => {
    expect(await conversation([], true)).toEqual(['agent: Pizza.', 'agent: Your pizza is ready.']);
  });

  it('goes the way of a tool that fails', async () => {
    expect((await conversation(['a pizza please'], false, null)).at(-1)).toBe('agent: The oven is cold.');
  });
});
