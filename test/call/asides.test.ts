/** What is said while the agent speaks on, in a conversation. */
import { describe, expect, it } from 'vitest';
import { programOf } from '../support/engine-driver.ts';
import { meant, setUp, type SetUp } from '../support/paper-call.ts';

const program = programOf(`
turn: {words: 2}
inbound: terms
states:
  terms:
    - confirm: "These are all of the terms. Do you agree?"
    - hangup: "Thank you."
`);

async function listening(): Promise<SetUp> {
  const call = setUp({
    program,
    understand: ({ choices }, text) =>
      text === 'yes' || text === 'okay'
        ? meant(choices[0]!.id, 'like')
        : text === 'perhaps'
          ? { ...meant(choices[0]!.id, 'like'), confidence: 0.5 }
          : null,
  });
  call.conversation.begin();
  await call.tick();
  call.paper.on({ kind: 'started', utterance: 'u1', latencyMs: null });
  call.log.length = 0;
  return call;
}

async function aside(call: SetUp, text: string): Promise<void> {
  call.paper.on({ kind: 'caller-began' });
  call.paper.on({ kind: 'caller-finished', startedAt: call.clock.now(), aside: true });
  await call.tick(2_400);
  call.paper.on({ kind: 'spoke', text, answered: false, cut: false, aside: true });
  await call.tick();
}

const callers = (call: SetUp): string[] =>
  call.steps.flatMap(({ turns }) => turns.flatMap(({ role, text }) => (role === 'caller' ? text : [])));

describe('what is said aside', () => {
  it('is in the transcript and changes nothing: no question again, no "one moment"', async () => {
    const call = await listening();
    await aside(call, 'well');
    expect(call.log).toEqual(['write caller-spoke', 'settled']);
    expect(callers(call)).toEqual(['well']);
    expect(call.steps.at(-1)?.entry.event).toMatchObject({ text: 'well', aside: true, meaning: null });
  });

  it('counts where it answers what is expected, and the rest of the question is not said', async () => {
    const call = await listening();
    await aside(call, 'yes');
    expect(call.log).toEqual(['give way', 'write caller-spoke', 'say u2 Thank you.', 'hang up', 'settled']);
    expect(callers(call)).toEqual(['yes']);
  });

  it.each(['okay', 'perhaps'])('does not count where it may mean nothing: %s', async (text) => {
    const call = await listening();
    await aside(call, text);
    expect(call.log).toEqual(['write caller-spoke', 'settled']);
  });

  it('lets what was said before it be judged to its end', async () => {
    const asked: ((choice: string) => void)[] = [];
    const call = setUp({
      program,
      understand: () => null,
      model: () =>
        new Promise((resolve) => {
          asked.push((choice) => resolve(meant(choice, 'model')));
        }),
    });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'I suppose so', answered: false });
    await call.tick();
    call.paper.on({ kind: 'caller-began' });
    call.paper.on({ kind: 'caller-finished', startedAt: 0, aside: true });
    call.paper.on({ kind: 'spoke', text: 'mhm', answered: false, cut: false, aside: true });
    asked[0]!('yes');
    await call.tick();
    expect(call.log).toContain('say u2 Thank you.');
  });

  it('does not hold up the silence of the caller: it begins when the agent has spoken', async () => {
    const call = await listening();
    call.paper.on({ kind: 'quiet', quiet: false });
    await aside(call, 'mhm');
    call.paper.on({ kind: 'heard', utterance: 'u1' });
    call.paper.on({ kind: 'quiet', quiet: true });
    call.log.length = 0;
    await call.tick(7_000);
    expect(call.log.some((line) => line.startsWith('say'))).toBe(true);
  });
});

describe('a language that is changed in a call', () => {
  it('is told to the line before what is said in it, and written to the session', async () => {
    const call = setUp({
      program: programOf(`inbound: [{set: {session.locale: "'cs-CZ'"}}, {hangup: "Na shledanou."}]`),
    });
    call.conversation.begin();
    await call.tick();
    expect(call.log).toEqual([
      'write call-started',
      'language cs-CZ',
      'say u1 Na shledanou.',
      'hang up',
      'settled',
    ]);
    expect(call.steps[0]?.patch).toMatchObject({ locale: 'cs-CZ' });
  });
});
