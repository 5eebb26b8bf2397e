import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { Access } from './access.ts';
import { json, parse } from './plain.ts';
import type { Store } from './store.ts';

/** How long the answer to a request with an idempotency key is kept. */
const KEY_LIFE_MS = 24 * 60 * 60 * 1000;

type Part = Pick<Store, 'addToken' | 'takeToken' | 'claimKey' | 'keepAnswer'>;

/** What lets a call in, and keeps a repeated request from placing a second. */
export function doorsIn({ db, numberOf, attempt }: Access): Part {
  return {
    async addToken(hash: string, session: string, expiresAt: number): Promise<void> {
      await attempt('keep a token', () =>
        db
          .insertInto('tokens')
          .values({ hash, session: numberOf(session), expires_at: Math.round(expiresAt) })
          .execute(),
      );
    },

    takeToken(hash: string, now: number): Promise<string | null> {
      return attempt('take a token', async () => {
        // Those that nobody came for go along.
        const taken = await db
          .deleteFrom('tokens')
          .where((eb) => eb.or([eb('hash', '=', hash), eb('expires_at', '<=', Math.round(now))]))
          .returning((eb) => [
            'hash',
            'expires_at',
            eb
              .selectFrom('sessions')
              .select('id')
              .whereRef('sessions.no', '=', 'tokens.session')
              .as('session'),
          ])
          .execute();
        const token = taken.find((row) => row.hash === hash && row.expires_at > now);
        return token?.session ?? null;
      });
    },

    claimKey(
      key: string,
      fingerprint: string,
      now: number,
    ): Promise<{ status: number; body: Value } | 'pending' | null> {
      return attempt('claim an idempotency key', async () => {
        await db
          .deleteFrom('idempotency_keys')
          .where('created_at', '<=', Math.round(now) - KEY_LIFE_MS)
          .execute();
        const claimed = await db
          .insertInto('idempotency_keys')
          .values({ key, fingerprint, status: null, answer: null, created_at: Math.round(now) })
          .onConflict((conflict) => conflict.column('key').doNothing())
          .returning('key')
          .executeTakeFirst();
        if (claimed) return null;
        const row = await db
          .selectFrom('idempotency_keys')
          .selectAll()
          .where('key', '=', key)
          .executeTakeFirst();
        // Given back between the two statements: whoever asks again will get it.
        if (!row) return 'pending';
        if (row.fingerprint !== fingerprint) {
          throw new OffhookError(
            'idempotency-mismatch',
            'This Idempotency-Key was used for another request.',
            {
              status: 422,
            },
          );
        }
        if (row.status === null || row.answer === null) return 'pending';
        return { status: row.status, body: parse(row.answer) };
      });
    },

    async keepAnswer(key: string, answer: { status: number; body: Value } | null): Promise<void> {
      await attempt('keep an answer', async () => {
        if (answer) {
          const set = { status: answer.status, answer: json(answer.body) };
          await db.updateTable('idempotency_keys').set(set).where('key', '=', key).execute();
        } else {
          await db.deleteFrom('idempotency_keys').where('key', '=', key).execute();
        }
      });
    },
  };
}
