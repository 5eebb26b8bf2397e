import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OffhookError } from '../../runtime/errors.ts';
import { aSession, anInitiation, beingPlaced } from '../store/samples.ts';
import { aProblem, openHouse, until, type Answered, type House } from './house.ts';

function nothing(): void {}

const asked = { key: ':bistro', to: '+14155550123' };
const placed = { id: 'i1', sessionId: 's1', callSid: 'CA1', status: 'queued' } as const;
const outcome = { kind: 'placed', ...placed } as const;

describe('POST /initiations', () => {
  let house: House;

  beforeEach(async () => {
    house = await openHouse();
    house.place = () => Promise.resolve(outcome);
  });

  afterEach(async () => {
    await house.close();
  });

  /** With a key. */
  function post(key: string, body: object = asked): Promise<Answered> {
    return house.ask('POST', '/initiations', { body, headers: { 'idempotency-key': key } });
  }

  test('places a call and says where it can be watched', async () => {
    const { status, headers, body } = await house.ask('POST', '/initiations', { body: asked });
    expect([status, headers.get('location'), body]).toEqual([201, '/initiations/i1', placed]);
    expect(house.placed).toEqual([{ ...asked, locale: null, retry: null, at: null }]);
  });

  test('hands over all that it was given', async () => {
    const whole = {
      ...asked,
      from: '+420601123456',
      locale: 'cs_CZ',
      attributes: { time: '19:00', guests: [1, { name: 'Ana' }] },
      welcomeMessage: 'Dobrý den.',
      retry: { attempts: 2, every: '1.5h', on: ['busy'] },
      wait: true,
    };
    expect((await house.ask('POST', '/initiations', { body: whole })).status).toBe(201);
    const retry = { attempts: 2, everyMs: 5_400_000, on: ['busy'] };
    expect(house.placed).toEqual([{ ...whole, locale: 'cs-CZ', retry, at: null }]);
  });

  test('fills in what is not said of trying again', async () => {
    await house.ask('POST', '/initiations', { body: { ...asked, retry: {} } });
    expect(house.placed[0]?.retry).toEqual({ attempts: 3, everyMs: 900_000, on: ['busy', 'no-answer'] });
  });

  test.each([
    [
      { every: '15' },
      '"15" is no time between two attempts: write one from 1s to 7d with its unit, such as 15m or 2h.',
    ],
    [
      { every: '8d' },
      '"8d" is no time between two attempts: write one from 1s to 7d with its unit, such as 15m or 2h.',
    ],
    [
      { every: '0.5s' },
      '"0.5s" is no time between two attempts: write one from 1s to 7d with its unit, such as 15m or 2h.',
    ],
  ])('refuses to try again like %j', async (retry, detail) => {
    const { body } = await house.ask('POST', '/initiations', { body: { ...asked, retry } });
    expect(body).toEqual(aProblem(400, 'Bad Request', 'bad-retry', detail));
    expect(house.placed).toEqual([]);
  });

  test.each([{ attempts: 0 }, { attempts: 11 }, { on: [] }, { on: ['failed'] }, { times: 3 }, 3])(
    'refuses a retry of another shape: %j',
    async (retry) => {
      const { status } = await house.ask('POST', '/initiations', { body: { ...asked, retry } });
      expect([status, house.placed]).toEqual([400, []]);
    },
  );

  test('hands over what is to be done about a machine, and refuses what it does not know', async () => {
    const body = { ...asked, machine: 'message' };
    expect((await house.ask('POST', '/initiations', { body })).status).toBe(201);
    expect(house.placed[0]).toMatchObject({ machine: 'message' });
    const wrong = await house.ask('POST', '/initiations', { body: { ...asked, machine: 'shout' } });
    expect([wrong.status, house.placed.length]).toEqual([400, 1]);
  });

  test('says when a call that is kept will be placed', async () => {
    const at = house.clock.now() + 60_000;
    house.place = () => Promise.resolve({ kind: 'kept', id: 'i2', at: at + 5_000 });
    const soon = new Date(at).toISOString();
    const kept = await house.ask('POST', '/initiations', { body: { ...asked, at: soon, machine: 'hangup' } });
    expect([kept.status, kept.headers.get('location'), kept.body]).toEqual([
      202,
      '/initiations/i2',
      { id: 'i2', status: 'scheduled', at: new Date(at + 5_000).toISOString() },
    ]);
    expect(house.placed).toEqual([{ ...asked, locale: null, machine: 'hangup', retry: null, at }]);
  });

  test.each([
    'tomorrow',
    '2030-01-01',
    '2030-01-01T09:00:00',
    '2030-13-01T09:00:00Z',
    '2026-02-30T10:00:00Z',
    '2026-02-29T10:00:00+01:00',
    '9',
  ])('refuses the moment %j', async (at) => {
    const { body } = await house.ask('POST', '/initiations', { body: { ...asked, at } });
    const detail = `"${at}" is not a moment: write it with date, time and offset, such as 2026-03-04T19:00:00+01:00.`;
    expect(body).toEqual(aProblem(400, 'Bad Request', 'bad-time', detail));
    expect(house.placed).toEqual([]);
  });

  test('refuses a language that is none', async () => {
    const { body } = await house.ask('POST', '/initiations', {
      body: { ...asked, locale: 'english please' },
    });
    expect(body).toEqual(
      aProblem(400, 'Bad Request', 'bad-locale', '"english please" is not a language tag, such as en-US.'),
    );
  });

  test('tells all that is wrong with a body at once', async () => {
    const { body } = await house.ask('POST', '/initiations', {
      body: { key: '', attributes: [], form: '+14155550100', welcomeMessage: 7 },
    });
    const messages = [
      ['', '"to" is missing.'],
      ['', '"form" is not known here.'],
      ['/key', '"key" must NOT have fewer than 1 characters.'],
      ['/attributes', '"attributes" must be object.'],
      ['/welcomeMessage', '"welcomeMessage" must be string.'],
    ];
    expect(body).toEqual(
      aProblem(400, 'Bad Request', 'bad-request', messages.map(([, message]) => message).join(' '), {
        errors: messages.map(([pointer, message]) => ({ in: 'body', pointer, message })),
      }),
    );
  });

  test.each([[], null, undefined])('refuses the body %j', async (body) => {
    const answer = await house.ask('POST', '/initiations', { body: JSON.stringify(body) ?? '' });
    expect(answer.status).toBe(400);
    expect(house.placed).toEqual([]);
  });

  test.each([
    [404, 'Not Found', 'unknown-key', 'There is no app or dialogue ":bistro".'],
    [409, 'Conflict', 'no-number', 'The app "bistro" has no number to call from.'],
    [409, 'Conflict', 'limit-reached', 'The app "bistro" already has 20 calls, its limit.'],
  ])('passes the refusal on: %i %s %s', async (status, title, code, detail) => {
    house.place = () => Promise.reject(new OffhookError(code, detail, { status }));
    const answer = await house.ask('POST', '/initiations', { body: asked });
    expect([answer.status, answer.body]).toEqual([status, aProblem(status, title, code, detail)]);
  });

  test("passes Twilio's refusal on, with its code and message", async () => {
    const detail = { twilioCode: 21211, twilioMessage: "Invalid 'To' Phone Number" };
    house.place = () =>
      Promise.reject(
        new OffhookError('twilio-refused', "Twilio refused: Invalid 'To' Phone Number (21211).", {
          status: 502,
          detail,
        }),
      );
    const { status, body } = await house.ask('POST', '/initiations', { body: asked });
    expect(status).toBe(502);
    expect(body).toEqual(
      aProblem(
        502,
        'Bad Gateway',
        'twilio-refused',
        "Twilio refused: Invalid 'To' Phone Number (21211).",
        detail,
      ),
    );
  });

  describe('with an Idempotency-Key', () => {
    test('places one call, and answers a repetition as the first', async () => {
      const first = await post('k1');
      const again = await post('k1');
      expect([first.status, first.headers.get('idempotent-replay')]).toEqual([201, null]);
      expect([again.status, again.headers.get('idempotent-replay')]).toEqual([201, 'true']);
      expect(again.body).toEqual(first.body);
      expect(house.placed).toHaveLength(1);
      await post('k2');
      expect(house.placed).toHaveLength(2);
    });

    test('refuses the key for another request', async () => {
      await post('k1');
      const { status, body } = await post('k1', { ...asked, to: '+14155550124' });
      expect(status).toBe(422);
      expect(body).toEqual(
        aProblem(
          422,
          'Unprocessable Entity',
          'idempotency-mismatch',
          'This Idempotency-Key was used for another request.',
        ),
      );
      expect(house.placed).toHaveLength(1);
    });

    test('says that the first is still under way', async () => {
      let release = nothing;
      house.place = () => new Promise((resolve) => (release = () => resolve(outcome)));
      const first = post('k1');
      await until(() => house.placed.length === 1);
      const second = await post('k1');
      expect(second.body).toEqual(
        aProblem(
          409,
          'Conflict',
          'request-in-flight',
          'The first request with this Idempotency-Key is under way.',
        ),
      );
      release();
      expect((await first).status).toBe(201);
      expect((await post('k1')).headers.get('idempotent-replay')).toBe('true');
      expect(house.placed).toHaveLength(1);
    });

    test("a refusal of ours may be tried again with the same key, Twilio's is the answer", async () => {
      house.place = () => Promise.reject(new OffhookError('limit-reached', 'Full.', { status: 409 }));
      expect((await post('k1')).status).toBe(409);
      house.place = () => Promise.reject(new OffhookError('twilio-refused', 'No.', { status: 502 }));
      const refused = await post('k1');
      expect(refused.status).toBe(502);
      house.place = () => Promise.resolve(outcome);
      const again = await post('k1');
      expect([again.status, again.headers.get('idempotent-replay')]).toEqual([502, 'true']);
      expect(again.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(again.body).toEqual(refused.body);
      expect(house.placed).toHaveLength(2);
    });

    test.each([
      ['a server that is about to end', 'draining', 503],
      ['a network that has too many requests', 'twilio-busy', 502],
    ])('%s may be asked again with the same key', async (_, code, status) => {
      house.place = () => Promise.reject(new OffhookError(code, 'Later.', { status }));
      expect((await post('k1')).status).toBe(status);
      house.place = () => Promise.resolve(outcome);
      expect((await post('k1')).status).toBe(201);
    });

    test('what failed inside is not tried again: the call may have been placed', async () => {
      house.place = () => Promise.reject(new Error('secret'));
      const first = await post('k1');
      expect((await post('k1')).body).toEqual(first.body);
      expect(first.body).toMatchObject({ status: 500, code: 'internal' });
      expect(house.placed).toHaveLength(1);
    });

    test('a request that was refused for its body leaves the key free', async () => {
      expect((await post('k1', { key: 'bistro' })).status).toBe(400);
      expect((await post('k1')).status).toBe(201);
    });

    test('says so where what it made was erased, and does not make it again', async () => {
      await house.store.addSession(aSession({ id: 's1', status: 'completed' }));
      await post('k1');
      await house.ask('DELETE', '/api/sessions/s1');
      const { body } = await post('k1');
      expect(body).toEqual(
        aProblem(
          410,
          'Gone',
          'session-erased',
          'What the first request with this Idempotency-Key made was erased.',
        ),
      );
      expect(house.placed).toHaveLength(1);
    });

    test.each(['with space', 'x'.repeat(256)])('refuses the key %j', async (key) => {
      expect((await post(key)).body).toEqual(
        aProblem(
          400,
          'Bad Request',
          'bad-idempotency-key',
          'Idempotency-Key should be 1 to 255 visible characters.',
        ),
      );
    });

    test('is forgotten after a day', async () => {
      await post('k1');
      house.clock.advance(24 * 60 * 60 * 1000);
      await post('k1');
      expect(house.placed).toHaveLength(2);
    });
  });
});

const STATE = {
  id: 'i1',
  batch: null,
  account: 'default',
  sessionId: null,
  key: 'bistro',
  to: '+14155550111',
  from: '+14155550100',
  locale: null,
  attributes: { time: '19:00' },
  callSid: null,
  status: 'scheduled',
  attempt: 0,
  error: null,
  at: null,
  nextAt: '2026-01-05T09:00:00.000Z',
  retry: null,
  machine: null,
  createdAt: '2026-01-05T09:00:00.000Z',
};

describe('GET /initiations/:id', () => {
  test("tells what became of it: the session's status, the network's refusal", async () => {
    const house = await openHouse();
    const session = aSession({ id: 's1', callSid: null, status: 'queued', initiation: 'i1' });
    await beingPlaced(house.store, session, { locale: 'cs-CZ' });
    const placing = {
      ...STATE,
      sessionId: 's1',
      locale: 'cs-CZ',
      status: 'queued',
      attempt: 1,
      nextAt: null,
    };
    const get = async (id = 'i1'): Promise<unknown> => (await house.ask('GET', `/initiations/${id}`)).body;
    expect(await get()).toEqual(placing);
    await house.store.initiations.placed('i1', 's1', 'CA1', house.clock.now());
    await house.store.patchSession('s1', { status: 'in-progress' });
    expect(await get()).toEqual({ ...placing, status: 'in-progress', callSid: 'CA1' });
    const error = { code: '21211', message: 'Invalid.' };
    const other = aSession({ id: 's2', callSid: null, status: 'queued', initiation: 'i2' });
    await beingPlaced(house.store, other);
    await house.store.initiations.close('i2', 's2', 'failed', error, house.clock.now());
    expect(await get('i2')).toMatchObject({ status: 'failed', sessionId: 's2', error });

    expect(await get('nobody')).toEqual(
      aProblem(404, 'Not Found', 'unknown-initiation', 'There is no initiation "nobody".'),
    );
    await house.close();
  });
});

describe('a call that is scheduled', () => {
  const scheduled = anInitiation({
    id: 'i1',
    from: null,
    at: Date.UTC(2026, 0, 5, 12),
    machine: 'message',
    retry: { attempts: 3, everyMs: 900_000, on: ['busy'] },
  });
  const state = {
    ...STATE,
    from: null,
    at: '2026-01-05T12:00:00.000Z',
    nextAt: '2026-01-05T12:00:00.000Z',
    machine: 'message',
    retry: { attempts: 3, every: '900s', on: ['busy'] },
  };
  let house: House;

  beforeEach(async () => {
    house = await openHouse();
    await house.store.initiations.add(scheduled);
  });

  afterEach(async () => {
    await house.close();
  });

  test('tells its state as an initiation does', async () => {
    expect((await house.ask('GET', '/initiations/i1')).body).toEqual(state);
  });

  test('is cancelled by DELETE, which tells its state', async () => {
    house.cancel = async (id) => void (await house.store.initiations.cancel(id));
    const { status, body } = await house.ask('DELETE', '/initiations/i1');
    expect([status, body]).toEqual([200, { ...state, status: 'canceled', nextAt: null }]);
    expect((await house.ask('DELETE', '/initiations/i1', { token: null })).status).toBe(401);
  });

  test('passes on that it cannot be cancelled any more', async () => {
    const detail = 'The call is in-progress: only one that is scheduled or rings can be cancelled.';
    house.cancel = () => Promise.reject(new OffhookError('too-late', detail, { status: 409 }));
    expect((await house.ask('DELETE', '/initiations/i1')).body).toEqual(
      aProblem(409, 'Conflict', 'too-late', detail),
    );
  });
});
