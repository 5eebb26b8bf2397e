import { afterEach, describe, expect, it, vi } from 'vitest';
import { Phone, type PhoneEvent, type PhoneOptions } from '../../../runtime/line/local/phone.ts';
import { writeWav } from '../../../runtime/wav.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { twimlServer, type Answer, type TwimlServer } from '../../support/twiml-server.ts';

let server: TwimlServer;
const clock = new FakeClock();
afterEach(() => server.close());

const SPEECH = (ms: number): Uint8Array => new Uint8Array(ms * 8).fill(0x30);

interface Rig {
  phone: Phone;
  events: PhoneEvent[];
  outcome: ReturnType<Phone['call']>;
  told(): PhoneEvent['kind'][];
  /** The forms that came to the action. */
  actions(): Record<string, string>[];
  partials(): Record<string, string>[];
}

/** A phone whose first document is this; behind the `<Gather>` it hears "Next." or, at its action, "Thanks.". */
async function rig(
  gather: string,
  options: Partial<PhoneOptions> = {},
  more: (url: string) => Answer | null = () => null,
): Promise<Rig> {
  const events: PhoneEvent[] = [];
  server = await twimlServer(({ url }) => {
    if (url === '/voice') return `${gather}<Redirect>/next</Redirect>`;
    if (url === '/partial') return { status: 204 };
    return more(url) ?? '<Hangup/>';
  });
  const phone = new Phone({
    clock,
    authToken: null,
    publicUrl: null,
    serverUrl: server.origin,
    from: '+15550100',
    to: '+15550199',
    direction: 'inbound',
    charactersPerS: 10,
    on: (event) => events.push(event),
    ...options,
  });
  const outcome = phone.call(`${server.origin}/voice`);
  const formsAt = (path: string) => (): Record<string, string>[] =>
    server.asked.filter(({ url }) => url === path).map(({ form }) => form);
  await vi.waitFor(() => expect(events.some(({ kind }) => kind === 'asked')).toBe(true));
  await clock.advanceAsync(0);
  return {
    phone,
    events,
    outcome,
    told: () => events.map(({ kind }) => kind),
    actions: formsAt('/action'),
    partials: formsAt('/partial'),
  };
}

async function passed(ms: number): Promise<void> {
  await clock.advanceAsync(ms);
}

async function ended({ told, outcome }: Rig): Promise<void> {
  // What is asked for over a socket takes real time.
  await vi.waitFor(async () => {
    await clock.advanceAsync(100);
    expect(told()).toContain('over');
  });
  await outcome;
}

const ASKS = '<Say>Sales or help?</Say>';
const BOTH = 'input="dtmf speech" action="/action" timeout="4" speechTimeout="2"';

describe('the simulated phone in a <Gather>', () => {
  it('listens when all that stands in it was heard, and goes on behind it when nothing comes', async () => {
    const call = await rig(`<Gather ${BOTH}>${ASKS}<Pause length="1"/></Gather>`);
    await passed(2_399);
    expect(call.told()).not.toContain('listens');
    await passed(1);
    expect(call.events.at(-1)).toMatchObject({ kind: 'listens', timeoutMs: 4_000 });
    await passed(3_999);
    expect(call.told()).not.toContain('gathered');
    await passed(1);
    expect(call.events.find(({ kind }) => kind === 'gathered')).toMatchObject({ speech: null, digits: null });
    await ended(call);
    expect(call.actions()).toEqual([]);
    expect(server.asked.map(({ url }) => url)).toEqual(['/voice', '/next']);
  });

  it('tells its action of nothing, where it is to', async () => {
    const call = await rig(`<Gather ${BOTH} actionOnEmptyResult="true">${ASKS}</Gather>`);
    await passed(5_400);
    await ended(call);
    expect(call.actions()).toMatchObject([{ Digits: '', CallSid: call.phone.callSid }]);
    expect(call.actions()[0]).not.toHaveProperty('SpeechResult');
  });

  it('understands a caption, two seconds behind its last word, though more may come', async () => {
    const call = await rig(`<Gather ${BOTH}>${ASKS}</Gather>`);
    await passed(1_400);
    void call.phone.say(SPEECH(600), 'I want');
    await passed(600 + 1_500);
    void call.phone.say(SPEECH(400), 'sales');
    await passed(400 + 1_999);
    expect(call.told()).not.toContain('gathered');
    await passed(1);
    await ended(call);
    expect(call.actions()).toMatchObject([{ SpeechResult: 'I want sales', Confidence: '0.92' }]);
    expect(call.actions()[0]).not.toHaveProperty('Digits');
  });

  it('cuts what is being said, or not where bargeIn is false', async () => {
    const call = await rig(`<Gather ${BOTH}>${ASKS}<Say>Or press a key.</Say></Gather>`);
    await passed(500);
    void call.phone.say(SPEECH(500), 'help');
    await passed(0);
    expect(call.events.at(-1)).toMatchObject({ kind: 'barged-in', by: 'speech' });
    await passed(2_500);
    await ended(call);
    expect(call.events.filter(({ kind }) => kind === 'says')).toHaveLength(1);
    server.close();

    const firm = await rig(`<Gather ${BOTH} bargeIn="false">${ASKS}<Say>Or press a key.</Say></Gather>`);
    await passed(500);
    void firm.phone.say(SPEECH(500), 'help');
    await passed(2_500);
    await ended(firm);
    expect(firm.told()).not.toContain('barged-in');
    expect(firm.events.filter(({ kind }) => kind === 'says')).toHaveLength(2);
    expect(firm.actions()).toMatchObject([{ SpeechResult: 'help' }]);
  });

  it.each([
    ['numDigits="2"', '123', '12'],
    ['', '12#3', '12'],
    ['finishOnKey="*"', '1#*', '1#'],
    ['finishOnKey=""', '1#', '1#'],
  ])('ends a row of keys with %s: %s is told as %s', async (attributes, keys, digits) => {
    const call = await rig(`<Gather ${BOTH} ${attributes}>${ASKS}</Gather>`);
    await passed(100);
    call.phone.press(keys);
    await passed(5_000);
    await ended(call);
    expect(call.actions().map(({ Digits }) => Digits)).toEqual([digits]);
  });

  it('takes what it detects first, and leaves the other aside', async () => {
    const call = await rig(`<Gather ${BOTH} numDigits="1">${ASKS}</Gather>`);
    await passed(1_400);
    void call.phone.say(SPEECH(500), 'help');
    await passed(100);
    call.phone.press('1');
    await passed(2_500);
    await ended(call);
    expect(call.actions()).toMatchObject([{ SpeechResult: 'help' }]);
  });

  it('hears no words where only keys are waited for', async () => {
    const call = await rig(`<Gather input="dtmf" action="/action" timeout="2">${ASKS}</Gather>`);
    await passed(1_400);
    const heard = call.phone.say(SPEECH(500), 'help');
    await passed(2_000);
    expect(await heard).toBe(false);
    await ended(call);
    expect(call.actions()).toEqual([]);
  });

  it('tells what it has understood so far, word by word', async () => {
    const call = await rig(`<Gather ${BOTH} partialResultCallback="/partial">${ASKS}</Gather>`);
    await passed(1_400);
    void call.phone.say(SPEECH(900), 'I want sales');
    await passed(900);
    await vi.waitFor(() => expect(call.partials()).toHaveLength(4));
    expect(
      call
        .partials()
        .toSorted((a, b) => Number(a['SequenceNumber']) - Number(b['SequenceNumber']))
        .map(({ StableSpeechResult, UnstableSpeechResult }) => [StableSpeechResult, UnstableSpeechResult]),
    ).toEqual([
      ['', 'I'],
      ['I', 'want'],
      ['I want', 'sales'],
      ['I want sales', ''],
    ]);
    await passed(2_000);
    await ended(call);
  });

  it('plays a file as long as it lasts, and sends keys', async () => {
    const call = await rig('<Play digits="1w#"/><Play>/hold.wav</Play>', {}, (url) =>
      url === '/hold.wav'
        ? { headers: { 'Content-Type': 'audio/wav' }, body: writeWav(SPEECH(700)) as unknown as string }
        : null,
    );
    expect(call.events.at(-1)).toMatchObject({ kind: 'tones', digits: '1w#' });
    await passed(900);
    await vi.waitFor(() => expect(call.told()).toContain('plays'));
    await passed(699);
    expect(call.told()).not.toContain('over');
    await ended(call);
  });

  it('is over when the caller hangs up', async () => {
    const call = await rig(`<Gather ${BOTH} actionOnEmptyResult="true">${ASKS}</Gather>`);
    await passed(700);
    call.phone.hangUp();
    expect(await call.outcome).toMatchObject({ reason: 'hung-up' });
    expect(call.actions()).toEqual([]);
  });

  it.each([
    ['speechModel="googlev2_telephony" speechTimeout="auto"', 13335],
    ['speechModel="nova-3" speechTimeout="2"', 13334],
    ['timeout="0"', 12200],
    ['numDigits="two"', 12200],
    ['input="voice"', 12200],
    [`hints="${'x'.repeat(101)}"`, 12200],
  ])('warns of %s', async (attributes, code) => {
    const call = await rig(`<Gather ${attributes}/>`);
    expect(call.events.filter(({ kind }) => kind === 'warning')).toMatchObject([{ code }]);
    call.phone.hangUp();
    await call.outcome;
  });

  it('does not execute a verb that may not stand in it', async () => {
    const call = await rig('<Gather><Dial>+15550123</Dial></Gather>');
    expect((await call.outcome).problem).toBe('<Dial> may not stand in a <Gather>.');
  });
});
