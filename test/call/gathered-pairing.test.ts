/** Pairing over a line that asks again and again: nothing can be said to it before it asks. */
import { afterEach, describe, expect, it } from 'vitest';
import type { PairingDesk } from '../../runtime/call/pairings.ts';
import type { Scope } from '../../runtime/dialogue/protocol.ts';
import { NOTHING, openOffice, pressed, saidIn, spoke, type Office } from '../support/gathering.ts';

const DIALOGUE = `
intro: {say: "Welcome{{ user.name ? ', ' + user.name : '' }}."}
inbound: {ask: "Tea?", answers: [{when: wants tea, like: [tea please], keys: "1", hangup: "Tea."}]}
silence: ["Hello?", {hangup: "Nobody."}]
`;
const ANA = { name: 'Ana', paired: true, anonymous: false };
const FIRST = [
  'This phone is not paired yet. Its pairing code is:',
  '1, 1, 1, 1, 1, 1.',
  'To hear it again, press the star key.',
];
const IN = ['Thank you, this phone is paired now.', 'Welcome, Ana.', 'Tea?'];

let office: Office;
let user: Scope | null = null;
let opened = 0;
afterEach(() => office.close());

async function open(): Promise<void> {
  user = null;
  opened = 0;
  const pairing: PairingDesk = {
    open: () =>
      Promise.resolve({ code: String(++opened).repeat(6), expiresAt: office.clock.now() + 600_000 }),
    paired: () => Promise.resolve(user),
  };
  office = await openOffice(DIALOGUE, { app: { public: false }, pairing });
}

describe('a caller who waits to be paired on a line that asks', () => {
  it('hears the code in the first answer, and again for a star, a silence and a request', async () => {
    await open();
    const one = office.process();
    const first = await one.call();
    expect(saidIn(first)).toEqual(FIRST);
    expect(first.next).toMatchObject({ kind: 'listen', silenceMs: 7_000 });
    const again = ['The pairing code is:', '1, 1, 1, 1, 1, 1.'];
    const second = await one.tell(first, pressed('*'));
    expect(saidIn(second)).toEqual(again);
    const third = await one.tell(second, NOTHING);
    expect(saidIn(third)).toEqual(again);
    expect(saidIn(await one.tell(third, spoke('once more')))).toEqual(again);
    expect(opened).toBe(1);
    expect(one.errors).toEqual([]);
  });

  it.each([
    ['silence', NOTHING],
    ['a word', spoke('hello')],
    ['a key', pressed('1')],
  ])('is let in with the next exchange, whose %s is no answer to what comes now', async (_, told) => {
    await open();
    const one = office.process();
    const first = await one.call();
    await office.pass(3_000);
    user = ANA;
    await office.pass(2_000);
    const second = await one.tell(first, told);
    expect(saidIn(second)).toEqual(IN);
    const third = await one.tell(second, NOTHING);
    expect(saidIn(third)).toEqual(['Hello?']);
    expect(saidIn(await one.tell(third, spoke('tea please')))).toEqual(['Tea.']);
  });

  it('is let in by another process, where the one that noticed does not answer any more', async () => {
    await open();
    const one = office.process();
    const first = await one.call();
    await office.pass(3_000);
    user = ANA;
    await office.pass(2_000);
    one.dies();
    expect(saidIn(await office.process().tell(first, NOTHING))).toEqual(IN);
  });

  it('hears another code where the process died that knew the first, and is let in by either', async () => {
    await open();
    const one = office.process();
    const first = await one.call();
    one.dies();
    const other = office.process();
    const second = await other.tell(first, NOTHING);
    expect(saidIn(second)).toEqual([FIRST[0], '2, 2, 2, 2, 2, 2.', FIRST[2]]);
    user = ANA;
    await office.pass(2_000);
    expect(saidIn(await other.tell(second, NOTHING))).toEqual(IN);
  });

  it('has the code in nothing that is kept of the exchanges', async () => {
    await open();
    const one = office.process();
    const first = await one.call();
    await one.tell(first, pressed('*'));
    await office.pass(1_000);
    const kept = JSON.stringify([await office.session(), await office.store.exchanges.last(first.session)]);
    expect(kept).toContain('…');
    expect(kept).not.toMatch(/1[^0-9]{0,4}1[^0-9]{0,4}1[^0-9]{0,4}1[^0-9]{0,4}1/);
  });
});
