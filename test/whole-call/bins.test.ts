/** TwiML that somebody keeps at Twilio: it names the app, and nothing here was asked before the stream. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PhoneOptions } from '../../runtime/line/local/phone.ts';
import { openHouse, type Caller, type House } from '../support/house.ts';
import { twimlServer, type TwimlServer } from '../support/twiml-server.ts';
import { makeAccountSid } from '../support/twilio-api.ts';

const PUBLIC = 'https://voice.example.com';
const TOKEN = 'token-of-main';
const SID = makeAccountSid();
const ASK = '{ask: "Press one.", answers: [{when: one, keys: "1", hangup: "Bye in {{ session.locale }}."}]}';
const FILES = {
  'desk.app.yaml': 'public: true\nnumbers: ["+14155550100", "+420222333444"]\n',
  'desk.dialogue.yaml': `intro: {say: "This is the desk."}\ninbound: ${ASK}\noutbound: {hangup: "We called you. Bye."}\n`,
  'waiting.app.yaml': 'public: true\ndialogue: desk\nengine: gather\nfallback: [embedded]\n',
  'asking.app.yaml': 'public: true\ndialogue: desk\nengine: gather\n',
};

let house: House;
let twilio: TwimlServer;
let bin: string;

beforeEach(async () => {
  house = await openHouse(FILES, {
    env: { PUBLIC_URL: PUBLIC, TWILIO_ACCOUNT_SID: SID, TWILIO_AUTH_TOKEN: TOKEN },
  });
  twilio = await twimlServer(() => bin);
});

afterEach(async () => {
  twilio.close();
  await house.close();
});

/** As the simulated network gets to the house by its public name. */
const OUTSIDE: Partial<PhoneOptions> = { authToken: TOKEN, accountSid: SID, publicUrl: PUBLIC };

/** Somebody calls a number that leads to the bin. */
function callBin(parameters: Record<string, string>, more: Partial<PhoneOptions> = {}): Caller {
  const named = Object.entries(parameters).map(
    ([name, value]) => `<Parameter name="${name}" value="${value}"/>`,
  );
  bin = `<Connect><Stream url="wss://voice.example.com/call/">${named.join('')}</Stream></Connect>`;
  const caller = house.caller({ ...OUTSIDE, ...more });
  caller.over = caller.phone.call(`${twilio.origin}/bins/EH1`);
  return caller;
}

const warningsOf = (caller: Caller): unknown[] => caller.events.filter(({ kind }) => kind === 'warning');

describe('a bin at Twilio', () => {
  it('reaches the app that it names, in its locale, for its sender, with the signed upgrade alone', async () => {
    const caller = callBin({ locale: 'en_GB', sender: '+14155550123', appKey: ':desk' });
    await caller.isTold('Press one.');
    caller.phone.press('1');
    expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
    const session = await caller.until(({ status }) => status === 'completed');
    expect(session).toMatchObject({
      app: 'desk',
      direction: 'inbound',
      isInitiated: false,
      from: '+14155550123',
      endReason: 'agent-hung-up',
      callSid: caller.phone.callSid,
    });
    expect(session.turns.filter(({ role }) => role === 'agent').map(({ heardText }) => heardText)).toEqual([
      'This is the desk.',
      'Press one.',
      'Bye in en-GB.',
    ]);
    expect(twilio.asked).toHaveLength(1);
    expect(warningsOf(caller)).toEqual([]);
  });

  it('may call its sender deviceId, and needs to name no more than the app', async () => {
    const caller = callBin({ deviceId: '+14155550124', appKey: 'desk' });
    await caller.isTold('Press one.');
    caller.phone.hangUp();
    await caller.over;
    expect(await caller.until(({ status }) => status === 'completed')).toMatchObject({
      from: '+14155550124',
      endReason: 'caller-hung-up',
    });
  });

  it('reaches nothing unless Twilio signs it', async () => {
    const caller = callBin({ sender: '+14155550123', appKey: ':desk' }, { authToken: 'a-wrong-token' });
    await caller.over;
    expect(warningsOf(caller)).toEqual([expect.objectContaining({ code: 31920 })]);
    expect(await house.sessions()).toEqual([]);
  });

  it.each<Record<string, string>>([{ appKey: ':desc' }, { sender: '+14155550123' }])(
    'that names no app that is here is hung up on: %j',
    async (parameters) => {
      const caller = callBin(parameters);
      expect(await caller.over).toMatchObject({ reason: 'ended' });
      expect(await house.sessions()).toEqual([]);
    },
  );

  it('gets a fallback of the app that speaks over a stream, where its own engine does not', async () => {
    const caller = callBin({ sender: '+14155550123', appKey: ':waiting' });
    await caller.isTold('Press one.');
    caller.phone.hangUp();
    await caller.over;
    expect(await caller.session()).toMatchObject({ app: 'waiting', engine: 'embedded' });
  });

  it('is hung up on where nobody of the app speaks over a stream', async () => {
    const caller = callBin({ sender: '+14155550123', appKey: ':asking' });
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    expect(await house.sessions()).toEqual([]);
  });
});

describe('/twiml', () => {
  const ask = async (to: string, query = ''): Promise<Caller> => {
    const caller = house.caller({ ...OUTSIDE, to });
    caller.over = caller.phone.call(`${PUBLIC}/twiml${query}`);
    await caller.over.catch(() => undefined);
    return caller;
  };
  const answersOf = (caller: Caller): unknown[] =>
    caller.events.flatMap((event) => (event.kind === 'asked' ? [event.status] : []));

  it('serves every number of every app, found by whom was called', async () => {
    for (const to of ['+14155550100', '+420222333444']) {
      const caller = house.caller({ ...OUTSIDE, to });
      caller.over = caller.phone.call(`${PUBLIC}/twiml`);
      await caller.isTold('Press one.');
      caller.phone.hangUp();
      await caller.over;
      expect(await caller.session()).toMatchObject({ app: 'desk', from: '+14155550123' });
    }
  });

  it('answers 404 for a number of nobody', async () => {
    expect(answersOf(await ask('+14155550155'))).toEqual([404]);
    expect(await house.sessions()).toEqual([]);
  });

  it('finds the app by the query too, with a welcome message', async () => {
    const caller = house.caller({ ...OUTSIDE, to: '+14155550155', direction: 'outbound-api' });
    caller.over = caller.phone.call(`${PUBLIC}/twiml?assistant_id=desk&welcome_message=Welcome.`);
    await caller.over;
    const { turns, isInitiated } = await caller.until(({ status }) => status === 'completed');
    expect([isInitiated, turns.map(({ text }) => text)]).toEqual([true, ['Welcome.', 'We called you. Bye.']]);
  });
});
