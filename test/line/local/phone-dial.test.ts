import { afterEach, describe, expect, it, vi } from 'vitest';
import { Phone, type PhoneEvent, type PhoneOptions } from '../../../runtime/line/local/phone.ts';
import { verifier } from '../../../runtime/line/twilio/signature.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { twimlServer, type Answer, type Asked, type TwimlServer } from '../../support/twiml-server.ts';

let server: TwimlServer;
let clock: FakeClock;
let events: PhoneEvent[];
afterEach(() => server.close());

const SOON = { interval: 2, timeout: 10_000 };
const WARM =
  '<Dial timeout="20" callerId="+14155550100" action="/done?n=1"><Number url="/brief">+14155550199</Number></Dial>';
const BRIEF =
  '<Gather numDigits="1" action="/brief/answer"><Say>Ana.</Say><Say>Press one.</Say></Gather><Hangup/>';

async function phoneFor(
  answer: (asked: Asked) => Answer | string,
  options: Partial<PhoneOptions> = {},
): Promise<Phone> {
  clock = new FakeClock();
  events = [];
  server = await twimlServer(answer);
  return new Phone({
    clock,
    authToken: null,
    publicUrl: null,
    serverUrl: server.origin,
    from: '+15550100',
    to: '+14155550100',
    direction: 'inbound',
    on: (event) => events.push(event),
    ...options,
  });
}

const documents =
  (more: Record<string, string> = {}) =>
  ({ url }: Asked): string =>
    ({
      '/voice': WARM,
      '/brief': BRIEF,
      '/brief/answer': '',
      '/done?n=1': '<Hangup/>',
      ...more,
    })[url] ?? '<Reject/>';

/** Lets the call go on until it is over. */
async function over(call: ReturnType<Phone['call']>): Promise<Awaited<typeof call>> {
  let done = false;
  void call.then(() => (done = true));
  await vi.waitFor(async () => {
    await clock.advanceAsync(100);
    expect(done).toBe(true);
  }, SOON);
  return call;
}

/** What happened on the other side, in words. */
const happened = (): string[] =>
  events.flatMap((event) => {
    if (event.kind === 'dialled') return [`dials ${event.to} as ${event.callerId}`];
    if (event.kind === 'callee') return [event.did];
    if (event.kind === 'callee-hears') return [`hears ${event.text}`];
    if (event.kind === 'callee-says') return [`says ${event.text}`];
    return event.kind === 'joined' ? ['joined'] : [];
  });

const askedFor = (url: string): Asked | undefined => server.asked.find((one) => one.url === url);

describe('the simulated phone, told to dial', () => {
  it('rings the other side, tells it the brief, and joins the two when it presses 1', async () => {
    const phone = await phoneFor(documents());
    expect(await over(phone.call(`${server.origin}/voice`))).toMatchObject({ reason: 'ended' });
    expect(happened()).toEqual([
      'dials +14155550199 as +14155550100',
      'answers',
      'hears Ana.',
      'hears Press one.',
      'presses 1',
      'joined',
      'says Hello, here I am.',
      'hangs up',
    ]);
    const child = askedFor('/brief')!.form;
    expect(child).toMatchObject({
      ParentCallSid: phone.callSid,
      Direction: 'outbound-dial',
      From: '+14155550100',
      To: '+14155550199',
    });
    expect(child['CallSid']).not.toBe(phone.callSid);
    expect(askedFor('/brief/answer')!.form).toMatchObject({ CallSid: child['CallSid'], Digits: '1' });
    expect(askedFor('/done?n=1')!.form).toMatchObject({
      CallSid: phone.callSid,
      CallStatus: 'in-progress',
      DialCallSid: child['CallSid'],
      DialCallStatus: 'completed',
      DialBridged: 'true',
      DialCallDuration: '3',
    });
  });

  it('joins the two at once where there is no brief, and goes on in the document without an action', async () => {
    const phone = await phoneFor(
      documents({ '/voice': '<Dial>+14155550199</Dial><Redirect>/done?n=1</Redirect>' }),
    );
    await over(phone.call(`${server.origin}/voice`));
    expect(happened()).toEqual([
      'dials +14155550199 as +15550100',
      'answers',
      'joined',
      'says Hello, here I am.',
      'hangs up',
    ]);
    expect(askedFor('/done?n=1')!.form).not.toHaveProperty('DialCallStatus');
  });

  it.each([
    ['busy', ['is busy'], 'busy', 500],
    ['no-answer', ['does not answer'], 'no-answer', 20_000],
    ['decline', ['answers', 'hears Ana.', 'hears Press one.', 'declines'], 'completed', 2_000],
  ] as const)('finds a callee who is to %s', async (callee, did, status, afterMs) => {
    const phone = await phoneFor(documents(), { callee });
    const { durationMs } = await over(phone.call(`${server.origin}/voice`));
    expect(happened().slice(1)).toEqual(did);
    expect(askedFor('/done?n=1')!.form).toMatchObject({ DialCallStatus: status, DialBridged: 'false' });
    expect(durationMs).toBeGreaterThanOrEqual(afterMs);
  });

  it('asks the action though the caller has hung up, while it rang or later', async () => {
    const phone = await phoneFor(documents());
    const call = phone.call(`${server.origin}/voice`);
    await vi.waitFor(() => expect(happened()).toHaveLength(1));
    phone.hangUp();
    expect(await call).toMatchObject({ reason: 'hung-up' });
    expect(askedFor('/done?n=1')!.form).toMatchObject({
      CallStatus: 'completed',
      DialCallStatus: 'canceled',
      DialBridged: 'false',
    });

    const other = await phoneFor(documents());
    const second = other.call(`${server.origin}/voice`);
    await vi.waitFor(async () => {
      await clock.advanceAsync(100);
      expect(happened()).toContain('joined');
    }, SOON);
    other.hangUp();
    expect(await second).toMatchObject({ reason: 'hung-up' });
    expect(askedFor('/done?n=1')!.form).toMatchObject({ CallStatus: 'completed', DialBridged: 'true' });
  });

  it('signs what the other side asks', async () => {
    const phone = await phoneFor(documents(), { authToken: '12345' });
    await over(phone.call(`${server.origin}/voice`));
    const check = verifier({ keys: () => [{ sid: null, token: '12345' }], publicUrl: server.origin });
    for (const { url, headers, form } of server.asked) {
      expect([url, check.webhook({ url, headers } as never, form)]).toEqual([
        url,
        { genuine: true, sids: null },
      ]);
    }
  });

  it.each([
    ['<Dial><Sip>sip:a@b</Sip></Dial>', 'The simulated phone cannot execute <Dial><Sip>.'],
    [
      '<Dial><Number>+15550111</Number><Number>+15550112</Number></Dial>',
      'The simulated phone cannot execute <Dial><Number><Number>.',
    ],
  ])('fails with a sentence on %s', async (twiml, problem) => {
    const phone = await phoneFor(documents({ '/voice': twiml }));
    expect(await over(phone.call(`${server.origin}/voice`))).toMatchObject({ reason: 'failed', problem });
  });
});

describe('the simulated phone asks again', () => {
  const NEXT = '<Redirect>/next#rc=5&amp;rp=ct,5xx</Redirect>';

  /** Answers `/next` only when it was asked so often. */
  async function callThrough(failures: number, failure: Answer, next = NEXT): Promise<[string, number]> {
    let asked = 0;
    const phone = await phoneFor(({ url }) => {
      if (url === '/voice') return next;
      return ++asked > failures ? '<Hangup/>' : failure;
    });
    const { reason } = await over(phone.call(`${server.origin}/voice`));
    return [reason, asked];
  }

  it('where the URL says so, until somebody answers', async () => {
    expect(await callThrough(5, { dies: true })).toEqual(['ended', 6]);
    expect(clock.elapsed()).toBeGreaterThan(7_000);
  });

  it('but not for ever', async () => {
    expect(await callThrough(6, { dies: true })).toEqual(['failed', 6]);
  });

  it('after an error of the server, where the URL says so', async () => {
    expect(await callThrough(2, { status: 503 })).toEqual(['ended', 3]);
    expect(await callThrough(2, { status: 404 })).toEqual(['failed', 1]);
  });

  it('once, and only where it could not connect, where the URL says nothing', async () => {
    const plain = '<Redirect>/next</Redirect>';
    expect(await callThrough(1, { dies: true }, plain)).toEqual(['ended', 2]);
    expect(await callThrough(2, { dies: true }, plain)).toEqual(['failed', 2]);
    expect(await callThrough(1, { status: 503 }, plain)).toEqual(['failed', 1]);
  });
});
