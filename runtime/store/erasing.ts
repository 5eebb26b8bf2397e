/** What stays behind of an erased session or person in tables that do not belong to it. */
import { sql, type Kysely } from 'kysely';
import type { Batch } from './initiations.ts';
import { json, parse } from './plain.ts';
import type { Tables } from './tables.ts';

type Db = Kysely<Tables>;

/** Names that are looked for in one statement. */
const AT_ONCE = 100;

/** Answers that name one of these are emptied, not dropped: the request must not be carried out a second time. */
export async function emptyAnswers(db: Db, names: readonly string[]): Promise<void> {
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE);
    const answers = await db
      .selectFrom('idempotency_keys')
      .select(['key', 'answer'])
      .where((eb) => eb.or(some.map((name) => mentions('answer', name))))
      .execute();
    for (const { key, answer } of answers) {
      if (!some.some((name) => mentionOf(name).test(answer!))) continue;
      await db
        .updateTable('idempotency_keys')
        .set({ status: 410, answer: 'null' })
        .where('key', '=', key)
        .execute();
    }
  }
}

/** A batch may tell why it did not take a call to the number. */
export async function forgetRejected(db: Db, phone: string): Promise<void> {
  const batches = await db
    .selectFrom('batches')
    .select(['id', 'rejected'])
    .where(() => mentions('rejected', phone))
    .execute();
  for (const { id, rejected } of batches) {
    const told = parse<Batch['rejected']>(rejected).map((one) =>
      // What was written in its place may be the same number in another form.
      mentionOf(phone).test(one.detail) ? { ...one, detail: '…' } : one,
    );
    await db
      .updateTable('batches')
      .set({ rejected: json(told) })
      .where('id', '=', id)
      .execute();
  }
}

/** The text is somewhere in the column, if only as a part of something longer. */
function mentions(column: 'answer' | 'rejected', text: string) {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`;
}

/** An id or a number, by itself or within a sentence, and not as a part of a longer one. */
function mentionOf(name: string): RegExp {
  const text = name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return name.startsWith('+') ? new RegExp(`${text}(?!\\d)`) : new RegExp(`(?<![\\w-])${text}(?![\\w-])`);
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
