import { randomUUID } from 'node:crypto';
import type { Config } from '../config.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { accessTo, blame } from './access.ts';
import type { Database } from './database.ts';
import { browserPhonesIn } from './kysely-browser-phones.ts';
import { doorsIn } from './kysely-doors.ts';
import { exchangesIn } from './kysely-exchanges.ts';
import { holdersIn } from './kysely-holders.ts';
import { maskingIn } from './kysely-masking.ts';
import { numbersIn } from './kysely-numbers.ts';
import { initiationsIn } from './kysely-initiations.ts';
import { linesIn } from './kysely-lines.ts';
import { lostToolCallsIn } from './kysely-lost-tool-calls.ts';
import { pairingsIn } from './kysely-pairings.ts';
import { peopleIn } from './kysely-people.ts';
import { recordingsIn } from './kysely-recordings.ts';
import { sessionsIn } from './kysely-sessions.ts';
import { changeOf, turnsChange } from './rows.ts';
import { openSqlite } from './sqlite.ts';
import type { Store } from './store.ts';
import { WriteQueue } from './write-queue.ts';

/**
 * Opens the database and brings its tables up to date.
 * @throws OffhookError `store-failed` where it cannot be reached, read or brought up to date.
 */
export async function openStore(database: Config['database'], log: Log): Promise<Store> {
  try {
    if (database.kind === 'sqlite') return storeOn(await openSqlite(database.path, log));
    const { openPostgres } = await import('./postgres.ts');
    return storeOn(await openPostgres(database.url, log));
  } catch (thrown) {
    if (thrown instanceof OffhookError) throw thrown;
    const where = database.kind === 'sqlite' ? `The database ${database.path}` : 'The PostgreSQL database';
    throw new OffhookError('store-failed', `${where} could not be opened: ${messageOf(thrown)}`, {
      status: 503,
      cause: thrown,
    });
  }
}

function storeOn(database: Database): Store {
  const access = accessTo(database);
  const { db, attempt } = access;
  const queue = new WriteQueue(database);
  const written = async (what: string, work: Promise<void>): Promise<void> => {
    try {
      await blame(what, work);
    } catch (thrown) {
      if (!access.isRefusal(thrown)) access.suspect = true;
      throw thrown;
    }
  };
  let closing: Promise<void> | null = null;
  return {
    ...sessionsIn(access),
    ...doorsIn(access),
    ...holdersIn(access),
    ...lostToolCallsIn(access),
    ...maskingIn(access),
    people: peopleIn(access),
    exchanges: exchangesIn(access),
    numbers: numbersIn(access),
    pairings: pairingsIn(access),
    browserPhones: browserPhonesIn(access),
    recordings: recordingsIn(access),
    initiations: initiationsIn(access),
    lines: linesIn(access),
    writeStep: (step) => written('write a step', queue.add(changeOf(step), { unhurried: step.unhurried })),
    writeTurns: (session, turns) =>
      written('write turns', queue.add(turnsChange(session, turns), { unhurried: true })),
    async ping() {
      await attempt('answer', () => db.selectFrom('sessions').select('no').limit(1).execute());
      if (!access.suspect) return;
      // A full disk is still read. Nobody sees the row: it goes with the transaction that brings it.
      await access.transact('be written to', async (transaction) => {
        const id = `probe-${randomUUID()}`;
        await transaction.insertInto('processes').values({ id, alive_until: 0 }).execute();
        await transaction.deleteFrom('processes').where('id', '=', id).execute();
      });
      access.suspect = false;
    },
    close() {
      closing ??= blame(
        'close',
        queue.emptied().then(() => database.close()),
      );
      return closing;
    },
  };
}
