import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OffhookError } from '../../runtime/errors.ts';
import type { CallRequest } from '../../runtime/outbound/calls-out.ts';
import { aScheduledCall, aSession, anInitiation } from '../store/samples.ts';
import { aProblem, openHouse, until, type Answered, type House } from './house.ts';

function nothing(): void {}

const asked = { key: ':bistro', to: '+14155550123' };
const placed = { id: 'i1', sessionId: 's1', callSid: 'CA1', status: 'queued' } as const;

describe('POST /initiations', () => {
  let house: House;

  beforeEach(async () => {
    house = await openHouse();
    house.place = () => Promise.resolve(placed);
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
    expect(house.placed).toEqual([{ ...asked, from: null, locale: null }]);
  });

  test('hands over all that it was given', async () => {
    const whole = {
      ...asked,
      from: '+420601123456',
      locale: 'cs_CZ',
      attributes: { time: '19:00', guests: [1, { name: 'Ana' }] },
      welcomeMessage: 'Dobrý den.',
    };
    expect((await house.ask('POST', '/initiations', { body: whole })).status).toBe(201);
    expect(house.placed).toEqual([{ ...whole, locale: 'cs-CZ' }]);
  });

  test.each([
    '',
    '+',
    '4155550123',
    '+1415',
    '+1 415 555 0123',
    '+1415555012345678',
    'client:ana',
    '+14155550123 ',
  ])('refuses the number %j', async (number) => {
    const detail = `"${number}" is not a phone number in E.164 form with +, such as +14155550123.`;
    const expected = aProblem(400, 'Bad Request', 'bad-number', detail);
    expect((await house.ask('POST', '/initiations', { body: { ...asked, to: number } })).body).toEqual(
      expected,
    );
    expect((await house.ask('POST', '/initiations', { body: { ...asked, from: number } })).body).toEqual(
      expected,
    );
    expect(house.placed).toEqual([]);
  });

  test('says that retry is not carried out yet, rather than leave it aside', async () => {
    const body = { ...asked, retry: { attempts: 3 } };
    expect((await house.ask('POST', '/initiations', { body })).body).toEqual(
      aProblem(400, 'Bad Request', 'not-carried-out-yet', '"retry" is not carried out yet.'),
    );
    expect(house.placed).toEqual([]);
  });

  test('hands over what is to be done about a machine, and refuses what it does not know', async () => {
    const body = { ...asked, machine: 'message' };
    expect((await house.ask('POST', '/initiations', { body })).status).toBe(201);
    expect(house.placed[0]).toMatchObject({ machine: 'message' });
    const wrong = await house.ask('POST', '/initiations', { body: { ...asked, machine: 'shout' } });
    expect([wrong.status, house.placed.length]).toEqual([400, 1]);
  });

  test('keeps a call for later, and places at once what was to be placed by now', async () => {
    const scheduled: (CallRequest & { at: number })[] = [];
    house.schedule = (request) => {
      scheduled.push(request);
      return Promise.resolve(aScheduledCall({ id: 'i2', at: request.at }));
    };
    const soon = new Date(house.clock.now() + 60_000).toISOString();
    const kept = await house.ask('POST', '/initiations', { body: { ...asked, at: soon, machine: 'hangup' } });
    expect([kept.status, kept.headers.get('location'), kept.body]).toEqual([
      202,
      '/initiations/i2',
      { id: 'i2', status: 'scheduled', at: soon },
    ]);
    expect(scheduled).toEqual([
      { ...asked, from: null, locale: null, machine: 'hangup', at: house.clock.now() + 60_000 },
    ]);
    expect(house.placed).toEqual([]);
    const now = new Date(house.clock.now()).toISOString();
    expect((await house.ask('POST', '/initiations', { body: { ...asked, at: now } })).status).toBe(201);
    expect(house.placed).toHaveLength(1);
  });

  test.each(['tomorrow', '2030-01-01', '2030-01-01T09:00:00', '2030-13-01T09:00:00Z', '9'])(
    'refuses the moment %j',
    async (at) => {
      const { body } = await house.ask('POST', '/initiations', { body: { ...asked, at } });
      const detail = `"${at}" is not a moment: write it with date, time and offset, such as 2026-03-04T19:00:00+01:00.`;
      expect(body).toEqual(aProblem(400, 'Bad Request', 'bad-time', detail));
      expect(house.placed).toEqual([]);
    },
  );

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
      house.place = () => new Promise((resolve) => (release = () => resolve(placed)));
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
      house.place = () => Promise.resolve(placed);
      const again = await post('k1');
      expect([again.status, again.headers.get('idempotent-replay')]).toEqual([502, 'true']);
      expect(again.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(again.body).toEqual(refused.body);
      expect(house.placed).toHaveLength(2);
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

describe('GET /initiations/:id', () => {
  test("tells what became of it: the session's status, the network's refusal", async () => {
    const house = await openHouse();
    const session = aSession({ id: 's1', callSid: null, status: 'queued' });
    await house.store.addSession(session);
    await house.store.addInitiation(anInitiation('s1', { id: 'i1', locale: 'cs-CZ' }));
    const state = {
      id: 'i1',
      sessionId: 's1',
      key: 'bistro',
      to: '+14155550111',
      from: '+14155550100',
      locale: 'cs-CZ',
      attributes: { time: '19:00' },
      callSid: null,
      status: 'queued',
      error: null,
      at: null,
      machine: null,
      createdAt: '2026-01-05T09:00:00.000Z',
    };
    const get = async (): Promise<unknown> => (await house.ask('GET', '/initiations/i1')).body;
    expect(await get()).toEqual(state);
    await house.store.patchSession('s1', { status: 'in-progress', callSid: 'CA1' });
    expect(await get()).toEqual({ ...state, status: 'in-progress', callSid: 'CA1' });
    const error = { code: '21211', message: 'Invalid.' };
    await house.store.patchInitiation('i1', { status: 'failed', error });
    await house.store.patchSession('s1', { status: 'failed' });
    expect(await get()).toEqual({ ...state, status: 'failed', callSid: 'CA1', error });

    expect((await house.ask('GET', '/initiations/nobody')).body).toEqual(
      aProblem(404, 'Not Found', 'unknown-initiation', 'There is no initiation "nobody".'),
    );
    await house.close();
  });
});

describe('a call that is scheduled', () => {
  const scheduled = aScheduledCall({ id: 'i1', at: Date.UTC(2026, 0, 5, 12), machine: 'message' });
  const state = {
    id: 'i1',
    sessionId: null,
    key: 'bistro',
    to: '+14155550111',
    from: null,
    locale: null,
    attributes: { time: '19:00' },
    callSid: null,
    status: 'scheduled',
    error: null,
    at: '2026-01-05T12:00:00.000Z',
    machine: 'message',
    createdAt: '2026-01-05T09:00:00.000Z',
  };
  let house: House;

  beforeEach(async () => {
    house = await openHouse();
    await house.store.schedule.add(scheduled);
  });

  afterEach(async () => {
    await house.close();
  });

  test('tells its state as an initiation does', async () => {
    expect((await house.ask('GET', '/initiations/i1')).body).toEqual(state);
  });

  test('is cancelled by DELETE, which tells its state', async () => {
    house.cancel = async (id) => void (await house.store.schedule.cancel(id, house.clock.now()));
    const { status, body } = await house.ask('DELETE', '/initiations/i1');
    expect([status, body]).toEqual([200, { ...state, status: 'canceled' }]);
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
