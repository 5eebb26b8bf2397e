/** Calls out that do not come about at once: over the real server, Twilio's API and the network behind it. */
import { afterEach, describe, expect, it } from 'vitest';
import { openHouseWithTwilio, type House, type SessionView } from '../support/house.ts';
import { tooMany, type Callee, type TwilioApi } from '../support/twilio-api.ts';

interface State {
  id: string;
  status: string;
  attempt: number;
  sessionId: string;
  callSid: string;
  nextAt: string | null;
  at: string;
  code: string;
  detail: string;
}

let house: House;
let twilio: TwilioApi;
afterEach(async () => {
  await house.close();
  // Whatever was asked of Twilio was asked as its description says.
  expect(twilio.violations).toEqual([]);
});

/** `callees`: what becomes of the calls, one after the other; the last one of all that follow. */
async function open(callees: Callee[], app = ''): Promise<void> {
  const left = [...callees];
  const opened = await openHouseWithTwilio(
    {
      'desk.app.yaml': `public: true\nengine: embedded\nnumbers: ["+14155550100"]\n${app}`,
      'desk.dialogue.yaml': 'outbound: {hangup: "Hello."}\n',
    },
    () => (left.length > 1 ? left.shift()! : left[0]!),
  );
  ({ house, twilio } = opened);
}

async function ask(method: string, path: string, body?: object): Promise<{ status: number; body: State }> {
  const response = await house.request(path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as State };
}

const place = (more: object = {}) =>
  ask('POST', '/initiations', { key: 'desk', to: '+14155550123', ...more });

async function becomes(id: string, holds: (state: State) => boolean, withinMs = 15_000): Promise<State> {
  const end = Date.now() + withinMs;
  for (;;) {
    const { body } = await ask('GET', `/initiations/${id}`);
    if (holds(body)) return body;
    if (Date.now() > end) throw new Error(`It did not come to that: ${JSON.stringify(body, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const BUSY: Callee = { answers: false, status: 'busy' };
const NOBODY: Callee = { ringsMs: 200, answers: false, status: 'no-answer' };
const RETRY = { attempts: 3, every: '1s' };

describe('a call that nobody takes', () => {
  it(
    'is tried again, each time as a session of its own, until somebody does',
    { timeout: 40_000 },
    async () => {
      await open([BUSY, NOBODY, { answers: true }]);
      const { body } = await place({ retry: RETRY });
      const done = await becomes(body.id, ({ status }) => status === 'completed', 30_000);
      expect(done).toMatchObject({ attempt: 3, callSid: twilio.calls[2]!.sid, nextAt: null });
      const sessions = await house.sessions();
      expect(sessions.map(({ status, endReason }) => [status, endReason])).toEqual([
        ['completed', 'agent-hung-up'],
        ['no-answer', null],
        ['busy', null],
      ]);
      expect(twilio.dialled).toEqual(new Map([['+14155550123', 3]]));
      const begins = twilio.calls.map(({ createdAt }) => createdAt);
      expect(begins[1]! - twilio.calls[0]!.endedAt!).toBeGreaterThanOrEqual(950);
      expect(begins[2]! - twilio.calls[1]!.endedAt!).toBeGreaterThanOrEqual(950);
    },
  );

  it('though every report comes late, twice and in disorder', { timeout: 40_000 }, async () => {
    await open([BUSY, BUSY]);
    twilio.reports = (name) => ({
      times: 2,
      lateMs: { initiated: 900, ringing: 600, completed: 300 }[name as string] ?? 0,
    });
    const { body } = await place({ retry: { attempts: 2, every: '1s' } });
    await becomes(body.id, ({ status, attempt }) => status === 'busy' && attempt === 2, 20_000);
    await Promise.all(twilio.calls.map(({ over }) => over));
    expect(await becomes(body.id, () => true)).toMatchObject({ status: 'busy', attempt: 2 });
    expect((await house.sessions()).map(({ status }) => status)).toEqual(['busy', 'busy']);
    expect(twilio.calls).toHaveLength(2);
  });

  it('is not tried again where it was cancelled in between', { timeout: 30_000 }, async () => {
    await open([BUSY]);
    const { body } = await place({ retry: { attempts: 3, every: '2s' } });
    const between = await becomes(body.id, ({ status }) => status === 'scheduled');
    expect(between).toMatchObject({ attempt: 1, sessionId: body.sessionId });
    expect(Date.parse(between.nextAt!)).toBeGreaterThan(Date.now());
    expect((await ask('DELETE', `/initiations/${body.id}`)).body.status).toBe('canceled');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(twilio.calls).toHaveLength(1);
  });
});

describe('Twilio', () => {
  it('that has too much to do is asked again, and calls once', { timeout: 30_000 }, async () => {
    await open([{ answers: true }]);
    twilio.mishaps.push(tooMany('CreateCall'), tooMany('CreateCall'));
    const { status, body } = await place();
    expect(status).toBe(201);
    await becomes(body.id, (state) => state.status === 'completed');
    expect(twilio.dialled).toEqual(new Map([['+14155550123', 1]]));
  });

  it.each(['before', 'after'] as const)(
    'whose answer is lost %s it has made the call, calls once',
    { timeout: 40_000 },
    async (when) => {
      await open([{ answers: true }]);
      twilio.mishaps.push({ on: 'CreateCall', kind: 'drops', when });
      const { status, body } = await place();
      expect([status, body.callSid]).toEqual([201, twilio.calls[0]!.sid]);
      expect(await becomes(body.id, (state) => state.status === 'completed')).toMatchObject({ attempt: 1 });
      expect(twilio.dialled).toEqual(new Map([['+14155550123', 1]]));
      expect(await house.sessions()).toHaveLength(1);
    },
  );

  it('behind a gateway that fails is asked what it did, and calls once', { timeout: 40_000 }, async () => {
    await open([BUSY]);
    twilio.mishaps.push({
      on: 'CreateCall',
      kind: 'answers',
      status: 502,
      body: '<html>Bad gateway</html>',
    });
    const { status, body } = await place();
    expect(status).toBe(201);
    await becomes(body.id, (state) => state.status === 'busy');
    expect(twilio.dialled).toEqual(new Map([['+14155550123', 1]]));
  });

  it.each([
    [401, 20003, 'Authenticate'],
    [400, 21211, "Invalid 'To' Phone Number: +14155550123"],
    [400, 21215, 'Account not authorized to call +14155550123'],
    [404, 20404, 'The requested resource was not found'],
  ])(
    'that refuses with %i %i is not asked again: the code is told, the session is closed',
    async (httpStatus, code, message) => {
      await open([BUSY]);
      twilio.mishaps.push({ on: 'CreateCall', kind: 'refuses', status: httpStatus, code, message });
      const { status, body } = await place({ retry: RETRY });
      expect([status, body]).toMatchObject([
        502,
        { code: 'twilio-refused', twilioCode: code, twilioMessage: message },
      ]);
      const [session] = (await house.sessions()) as [SessionView];
      expect(session).toMatchObject({ status: 'failed', endReason: 'error', callSid: null });
      expect(twilio.calls).toHaveLength(0);
    },
  );
});

describe('the account’s pace', () => {
  it('is one call a second, also where all are asked for at once', { timeout: 30_000 }, async () => {
    await open([BUSY]);
    const answers = await Promise.all([1, 2, 3].map((last) => place({ to: `+1415555012${last}` })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    // Two seconds between the first and the last question, whatever the way of each takes.
    const begins = twilio.calls.map(({ createdAt }) => createdAt);
    expect(begins[2]! - begins[0]!).toBeGreaterThan(1_200);
  });
});

describe('calling hours', () => {
  it('put a call off, and it can be taken back meanwhile', { timeout: 20_000 }, async () => {
    // Whatever the time is, one of these two minutes of the day is not now in Prague.
    const hour = Number(
      new Intl.DateTimeFormat('en-GB', {
        timeZone: 'Europe/Prague',
        hour: '2-digit',
        hourCycle: 'h23',
      }).format(),
    );
    const from = (hour + 12) % 24;
    const two = (number: number): string => String(number).padStart(2, '0');
    await open([BUSY], `hours: {from: "${two(from)}:00", to: "${two(from)}:59"}\n`);
    const { status, body } = await place({ to: '+420601123456' });
    expect([status, body.status]).toEqual([202, 'scheduled']);
    const awayMs = Date.parse(body.at) - Date.now();
    expect(awayMs).toBeGreaterThan(10 * 3_600_000);
    expect(awayMs).toBeLessThan(14 * 3_600_000);
    expect(await becomes(body.id, () => true)).toMatchObject({ status: 'scheduled', nextAt: body.at });
    expect((await ask('DELETE', `/initiations/${body.id}`)).body.status).toBe('canceled');
    expect(twilio.calls).toHaveLength(0);
  });
});

describe('a number that is none', () => {
  it('is refused with the nearest right one, taken from the country of the app', async () => {
    await open([BUSY]);
    const { status, body } = await place({ to: '(415) 555-0123' });
    expect([status, body.code]).toEqual([400, 'bad-number']);
    expect(body).toMatchObject({ meant: '+14155550123' });
    expect(body.detail).toContain('Did you mean "+14155550123"?');
  });
});
