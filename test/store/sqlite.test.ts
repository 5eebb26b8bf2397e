import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import { sqlitePlace, type Place } from './places.ts';
import { aSession, aStep, aTurn } from './samples.ts';

describe('a store in an SQLite file', () => {
  let place: Place;
  let path: string;
  const opened: { close(): unknown }[] = [];

  beforeEach(async () => {
    place = await sqlitePlace();
    path = place.database.kind === 'sqlite' ? place.database.path : '';
  });

  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    await place.drop();
  });

  async function open(): Promise<Store> {
    const store = await openStore(place.database, silentLog);
    opened.push(store);
    return store;
  }

  /** Somebody else at the same file. */
  function intruder(): Libsql.Database {
    const db = new Libsql(path);
    opened.push(db);
    return db;
  }

  test('makes the folder, and writes ahead', async () => {
    expect(existsSync(dirname(path))).toBe(false);
    await open();
    expect(intruder().pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }]);
  });

  test('says at once of a folder that cannot be made', { timeout: 5_000 }, async () => {
    const nowhere = { kind: 'sqlite', path: '/proc/nope/deeper/x.db' } as const;
    await expect(openStore(nowhere, silentLog)).rejects.toMatchObject({
      code: 'store-failed',
      message:
        "The database /proc/nope/deeper/x.db could not be opened: ENOENT: no such file or directory, mkdir '/proc/nope'",
    });
  });

  test('that refuses writes is not well, though it is read, until one goes through again', async () => {
    const store = await open();
    const session = aSession();
    await store.addSession(session);
    const db = intruder();
    const rename = (from: string, to: string): void =>
      ['journal', 'processes'].forEach((table) =>
        db.exec(`alter table ${table}${from} rename to ${table}${to}`),
      );
    rename('', '_full');
    await expect(store.ping()).resolves.toBeUndefined();
    await expect(store.writeStep(aStep(session.id, 1))).rejects.toThrow('no such table');
    for (let times = 0; times < 2; times++) {
      await expect(store.ping()).rejects.toMatchObject({
        code: 'store-failed',
        message: expect.stringContaining('The store could not be written to: ') as unknown,
      });
    }
    rename('_full', '');
    await expect(store.ping()).resolves.toBeUndefined();
    await store.writeStep(aStep(session.id, 1));
  });

  test('in memory works like any other, and goes with the process', async () => {
    const memory = { kind: 'sqlite', path: ':memory:' } as const;
    const store = await openStore(memory, silentLog);
    const other = await openStore(memory, silentLog);
    opened.push(store, other);
    const session = aSession();
    await store.addSession(session);
    await store.writeStep(aStep(session.id, 1, { turns: [aTurn(0)] }));
    expect((await store.sessionDetail(session.id))?.turns).toEqual([aTurn(0)]);
    expect(await other.session(session.id)).toBeNull();
    expect(existsSync(':memory:')).toBe(false);
  });

  test('says which file it is that is no database', async () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'this is not a database, but a text that somebody put in its place');
    await expect(open()).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringMatching(/file is not a database/),
    });
  });

  test('says which folder it cannot make', async () => {
    writeFileSync(dirname(path), 'a file where the folder should be');
    await expect(open()).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining(`The database ${path} could not be opened: `),
    });
  });

  test('says what went wrong where the database has undone a transaction by itself', async () => {
    const store = await open();
    intruder().exec(
      "create trigger full before insert on devices begin select raise(rollback, 'the disk is full'); end",
    );
    await expect(store.people.meet('+14155550123', {}, 0)).rejects.toMatchObject({
      code: 'store-failed',
      message: 'The store could not make an anonymous person: the disk is full',
    });
    await store.addSession(aSession());
  });

  test('waits for a lock without stopping the process, and then writes all', async () => {
    const store = await open();
    const session = aSession();
    await store.addSession(session);
    const other = intruder();
    other.exec('begin immediate');
    let settled = 0;
    const writes = [
      store.writeStep(aStep(session.id, 1)),
      store.patchSession(session.id, { status: 'in-progress' }),
      store.takeToken('none', 0),
    ].map((write) => write.then(() => settled++));
    let longest = 0;
    for (let before = performance.now(), until = before + 400; performance.now() < until;) {
      await pause(2);
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
    }
    expect(settled).toBe(0);
    // Each of the three may wait for the lock for 20 ms at a stretch; five seconds is what they wait in all.
    expect(longest).toBeLessThan(200);
    other.exec('rollback');
    await Promise.all(writes);
    expect((await store.sessionDetail(session.id))?.journal).toHaveLength(1);
  });

  test('gives up on a lock that is never let go, with a sentence', async () => {
    const store = await open();
    const session = aSession();
    await store.addSession(session);
    intruder().exec('begin immediate');
    await expect(store.writeStep(aStep(session.id, 1))).rejects.toMatchObject({
      code: 'store-failed',
      message: 'The store could not write a step: database is locked',
      status: 503,
    });
  });

  test(
    'keeps its log short, however much is written, and loses nothing by it',
    { timeout: 60_000 },
    async () => {
      const store = await open();
      const sessions = Array.from({ length: 50 }, () => aSession());
      for (const session of sessions) await store.addSession(session);
      const pad = 'x'.repeat(2000);
      let largest = 0;
      for (let sequence = 1; sequence <= 400; sequence++) {
        await Promise.all(
          sessions.map(({ id }) => {
            const step = aStep(id, sequence);
            return store.writeStep({ ...step, entry: { ...step.entry, state: { pad } } });
          }),
        );
        largest = Math.max(largest, statSync(`${path}-wal`).size);
      }
      // 20,000 steps of 2 KB and more are over 80 MB; the log starts over about each 2,000.
      expect(largest).toBeLessThan(40_000_000);
      for (const { id } of sessions) expect((await store.lastEntry(id))?.sequence).toBe(400);
    },
  );

  test('closing leaves one file that holds everything', async () => {
    const store = await open();
    const session = aSession();
    await store.addSession(session);
    opened.splice(0);
    await store.close();
    expect(existsSync(`${path}-wal`) && statSync(`${path}-wal`).size).toBeFalsy();
    expect(await (await open()).session(session.id)).toEqual(session);
  });
});
