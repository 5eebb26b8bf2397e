/** The steps from an empty database to the tables of today. A name that has run anywhere is never changed. */
import { Migrator, type Kysely, type Migration } from 'kysely';
import { OffhookError, messageOf } from '../../errors.ts';
import { sessions, type DatabaseKind } from './001-sessions.ts';
import { doors } from './002-doors.ts';
import { memories } from './003-memories.ts';
import { schedule } from './004-schedule.ts';
import { crews } from './005-crews.ts';
import { exchanges } from './006-exchanges.ts';
import { processes } from './007-processes.ts';
import { people } from './008-people.ts';
import { pairings } from './009-pairings.ts';
import { initiations } from './010-initiations.ts';
import { lines } from './011-lines.ts';
import { numbers } from './012-numbers.ts';
import { browserPhone } from './013-browser-phone.ts';
import { refusals } from './014-refusals.ts';
import { openWork } from './015-open-work.ts';

/** Names sort in the order in which they run. */
export function migrationsFor(kind: DatabaseKind): Record<string, Migration> {
  return {
    '001-sessions': sessions(kind),
    '002-doors': doors,
    '003-memories': memories,
    '004-schedule': schedule,
    '005-crews': crews,
    '006-exchanges': exchanges,
    '007-processes': processes,
    '008-people': people,
    '009-pairings': pairings,
    '010-initiations': initiations,
    '011-lines': lines,
    '012-numbers': numbers,
    '013-browser-phone': browserPhone,
    '014-refusals': refusals,
    '015-open-work': openWork,
  };
}

/**
 * Brings the database up to date; several processes may do so at once. A migration that fails leaves nothing
 * of itself behind.
 * @throws OffhookError `store-failed`, naming the migration.
 */
export async function migrate<T>(db: Kysely<T>, migrations: Record<string, Migration>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName;
  const what =
    failed === undefined ? 'The database could not be brought up to date' : `The migration ${failed} failed`;
  throw new OffhookError('store-failed', `${what}: ${messageOf(error)}`, { status: 503, cause: error });
}
