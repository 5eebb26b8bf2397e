import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../runtime/cli/commands.ts';
import { pairPhone } from '../../runtime/cli/pair.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLog } from '../../runtime/log.ts';
import { Pairing } from '../../runtime/people/pairing.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { aSession } from '../store/samples.ts';
import { sqlitePlace, type Place } from '../store/places.ts';

const PHONE = '+14155550123';
let place: Place;
let store: Store;
let pairing: Pairing;
let code: string;

beforeEach(async () => {
  place = await sqlitePlace();
  store = await openStore(place.database, silentLog);
  const caller = aSession({ from: PHONE });
  await store.addSession(caller);
  pairing = new Pairing({ store, people: store.people, clock: systemClock });
  ({ code } = await pairing.open(caller.id, PHONE));
});
afterEach(async () => {
  await store.close();
  await place.drop();
});

/** `offhook pair …`, with the store of this test. */
async function pair(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const actions = {
    pair: (given: string, options: object) =>
      pairPhone(pairing, given, options, { write: (text) => (out += text) }),
  };
  const io = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  const exit = await runCommand(['pair', ...args], actions as never, '0', io);
  return { exit, out, err };
}

describe('offhook pair', () => {
  it('pairs the phone of whoever was told the code, and says with whom', async () => {
    const { exit, out } = await pair(code, '--name', 'Ana');
    const person = await store.people.byPhone(PHONE, systemClock.now());
    expect([exit, out]).toEqual([0, `${PHONE} is paired with Ana (${person!.id}).\n`]);
    expect(person).toMatchObject({ name: 'Ana', paired: true });
  });

  it('pairs it with somebody who is known', async () => {
    const { id } = await store.people.meet('+14155550124', {}, systemClock.now());
    const { exit, out } = await pair(code, '--user', id);
    expect([exit, out]).toEqual([0, `${PHONE} is paired with a user (${id}).\n`]);
  });

  it('refuses a wrong code in a sentence', async () => {
    const wrong = code === '000000' ? '000001' : '000000';
    expect(await pair(wrong, '--name', 'Ana')).toEqual({
      exit: 1,
      out: '',
      err: 'This code is unknown, was used already, or has expired.\n',
    });
  });
});
