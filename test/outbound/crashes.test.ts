/** A process dies at every moment at which it has to do with the store or the network, and another one takes over. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { anInitiation } from '../store/samples.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Death, Network, openOffice, pass, reports, type Fault, type Office } from './office.ts';

const TO = '+14155550123';
const RETRY = { attempts: 2, everyMs: 60_000, on: ['busy'] } as const;

let store: Store;
let clock: FakeClock;
let network: Network;
let survivor: Office | null;

beforeEach(async () => {
  store = await openStore({ kind: 'sqlite', path: ':memory:' }, silentLog);
  clock = new FakeClock();
  network = new Network(clock);
  survivor = null;
});

afterEach(async () => {
  await survivor?.planned.stop();
  await store.close();
});

/** The network, as a process reaches it that may be dead. */
function mortal(death: Death): Office {
  return openOffice({
    store: death.of(store),
    clock,
    network,
    dialler: (account) => death.of(network.dialler(account)),
  });
}

async function takeOver(): Promise<void> {
  survivor = openOffice({ store, clock, network });
  await survivor.planned.start();
}

/** How many moments there are in a life in which nothing goes wrong but the fault. */
async function lifeOf(work: (office: Office) => unknown, fault: Fault | null, ms: number): Promise<number> {
  const death = new Death(0, 'after');
  if (fault) network.faults.push(fault);
  const office = mortal(death);
  await work(office);
  await pass(clock, ms);
  await office.planned.stop();
  return death.steps;
}

const FAULTS: [string, Fault | null][] = [
  ['nothing else goes wrong', null],
  ['the answer is lost on the wire', { kind: 'drops', when: 'after' }],
  ['the question is lost on the wire', { kind: 'drops', when: 'before' }],
  ['the answer is late', { kind: 'late', madeAfterMs: 4_000 }],
];

describe.each(FAULTS)('where %s, a process that dies', (_what, fault) => {
  const planned = async ({ planned: looks }: Office): Promise<void> => {
    const nextAt = clock.now() + 1_000;
    await store.initiations.add(anInitiation({ id: 'i1', key: 'test', to: TO, retry: RETRY, nextAt }));
    void looks.start().catch(() => undefined);
  };
  const atOnce = ({ callsOut }: Office): void => {
    void callsOut.place({ key: 'test', to: TO, retry: RETRY }, 'i1').catch(() => undefined);
  };

  it.each(['before', 'after'] as const)(
    '%s any step of a call that was written down, loses nobody and calls nobody twice',
    { timeout: 120_000 },
    async (when) => {
      const steps = await lifeOf(planned, fault, 40_000);
      expect(steps).toBeGreaterThan(8);
      for (let at = 1; at <= steps; at++) {
        await fresh();
        if (fault) network.faults.push(fault);
        const death = new Death(at, when);
        await planned(mortal(death));
        await pass(clock, 20_000);
        await takeOver();
        await pass(clock, 60_000);
        await holds(`step ${at}`);
      }
    },
  );

  it.each(['before', 'after'] as const)(
    '%s any step of a call at once, calls once whom it has written down, and nobody else',
    { timeout: 120_000 },
    async (when) => {
      const steps = await lifeOf(atOnce, fault, 40_000);
      expect(steps).toBeGreaterThan(4);
      let written = 0;
      for (let at = 1; at <= steps; at++) {
        await fresh();
        if (fault) network.faults.push(fault);
        const death = new Death(at, when);
        atOnce(mortal(death));
        await pass(clock, 20_000);
        await takeOver();
        await pass(clock, 60_000);
        if ((await store.initiations.find('i1')) === null) {
          expect([at, network.calls]).toEqual([at, []]);
        } else {
          written++;
          await holds(`step ${at}`);
        }
      }
      expect(written).toBeGreaterThan(2);
    },
  );

  /** The world begins anew. */
  async function fresh(): Promise<void> {
    await survivor?.planned.stop();
    survivor = null;
    await store.close();
    store = await openStore({ kind: 'sqlite', path: ':memory:' }, silentLog);
    clock = new FakeClock();
    network = new Network(clock);
  }

  /** Called once, known, in one session; busy, tried again; answered, over. */
  async function holds(where: string): Promise<void> {
    expect([where, network.dialled]).toEqual([where, { [TO]: 1 }]);
    expect([where, await store.initiations.find('i1')]).toMatchObject([
      where,
      { status: 'queued', attempt: 1, callSid: 'CA1' },
    ]);
    const first = (await store.listSessions({ limit: 5 })).items;
    expect([where, first.map(({ callSid, status }) => [callSid, status])]).toEqual([
      where,
      [['CA1', 'queued']],
    ]);
    await reports(store, network, clock, 'CA1', 'busy');
    await pass(clock, 90_000);
    expect([where, network.dialled]).toEqual([where, { [TO]: 2 }]);
    await reports(store, network, clock, 'CA2', 'in-progress');
    await reports(store, network, clock, 'CA2', 'completed');
    await pass(clock, 20_000);
    expect([where, await store.initiations.find('i1')]).toMatchObject([
      where,
      { status: 'completed', attempt: 2 },
    ]);
    expect([where, network.dialled]).toEqual([where, { [TO]: 2 }]);
  }
});

describe('many processes, each of which dies soon', () => {
  it('call thirty people once each', { timeout: 60_000 }, async () => {
    const living = openOffice({ store, clock, network, callsPerS: 5 });
    for (let index = 0; index < 30; index++) {
      const request = { key: 'test', to: `+141555501${10 + index}`, at: clock.now() + 1_000 };
      await living.callsOut.place(request, `i${index}`);
      network.faults.push(
        ...(index % 4 === 1 ? [{ kind: 'drops', when: index % 8 === 1 ? 'before' : 'after' } as const] : []),
        ...(index % 7 === 2 ? [{ kind: 'refuses', status: 429, code: 20429 } as const] : []),
      );
    }
    for (const at of [9, 14, 23, 31, 44, 52, 61]) {
      const office = openOffice({
        clock,
        network,
        callsPerS: 5,
        ...mortalParts(new Death(at, at % 2 ? 'before' : 'after')),
      });
      void office.planned.start().catch(() => undefined);
      await pass(clock, 5_000);
    }
    await takeOver();
    await pass(clock, 120_000);
    expect(Object.keys(network.dialled)).toHaveLength(30);
    expect(Object.values(network.dialled)).toEqual(Array.from({ length: 30 }, () => 1));
    const all = (await store.listSessions({ limit: 50 })).items;
    expect([all.length, new Set(all.map(({ callSid }) => callSid)).size]).toEqual([30, 30]);
  });

  function mortalParts(death: Death): Pick<Parameters<typeof openOffice>[0], 'store' | 'dialler'> {
    return { store: death.of(store), dialler: (account) => death.of(network.dialler(account)) };
  }
});
