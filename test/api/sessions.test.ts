// oxlint-disable typescript/no-unsafe-type-assertion -- what comes over the wire is expected, and then held against it
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AT, aSession, aStep, aToolCall, aTurn } from '../store/samples.ts';
import { aProblem, openHouse, type House } from './house.ts';

/** What a vendor was used for. */
const USED = [
  { vendor: 'openai', model: 'gpt-realtime-2.1', amounts: { outputAudioTokens: 192 }, cost: 0.0123 },
];

describe('the sessions', () => {
  let house: House;

  beforeEach(async () => {
    house = await openHouse();
  });

  afterEach(async () => {
    await house.close();
  });

  const listed = {
    app: 'bistro',
    dialogue: 'bistro',
    engine: 'realtime',
    cost: 0.0123,
    direction: 'outbound',
    isInitiated: true,
    from: '+14155550111',
    to: '+14155550100',
    callSid: 'CA1',
    user: null,
    status: 'completed',
    endReason: 'agent-hung-up',
    startedAt: '2026-01-05T09:00:01.000Z',
    endedAt: '2026-01-05T09:01:00.000Z',
  };

  async function addCall(id: string): Promise<void> {
    await house.store.addSession(
      aSession({
        id,
        engine: 'realtime',
        direction: 'outbound',
        isInitiated: true,
        callSid: 'CA1',
        attributes: { time: '19:00' },
      }),
    );
    await house.store.writeStep(
      aStep(id, 1, {
        turns: [
          aTurn(0, {
            text: 'Hello, Ana speaking.',
            interrupted: true,
            heardText: 'Hello,',
            latencyMs: 210.5,
            timings: { meaning: 30, firstToken: 120, firstAudio: 190, firstFrame: 210.5 },
            usage: USED,
          }),
          aTurn(1, { role: 'caller', text: 'A table, please.', heardText: 'A table, please.', state: null }),
        ],
        toolCalls: [
          aToolCall('t1', { output: { free: true }, durationMs: 30 }),
          aToolCall('t2', { error: { code: 'late', message: 'No answer within 4 s.' } }),
        ],
        patch: {
          status: 'completed',
          endReason: 'agent-hung-up',
          slots: { party: 1 },
          usage: USED,
          cost: 0.0123,
          startedAt: AT + 1000,
          endedAt: AT + 60_000,
        },
      }),
    );
  }

  test('one is shown with all that was said and done, in the fields of the contract', async () => {
    await addCall('s1');
    expect((await house.ask('GET', '/api/sessions/s1')).body).toEqual({
      ...listed,
      id: 's1',
      turnCount: 2,
      recordings: [],
      turns: [
        {
          index: 0,
          role: 'agent',
          text: 'Hello, Ana speaking.',
          state: 'welcome',
          startedAt: '2026-01-05T09:00:00.000Z',
          interrupted: true,
          heardText: 'Hello,',
          latencyMs: 210.5,
          timings: { meaning: 30, firstToken: 120, firstAudio: 190, firstFrame: 210.5 },
          usage: USED,
        },
        {
          index: 1,
          role: 'caller',
          text: 'A table, please.',
          state: null,
          startedAt: '2026-01-05T09:00:01.000Z',
          interrupted: false,
          heardText: 'A table, please.',
          latencyMs: null,
          timings: null,
          usage: [],
        },
      ],
      slots: { party: 1 },
      usage: USED,
      attributes: { time: '19:00' },
      toolCalls: [
        { name: 'find_table', input: { party: 4 }, output: { free: true }, error: null, durationMs: 30 },
        {
          name: 'find_table',
          input: { party: 4 },
          output: null,
          error: { code: 'late', message: 'No answer within 4 s.' },
          durationMs: null,
        },
      ],
      events: [{ kind: 'caller-spoke', text: 'utterance 1', sequence: 1, at: '2026-01-05T09:00:00.001Z' }],
    });
  });

  test('one that has not begun has nothing in it yet', async () => {
    await house.store.addSession(aSession({ id: 's1' }));
    expect((await house.ask('GET', '/api/sessions/s1')).body).toMatchObject({
      startedAt: null,
      turns: [],
      slots: {},
      attributes: {},
      toolCalls: [],
      events: [],
    });
  });

  test('the list has the fields of the contract, and goes on by its cursor', async () => {
    await addCall('s1');
    for (let count = 2; count <= 5; count++) {
      await house.store.addSession(aSession({ id: `s${count}`, createdAt: AT + count }));
    }
    const pages: { items: { id: string }[]; next: string | null }[] = [];
    let path = '/api/sessions?limit=2';
    do {
      const page = (await house.ask('GET', path)).body as (typeof pages)[number];
      pages.push(page);
      path = `/api/sessions?limit=2&cursor=${page.next}`;
    } while (pages.at(-1)!.next !== null);
    expect(pages.map(({ items }) => items.map(({ id }) => id))).toEqual([['s5', 's4'], ['s3', 's2'], ['s1']]);
    expect(pages[2]!.items[0]).toEqual({ ...listed, id: 's1', turnCount: 2 });
  });

  test('the list is narrowed by app and status, and shows 50 where nobody says how many', async () => {
    for (let count = 0; count < 51; count++) await house.store.addSession(aSession());
    await house.store.addSession(aSession({ app: 'menu', status: 'busy' }));
    const lengthOf = async (query: string): Promise<number> =>
      ((await house.ask('GET', `/api/sessions${query}`)).body as { items: unknown[] }).items.length;
    expect(await lengthOf('')).toBe(50);
    expect(await lengthOf('?limit=200')).toBe(52);
    expect(await lengthOf('?app=menu')).toBe(1);
    expect(await lengthOf('?status=busy&app=menu')).toBe(1);
    expect(await lengthOf('?status=busy&app=bistro')).toBe(0);
    expect(await lengthOf('?app=nobody')).toBe(0);
  });

  test.each([
    ['limit=0', '"limit" must be >= 1.', '/limit'],
    ['limit=201', '"limit" must be <= 200.', '/limit'],
    ['limit=many', '"limit" must be integer.', '/limit'],
    ['limit=', '"limit" must be integer.', '/limit'],
    ['limit=1&limit=2', '"limit" must be integer.', '/limit'],
    [
      'status=over',
      '"status" must be one of queued, ringing, in-progress, completed, busy, no-answer, failed, canceled.',
      '/status',
    ],
    ['state=busy', '"state" is not known here.', ''],
  ])('a list with %s is refused', async (query, detail, pointer) => {
    const { status, body } = await house.ask('GET', `/api/sessions?${query}`);
    expect(status).toBe(400);
    const errors = [{ in: 'query', pointer, message: detail }];
    expect(body).toEqual(aProblem(400, 'Bad Request', 'bad-request', detail, { errors }));
  });

  test('a cursor that is none is refused', async () => {
    const { status, body } = await house.ask('GET', '/api/sessions?cursor=x');
    expect(status).toBe(400);
    expect(body).toEqual(aProblem(400, 'Bad Request', 'bad-cursor', '"x" is not the "next" of this list.'));
  });

  test.each([
    ['GET', '/api/sessions/nobody'],
    ['GET', '/api/sessions/nobody/live'],
    ['DELETE', '/api/sessions/nobody'],
  ])('%s %s: there is none', async (method, path) => {
    const { status, body } = await house.ask(method, path);
    expect(status).toBe(404);
    expect(body).toEqual(aProblem(404, 'Not Found', 'unknown-session', 'There is no session "nobody".'));
  });

  test('one that is over is erased, and is not there any more', async () => {
    await addCall('s1');
    const { status, body } = await house.ask('DELETE', '/api/sessions/s1');
    expect([status, body]).toEqual([204, '']);
    expect((await house.ask('GET', '/api/sessions/s1')).status).toBe(404);
    expect((await house.ask('DELETE', '/api/sessions/s1')).status).toBe(404);
  });

  test.each(['queued', 'ringing', 'in-progress'] as const)('one that is %s is not erased', async (status) => {
    await house.store.addSession(aSession({ id: 's1', status }));
    const answer = await house.ask('DELETE', '/api/sessions/s1');
    expect(answer.status).toBe(409);
    expect(answer.body).toEqual(
      aProblem(409, 'Conflict', 'session-running', 'The session "s1" is still running.'),
    );
    expect(await house.store.session('s1')).not.toBeNull();
  });
});
