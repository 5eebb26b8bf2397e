import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Hold } from '../../runtime/store/lines.ts';
import type { Store } from '../../runtime/store/store.ts';
import { PLACES, type Place } from '../store/places.ts';
import type { HolderReport } from '../store/line-holder.ts';
import { AT } from '../store/samples.ts';

const NO_LIMITS = { app: null, account: null };
const BISTRO = { app: 'bistro', account: 'default' };
const HOLDER = fileURLToPath(new URL('../store/line-holder.ts', import.meta.url));

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`lines on ${name}`, () => {
    let place: Place;
    let store: Store;
    const opened: Store[] = [];
    const children: ChildProcess[] = [];

    async function open(): Promise<Store> {
      const one = await openStore(place.database, silentLog);
      opened.push(one);
      return one;
    }

    /** Held by the process `p` for a minute, where nothing else is said. */
    const hold = (
      session: string,
      limits: { app?: number | null; account?: number | null } = {},
      more: { process?: string; now?: number; until?: number; app?: string; account?: string } = {},
    ): Promise<Hold> => {
      const { process = 'p', now = AT, until = AT + 60_000, app = 'bistro', account = 'default' } = more;
      return store.lines.hold(session, { app, account }, { ...NO_LIMITS, ...limits }, process, now, until);
    };

    beforeEach(async () => {
      place = await make();
      store = await open();
    });

    afterEach(async () => {
      for (const child of children.splice(0)) child.kill('SIGKILL');
      for (const one of opened.splice(0)) await one.close();
      await place.drop();
    });

    test('are held up to the limit of the app, and then no more', async () => {
      expect(await hold('s1', { app: 2 })).toBe('held');
      expect(await hold('s2', { app: 2 })).toBe('held');
      expect(await hold('s3', { app: 2 })).toBe('app-full');
      expect(await store.lines.count({ app: 'bistro' }, AT)).toBe(2);
      expect(await hold('s3', { app: 3 })).toBe('held');
      expect(await hold('s4', { app: 1 }, { app: 'hotel' })).toBe('held');
      expect(await store.lines.count({ app: 'bistro' }, AT)).toBe(3);
      expect(await store.lines.count({ app: 'nobody' }, AT)).toBe(0);
    });

    test('are held up to the limit of the account, whatever app they are for', async () => {
      expect(await hold('s1', { account: 2 })).toBe('held');
      expect(await hold('s2', { account: 2 }, { app: 'hotel' })).toBe('held');
      expect(await hold('s3', { account: 2, app: 5 }, { app: 'shop' })).toBe('account-full');
      expect(await hold('s3', { account: 2 }, { app: 'shop', account: 'other' })).toBe('held');
      expect(await store.lines.count({ account: 'default' }, AT)).toBe(2);
      expect(await store.lines.count({ account: 'other' }, AT)).toBe(1);
    });

    test('where both are full, the app is said to be', async () => {
      expect(await hold('s1', { app: 1, account: 1 })).toBe('held');
      expect(await hold('s2', { app: 1, account: 1 })).toBe('app-full');
    });

    test('without a limit are held all the same, and count where there is one', async () => {
      for (const session of ['s1', 's2', 's3']) expect(await hold(session)).toBe('held');
      expect(await hold('s4', { app: 3 })).toBe('app-full');
      expect(await hold('s4', { app: 4 })).toBe('held');
    });

    test('that a session has are kept by it, over any limit, and go to who holds them last', async () => {
      await hold('s1');
      await hold('s2');
      expect(await hold('s1', { app: 1, account: 1 }, { process: 'q' })).toBe('held');
      expect(await store.lines.count({ app: 'bistro' }, AT)).toBe(2);
      expect(await store.lines.release('s1', 'p')).toBe(false);
      expect(await store.lines.release('s1', 'q')).toBe(true);
      expect(await store.lines.count({ app: 'bistro' }, AT)).toBe(1);
    });

    test('are free again when they are given back, once', async () => {
      await hold('s1', { app: 1 });
      expect(await hold('s2', { app: 1 })).toBe('app-full');
      expect(await store.lines.release('s1', null)).toBe(true);
      expect(await store.lines.release('s1', null)).toBe(false);
      expect(await hold('s2', { app: 1 })).toBe('held');
    });

    test('are free again at their time, where their process is not known to live', async () => {
      await hold('s1', { app: 1 }, { until: AT + 1000 });
      expect(await hold('s2', { app: 1 }, { now: AT + 999 })).toBe('app-full');
      expect(await store.lines.count({ app: 'bistro' }, AT + 1000)).toBe(0);
      expect(await hold('s2', { app: 1 }, { now: AT + 1000 })).toBe('held');
      // It has lost its line, and another has it now.
      expect(await hold('s1', { app: 1 }, { now: AT + 1001 })).toBe('app-full');
    });

    test('last as long as their process lives, and no longer', async () => {
      await store.beat('p', AT + 30_000);
      await hold('s1', { app: 1 }, { until: AT + 1000 });
      expect(await hold('s2', { app: 1 }, { process: 'q', now: AT + 29_999 })).toBe('app-full');
      await store.beat('p', AT + 40_000);
      expect(await hold('s2', { app: 1 }, { process: 'q', now: AT + 39_999 })).toBe('app-full');
      const until = AT + 41_000;
      expect(await hold('s2', { app: 1 }, { process: 'q', now: AT + 40_000, until })).toBe('held');
    });

    test('of a process that takes its leave last until their own time', async () => {
      await store.beat('p', AT + 30_000);
      await hold('s1', { app: 1 }, { until: AT + 1000 });
      await hold('s2', {}, { until: AT + 2000 });
      await store.leave('p');
      expect(await store.lines.count({ app: 'bistro' }, AT + 999)).toBe(2);
      expect(await store.lines.count({ app: 'bistro' }, AT + 1000)).toBe(1);
      expect(await store.lines.count({ app: 'bistro' }, AT + 2000)).toBe(0);
    });

    test('are extended by who holds them, and never shortened by it', async () => {
      await hold('s1', {}, { until: AT + 1000 });
      await store.lines.extend('s1', 'q', AT + 9000);
      expect(await store.lines.count(BISTRO, AT + 1000)).toBe(0);
      await store.lines.extend('s1', 'p', AT + 5000);
      await store.lines.extend('s1', 'p', AT + 2000);
      await store.lines.extend('nobody', 'p', AT + 2000);
      expect(await store.lines.count(BISTRO, AT + 4999)).toBe(1);
      expect(await store.lines.count(BISTRO, AT + 5000)).toBe(0);
    });

    test('of the dead are forgotten after a day, those of the living never', async () => {
      const DAY = 24 * 60 * 60 * 1000;
      await hold('dead', {}, { process: 'p' });
      await hold('long', {}, { process: 'q' });
      await store.beat('p', AT + 1000);
      await store.beat('q', AT + 2 * DAY);
      const { lines = [] } = await place.dump();
      expect(lines.map((row) => row['session'])).toEqual(['long']);
      expect(await store.lines.count(BISTRO, AT + DAY)).toBe(1);
    });

    test('have names of any characters', async () => {
      const use = { app: "o'brien\u0000%_", account: '€ \ud800' };
      expect(await hold("s'1\u0000", { app: 1, account: 1 }, use)).toBe('held');
      expect(await hold('s2', { app: 1 }, use)).toBe('app-full');
      expect(await store.lines.count({ app: use.app }, AT)).toBe(1);
      expect(await store.lines.count({ account: use.account }, AT)).toBe(1);
      expect(await store.lines.release("s'1\u0000", null)).toBe(true);
    });

    test('asked for by many at once are never more than there are, and never fewer', async () => {
      const stores = [store, await open(), await open()];
      const holds = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          stores[index % 3]!.lines.hold(
            `s${index}`,
            { app: index % 2 ? 'bistro' : 'hotel', account: 'default' },
            { app: index % 2 ? 7 : null, account: 12 },
            `p${index % 3}`,
            AT,
            AT + 60_000,
          ),
        ),
      );
      const held = holds.filter((one) => one === 'held').length;
      expect(held).toBe(12);
      expect(await store.lines.count({ account: 'default' }, AT)).toBe(12);
      expect(await store.lines.count({ app: 'bistro' }, AT)).toBeLessThanOrEqual(7);
    });

    test('are what a simple count of them would be, whatever is done, by whom and when', async () => {
      const session = fc.integer({ min: 0, max: 7 }).map((index) => `s${index}`);
      const process = fc.constantFrom('p', 'q');
      const step = fc.oneof(
        fc.record({
          kind: fc.constant('hold' as const),
          session,
          process,
          lastsMs: fc.integer({ min: 1, max: 5000 }),
        }),
        fc.record({ kind: fc.constant('release' as const), session, process: fc.option(process) }),
        fc.record({
          kind: fc.constant('extend' as const),
          session,
          process,
          lastsMs: fc.integer({ min: 1, max: 5000 }),
        }),
        fc.record({
          kind: fc.constant('beat' as const),
          process,
          lastsMs: fc.integer({ min: 1, max: 5000 }),
        }),
        fc.record({ kind: fc.constant('leave' as const), process }),
        fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3000 }) }),
      );
      let round = 0;
      const runs = fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(step, { maxLength: 30 }),
        async (appLimit, accountLimit, steps) => {
          const prefix = `${round++}`;
          const appOf = (one: string): string => `${prefix}-${Number(one[1]) % 2}`;
          const model = new Map<string, { process: string; until: number }>();
          const alive = new Map<string, number>();
          let now = AT;
          const live = (): string[] =>
            [...model].flatMap(([one, { process: by, until }]) =>
              until > now || (alive.get(by) ?? 0) > now ? [one] : [],
            );
          for (const one of steps) {
            const by = 'process' in one ? `${prefix}${one.process ?? ''}` : '';
            switch (one.kind) {
              case 'pass':
                now += one.ms;
                break;
              case 'beat':
                alive.set(by, now + one.lastsMs);
                await store.beat(by, now + one.lastsMs);
                break;
              case 'leave':
                alive.delete(by);
                await store.leave(by);
                break;
              case 'release': {
                const known = model.get(one.session);
                const free = known !== undefined && (one.process === null || known.process === by);
                const id = prefix + one.session;
                expect(await store.lines.release(id, one.process === null ? null : by)).toBe(free);
                if (free) model.delete(one.session);
                break;
              }
              case 'extend': {
                const known = model.get(one.session);
                if (known?.process === by) known.until = Math.max(known.until, now + one.lastsMs);
                await store.lines.extend(prefix + one.session, by, now + one.lastsMs);
                break;
              }
              case 'hold': {
                const others = live().filter((other) => other !== one.session);
                const ofApp = others.filter((other) => appOf(other) === appOf(one.session)).length;
                const has = live().includes(one.session);
                const full = ofApp >= appLimit ? 'app-full' : 'account-full';
                const expected = has || (ofApp < appLimit && others.length < accountLimit) ? 'held' : full;
                const use = { app: appOf(one.session), account: prefix };
                const limits = { app: appLimit, account: accountLimit };
                const until = now + one.lastsMs;
                const got = await store.lines.hold(prefix + one.session, use, limits, by, now, until);
                expect(got).toBe(expected);
                if (got === 'held') model.set(one.session, { process: by, until });
                break;
              }
              default:
                one satisfies never;
            }
            const counted = await store.lines.count({ account: prefix }, now);
            expect(counted).toBe(live().length);
            expect(counted).toBeLessThanOrEqual(accountLimit);
          }
        },
      );
      await fc.assert(runs, { numRuns: 40 });
    }, 60_000);

    test('of many processes at work at once never exceed the limits', { timeout: 90_000 }, async () => {
      const url = place.database.kind === 'sqlite' ? `sqlite:${place.database.path}` : place.database.url;
      const [PROCESSES, AT_ONCE, EACH] = [3, 5, 5];
      const workers = Array.from({ length: PROCESSES }, (_, index) => {
        const args = [url, `worker${index}`, AT_ONCE, EACH, 2, 3].map(String);
        const child = fork(HOLDER, args, { execArgv: ['--import', 'tsx'] });
        children.push(child);
        return child;
      });
      await Promise.all(workers.map((child) => once(child, 'message')));
      const reports = workers.map(async (child) => {
        const [report] = (await once(child, 'message')) as [HolderReport];
        return report;
      });
      for (const child of workers) child.send('go');
      const told = await Promise.all(reports);
      const held = told.flatMap((report) => report.held);
      expect(held).toHaveLength(PROCESSES * AT_ONCE * EACH);
      expect(mostAtOnce(held)).toBeGreaterThan(1);
      expect(mostAtOnce(held)).toBeLessThanOrEqual(3);
      expect(mostAtOnce(held.filter(({ app }) => app === 'bistro'))).toBeLessThanOrEqual(2);
      expect(mostAtOnce(held.filter(({ app }) => app === 'hotel'))).toBeLessThanOrEqual(2);
      // They were in one another's way.
      expect(told.reduce((sum, { full }) => sum + full, 0)).toBeGreaterThan(0);
      expect(await store.lines.count({ account: 'default' }, Date.now())).toBe(0);
    });
  });
}

function mostAtOnce(held: readonly { from: number; to: number }[]): number {
  return Math.max(...held.map(({ from }) => held.filter((one) => one.from <= from && from < one.to).length));
}
