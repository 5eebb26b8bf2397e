import { afterEach, describe, expect, it } from 'vitest';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import type { Gathering } from '../../runtime/line/gathering.ts';
import { PLACES } from '../store/places.ts';
import {
  AGAIN,
  NOTHING,
  openOffice,
  pressed,
  saidIn,
  spoke,
  type Office,
  type OfficeParts,
} from '../support/gathering.ts';

const PIZZA = `
intro: {say: "Pizza."}
inbound: ask
outbound: {hangup: "Your pizza is on its way. Goodbye."}
tools: {place: {about: Places an order, timeout: 30s, meanwhile: "A moment.", http: {url: "http://localhost/"}}}
states:
  ask:
    - ask: "Order or hours?"
      answers:
        - {when: wants to order, like: [I want to order], keys: "1", goto: order}
        - {when: asks for hours, like: [when are you open], keys: "2", say: "Nine to five."}
        - {when: wants the cook, like: [the cook please], keys: "3", goto: cook}
      silence: ["Are you there?", {hangup: "Goodbye then."}]
    - goto: ask
  order:
    - {do: place, save: ticket, failed: {hangup: "The oven is cold."}}
    - ask: "In {{ ticket.minutes }} minutes. All right?"
      answers:
        - {when: agrees, like: [all right], keys: "1", hangup: "Bye."}
  cook:
    - say: "I connect you."
    - transfer: manager
      failed: [{say: "The cook is busy."}, {goto: ask}]
`;

let office: Office;
afterEach(() => office.close());

const open = async (dialogue = PIZZA, parts: OfficeParts = {}): Promise<Office> =>
  (office = await openOffice(dialogue, parts));

const READY: Value = { minutes: 20 };
const instantly = { tool: () => Promise.resolve(READY) };
/** A tool that takes so long, and what it was called with. */
function slow(ms: number): { parts: OfficeParts; keys: string[] } {
  const keys: string[] = [];
  const tool: OfficeParts['tool'] = ({ key }) => {
    keys.push(key);
    return new Promise((resolve) => office.clock.after(ms, () => resolve(READY)));
  };
  return { parts: { tool }, keys };
}

const turns = async (): Promise<string[]> =>
  (await office.session()).turns.map(
    ({ role, text, heardText, interrupted }) =>
      `${role}: ${text}${interrupted ? ` [${heardText}—]` : heardText === null ? ' …' : ''}`,
  );
const events = async (): Promise<string[]> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
  (await office.session()).journal.map(({ event }) => (event as { kind: string }).kind);

describe('a call that is answered exchange by exchange', () => {
  it('says what there is to say, and tells how the caller is listened to', async () => {
    const one = (await open(PIZZA, instantly)).process();
    const first = await one.call();
    expect(first).toMatchObject({
      kind: 'gather',
      turn: 1,
      speech: null,
      voice: null,
      sounds: [
        { kind: 'say', text: 'Pizza.', locale: 'en-US', interrupt: 'speech' },
        { kind: 'say', text: 'Order or hours?', locale: 'en-US', interrupt: 'speech' },
      ],
      next: {
        kind: 'listen',
        locale: 'en-US',
        interrupt: 'speech',
        patience: 'normal',
        silenceMs: 7_000,
        keyCount: 1,
        poundEnds: true,
        hints: ['I want to order', 'when are you open', 'the cook please'],
        partials: false,
      },
    });
    expect(await turns()).toEqual(['agent: Pizza. …', 'agent: Order or hours? …']);
  });

  it('goes on with words, keys and a tool to its end, and is over before the last answer is given', async () => {
    const one = (await open(PIZZA, instantly)).process();
    const first = await one.call();
    await office.pass(5_000);
    const second = await one.tell(first, pressed('1'));
    expect(saidIn(second)).toEqual(['In 20 minutes. All right?']);
    await office.pass(5_000);
    const last = await one.tell(second, spoke('all right'));
    expect([saidIn(last), last.next]).toEqual([['Bye.'], { kind: 'hang-up' }]);
    expect(await office.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
    expect(await turns()).toEqual([
      'agent: Pizza.',
      'agent: Order or hours?',
      'agent: In 20 minutes. All right?',
      'caller: all right',
      'agent: Bye.',
    ]);
    expect(one.errors).toEqual([]);
    await office.pass(2_000);
    // Nothing but the beat by which other processes know that this one lives.
    expect(office.clock.waiting).toBe(1);
  });

  it('climbs the ladder when the caller is silent', async () => {
    const one = (await open(PIZZA, instantly)).process();
    const second = await one.tell(await one.call(), NOTHING);
    expect([saidIn(second), second.next.kind]).toEqual([['Are you there?'], 'listen']);
    const last = await one.tell(second, NOTHING);
    expect([saidIn(last), last.next.kind]).toEqual([['Goodbye then.'], 'hang-up']);
    expect(await office.session()).toMatchObject({ endReason: 'agent-hung-up' });
  });

  it('takes keys that come together one after the other, over several questions', async () => {
    const one = (await open(PIZZA, instantly)).process();
    const last = await one.tell(await one.call(), pressed('21'));
    expect([saidIn(last), last.next.kind]).toEqual([
      ['Nine to five.', 'Order or hours?', 'In 20 minutes. All right?'],
      'listen',
    ]);
  });

  it('takes keys as whole where more could have come', async () => {
    const one = (
      await open(`
slots: {code: {type: digits, length: 4, ask: "The code?"}, amount: {type: integer, ask: "How many?"}}
inbound: all
states: {all: [{collect: [code, amount]}, {hangup: "{{ amount }} for {{ digits(code) }}."}]}
`)
    ).process();
    const first = await one.call();
    expect(first.next).toMatchObject({ kind: 'listen', keyCount: 4, poundEnds: true });
    const second = await one.tell(first, pressed('1234'));
    expect(second.next).toMatchObject({ kind: 'listen', keyCount: null });
    const { value: last, ms } = await office.until(one.tell(second, pressed('12')));
    expect(saidIn(last)).toEqual(['12 for 1 2 3 4.']);
    expect(ms).toBeLessThan(200);
  });

  it('ends the call with a word when the time is over', async () => {
    const app = { limits: { calls: null, durationMs: 60_000, cost: null } };
    const one = (await open(PIZZA, { ...instantly, app })).process();
    const first = await one.call();
    await office.pass(61_000);
    const last = await one.tell(first, spoke('when are you open'));
    expect(saidIn(last)).toEqual(['I am sorry, I have to end our call here. Goodbye.']);
    expect(last.next).toEqual({ kind: 'hang-up' });
    expect(await office.session()).toMatchObject({ endReason: 'limit' });
  });

  it('is over when nothing is heard of the caller any more', async () => {
    const one = (await open(PIZZA, instantly)).process();
    await one.call();
    await office.pass(80_000);
    expect((await office.session()).status).toBe('in-progress');
    await office.pass(15_000);
    expect(await office.session()).toMatchObject({ status: 'completed', endReason: 'caller-hung-up' });
    expect(one.errors).toEqual([]);
  });

  it('is over when the network says so, and marks what was still being said', async () => {
    const one = (await open(PIZZA, instantly)).process();
    const first = await one.call();
    await office.pass(1_000);
    await one.switchboard.status(first.session, 'CA'.padEnd(34, 'b'), 'completed');
    await office.pass(500);
    expect(await office.session()).toMatchObject({ status: 'completed', endReason: 'caller-hung-up' });
    expect(await turns()).toEqual(['agent: Pizza.', 'agent: Order or hours? [Order or—]']);
  });

  it('answers nobody but the call itself', async () => {
    const one = (await open(PIZZA, instantly)).process();
    const { session, turn } = await one.call();
    const ask = async (...given: Parameters<typeof one.ask>): Promise<unknown> =>
      (await office.until(one.ask(...given))).value;
    expect(await ask('nobody', turn, NOTHING)).toEqual({ kind: 'unknown' });
    expect(await ask(session, turn, NOTHING, 'CA-another')).toEqual({ kind: 'unknown' });
    for (const wrong of [turn + 1, -1, NaN, 0.5])
      expect(await ask(session, wrong, NOTHING)).toEqual({ kind: 'unknown' });
    expect(await events()).toEqual(['call-started']);
  });
});

describe('what was heard', () => {
  it('is a part, where the caller spoke before it could have ended', async () => {
    const one = (await open(PIZZA, instantly)).process();
    const first = await one.call();
    // "I want to order": a second, and two until the line was sure that it was all.
    await office.pass(3_740);
    await one.tell(first, spoke('I want to order'));
    await office.pass(500);
    expect((await turns()).slice(0, 2)).toEqual(['agent: Pizza.', 'agent: Order or hours? [Order—]']);
  });

  it('is all of it, where it was said that nobody may interrupt', async () => {
    const one = (
      await open(PIZZA.replace('inbound: ask', 'inbound: ask\nturn: {interrupt: never}'), instantly)
    ).process();
    const first = await one.call();
    await office.pass(3_300);
    await one.tell(first, spoke('I want to order'));
    await office.pass(500);
    expect((await turns()).slice(0, 2)).toEqual(['agent: Pizza.', 'agent: Order or hours?']);
    expect(first.next).toMatchObject({ interrupt: 'never' });
  });

  it('is cut by a key where only keys interrupt, and not by words', async () => {
    const keys = PIZZA.replace('inbound: ask', 'inbound: ask\nturn: {interrupt: keys}');
    for (const [told, heard] of [
      [pressed('2'), 'agent: Order or hours? [Order or—]'],
      [spoke('when are you open'), 'agent: Order or hours?'],
    ] as const) {
      const one = (await open(keys, instantly)).process();
      const first = await one.call();
      await office.pass(1_000);
      await one.tell(first, told);
      await office.pass(500);
      expect((await turns())[1]).toBe(heard);
      if (told.kind === 'pressed') await office.close();
    }
  });
});

describe('an answer that takes its time', () => {
  it('is announced, and comes when the line asks again', async () => {
    const { parts, keys } = slow(10_000);
    const one = (await open(PIZZA, parts)).process();
    const first = await one.call();
    await office.pass(5_000);
    const { value: meanwhile, ms } = await office.until(one.tell(first, spoke('I want to order')));
    expect([saidIn(meanwhile), meanwhile.next]).toEqual([['A moment.'], { kind: 'ask-again' }]);
    expect(ms).toBeLessThan(2_100);
    const second = await one.tell(meanwhile, AGAIN);
    // Five seconds behind the first.
    expect([saidIn(second), second.next]).toEqual([['A moment.'], { kind: 'ask-again' }]);
    const third = await one.tell(second, AGAIN);
    expect(saidIn(third)).toEqual(['In 20 minutes. All right?']);
    expect(keys).toHaveLength(1);
    expect(await events()).toEqual(
      expect.arrayContaining(['call-started', 'caller-spoke', 'time-passed', 'tool-returned']),
    );
  });

  it('lets time pass behind what is said, where the dialogue waits', async () => {
    const one = (
      await open(`
inbound: all
states: {all: [{say: "Hold on."}, {wait: 3s}, {hangup: "Done."}]}
`)
    ).process();
    const first = await one.call();
    expect([saidIn(first), first.next]).toEqual([['Hold on.'], { kind: 'ask-again' }]);
    const from = office.clock.now();
    const last = await one.tell(first, AGAIN);
    expect([saidIn(last), last.next]).toEqual([['Done.'], { kind: 'hang-up' }]);
    // "Hold on." takes half a second.
    expect(office.clock.now() - from).toBeGreaterThanOrEqual(3_400);
    expect(office.clock.now() - from).toBeLessThan(3_800);
  });
});

describe('an exchange that is asked for twice', () => {
  it('is carried out once, and answered the same: at once, later, and by another process', async () => {
    const one = (await open(PIZZA, instantly)).process();
    const two = office.process();
    const first = await one.call();
    await office.pass(5_000);
    const told = spoke('when are you open');
    const both = Promise.all([one.tell(first, told), one.tell(first, told), two.tell(first, told)]);
    const [a, b, c] = (await office.until(both)).value;
    expect(saidIn(a)).toEqual(['Nine to five.', 'Order or hours?']);
    expect(b).toEqual(a);
    expect(c).toEqual(a);
    expect(await one.tell(first, told)).toEqual(a);
    expect(await two.tell(first, told)).toEqual(a);
    expect(await events()).toEqual(['call-started', 'caller-spoke']);
    expect([one.errors, two.errors]).toEqual([[], []]);
  });

  it('gives the first answer again where the call comes in twice', async () => {
    const one = (await open(PIZZA, instantly)).process();
    const [a, b] = await Promise.all([one.call(), one.call()]);
    expect(b).toEqual(a);
    expect(await one.call()).toEqual(a);
    expect(await office.process().call()).toEqual(a);
    expect(await events()).toEqual(['call-started']);
  });

  it('gives the goodbye again', async () => {
    const one = (await open(PIZZA, instantly)).process();
    const first = await one.call();
    const second = await one.tell(first, pressed('1'));
    const last = await one.tell(second, pressed('1'));
    expect(await one.tell(second, pressed('1'))).toEqual(last);
    expect(await office.process().tell(second, pressed('1'))).toEqual(last);
  });
});

describe('any process', () => {
  it.for(PLACES.filter(({ skipped }) => !skipped))(
    'answers the next exchange, turn by turn, with the same transcript, on $name',
    async ({ make }) => {
      await open(PIZZA, { ...instantly, place: await make() });
      const [one, two] = [office.process(), office.process()];
      let at: Gathering = await one.call();
      const say = async (process: typeof one, text: string): Promise<string[]> => {
        await office.pass(5_000);
        at = await process.tell(at, spoke(text));
        return saidIn(at);
      };
      expect(await say(two, 'when are you open')).toEqual(['Nine to five.', 'Order or hours?']);
      expect(await say(one, 'when are you open')).toEqual(['Nine to five.', 'Order or hours?']);
      expect(await say(two, 'I want to order')).toEqual(['In 20 minutes. All right?']);
      expect(await say(one, 'all right')).toEqual(['Bye.']);
      expect(at.next).toEqual({ kind: 'hang-up' });
      expect(await turns()).toEqual([
        'agent: Pizza.',
        'agent: Order or hours?',
        'caller: when are you open',
        'agent: Nine to five.',
        'agent: Order or hours?',
        'caller: when are you open',
        'agent: Nine to five.',
        'agent: Order or hours?',
        'caller: I want to order',
        'agent: In 20 minutes. All right?',
        'caller: all right',
        'agent: Bye.',
      ]);
      expect(await office.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
      // The one that does not hold the call any more closes nothing.
      await office.pass(200_000);
      expect(await office.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
      expect([one.errors, two.errors]).toEqual([[], []]);
    },
  );

  it('marks what was heard of a line that another one said', async () => {
    await open(PIZZA, instantly);
    const first = await office.process().call();
    await office.pass(3_740);
    await office.process().tell(first, spoke('I want to order'));
    await office.pass(500);
    expect((await turns()).slice(0, 2)).toEqual(['agent: Pizza.', 'agent: Order or hours? [Order—]']);
  });

  it('hears of a silence as the one before would have', async () => {
    await open(PIZZA, instantly);
    const first = await office.process().call();
    await office.pass(9_000);
    const second = await office.process().tell(first, NOTHING);
    expect(saidIn(second)).toEqual(['Are you there?']);
    expect(saidIn(await office.process().tell(second, NOTHING))).toEqual(['Goodbye then.']);
  });

  it('waits for a tool that another one has called, and does not call it again', async () => {
    const { parts, keys } = slow(10_000);
    await open(PIZZA, parts);
    const [one, two] = [office.process(), office.process()];
    const first = await one.call();
    await office.pass(5_000);
    const meanwhile = await one.tell(first, pressed('1'));
    await office.pass(600);
    const second = await two.tell(await two.tell(meanwhile, AGAIN), AGAIN);
    expect(saidIn(second)).toEqual(['In 20 minutes. All right?']);
    expect(keys).toHaveLength(1);
    await office.pass(4_000);
    expect(saidIn(await two.tell(second, pressed('1')))).toEqual(['Bye.']);
    expect([one.errors, two.errors]).toEqual([[], []]);
  });

  it('calls the tool again, under the same key, where the one that called it is dead', async () => {
    let dead = true;
    const keys: string[] = [];
    await open(PIZZA, {
      tool: ({ key }) => {
        keys.push(key);
        return dead ? new Promise(() => undefined) : Promise.resolve(READY);
      },
    });
    const one = office.process();
    const first = await one.call();
    await office.pass(5_000);
    const meanwhile = await one.tell(first, pressed('1'));
    one.dies();
    dead = false;
    const { value: second, ms } = await office.until(office.process().tell(meanwhile, AGAIN));
    expect(saidIn(second)).toEqual(['In 20 minutes. All right?']);
    expect(ms).toBeLessThan(8_000);
    expect(keys).toHaveLength(2);
    expect(keys[1]).toBe(keys[0]);
  });

  it('asks again for what only the one before knew', async () => {
    await open(
      `
slots: {card: {type: digits, length: 4, ask: "The card?", from: [keys], sensitive: true}}
tools: {pay: {about: Pays, input: {card: digits}, http: {url: "http://localhost/"}}}
inbound: all
states:
  all:
    - collect: [card]
    - confirm: "Shall I pay?"
      rejected: {hangup: "No."}
    - {do: pay, with: {card: card}, failed: {hangup: "Failed."}}
    - hangup: "Paid."
`,
      { tool: ({ input }) => Promise.resolve(input['card'] ?? null) },
    );
    const first = await office.process().call();
    const second = await office.process().tell(first, pressed('4321'));
    expect(saidIn(second)).toEqual(['Shall I pay?']);
    const two = office.process();
    const third = await two.tell(second, spoke('yes'));
    expect(saidIn(third)).toEqual(['The card?']);
    expect(saidIn(await two.tell(third, pressed('4321')))).toEqual(['Paid.']);
  });
});

describe('a transfer', () => {
  it('is the end of an answer, and a caller who comes back is told so', async () => {
    await open(PIZZA, { ...instantly, app: { transfers: { manager: '+14155550199' } } });
    const one = office.process();
    const first = await one.call();
    await office.pass(5_000);
    const away = await one.tell(first, pressed('3'));
    expect(saidIn(away)).toEqual(['I connect you.']);
    expect(away.next).toMatchObject({ kind: 'dial', to: '+14155550199', callerId: '+14155550100' });
    if (away.next.kind !== 'dial') return;
    const { session, transfer } = away.next;
    const told = { session, transfer, callSid: 'CA'.padEnd(34, 'b'), joined: false, callerIsThere: true };
    await office.pass(20_000);
    for (const process of [one, one, office.process()]) {
      const back = (await office.until(process.switchboard.transferred({ ...told, status: 'busy' }))).value;
      expect(back).toMatchObject({ kind: 'gather', next: { kind: 'listen' } });
      expect(saidIn(back as Gathering)).toEqual(['The cook is busy.', 'Order or hours?']);
    }
    expect((await events()).filter((kind) => kind === 'transfer-failed')).toHaveLength(1);
  });
});

describe('a process that is going away', () => {
  it('lets its callers go to another one without a word', async () => {
    await open(PIZZA, instantly);
    const one = office.process();
    const first = await one.call();
    expect((await office.until(one.switchboard.drain(5_000))).value).toBe(1);
    await office.pass(3_000);
    const second = await office.process().tell(first, spoke('when are you open'));
    expect(saidIn(second)).toEqual(['Nine to five.', 'Order or hours?']);
  });

  it('tells those goodbye who come to it all the same', async () => {
    await open(PIZZA, instantly);
    const one = office.process();
    const first = await one.call();
    await office.until(one.switchboard.drain(5_000));
    const last = await one.tell(first, spoke('when are you open'));
    expect(last.next).toEqual({ kind: 'hang-up' });
    expect(saidIn(last)).toHaveLength(1);
    expect(await office.session()).toMatchObject({ status: 'completed', endReason: 'drained' });
  });
});
