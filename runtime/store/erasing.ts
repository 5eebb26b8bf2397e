/** What stays behind of an erased session or person in tables that do not belong to it. */
import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

type Db = Kysely<Tables>;

/** Answers that name one of these are emptied, not dropped: the request must not be carried out a second time. */
export async function emptyAnswers(db: Db, names: readonly string[]): Promise<void> {
  const answers = await db
    .selectFrom('idempotency_keys')
    .select(['key', 'answer'])
    .where('answer', 'is not', null)
    .execute();
  const keys = answers.flatMap(({ key, answer }) =>
    names.some((name) => answer!.includes(JSON.stringify(name))) ? [key] : [],
  );
  for (const key of keys) {
    await db
      .updateTable('idempotency_keys')
      .set({ status: 410, answer: 'null' })
      .where('key', '=', key)
      .execute();
  }
}

/** Erases a person of whom nothing is known any more: no name, no paired number, no session, no memory. */
export async function forgetNobody(db: Db, id: string): Promise<void> {
  await db
    .deleteFrom('users')
    .where('id', '=', id)
    .where('name', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('memories').select('memories.name').whereRef('user_id', '=', 'users.id'))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('sessions').select('no').whereRef('sessions.user_id', '=', 'users.id'))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('devices')
            .select('phone')
            .whereRef('devices.user_id', '=', 'users.id')
            .where('paired_at', 'is not', null),
        ),
      ),
    )
    .execute();
}
