import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listSessions, showSession } from '../../runtime/cli/sessions.ts';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { AT, aSession, aStep, aToolCall, aTurn } from '../store/samples.ts';

describe('offhook sessions', () => {
  let store: Store;
  let text: string;
  const out = { write: (more: string) => (text += more) };

  beforeEach(async () => {
    text = '';
    store = await openStore({ kind: 'sqlite', path: ':memory:' }, silentLog);
  });

  afterEach(async () => {
    await store.close();
  });

  test('prints a table, newest first', async () => {
    await store.addSession(
      aSession({ id: 's1', status: 'completed', endReason: 'caller-hung-up', startedAt: AT + 2000 }),
    );
    await store.writeTurns('s1', [aTurn(0), aTurn(1)]);
    await store.addSession(
      aSession({ id: 's2', app: 'menu', direction: 'outbound', from: null, createdAt: AT + 60_000 }),
    );
    expect(await listSessions(store, out, { limit: '20' })).toBe(0);
    expect(text.split('\n')).toEqual([
      'BEGAN                 APP     DIRECTION  FROM          TO            STATUS                     TURNS  ID',
      '2026-01-05T09:01:00Z  menu    outbound   -             +14155550100  ringing                    0      s2',
      '2026-01-05T09:00:02Z  bistro  inbound    +14155550111  +14155550100  completed, caller-hung-up  2      s1',
      '',
    ]);
  });

  test('prints those that are asked for', async () => {
    for (const app of ['bistro', 'menu']) await store.addSession(aSession({ id: app, app, status: 'busy' }));
    await listSessions(store, out, { app: 'menu', status: 'busy', limit: '1' });
    expect(text.split('\n').slice(1, -1)).toEqual([expect.stringMatching(/ menu$/)]);
    await listSessions(store, out, { app: 'menu', status: 'failed', limit: '1' });
    expect(text).toMatch(/\nThere are no sessions\.\n$/);
  });

  test.each([
    [{ limit: '0' }, '--limit is "0", but should be a whole number from 1 to 200.'],
    [{ limit: 'many' }, '--limit is "many", but should be a whole number from 1 to 200.'],
    [
      { limit: '20', status: 'over' },
      '--status is "over", but should be one of queued, ringing, in-progress, completed, busy, no-answer, failed, canceled.',
    ],
  ])('refuses %j', async (options, message) => {
    await expect(listSessions(store, out, options)).rejects.toMatchObject({ code: 'bad-setting', message });
    expect(text).toBe('');
  });

  test('show prints what was said and done, in order, and nothing that moves the cursor', async () => {
    await store.addSession(aSession({ id: 's1', callSid: 'CA1' }));
    await store.writeStep(
      aStep('s1', 1, {
        turns: [
          aTurn(0, { text: 'Hello, Ana speaking.', interrupted: true, heardText: 'Hello,' }),
          aTurn(1, { role: 'caller', text: 'A table\u001b[2J\nfor four.' }),
          aTurn(3, { text: 'We are full.' }),
        ],
        toolCalls: [
          aToolCall('t1', { output: { free: false }, durationMs: 30.4, startedAt: AT + 2000 }),
          aToolCall('t2', {
            error: { code: 'late', message: 'No answer.' },
            durationMs: 4000,
            startedAt: AT + 2500,
          }),
          aToolCall('t3', { startedAt: AT + 9000 }),
        ],
        patch: { status: 'completed', endReason: 'agent-hung-up', startedAt: AT, endedAt: AT + 61_000 },
      }),
    );
    expect(await showSession(store, out, 's1')).toBe(0);
    expect(text.split('\n')).toEqual([
      'id      s1',
      'app     bistro, dialogue bistro, engine embedded, en-US',
      'call    inbound from +14155550111 to +14155550100, CA1',
      'began   2026-01-05T09:00:00Z for 61 s',
      'status  completed, agent-hung-up',
      '',
      'agent   Hello, Ana speaking. (interrupted; heard: "Hello,")',
      'caller  A table [2J for four.',
      'tool    find_table {"party":4}: {"free":false} (30 ms)',
      'tool    find_table {"party":4}: failed: No answer. (4000 ms)',
      'agent   We are full.',
      'tool    find_table {"party":4}: under way',
      '',
    ]);
  });

  test('show says so where there is none', async () => {
    await expect(showSession(store, out, 'nobody')).rejects.toMatchObject({
      code: 'unknown-session',
      message: 'There is no session "nobody".',
    });
  });
});
