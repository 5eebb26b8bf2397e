import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeTestFromSession } from '../../runtime/cli/test-from-session.ts';
import { newState, type State } from '../../runtime/dialogue/state.ts';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import { sessionOf } from '../../runtime/rehearsal/facts.ts';
import type { JournalEntry, SessionDetail } from '../../runtime/store/store.ts';
import { factsOf, programOf } from '../support/engine-driver.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-from-session-'));
  await writeFile(join(folder, 'tea.dialogue.yaml'), 'inbound: {hangup: "No tea today."}\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** It is the caller's turn. */
const LISTENING: State = {
  ...newState('v', factsOf(), {}, 1),
  phase: 'running',
  stack: [
    {
      block: 'inbound',
      index: 0,
      state: null,
      kind: 'flow',
      memory: {
        kind: 'listening',
        expectation: 'e1',
        silence: 0,
        unclear: 0,
        asides: 0,
        keys: '',
        turns: 0,
        asked: null,
        confirming: null,
        calls: [],
      },
    },
  ],
  contexts: [{ dialogue: 'tea', base: 0, vars: {}, slots: {}, before: {}, unsure: [] }],
};

const entry = (sequence: number, event: Value, effects: Value = []): JournalEntry => ({
  sequence,
  at: 0,
  event,
  effects,
  state: LISTENING as unknown as Value,
});

const session = (more: Partial<SessionDetail> = {}): SessionDetail => ({
  ...sessionOf({ name: 'one', turns: [] }, programOf('inbound: {hangup: "Bye."}')),
  id: 's1',
  app: 'tea',
  dialogue: 'tea',
  turns: [],
  usage: [],
  toolCalls: [],
  slots: {},
  journal: [entry(1, { kind: 'call-started', at: 0 })],
  endReason: 'agent-hung-up',
  ...more,
});

/** What is written of the session. */
async function written(detail: SessionDetail | null): Promise<string> {
  let out = '';
  const store = { sessionDetail: () => Promise.resolve(detail) };
  await writeTestFromSession('s1', store, { dialogues: folder, env: {} }, { write: (text) => (out += text) });
  return out;
}

describe('offhook test --from-session', () => {
  it('calls the app where there is one, else the dialogue', async () => {
    expect(await written(session())).toMatch(/^dialogue: tea$/m);
    await writeFile(join(folder, 'tea.app.yaml'), 'name: Tea\n');
    expect(await written(session())).toMatch(/^app: tea$/m);
  });

  it('has nothing to write of what is not there', async () => {
    await expect(written(null)).rejects.toThrow('There is no session "s1".');
    await expect(written(session({ journal: [], status: 'busy' }))).rejects.toThrow(
      'Nothing was said in the session "s1": it is busy.',
    );
    await expect(written(session({ app: 'milk', dialogue: 'milk' }))).rejects.toThrow(
      'The session "s1" was a call of "milk", which is not in',
    );
  });

  it('leaves out a number that is withheld, and an end that no test can bring about', async () => {
    const text = await written(session({ from: 'anonymous', endReason: 'error' }));
    expect(text).toContain('inbound: {}');
    expect(text).not.toContain('ended:');
  });

  it('leaves out what only passed the time, and says what it could not take over', async () => {
    const say = (text: string): Value => ({ kind: 'say', id: 'u', text, interrupt: 'speech', state: null });
    const journal = [
      entry(1, { kind: 'call-started', at: 0 }, [say('Hello.')]),
      entry(2, { kind: 'time-passed', wake: 'waiting', at: 1 }, [say('One moment, please.')]),
      entry(3, { kind: 'time-passed', wake: 'breath:t1', at: 1 }, [say('Still looking.')]),
      entry(4, { kind: 'speech-lost', code: 'x', at: 2 }, [say('One moment, please.')]),
      entry(5, { kind: 'caller-spoke', text: '', cut: true, meaning: null, at: 3 }, [say('Hello.')]),
      entry(6, { kind: 'caller-spoke', text: 'so', answered: true, meaning: null, at: 4 }),
      entry(7, { kind: 'limit-reached', limit: 'duration', at: 5 }, [say('Time is up.')]),
    ];
    const text = await written(session({ journal, endReason: 'limit' }));
    expect(text.slice(text.indexOf('turns:'))).toBe('turns:\n      - agent: Hello.\n      - caller: so\n');
    expect(text).toContain(
      '# The line or the speech was lost for a while, which a test does not bring about.',
    );
    expect(text).toContain(
      '# A model replied by itself in this call: without one the test goes another way.',
    );
    expect(text).toContain('# The call was ended from outside, which a test does not bring about.');
  });

  it('cuts long lines, and keeps what is left of masked ones', async () => {
    const long = 'This is a line that is so long that nobody would want to read all of it in a test.';
    const says = [long, 'Paid with …, thank you.', 'It is ….'];
    const effects = says.map((text, index) => ({
      kind: 'say',
      id: `u${index}`,
      text,
      interrupt: 'speech',
      state: null,
    }));
    const journal = [
      entry(1, { kind: 'call-started', at: 0 }, effects),
      entry(2, { kind: 'caller-spoke', text: 'my number is …', meaning: null, at: 4 }),
    ];
    const text = await written(session({ journal, endReason: null }));
    expect(text).toContain('agent: [This is a line that is so long that nobody would want to, thank you.]');
    expect(text).toContain(
      '# What was said here is masked: write a value that fits.\n      - caller: my number is …\n',
    );
  });

  it('writes results so that they are read as they were', async () => {
    const call = (id: string, name: string, output: Value) => ({
      id,
      name,
      input: {},
      output,
      error: null,
      startedAt: 0,
      durationMs: 1,
    });
    const toolCalls = [
      call('1', 'same', { a: 1 }),
      call('2', 'same', { a: 1 }),
      call('3', 'changing', 1),
      call('4', 'changing', 2),
      call('5', 'list', [1]),
      call('6', 'odd', { error: 'no' }),
      call('7', 'word', 'live'),
    ];
    const text = await written(session({ toolCalls }));
    expect(text).toContain(
      'tools: {same: {a: 1}, changing: [1, 2], list: {result: [1]}, odd: {result: {error: no}}, word: {result: live}}',
    );
  });

  it('lets no tool answer whose call was lost', async () => {
    const error = { code: 'tool-lost', message: 'What came of the call of slow is not known.' };
    const lost = { id: '1', name: 'slow', input: {}, output: null, error, startedAt: 0, durationMs: 9 };
    expect(await written(session({ toolCalls: [lost] }))).toContain(
      'tools: {slow: {result: null, after: 10m}}',
    );
  });
});
