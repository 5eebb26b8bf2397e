import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { aSession } from '../store/samples.ts';
import { aProblem, openHouse, type House } from './house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const calls = [
  { to: '+14155550123', attributes: { name: 'Ana', seats: [1, 2] }, locale: 'cs-CZ' },
  { to: '+14155550124', at: '2026-03-04T19:00:00Z' },
];
const asked = { key: 'bistro', calls };
const post = (body: unknown, headers: Record<string, string> = {}) =>
  house.ask('POST', '/initiations/batch', { body, headers });
const idOf = (body: unknown): string => (body as { id: string }).id;
const scheduled = () =>
  house.store.initiations.claim({ now: house.clock.now() + 1e12, until: 1e15, most: 100 });
const NONE = {
  scheduled: 0,
  placing: 0,
  queued: 0,
  ringing: 0,
  'in-progress': 0,
  completed: 0,
  busy: 0,
  'no-answer': 0,
  failed: 0,
  canceled: 0,
};

describe('POST /initiations/batch', () => {
  test('takes them all, and says where they can be watched', async () => {
    const retry = { attempts: 2, every: '5m', on: ['busy'] };
    const answered = await post({ ...asked, from: '+14155550100', machine: 'message', retry });
    const id = idOf(answered.body);
    expect([answered.status, answered.headers.get('location'), answered.body]).toEqual([
      202,
      `/initiations/batch/${id}`,
      { id, accepted: 2, rejected: [] },
    ]);
    const shared = {
      batch: id,
      key: 'bistro',
      from: '+14155550100',
      machine: 'message',
      retry: { attempts: 2, everyMs: 300_000, on: ['busy'] },
    };
    expect(await scheduled()).toEqual([
      expect.objectContaining({
        ...shared,
        to: '+14155550123',
        attributes: { name: 'Ana', seats: [1, 2] },
        locale: 'cs-CZ',
        at: null,
      }),
      expect.objectContaining({ ...shared, to: '+14155550124', at: Date.UTC(2026, 2, 4, 19) }),
    ]);
  });

  test('tells of those who are left out by their places, and takes the others', async () => {
    const { status, body } = await post({
      key: 'bistro',
      calls: [{ to: '4155550123' }, calls[0], { to: '+14155550123' }, { to: '+14155550125', at: 'soon' }],
    });
    expect([status, body]).toEqual([
      202,
      {
        id: idOf(body),
        accepted: 1,
        rejected: [
          { index: 0, code: 'bad-number', detail: '"4155550123" is wrong.' },
          { index: 2, code: 'duplicate', detail: '+14155550123 is in this batch already.' },
          { index: 3, code: 'bad-time', detail: '"soon" is wrong.' },
        ],
      },
    ]);
  });

  test.each([
    [{ key: 'bistro' }, '"calls" is missing.'],
    [{ ...asked, calls: [] }, '"calls" must NOT have fewer than 1 items.'],
    [{ ...asked, calls: [{ name: 'Ana' }] }, '"calls.0.to" is missing. "calls.0.name" is not known here.'],
    [{ ...asked, calls: [{ to: 1 }] }, '"calls.0.to" must be string.'],
    [{ ...asked, machine: 'shout' }, '"machine" must be one of hangup, message, continue.'],
    [{ ...asked, at: 'now' }, '"at" is not known here.'],
  ])('refuses %j', async (body, detail) => {
    const answered = await post(body);
    expect(answered.body).toMatchObject({ status: 400, code: 'bad-request', detail });
    expect(await scheduled()).toEqual([]);
  });

  test('refuses all where all are wrong, and tells of twenty mistakes at most', async () => {
    const unknown = 'There is no app or dialogue "no-such-app".';
    expect((await post({ ...asked, key: 'no-such-app' })).body).toEqual(
      aProblem(404, 'Not Found', 'unknown-key', unknown),
    );
    expect((await post({ ...asked, retry: { every: 'often' } })).body).toMatchObject({ code: 'bad-retry' });
    const { body } = await post({ key: 'bistro', calls: Array.from({ length: 500 }, () => ({ to: 1 })) });
    const { detail, errors } = body as { detail: string; errors: unknown[] };
    expect(errors).toHaveLength(20);
    expect(detail).toMatch(/"calls\.19\.to" must be string\. And 480 more\.$/);
    expect((await house.ask('POST', '/initiations/batch', { body: asked, token: null })).status).toBe(401);
    expect(await scheduled()).toEqual([]);
  });

  test('takes ten thousand people, not one more, and a body of four MiB', { timeout: 60_000 }, async () => {
    const many = (count: number): { to: string }[] =>
      Array.from({ length: count }, (_, index) => ({ to: `+1415${5_550_000 + index}` }));
    expect((await post({ ...asked, calls: many(10_000) })).body).toMatchObject({ accepted: 10_000 });
    expect((await post({ ...asked, calls: many(10_001) })).body).toMatchObject({
      detail: '"calls" must NOT have more than 10000 items.',
    });
    const large = {
      ...asked,
      calls: [{ to: '+14155550123', attributes: { text: 'x'.repeat(4 * 1024 * 1024) } }],
    };
    expect((await post(large)).body).toEqual(
      aProblem(413, 'Payload Too Large', 'body-too-large', 'The body is larger than 4096 KiB.'),
    );
  });

  test('that is asked for twice with a key is taken once', async () => {
    const first = await post(asked, { 'idempotency-key': 'march' });
    const second = await post(asked, { 'idempotency-key': 'march' });
    expect(second.body).toEqual(first.body);
    expect([second.status, second.headers.get('idempotent-replay')]).toEqual([202, 'true']);
    expect(await scheduled()).toHaveLength(2);
  });

  describe('with a key, whose process is killed', () => {
    const KEY = { 'idempotency-key': 'march' };
    const numbers = Array.from({ length: 90 }, (_, index) => `+1415555${1000 + index}`);
    const many = { key: 'bistro', calls: numbers.map((to) => ({ to })) };

    /** The process goes no further than here; what it has written stays. */
    async function killed(
      at: 'before anything of it is written' | 'halfway' | 'before it answers',
    ): Promise<void> {
      const { initiations } = house.store;
      const addBatch = initiations.addBatch.bind(initiations);
      const reached = new Promise<void>((resolve) => {
        vi.spyOn(initiations, 'addBatch').mockImplementationOnce(async (batch, calls) => {
          if (at === 'before it answers') await addBatch(batch, calls);
          if (at === 'halfway') {
            const some = [...calls];
            some.slice = (from = 0, to) => {
              if (from > 0) throw new Error('killed');
              return [...calls].slice(from, to);
            };
            await expect(addBatch(batch, some)).rejects.toThrow('killed');
          }
          resolve();
          return new Promise(() => undefined);
        });
      });
      post(many, KEY).catch(() => undefined);
      await reached;
    }

    test.each(['before anything of it is written', 'halfway', 'before it answers'] as const)(
      '%s, is one batch when it is asked for again',
      async (at) => {
        await killed(at);
        const again = await post(many, KEY);
        const id = idOf(again.body);
        expect([again.status, again.body]).toEqual([202, { id, accepted: 90, rejected: [] }]);
        const third = await post(many, KEY);
        expect([third.headers.get('idempotent-replay'), third.body]).toEqual(['true', again.body]);
        // The key itself is forgotten by then.
        house.clock.advance(25 * 3_600_000);
        expect(idOf((await post(many, KEY)).body)).toBe(id);
        const called = await scheduled();
        expect(called.map(({ to }) => to).toSorted()).toEqual(numbers);
        expect(new Set(called.map(({ batch }) => batch))).toEqual(new Set([id]));
      },
    );

    test('is another batch under another key, or where something else is asked for', async () => {
      await killed('before it answers');
      const id = idOf((await post(many, KEY)).body);
      expect(idOf((await post(many, { 'idempotency-key': 'april' })).body)).not.toBe(id);
      expect((await post(asked, KEY)).status).toBe(422);
      house.clock.advance(25 * 3_600_000);
      expect(idOf((await post(asked, KEY)).body)).not.toBe(id);
    });

    test('is taken once, also where it is asked for twice at once', async () => {
      const [one, other] = await Promise.all([post(many, KEY), post(many, KEY)]);
      expect([one.status, other.status, other.body]).toEqual([202, 202, one.body]);
      expect(await scheduled()).toHaveLength(90);
    });
  });
});

describe('GET and DELETE /initiations/batch/:id', () => {
  test('tell how many calls stand how', async () => {
    const { body } = await post({ ...asked, calls: [...calls, { to: 'nobody' }] });
    const id = idOf(body);
    const [first] = await scheduled();
    const session = aSession({ initiation: first!.id, status: 'queued', callSid: null });
    const now = house.clock.now();
    await house.store.initiations.begin(first!.id, session, { now, until: now + 15_000 });
    await house.store.initiations.placed(first!.id, session.id, 'CA1', now + 90_000);
    await house.store.patchSession(session.id, { status: 'busy', endedAt: now });
    expect(await house.ask('GET', `/initiations/batch/${id}`)).toMatchObject({
      status: 200,
      body: {
        id,
        key: 'bistro',
        createdAt: new Date(now).toISOString(),
        accepted: 2,
        rejected: [{ index: 2, code: 'bad-number', detail: '"nobody" is wrong.' }],
        counts: { ...NONE, busy: 1, scheduled: 1 },
      },
    });
  });

  test('cancel what has not begun', async () => {
    const id = idOf((await post(asked)).body);
    const canceled = await house.ask('DELETE', `/initiations/batch/${id}`);
    expect([canceled.status, canceled.body]).toMatchObject([200, { id, counts: { ...NONE, canceled: 2 } }]);
    expect((await house.ask('DELETE', `/initiations/batch/${id}`)).status).toBe(200);
    expect(await scheduled()).toEqual([]);
  });

  test.each(['GET', 'DELETE'])('%s of one that there is not is 404', async (method) => {
    expect((await house.ask(method, '/initiations/batch/b9')).body).toEqual(
      aProblem(404, 'Not Found', 'unknown-batch', 'There is no batch "b9".'),
    );
  });
});
