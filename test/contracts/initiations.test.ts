import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import type { Initiation, NewInitiation } from '../../runtime/store/initiations.ts';
import { accessTo } from '../../runtime/store/access.ts';
import type { Database } from '../../runtime/store/database.ts';
import { initiationsIn } from '../../runtime/store/kysely-initiations.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import { openPostgres } from '../../runtime/store/postgres.ts';
import { openSqlite } from '../../runtime/store/sqlite.ts';
import type { Session, SessionStatus, Store } from '../../runtime/store/store.ts';
import { PLACES, carryOut, type Place } from '../store/places.ts';
import { AT, aSession, anInitiation } from '../store/samples.ts';

/** As a new one comes back. */
const asNew = (initiation: NewInitiation, change: Partial<Initiation> = {}): Initiation => ({
  ...initiation,
  status: 'scheduled',
  attempt: 0,
  session: null,
  callSid: null,
  error: null,
  askedAt: null,
  revoked: false,
  recalled: false,
  refusedAt: null,
  ...change,
});
const RETRY = { attempts: 3, everyMs: 900_000, on: ['busy', 'no-answer'] as const };
const LOOK_AT = AT + 90_000;
const ASKED = { now: AT + 5, until: AT + 15_000 };

/** The session of an attempt. */
const anAttempt = (initiation: string, change: Partial<Session> = {}): Session =>
  aSession({
    direction: 'outbound',
    isInitiated: true,
    callSid: null,
    status: 'queued',
    initiation,
    ...change,
  });

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`initiations on ${name}`, () => {
    let place: Place;
    let store: Store;
    const opened: Store[] = [];

    async function open(): Promise<Store> {
      const one = await openStore(place.database, silentLog);
      opened.push(one);
      return one;
    }

    beforeEach(async () => {
      place = await make();
      store = await open();
    });

    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await place.drop();
    });

    const add = async (change: Partial<NewInitiation> = {}): Promise<NewInitiation> => {
      const initiation = anInitiation({ id: 'i1', ...change });
      await store.initiations.add(initiation);
      return initiation;
    };
    const begin = async (id = 'i1', change: Partial<Session> = {}): Promise<Session> => {
      const session = anAttempt(id, change);
      expect(await store.initiations.begin(id, session, ASKED)).toBe('begun');
      return session;
    };
    const report = (id: string, callSid: string, status: SessionStatus, sequence: number | null = null) =>
      store.reportSession(id, { callSid, status, sequence, endReason: null, now: AT + 60_000 });
    const stands = async (id = 'i1') => {
      const found = await store.initiations.find(id);
      return found && [found.status, found.attempt];
    };

    test('come back as they were given, every field', async () => {
      const origin = aSession();
      await store.addSession(origin);
      const whole = await add({
        batch: 'b1',
        account: 'second',
        from: null,
        locale: 'de-DE',
        machine: 'message',
        retry: RETRY,
        at: AT + 1000,
        nextAt: AT + 2000,
        origin: origin.id,
      });
      expect(await store.initiations.find('i1')).toEqual(asNew(whole));
      const plain = await add({ id: 'i2', welcomeMessage: null });
      expect(await store.initiations.find('i2')).toEqual(asNew(plain));
      expect(await store.initiations.find('nobody')).toBeNull();
      expect(await store.initiations.find('a\u0000b')).toBeNull();
    });

    test('the first of two with the same id stays', async () => {
      const first = await add();
      await add({ to: '+14155550112', nextAt: AT + 9 });
      expect(await store.initiations.find('i1')).toEqual(asNew(first));
    });

    test('what is due is claimed, the longest due first, and no more than was asked for', async () => {
      await add({ id: 'late', at: AT + 5000 });
      await add({ id: 'second', at: AT + 20 });
      await add({ id: 'first', at: AT + 10 });
      await add({ id: 'third', at: AT + 30 });
      const ids = (claimed: Initiation[]): string[] => claimed.map(({ id }) => id);
      const claim = async (now: number, until: number, most: number): Promise<string[]> =>
        ids(await store.initiations.claim({ now, until, most }));
      expect(await store.initiations.nextAt()).toBe(AT + 10);
      expect(await claim(AT + 9, AT + 1000, 5)).toEqual([]);
      expect(await claim(AT + 30, AT + 1000, 2)).toEqual(['first', 'second']);
      expect(await claim(AT + 30, AT + 1000, 2)).toEqual(['third']);
      expect(await claim(AT + 999, AT + 2000, 5)).toEqual([]);
      expect(await store.initiations.nextAt()).toBe(AT + 1000);
      // Whoever claimed them is dead.
      expect(await claim(AT + 1000, AT + 2000, 5)).toEqual(['first', 'second', 'third']);
      await store.initiations.postpone('second', AT + 1500, AT + 1400);
      expect(await claim(AT + 1500, AT + 3000, 5)).toEqual(['second']);
      expect(await store.initiations.find('second')).toMatchObject({ refusedAt: AT + 1400 });
      await store.initiations.postpone('second', AT + 4000, null);
      expect(await store.initiations.find('second')).toMatchObject({ refusedAt: null, nextAt: AT + 4000 });
    });

    test('those of accounts and keys that have nothing free are left aside', async () => {
      await add({ id: 'i1', account: 'one', key: 'desk' });
      await add({ id: 'i2', account: 'two', key: 'desk' });
      await add({ id: 'i3', account: 'two', key: 'bistro' });
      const query = { now: AT, until: AT + 1000, most: 5 };
      const claimed = await store.initiations.claim({ ...query, notAccounts: ['one'], notKeys: ['desk'] });
      expect(claimed.map(({ id }) => id)).toEqual(['i3']);
      expect(await store.initiations.nextAt({ notAccounts: ['one'], notKeys: ['desk'] })).toBe(AT + 1000);
      expect(await store.initiations.nextAt({ notAccounts: ['one', 'two'] })).toBeNull();
      expect(await store.initiations.nextAt({ notKeys: [] })).toBe(AT);
    });

    test('one of several who claim at once gets each, on two stores', async () => {
      const other = await open();
      for (let index = 0; index < 20; index++) await add({ id: `i${index}` });
      const claims = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 ? store : other).initiations.claim({ now: AT, until: AT + 60_000, most: 3 }),
        ),
      );
      const claimed = claims.flat().map(({ id }) => id);
      expect(new Set(claimed).size).toBe(claimed.length);
      // Who found others in the way got fewer than there were; nobody is lost.
      for (;;) {
        const rest = await other.initiations.claim({ now: AT, until: AT + 60_000, most: 3 });
        if (rest.length === 0) break;
        claimed.push(...rest.map(({ id }) => id));
      }
      expect(claimed.toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => `i${index}`).toSorted());
    });

    test('an attempt is begun with its session, once', async () => {
      const initiation = await add();
      const session = await begin();
      expect(await store.session(session.id)).toEqual(session);
      expect(await store.initiations.find('i1')).toEqual(
        asNew(initiation, {
          status: 'placing',
          attempt: 1,
          session: session.id,
          askedAt: ASKED.now,
          nextAt: ASKED.until,
        }),
      );
      const again = anAttempt('i1');
      expect(await store.initiations.begin('i1', again, ASKED)).toBe('gone');
      expect(await store.session(again.id)).toBeNull();
      expect(await store.initiations.begin('nobody', anAttempt('nobody'), ASKED)).toBe('gone');
    });

    test('of many who begin at once, one does, and no session is left over', async () => {
      const other = await open();
      await add();
      const sessions = Array.from({ length: 8 }, () => anAttempt('i1'));
      const begun = await Promise.all(
        sessions.map((session, index) => (index % 2 ? store : other).initiations.begin('i1', session, ASKED)),
      );
      expect(begun.filter((one) => one === 'begun')).toHaveLength(1);
      expect((await store.listSessions({ limit: 20 })).items).toHaveLength(1);
      expect((await store.initiations.find('i1'))?.attempt).toBe(1);
    });

    test('a number is called by one at a time, as long as it is not known whether the network has it', async () => {
      await add();
      await add({ id: 'i2' });
      await add({ id: 'i3', to: '+14155550112' });
      expect(await store.initiations.isBeingPlaced('+14155550111')).toBe(false);
      const first = await begin();
      expect(await store.initiations.isBeingPlaced('+14155550111')).toBe(true);
      expect(await store.initiations.isBeingPlaced('+14155550112')).toBe(false);
      const second = anAttempt('i2');
      expect(await store.initiations.begin('i2', second, ASKED)).toBe('same-number');
      expect(await stands('i2')).toEqual(['scheduled', 0]);
      expect(await store.session(second.id)).toBeNull();
      await begin('i3');
      await store.initiations.placed('i1', first.id, 'CA1', LOOK_AT);
      expect(await store.initiations.begin('i2', second, ASKED)).toBe('begun');
    });

    test('a placed call has the network’s name, also on its session, and stands as that one does', async () => {
      await add();
      const { id } = await begin();
      expect(await store.initiations.placed('i1', id, 'CA1', LOOK_AT)).toMatchObject({
        status: 'queued',
        callSid: 'CA1',
      });
      expect(await store.session(id)).toMatchObject({ callSid: 'CA1', status: 'queued' });
      await report(id, 'CA1', 'ringing');
      expect(await stands()).toEqual(['ringing', 1]);
      await report(id, 'CA1', 'in-progress');
      expect(await stands()).toEqual(['in-progress', 1]);
      await report(id, 'CA1', 'completed');
      expect(await stands()).toEqual(['completed', 1]);
      expect(await store.initiations.nextAt()).toBeNull();
      // Another process was slower, and has placed it too: it can tell.
      expect(await store.initiations.placed('i1', id, 'CA2', LOOK_AT)).toMatchObject({ callSid: 'CA1' });
      expect(await store.session(id)).toMatchObject({ callSid: 'CA1' });
      expect(await store.initiations.placed('nobody', id, 'CA3', LOOK_AT)).toBeNull();
    });

    test('a report that was faster than the network’s answer has the name already', async () => {
      await add();
      const { id } = await begin();
      expect(await report(id, 'CA1', 'ringing', 1)).toBe(true);
      expect(await store.session(id)).toMatchObject({ callSid: 'CA1', status: 'ringing' });
      expect(await store.initiations.placed('i1', id, 'CA1', LOOK_AT)).toMatchObject({
        status: 'ringing',
        callSid: 'CA1',
      });
    });

    test('one that the network has is looked at where it has not been heard of, and no more when it is over', async () => {
      await add();
      const { id } = await begin();
      await store.initiations.placed('i1', id, 'CA1', LOOK_AT);
      const query = { until: AT + 200_000, most: 5 };
      expect(await store.initiations.nextAt()).toBe(LOOK_AT);
      expect(await store.initiations.claim({ ...query, now: LOOK_AT - 1 })).toEqual([]);
      expect(await store.initiations.claim({ ...query, now: LOOK_AT })).toMatchObject([
        { id: 'i1', status: 'queued', callSid: 'CA1', session: id },
      ]);
      await store.initiations.extend('i1', AT + 300_000);
      expect(await store.initiations.claim({ ...query, now: AT + 299_999 })).toEqual([]);
      // A process that has just begun looks at all of them.
      await store.initiations.recheck(AT + 5);
      expect(await store.initiations.claim({ ...query, now: AT + 5 })).toMatchObject([{ id: 'i1' }]);
      await store.initiations.recheck(AT + 5);
      await report(id, 'CA1', 'completed');
      expect(await store.initiations.nextAt()).toBeNull();
      expect(await store.initiations.claim({ ...query, now: AT + 400_000 })).toEqual([]);
    });

    test('whoever placed one and died leaves it to be claimed as being placed', async () => {
      await add();
      const { id } = await begin();
      const query = { until: AT + 60_000, most: 5 };
      expect(await store.initiations.claim({ ...query, now: ASKED.until - 1 })).toEqual([]);
      await store.initiations.extend('i1', ASKED.until + 10);
      expect(await store.initiations.claim({ ...query, now: ASKED.until + 9 })).toEqual([]);
      expect(await store.initiations.claim({ ...query, now: ASKED.until + 10 })).toMatchObject([
        { id: 'i1', status: 'placing', session: id, attempt: 1, askedAt: ASKED.now },
      ]);
      expect(await store.initiations.askAgain('i1', id, { now: AT + 20_000, until: AT + 90_000 })).toBe(true);
      expect(await store.initiations.find('i1')).toMatchObject({
        askedAt: AT + 20_000,
        nextAt: AT + 90_000,
        attempt: 1,
      });
      await store.initiations.placed('i1', id, 'CA1', LOOK_AT);
      expect(await store.initiations.askAgain('i1', id, ASKED)).toBe(false);
    });

    test('an attempt that somebody else has taken back and begun anew is nobody’s any more', async () => {
      await add();
      const late = await begin();
      const question = { session: late.id, askedAt: ASKED.now };
      expect(await store.initiations.takeBack('i1', question, AT + 20_000)).toBe(true);
      const other = await begin();
      const stands = await store.initiations.find('i1');
      expect(await store.initiations.askAgain('i1', late.id, ASKED)).toBe(false);
      expect(await store.initiations.takeBack('i1', question, AT + 30_000)).toBe(false);
      expect(await store.initiations.close('i1', late.id, 'failed', null, AT + 30_000)).toBe(false);
      expect(await store.initiations.placed('i1', late.id, 'CA1', LOOK_AT)).toEqual(stands);
      expect(await store.session(other.id)).toMatchObject({ callSid: null, status: 'queued' });
    });

    test('an attempt is not taken back by who looked before it was asked for again', async () => {
      await add();
      const { id } = await begin();
      await store.initiations.askAgain('i1', id, { now: AT + 20_000, until: AT + 90_000 });
      const stands = await store.initiations.find('i1');
      expect(await store.initiations.takeBack('i1', { session: id, askedAt: ASKED.now }, AT)).toBe(false);
      expect(await store.initiations.find('i1')).toEqual(stands);
      expect(await store.session(id)).not.toBeNull();
    });

    test('an attempt whose call has come is not taken back', async () => {
      await add();
      const { id } = await begin();
      const stands = await store.initiations.find('i1');
      await report(id, 'CA1', 'in-progress');
      expect(await store.initiations.takeBack('i1', { session: id, askedAt: ASKED.now }, AT)).toBe(false);
      expect(await store.initiations.find('i1')).toEqual({ ...stands, callSid: 'CA1' });
      expect(await store.session(id)).toMatchObject({ callSid: 'CA1', status: 'in-progress' });
    });

    test('an attempt that never was is taken back with its session; the one before counts again', async () => {
      await add({ retry: RETRY });
      const of = ({ id }: Session) => ({ session: id, askedAt: ASKED.now });
      const first = await begin();
      await store.initiations.takeBack('i1', of(first), AT + 30_000);
      expect(await store.session(first.id)).toBeNull();
      expect(await store.initiations.find('i1')).toMatchObject({
        status: 'scheduled',
        attempt: 0,
        session: null,
        askedAt: null,
        nextAt: AT + 30_000,
      });
      const second = await begin();
      await store.initiations.placed('i1', second.id, 'CA1', LOOK_AT);
      await report(second.id, 'CA1', 'busy');
      await store.initiations.settle();
      const third = await begin();
      await store.initiations.takeBack('i1', of(third), AT + 40_000);
      expect(await store.initiations.find('i1')).toMatchObject({ attempt: 1, session: second.id });
      // Not one that the network has.
      const fourth = await begin();
      await store.initiations.placed('i1', fourth.id, 'CA2', LOOK_AT);
      await store.initiations.takeBack('i1', of(fourth), AT + 50_000);
      expect(await store.session(fourth.id)).toMatchObject({ callSid: 'CA2' });
    });

    test('one that cannot be placed is closed, with its session and why', async () => {
      const error = { code: '21211', message: 'Invalid "To".' };
      await add();
      await add({ id: 'i2', to: '+14155550112' });
      const { id } = await begin();
      await store.initiations.close('i1', id, 'failed', error, AT + 7);
      await store.initiations.close('i2', null, 'canceled', null, AT + 7);
      expect(await store.initiations.find('i1')).toMatchObject({ status: 'failed', error, session: id });
      expect(await store.session(id)).toMatchObject({
        status: 'failed',
        endReason: 'error',
        endedAt: AT + 7,
      });
      expect(await stands('i2')).toEqual(['canceled', 0]);
      expect(await store.initiations.nextAt()).toBeNull();
      await store.initiations.close('i2', null, 'failed', error, AT + 8);
      expect(await stands('i2')).toEqual(['canceled', 0]);
    });

    test('that move on between being claimed and being read are nobody’s to place', async () => {
      const ids = ['stays', 'canceled', 'over', 'settled', 'again', 'erased'];
      for (const [index, id] of ids.entries()) {
        const to = `+1415555${2000 + index}`;
        await add({ id, to, nextAt: AT, ...(id === 'again' && { retry: RETRY }) });
      }
      const sessions = new Map<string, string>();
      for (const id of ['over', 'settled', 'again', 'erased']) {
        const session = await begin(id);
        await store.initiations.placed(id, session.id, `CA${id}`, AT);
        sessions.set(id, session.id);
      }
      const ends = (id: string): Promise<boolean> => report(sessions.get(id)!, `CA${id}`, 'busy');
      const other = await claimingWith(place, async () => {
        await store.initiations.cancel('canceled');
        for (const id of ['settled', 'again']) await ends(id);
        await store.initiations.settle();
        await ends('over');
        await store.eraseSession(sessions.get('erased')!);
      });
      const until = AT + 30_000;
      try {
        const claimed = await other.initiations.claim({ now: AT + 10, until, most: 10 });
        expect(claimed.map(({ id }) => id)).toEqual(['stays']);
      } finally {
        await other.close();
      }
      // What is to be tried again keeps its own time.
      expect(await store.initiations.find('again')).toMatchObject({
        status: 'scheduled',
        attempt: 1,
        nextAt: AT + 60_000 + RETRY.everyMs,
      });
      expect((await store.initiations.settle()).map(({ id }) => id)).toEqual(['over']);
    });

    test('that are left aside keep no other waiting, however many they are', async () => {
      await carryOut(
        place,
        `insert into initiations (id, batch, account, key, to_number, attributes, retry_attempts, retry_every, retry_on,
          created_at, status, attempt, next_at, revoked)
        with recursive n (n) as (select 1 union all select n + 1 from n where n < 30000)
        select 'n' || n, null, case when n % 2 = 0 then 'full' else 'default' end,
          case when n % 2 = 0 then 'bistro' else 'full' end, '+1', '{}', 1, 0, '', ${AT}, 'scheduled', 0, ${AT} - n, 0
        from n`,
      );
      const ids = Array.from({ length: 40 }, (_, index) => `i${index}`);
      for (const [index, id] of ids.entries()) await add({ id, nextAt: AT + index, createdAt: AT + index });
      await add({ id: 'later', nextAt: AT + 90_000 });
      const aside = { notAccounts: ['full'], notKeys: ['full'] };
      const claimed: string[] = [];
      while (claimed.length < 40) {
        const due = await store.initiations.claim({ now: AT + 100, until: AT + 90_000, most: 4, ...aside });
        claimed.push(...due.map(({ id }) => id));
        expect(await store.initiations.nextAt(aside)).toBe(
          claimed.length < 40 ? AT + claimed.length : AT + 90_000,
        );
      }
      expect(claimed).toEqual(ids);
    });

    describe('that are tried again', () => {
      const attempt = async (sid: string, end: SessionStatus): Promise<Session> => {
        const session = await begin();
        await store.initiations.placed('i1', session.id, sid, LOOK_AT);
        await report(session.id, sid, end);
        return session;
      };

      test('are scheduled from the end of the attempt on, until they have had them all', async () => {
        await add({ retry: RETRY });
        const first = await attempt('CA1', 'busy');
        // Before anybody settles it.
        expect(await stands()).toEqual(['scheduled', 1]);
        expect(await store.initiations.nextAt()).toBeNull();
        expect(await store.initiations.settle()).toEqual([{ id: 'i1', status: 'scheduled', attempt: 1 }]);
        expect(await store.initiations.settle()).toEqual([]);
        expect(await store.initiations.nextAt()).toBe(AT + 60_000 + RETRY.everyMs);
        expect(await store.session(first.id)).toMatchObject({ status: 'busy' });
        const second = await attempt('CA2', 'no-answer');
        await store.initiations.settle();
        expect(second.id).not.toBe(first.id);
        expect(await stands()).toEqual(['scheduled', 2]);
        const third = await attempt('CA3', 'busy');
        expect(await store.initiations.settle()).toEqual([{ id: 'i1', status: 'busy', attempt: 3 }]);
        expect(await store.initiations.find('i1')).toMatchObject({
          status: 'busy',
          session: third.id,
          callSid: 'CA3',
        });
      });

      test('are only where it was wanted for that end', async () => {
        await add({ retry: { ...RETRY, on: ['no-answer'] } });
        await attempt('CA1', 'busy');
        expect(await store.initiations.settle()).toEqual([{ id: 'i1', status: 'busy', attempt: 1 }]);
        expect(await stands()).toEqual(['busy', 1]);
      });

      test.each(['completed', 'failed', 'canceled'] as const)('are not where one %s', async (end) => {
        await add({ retry: RETRY });
        await attempt('CA1', end);
        expect(await stands()).toEqual([end, 1]);
        expect(await store.initiations.settle()).toEqual([{ id: 'i1', status: end, attempt: 1 }]);
      });

      test('are settled once by several who do so at once', async () => {
        const other = await open();
        await add({ retry: RETRY });
        await attempt('CA1', 'busy');
        const settled = await Promise.all(
          [store, other, store, other].map((one) => one.initiations.settle()),
        );
        expect(settled.flat()).toHaveLength(1);
        expect(await stands()).toEqual(['scheduled', 1]);
      });

      test('can be cancelled in between, settled or not', async () => {
        await add({ retry: RETRY });
        await attempt('CA1', 'busy');
        expect(await store.initiations.cancel('i1')).toBe('canceled');
        expect(await store.initiations.settle()).toEqual([]);
        expect(await stands()).toEqual(['canceled', 1]);
        await add({ id: 'i2', retry: RETRY });
        const session = await begin('i2');
        await store.initiations.placed('i2', session.id, 'CA2', LOOK_AT);
        await report(session.id, 'CA2', 'no-answer');
        await store.initiations.settle();
        expect(await store.initiations.cancel('i2')).toBe('canceled');
        expect(await store.initiations.begin('i2', anAttempt('i2'), ASKED)).toBe('gone');
      });

      test('are not where they were cancelled while they rang', async () => {
        await add({ retry: RETRY });
        const session = await begin();
        await store.initiations.placed('i1', session.id, 'CA1', LOOK_AT);
        await report(session.id, 'CA1', 'ringing');
        expect(await store.initiations.cancel('i1')).toBe('ringing');
        await report(session.id, 'CA1', 'busy');
        expect(await store.initiations.settle()).toEqual([{ id: 'i1', status: 'busy', attempt: 1 }]);
      });
    });

    test('are cancelled as far as they have come', async () => {
      await add();
      expect(await store.initiations.cancel('i1')).toBe('canceled');
      expect(await store.initiations.cancel('i1')).toBe('canceled');
      expect(await store.initiations.cancel('nobody')).toBeNull();
      await add({ id: 'i2' });
      // Claimed, but not begun.
      await store.initiations.claim({ now: AT, until: AT + 60_000, most: 5 });
      expect(await store.initiations.cancel('i2')).toBe('canceled');
      expect(await store.initiations.begin('i2', anAttempt('i2'), ASKED)).toBe('gone');

      await add({ id: 'i3' });
      const third = await begin('i3');
      expect(await store.initiations.cancel('i3')).toBe('revoked');
      expect(await store.initiations.find('i3')).toMatchObject({ status: 'placing', recalled: true });
      expect(await store.initiations.askAgain('i3', third.id, ASKED)).toBe(false);
      await store.initiations.takeBack('i3', { session: third.id, askedAt: ASKED.now }, AT + 1);
      expect(await stands('i3')).toEqual(['canceled', 0]);

      await add({ id: 'i4' });
      const fourth = await begin('i4');
      await store.initiations.cancel('i4');
      expect(await store.initiations.placed('i4', fourth.id, 'CA4', LOOK_AT)).toMatchObject({
        status: 'queued',
        revoked: true,
        recalled: true,
      });
      await report(fourth.id, 'CA4', 'completed');
      expect(await store.initiations.cancel('i4')).toBe('completed');
    });

    test('go with the session of their attempt, or of the caller who is called back', async () => {
      const origin = aSession();
      await store.addSession(origin);
      await add({ origin: origin.id });
      await add({ id: 'i2' });
      const session = await begin('i2');
      await store.eraseSession(origin.id);
      await store.eraseSession(session.id);
      expect(await store.initiations.find('i1')).toBeNull();
      expect(await store.initiations.find('i2')).toBeNull();
    });

    test('know which of the network’s calls have a session', async () => {
      await store.addSession(aSession({ callSid: 'CA1' }));
      await store.addSession(aSession({ callSid: 'CA2' }));
      expect(await store.initiations.known(['CA0', 'CA1', 'CA3'])).toEqual(new Set(['CA1']));
      expect(await store.initiations.known([])).toEqual(new Set());
    });

    describe('the pace of an account', () => {
      test('gives one place after the other, and starts anew behind a pause', async () => {
        const pace = (now: number, account = 'default') => store.initiations.pace(account, now, 1000, 10_000);
        expect(await pace(AT)).toBe(AT);
        expect(await pace(AT + 1)).toBe(AT + 1000);
        expect(await pace(AT + 2)).toBe(AT + 2000);
        expect(await pace(AT + 2, 'second')).toBe(AT + 2);
        expect(await pace(AT + 60_000)).toBe(AT + 60_000);
      });

      test('has a bound: who would wait longer gets no place, and takes none', async () => {
        const pace = (withinMs: number) => store.initiations.pace('default', AT, 1000, withinMs);
        for (let index = 0; index <= 3; index++) expect(await pace(3000)).toBe(AT + index * 1000);
        expect(await pace(3000)).toBeNull();
        expect(await pace(3000)).toBeNull();
        expect(await pace(4000)).toBe(AT + 4000);
      });

      test('is shared by all who ask at once', async () => {
        const other = await open();
        const places = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            (index % 2 ? store : other).initiations.pace('default', AT, 100, 10_000),
          ),
        );
        expect(places.toSorted((one, next) => one! - next!)).toEqual(
          Array.from({ length: 20 }, (_, index) => AT + index * 100),
        );
      });
    });

    describe('of a batch', () => {
      const BATCH = { id: 'b1', key: 'bistro', accepted: 3, rejected: [], createdAt: AT };
      const of = (...ids: string[]): NewInitiation[] =>
        ids.map((id, index) => anInitiation({ id, batch: 'b1', to: `+1415555010${index}` }));

      test('come with it, and are counted by how they stand', async () => {
        const rejected = [{ index: 1, code: 'bad-number', detail: 'No.' }];
        const batch = { ...BATCH, accepted: 5, rejected };
        expect(await store.initiations.batch('b1')).toBeNull();
        const five = of('i1', 'i2', 'i3', 'i4', 'i5').map((one) => ({ ...one, retry: RETRY }));
        expect(await store.initiations.addBatch(batch, five)).toBe(true);
        expect(await store.initiations.batch('b1')).toEqual({
          ...batch,
          counts: { scheduled: 5 },
          nextAt: five[0]!.nextAt,
        });
        for (const [id, end] of [
          ['i1', 'busy'],
          ['i2', 'completed'],
          ['i3', 'ringing'],
        ] as const) {
          const session = await begin(id);
          await store.initiations.placed(id, session.id, `CA${id}`, LOOK_AT);
          await report(session.id, `CA${id}`, end);
        }
        await begin('i4');
        // The one that is being placed, and the one that waits.
        await store.initiations.postpone('i5', AT + 90_000, null);
        expect((await store.initiations.batch('b1'))?.nextAt).toBe(ASKED.until);
        // Whether or not it is settled, one that will be tried again is scheduled.
        const counts = { scheduled: 2, completed: 1, ringing: 1, placing: 1 };
        expect((await store.initiations.batch('b1'))?.counts).toEqual(counts);
        await store.initiations.settle();
        expect((await store.initiations.batch('b1'))?.counts).toEqual(counts);
      });

      test('are there all or not at all: a second one with the id adds nothing', async () => {
        await store.initiations.addBatch(BATCH, of('i1', 'i2', 'i3'));
        expect(await store.initiations.addBatch({ ...BATCH, accepted: 1 }, of('i9'))).toBe(false);
        expect(await store.initiations.find('i9')).toBeNull();
        expect(await store.initiations.batch('b1')).toMatchObject({ accepted: 3, counts: { scheduled: 3 } });
      });

      test('are not seen before all are there', async () => {
        const many = Array.from({ length: 450 }, (_, index) =>
          anInitiation({ id: `m${index}`, batch: 'b1', to: `+1415555${1000 + index}` }),
        );
        const adding = store.initiations.addBatch({ ...BATCH, accepted: 450 }, many);
        const seen = [];
        for (let look = 0; look < 4; look++) {
          seen.push(...(await store.initiations.claim({ now: AT, until: AT + 1, most: 1000 })));
          if ((await store.initiations.batch('b1')) !== null) break;
          expect(seen).toEqual([]);
          expect(await store.initiations.find('m0')).toBeNull();
        }
        expect(await adding).toBe(true);
        expect((await store.initiations.batch('b1'))?.counts).toEqual({ scheduled: 450 });
      });

      test('are cancelled as far as they have not begun, and tried no more', async () => {
        await store.initiations.addBatch(
          BATCH,
          of('i1', 'i2', 'i3').map((one) => ({ ...one, retry: RETRY })),
        );
        const session = await begin('i1');
        await store.initiations.placed('i1', session.id, 'CA1', LOOK_AT);
        const second = await begin('i2');
        expect(await store.initiations.cancelBatch('b1')).toBe(1);
        expect(await store.initiations.cancelBatch('b2')).toBeNull();
        expect(await stands('i3')).toEqual(['canceled', 0]);
        expect(await store.initiations.find('i2')).toMatchObject({ status: 'placing', recalled: true });
        expect(await store.initiations.find('i1')).toMatchObject({ revoked: true, recalled: false });
        await report(session.id, 'CA1', 'busy');
        expect(await stands('i1')).toEqual(['busy', 1]);
        await store.initiations.takeBack('i2', { session: second.id, askedAt: ASKED.now }, AT);
        expect(await store.initiations.batch('b1')).toMatchObject({
          counts: { canceled: 2, busy: 1 },
          nextAt: null,
        });
      });

      test('are all cancelled though they are taken back at that very moment', async () => {
        const other = await open();
        const ids = Array.from({ length: 40 }, (_, index) => `m${index}`);
        const many = ids.map((id, index) => anInitiation({ id, batch: 'b1', to: `+1415555${1000 + index}` }));
        await store.initiations.addBatch({ ...BATCH, accepted: 40 }, many);
        const sessions = new Map<string, string>();
        for (const id of ids) sessions.set(id, (await begin(id)).id);
        const takenBack = ids.map(async (id) => {
          const question = { session: sessions.get(id)!, askedAt: ASKED.now };
          await other.initiations.takeBack(id, question, AT);
        });
        await takenBack[5];
        await store.initiations.cancelBatch('b1');
        await Promise.all(takenBack);
        expect((await store.initiations.batch('b1'))?.counts).toEqual({ canceled: 40 });
      });

      test('are as they were given last, where who began to add them died', async () => {
        const batch = { ...BATCH, accepted: 1 };
        const [first] = of('i1');
        await carryOut(
          place,
          `insert into initiations (id, batch, account, key, to_number, attributes, retry_attempts,
          retry_every, retry_on, created_at, status, attempt, next_at, revoked) values ('i1', 'b1', 'old', 'old', '+1',
          '{}', 1, 0, '', 1, 'adding', 0, 1, 0)`,
        );
        expect(await store.initiations.find('i1')).toBeNull();
        expect(await store.initiations.addBatch(batch, [{ ...first!, retry: RETRY }])).toBe(true);
        expect(await store.initiations.find('i1')).toEqual(asNew({ ...first!, retry: RETRY }));
      });

      test('are forgotten where who began to add them died and nobody came back for a day', async () => {
        await carryOut(
          place,
          `insert into initiations (id, batch, account, key, to_number, attributes, retry_attempts,
          retry_every, retry_on, created_at, status, attempt, next_at, revoked) values
          ('old', 'b1', 'a', 'k', '+1', '{}', 1, 0, '', ${AT}, 'adding', 0, 1, 0),
          ('new', 'b1', 'a', 'k', '+1', '{}', 1, 0, '', ${AT + 1}, 'adding', 0, 1, 0)`,
        );
        await store.initiations.recheck(AT + 24 * 60 * 60 * 1000);
        expect((await place.dump())['initiations']!.map(({ id }) => id)).toEqual(['new']);
      });
    });

    describe('reports of the network', () => {
      let id: string;
      beforeEach(async () => {
        await add();
        ({ id } = await begin());
        await store.initiations.placed('i1', id, 'CA1', LOOK_AT);
      });
      const status = async (): Promise<SessionStatus | undefined> => (await store.session(id))?.status;

      test('lead on, and never back', async () => {
        expect(await report(id, 'CA1', 'ringing', 1)).toBe(true);
        expect(await report(id, 'CA1', 'ringing', 1)).toBe(false);
        expect(await report(id, 'CA1', 'in-progress', 2)).toBe(true);
        expect(await report(id, 'CA1', 'queued', 0)).toBe(false);
        expect(await report(id, 'CA1', 'ringing', null)).toBe(false);
        expect(await status()).toBe('in-progress');
        expect(await report(id, 'CA1', 'completed', 3)).toBe(true);
        expect(await report(id, 'CA1', 'busy', 4)).toBe(false);
        expect(await status()).toBe('completed');
      });

      test('that come out of order count by their numbers', async () => {
        expect(await report(id, 'CA1', 'in-progress', 2)).toBe(true);
        expect(await report(id, 'CA1', 'no-answer', 1)).toBe(false);
        expect(await status()).toBe('in-progress');
      });

      test('of another call are left aside', async () => {
        expect(await report(id, 'CA2', 'busy', 9)).toBe(false);
        expect(await report('nobody', 'CA1', 'busy', 9)).toBe(false);
        expect(await status()).toBe('queued');
      });

      test('say why it ended where nobody has said so', async () => {
        const told = { callSid: 'CA1', sequence: 3, now: AT + 9 };
        await store.patchSession(id, { endReason: 'machine' });
        await store.reportSession(id, { ...told, status: 'completed', endReason: 'error' });
        expect(await store.session(id)).toMatchObject({ endReason: 'machine', endedAt: AT + 9 });
      });
    });
  });
}

/** Another connection, on which this happens as soon as it has changed anything. */
async function claimingWith(
  where: Place,
  meanwhile: () => Promise<void>,
): Promise<{ initiations: Store['initiations']; close(): Promise<void> }> {
  const real = await openDatabase(where);
  const changes = new WeakSet<object>();
  const db = real.db.withPlugin({
    transformQuery({ node, queryId }) {
      if (node.kind === 'UpdateQueryNode') changes.add(queryId);
      return node;
    },
    async transformResult({ result, queryId }) {
      if (changes.has(queryId)) await meanwhile();
      return result;
    },
  });
  const hooked: Database = {
    db,
    isBusy: real.isBusy,
    isRefusal: real.isRefusal,
    commit: (steps) => real.commit(steps),
    alone: (names, work) => real.alone(names, work),
    transaction: (work) => real.transaction(work),
    together: (statements) => real.together(statements),
    close: () => real.close(),
  };
  return { initiations: initiationsIn(accessTo(hooked)), close: () => real.close() };
}

function openDatabase({ database: where }: Place): Promise<Database> {
  return where.kind === 'sqlite' ? openSqlite(where.path, silentLog) : openPostgres(where.url, silentLog);
}
