import { afterEach, describe, expect, it } from 'vitest';
import { openHouseWithTwilio, type House, type SessionView } from '../support/house.ts';
import type { Callee, TwilioApi } from '../support/twilio-api.ts';

let house: House;
let twilio: TwilioApi;
afterEach(() => house.close());

async function open(dialogue: string, callee: Callee = { answers: true }, app = ''): Promise<void> {
  const opened = await openHouseWithTwilio(
    {
      'desk.app.yaml': `public: true\nengine: embedded\nnumbers: ["+14155550100"]\n${app}`,
      'desk.dialogue.yaml': dialogue,
    },
    () => callee,
  );
  ({ house, twilio } = opened);
}

async function ask(method: string, path: string, body?: object): Promise<{ status: number; body: Asked }> {
  const response = await house.request(path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Asked };
}
type Asked = { id: string; sessionId: string; status: string; code: string };

const place = async (more: object = {}): Promise<Asked> => {
  const { status, body } = await ask('POST', '/initiations', { key: 'desk', to: '+14155550123', ...more });
  expect(status).toBe(201);
  return body;
};

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean, withinMs = 15_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`It did not come to that: ${JSON.stringify(value, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const ended = (id: string): Promise<SessionView> =>
  until(
    async () => (await house.get(`/api/sessions/${id}`)) as SessionView,
    ({ status }) => ['completed', 'failed', 'canceled', 'busy', 'no-answer'].includes(status),
  );
const heard = ({ turns }: SessionView): [string, string | null][] =>
  turns.map(({ text, heardText }) => [text, heardText]);

const REMINDER = `
outbound: {ask: "You have a table tonight. Will you come to us? Please press one to say yes.", answers: [{when: "yes", keys: "1", hangup: "Thanks."}]}
voicemail: {hangup: "Please call us back."}
`;

describe('a call out that a machine answers', () => {
  it('leaves the message of the dialogue behind the beep', { timeout: 30_000 }, async () => {
    await open(REMINDER, { answers: true, who: 'machine_end_beep', listensMs: 800 });
    const { id, sessionId } = await place({ machine: 'message' });
    expect(twilio.calls[0]!.form.get('MachineDetection')).toBe('DetectMessageEnd');
    const session = await ended(sessionId);
    expect(session).toMatchObject({ status: 'completed', endReason: 'machine' });
    expect(heard(session).at(-1)).toEqual(['Please call us back.', 'Please call us back.']);
    await twilio.calls[0]!.over;
    expect(await house.get(`/initiations/${id}`)).toMatchObject({ machine: 'message', status: 'completed' });
  });

  it(
    'is told of twice, and once more when it is over: the message is left once',
    { timeout: 30_000 },
    async () => {
      await open(REMINDER, { answers: true, who: 'machine_end_silence', listensMs: 500 });
      twilio.reports = (name) => (name === 'machine' ? { times: 3 } : {});
      const { sessionId } = await place({ machine: 'message' });
      const session = await ended(sessionId);
      expect(heard(session).filter(([text]) => text === 'Please call us back.')).toHaveLength(1);
      await twilio.calls[0]!.over;
    },
  );

  it('is told of before the call has its stream', { timeout: 30_000 }, async () => {
    await open(REMINDER, { answers: true, who: 'machine_end_beep', asksLateMs: 600 });
    const { sessionId } = await place({ machine: 'message' });
    const session = await ended(sessionId);
    expect(session.endReason).toBe('machine');
    expect(heard(session).at(-1)).toEqual(['Please call us back.', 'Please call us back.']);
  });

  it('is hung up on where that is wanted', { timeout: 30_000 }, async () => {
    await open(REMINDER, { answers: true, who: 'machine_start', listensMs: 800 });
    const { sessionId } = await place({ machine: 'hangup' });
    expect(twilio.calls[0]!.form.get('MachineDetection')).toBe('Enable');
    const session = await ended(sessionId);
    expect(session).toMatchObject({ status: 'completed', endReason: 'machine' });
    expect(heard(session).every(([text, part]) => text !== 'Please call us back.' || part === '')).toBe(true);
    await twilio.calls[0]!.over;
  });

  it(
    'is talked to as a human where nobody asked, and told of too late changes nothing',
    { timeout: 30_000 },
    async () => {
      await open('outbound: {hangup: "We wanted to say hello."}\n', {
        answers: true,
        who: 'machine_end_beep',
      });
      twilio.reports = (name) => (name === 'machine' ? { lateMs: 6_000 } : {});
      const plain = await place();
      expect(twilio.calls[0]!.form.get('MachineDetection')).toBeNull();
      const late = await place({ machine: 'message' });
      for (const { sessionId } of [plain, late]) {
        expect(await ended(sessionId)).toMatchObject({ endReason: 'agent-hung-up' });
      }
      await Promise.all(twilio.calls.map(({ over }) => over));
      expect(await ended(late.sessionId)).toMatchObject({ endReason: 'agent-hung-up' });
    },
  );
});

describe('a call-back', () => {
  it(
    'is placed to the caller when it is due, with what the first call knew',
    { timeout: 40_000 },
    async () => {
      await open(`
inbound:
  - {set: {session.attributes.about: "'a table'"}}
  - {callback: "'PT2S'"}
  - {hangup: "We call you back."}
outbound: {hangup: "You asked about {{ session.attributes.about }}."}
`);
      const caller = house.caller({ from: '+14155550177' }).dial('/initiations/call/desk');
      expect(await caller.over).toMatchObject({ reason: 'ended' });
      const first = await caller.session();
      const [listed] = await until(
        () => house.sessions(),
        (sessions) => sessions.length === 2,
      );
      const session = await ended(listed!.id);
      expect(twilio.calls).toHaveLength(1);
      expect(Object.fromEntries(twilio.calls[0]!.form)).toMatchObject({
        To: '+14155550177',
        From: '+14155550100',
      });
      expect(session).toMatchObject({
        isInitiated: true,
        direction: 'outbound',
        attributes: { about: 'a table' },
        endReason: 'agent-hung-up',
      });
      expect(heard(session)).toEqual([['You asked about a table.', 'You asked about a table.']]);
      expect(first.attributes).toEqual({ about: 'a table' });
    },
  );
});

describe('a call for later', () => {
  const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

  it('is kept, and placed when it is due', { timeout: 30_000 }, async () => {
    await open('outbound: {hangup: "Hello."}\n');
    const request = { key: 'desk', to: '+14155550123', at: inMs(1_500) };
    const { status, body } = await ask('POST', '/initiations', request);
    expect([status, body.status]).toEqual([202, 'scheduled']);
    expect(await house.get(`/initiations/${body.id}`)).toMatchObject({
      status: 'scheduled',
      sessionId: null,
    });
    expect(twilio.calls).toHaveLength(0);
    const placed = await until(
      async () => (await house.get(`/initiations/${body.id}`)) as Asked,
      ({ sessionId }) => sessionId !== null,
    );
    expect(await ended(placed.sessionId)).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
  });

  it('or one that rings is cancelled', { timeout: 30_000 }, async () => {
    await open('outbound: {hangup: "Hello."}\n', { answers: true, ringsMs: 60_000 });
    const request = { key: 'desk', to: '+14155550123', at: inMs(1_000) };
    const { body: later } = await ask('POST', '/initiations', request);
    expect((await ask('DELETE', `/initiations/${later.id}`)).body.status).toBe('canceled');
    const ringing = await place();
    expect((await ask('DELETE', `/initiations/${ringing.id}`)).body.status).toBe('canceled');
    expect(twilio.calls[0]!.status).toBe('canceled');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(twilio.calls).toHaveLength(1);
    expect((await ask('DELETE', '/initiations/nobody')).body.code).toBe('unknown-initiation');
  });
});

describe('limits.calls', () => {
  it('counts a call that was placed and still rings', { timeout: 30_000 }, async () => {
    await open('outbound: {hangup: "Hello."}\n', { answers: true, ringsMs: 60_000 }, 'limits: {calls: 2}\n');
    await place();
    const [second, third] = await Promise.all(
      [1, 2].map(() => ask('POST', '/initiations', { key: 'desk', to: '+14155550123' })),
    );
    expect([second!.status, third!.status].toSorted((one, other) => one - other)).toEqual([201, 409]);
    const refused = [second!, third!].find(({ status }) => status === 409)!;
    expect(refused.body.code).toBe('limit-reached');
    const incoming = await house.caller().dial('/initiations/call/desk').over;
    expect(incoming.reason).toBe('busy');
  });
});
