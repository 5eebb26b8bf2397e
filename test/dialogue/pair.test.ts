import { describe, expect, it } from 'vitest';
import { constantLines } from '../../runtime/dialogue/constant-lines.ts';
import { wordsFor } from '../../runtime/dialogue/words.ts';
import { Driver, factsOf, programOf } from '../support/engine-driver.ts';

const PHONE = '+14155550123';
const EN = wordsFor('en').pairing;
const CODE = '471902';
const SPOKEN = '4, 7, 1, 9, 0, 2.';
const TEN_MINUTES = 600_000;
const ANA = { paired: true, anonymous: false, name: 'Ana', favourite: 'tea' };

const DIALOGUE = `
intro: {say: "Welcome{{ user.name ? ', ' + user.name : '' }}."}
inbound: menu
states:
  menu:
    - ask: "What would you like?"
      answers: [{when: wants tea, keys: "1", hangup: "Tea."}]
anytime: [{when: asks for a person, like: [operator], keys: "0", goto: menu}]
silence: ["Still there?", {goto: menu}]
unclear: [{goto: menu}]
failed: {goto: menu}
`;

const privately = (more: Parameters<typeof factsOf>[0] = {}, change: object = {}): Driver =>
  new Driver(programOf(DIALOGUE, { public: false }), { ...factsOf(more), ...change });

const open = (call: Driver): Driver => {
  const [order] = call.effects.flatMap((effect) => (effect.kind === 'open-pairing' ? effect : []));
  if (!order) throw new Error('No code was asked for.');
  const expiresAt = call.at + TEN_MINUTES;
  return call.send({ kind: 'pairing-opened', pairing: order.pairing, code: CODE, expiresAt });
};
const silent = (call: Driver): Driver =>
  call.send({ kind: 'time-passed', wake: `silence:${call.expectation!.id}` });

describe('an unknown caller of a private app', () => {
  it('is told a code, digit by digit, before anything of the dialogue', () => {
    const call = privately().start();
    expect(call.effects).toEqual([
      { kind: 'open-pairing', pairing: 'p1', phone: PHONE },
      { kind: 'wake', id: 'opening:p1', afterMs: 8_000, since: 'now' },
    ]);
    open(call);
    expect(call.said()).toEqual([EN.unpaired, SPOKEN, EN.starRepeats]);
    expect(call.wakes.get('code:p1')).toBe(TEN_MINUTES);
    expect(call.wakes.has('opening:p1')).toBe(false);
  });

  it('goes straight on into the intro when the phone was paired, and is known then', () => {
    const call = open(privately().start());
    call.said();
    call.send({ kind: 'paired', user: ANA });
    expect(call.said()).toEqual([EN.paired, 'Welcome, Ana.', 'What would you like?']);
    expect(call.state.facts.user).toEqual(ANA);
    expect(call.state.pairing).toBeNull();
    expect(call.wakes.has('code:p1')).toBe(false);
    expect(call.means('wants tea').said()).toEqual(['Tea.']);
  });

  it('hears the code again on the star, on silence, on request, and whatever else is said', () => {
    const call = open(privately().start());
    call.said();
    const again = [EN.again, SPOKEN];
    expect(call.send({ kind: 'key-pressed', key: '*' }).said()).toEqual(again);
    expect(silent(call).said()).toEqual(again);
    expect(call.means(EN.asksAgain.when).said()).toEqual(again);
    expect(call.means(null).said()).toEqual(again);
    expect(call.press('5').said()).toEqual(again);
    for (let times = 0; times < 8; times++) {
      expect(call.press('*').said()).toEqual(again);
    }
  });

  it('reaches nothing of the dialogue by what may be asked for at any time, nor by its ladders', () => {
    const call = open(privately().start());
    call.said();
    expect(call.expectation!.choices.map(({ when }) => when)).toEqual([EN.asksAgain.when]);
    for (let times = 0; times < 12; times++) {
      expect(call.press('0').said()).toEqual([EN.again, SPOKEN]);
      call.send({
        kind: 'caller-spoke',
        text: '',
        meaning: null,
        expectation: call.expectation!.id,
        answered: false,
        cut: true,
      });
      expect(call.said().at(-1)).toBe(SPOKEN);
      call.means(null);
      expect(call.said()).toEqual([EN.again, SPOKEN]);
    }
    expect(call.state.contexts).toHaveLength(1);
    expect(call.state.stack.map(({ block }) => block)).toEqual(['door']);
  });

  it('is hung up on politely after ten silences in a row, and not before', () => {
    const call = open(privately().start());
    for (let times = 0; times < 9; times++) silent(call);
    call.send({ kind: 'key-pressed', key: '*' });
    for (let times = 0; times < 9; times++) silent(call);
    call.said();
    expect(call.hungUp).toBeNull();
    silent(call);
    expect(call.said()).toEqual([`${EN.gaveUp} Goodbye.`]);
    expect(call.hungUp).toBe('not-paired');
  });

  it('is hung up on when the code has expired', () => {
    const call = open(privately().start());
    call.said();
    call.send({ kind: 'time-passed', wake: 'code:p1' });
    expect(call.said()).toEqual([`${EN.expired} Goodbye.`]);
    expect(call.hungUp).toBe('not-paired');
  });

  it.each([
    ['too-many-codes', `${EN.tooMany} Goodbye.`, 'not-paired'],
    ['store-failed', wordsFor('en').trouble, 'error'],
  ])('is told so where no code can be had: %s', (code, said, reason) => {
    const call = privately().start();
    call.send({ kind: 'pairing-failed', pairing: 'p1', code });
    expect(call.said()).toEqual([said]);
    expect(call.hungUp).toBe(reason);
  });

  it('is not left in silence where nobody answers whether there is a code', () => {
    const call = privately().start().send({ kind: 'time-passed', wake: 'opening:p1' });
    expect(call.said()).toEqual([wordsFor('en').trouble]);
    expect(call.hungUp).toBe('error');
  });

  it.each([null, 'client:ana', 'anonymous'])(
    'is told that it cannot be paired where the number is %s',
    (phone) => {
      const call = privately({}, { caller: { phone, country: null, city: null, name: null } }).start();
      expect(call.said()).toEqual([`${EN.withheld} Goodbye.`]);
      expect(call.hungUp).toBe('not-paired');
    },
  );

  it('hears another code where the one that was told is known to nobody any more', () => {
    const call = open(privately().start());
    call.said();
    call.state.pairing!.code = null;
    call.send({ kind: 'line-resumed' });
    expect(call.effects[0]).toEqual({ kind: 'open-pairing', pairing: 'p2', phone: PHONE });
    // What was opened for the line before comes too late.
    call.send({ kind: 'pairing-opened', pairing: 'p1', code: '111111', expiresAt: call.at + 1 });
    expect(call.said()).toEqual([]);
    call.send({ kind: 'pairing-opened', pairing: 'p2', code: '222222', expiresAt: call.at + 1 });
    expect(call.said()).toEqual([EN.unpaired, '2, 2, 2, 2, 2, 2.', EN.starRepeats]);
  });

  it('goes on with the star where speech is lost for good', () => {
    const call = open(privately().start());
    call.said();
    call.send({ kind: 'speech-failed', code: 'x' });
    expect(call.said()).toEqual([wordsFor('en').useKeys]);
    expect(call.send({ kind: 'key-pressed', key: '*' }).said()).toEqual([EN.again, SPOKEN]);
  });

  it.each(['cs-CZ', 'de-DE', 'es-ES', 'fr-FR'])('hears it in the language of the call: %s', (locale) => {
    const words = wordsFor(locale).pairing;
    const call = open(privately({ locale }).start());
    expect(call.said()).toEqual([words.unpaired, SPOKEN, words.starRepeats]);
    expect(words.unpaired).not.toBe(EN.unpaired);
  });
});

describe('nobody is asked to be paired', () => {
  it('whose phone is paired already', () => {
    const call = privately({}, { user: ANA }).start();
    expect(call.said()).toEqual(['Welcome, Ana.', 'What would you like?']);
  });
  it('whom we have called', () => {
    const call = privately({ isInitiated: true }).start();
    expect(call.said()).toEqual(['Welcome.', 'What would you like?']);
  });
  it('who calls a public app', () => {
    const call = new Driver(programOf(DIALOGUE)).start();
    expect(call.said()).toEqual(['Welcome.', 'What would you like?']);
  });
});

describe('pair, as a step', () => {
  const MEMBERS = `
inbound: door
states:
  door:
    - pair: true
      failed: ["Then not.", {goto: bye}]
    - goto: members
  members: {requires: user.paired, else: {hangup: "Members only."}, steps: [{hangup: "Hello {{ user.name }}."}]}
  bye: {hangup: "Bye."}
anytime:
  - {when: asks for a person, keys: "0", goto: bye}
  - {when: asks the time, like: [what time is it], say: "Noon."}
`;
  const start = (yaml = MEMBERS, change: object = {}): Driver =>
    new Driver(programOf(yaml), { ...factsOf(), ...change }).start();

  it('opens the gates that ask for a paired caller', () => {
    const call = open(start());
    expect(call.said()).toEqual([EN.unpaired, SPOKEN, EN.starRepeats]);
    expect(call.send({ kind: 'paired', user: ANA }).said()).toEqual([EN.paired, 'Hello Ana.']);
    expect(call.hungUp).toBe('agent-hung-up');
  });

  it('is passed without a word by who is paired', () => {
    expect(start(MEMBERS, { user: ANA }).said()).toEqual(['Hello Ana.']);
  });

  it('lets the caller ask what may be asked for at any time, and comes back to the code', () => {
    const call = open(start());
    call.said();
    expect(call.means('asks the time').said()).toEqual(['Noon.', EN.again, SPOKEN]);
    expect(call.means('asks for a person').said()).toEqual(['Bye.']);
  });

  it('goes on where the phone was paired while something else was talked about', () => {
    const call = open(
      start(`
inbound: [{pair: true}, {hangup: "In."}]
anytime: [{when: asks the time, then: [{ask: "Do you have a watch?", answers: [{when: has one}]}]}]
`),
    );
    call.means('asks the time');
    call.said();
    call.send({ kind: 'paired', user: ANA });
    expect(call.said()).toEqual([]);
    expect(call.means('has one').said()).toEqual([EN.paired, 'In.']);
  });

  it('leaves by `failed` where the code runs out: a text is said and another code is opened', () => {
    const call = open(start());
    call.said();
    call.send({ kind: 'time-passed', wake: 'code:p1' });
    expect(call.said()).toEqual([EN.expired, 'Then not.']);
    expect(call.effects.at(-2)).toEqual({ kind: 'open-pairing', pairing: 'p2', phone: PHONE });
    open(call);
    call.said();
    call.send({ kind: 'time-passed', wake: 'code:p2' });
    expect(call.said()).toEqual([EN.expired, 'Bye.']);
  });

  it('leaves by `failed` where the number is withheld, once it has said so', () => {
    const call = start(MEMBERS, { caller: { phone: null, country: null, city: null, name: null } });
    expect(call.said()).toEqual([EN.withheld, 'Then not.', EN.withheld, 'Bye.']);
  });

  it('ends the call politely where there is no `failed`', () => {
    const call = start('inbound: [{pair: true}, {hangup: "In."}]', {
      caller: { phone: null, country: null, city: null, name: null },
    });
    expect(call.said()).toEqual([`${EN.withheld} Goodbye.`]);
    expect(call.hungUp).toBe('not-paired');
  });
});

describe('the words of pairing', () => {
  it.each(['en', 'cs', 'de', 'es', 'fr'])('are whole in %s', (locale) => {
    const { asksAgain, ...said } = wordsFor(locale).pairing;
    for (const line of Object.values(said)) expect(line).toMatch(/\p{L}.*[.:]$/u);
    expect(asksAgain.like.length).toBeGreaterThan(5);
  });

  it('are rendered ahead where a caller may need them, and nowhere else', () => {
    const lines = constantLines(programOf('inbound: {hangup: "Bye."}', { public: false }), 'en-US');
    expect(lines).toContain(EN.unpaired);
    expect(lines).toContain(`${EN.withheld} Goodbye.`);
    expect(constantLines(programOf('inbound: {hangup: "Bye."}'), 'en-US')).not.toContain(EN.unpaired);
    expect(constantLines(programOf('inbound: [{pair: true}]'), 'en-US')).toContain(EN.unpaired);
  });
});
