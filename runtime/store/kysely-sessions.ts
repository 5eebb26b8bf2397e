import { OffhookError } from '../errors.ts';
import type { Access } from './access.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { emptyAnswers, forgetNobody } from './erasing.ts';
import { clean, parse } from './plain.ts';
import { entryOf, sessionOf, sessionPatch, sessionRow, toolCallOf, turnOf } from './rows.ts';
import { FINAL_STATUSES, OPEN_STATUSES } from './store.ts';
import type {
  JournalEntry,
  Session,
  SessionDetail,
  SessionListItem,
  SessionQuery,
  SessionStatus,
  Store,
} from './store.ts';

/** What a call may have been before it is this. */
const STATUSES_BEFORE: { readonly [S in SessionStatus]: readonly SessionStatus[] } = {
  queued: ['queued'],
  ringing: ['queued'],
  'in-progress': ['queued', 'ringing'],
  completed: OPEN_STATUSES,
  busy: OPEN_STATUSES,
  'no-answer': OPEN_STATUSES,
  failed: OPEN_STATUSES,
  canceled: OPEN_STATUSES,
};

type Part = Pick<
  Store,
  | 'addSession'
  | 'session'
  | 'sessionByCall'
  | 'reportSession'
  | 'patchSession'
  | 'lastEntry'
  | 'sessionDetail'
  | 'listSessions'
  | 'eraseSession'
  | 'openSessions'
>;

/** What the store keeps of sessions, but for the steps that calls write. */
export function sessionsIn({ db, numberOf, attempt, transact }: Access): Part {
  const rowWhere = (column: 'id' | 'call_sid', value: string) =>
    attempt('read a session', () =>
      db.selectFrom('sessions').selectAll().where(column, '=', clean(value)).executeTakeFirst(),
    );
  const sessionWhere = async (column: 'id' | 'call_sid', value: string): Promise<Session | null> => {
    const row = await rowWhere(column, value);
    return row ? sessionOf(row) : null;
  };
  return {
    async addSession(session: Session): Promise<void> {
      const added = await attempt('add a session', () =>
        db
          .insertInto('sessions')
          .values(sessionRow(session))
          .onConflict((conflict) => conflict.column('call_sid').doNothing())
          .returning('no')
          .executeTakeFirst(),
      );
      if (!added) {
        throw new OffhookError('duplicate-call', `The call ${session.callSid} already has a session.`, {
          status: 409,
        });
      }
    },

    session(id: string): Promise<Session | null> {
      return sessionWhere('id', id);
    },

    sessionByCall(callSid: string): Promise<Session | null> {
      return sessionWhere('call_sid', callSid);
    },

    async patchSession(id: string, patch: Partial<Omit<Session, 'id' | 'createdAt'>>): Promise<void> {
      const set = sessionPatch(patch);
      if (Object.keys(set).length === 0) return;
      await attempt('change a session', () =>
        db.updateTable('sessions').set(set).where('id', '=', id).execute(),
      );
    },

    async reportSession(id, { callSid, status, sequence, endReason, now, from = STATUSES_BEFORE[status] }) {
      const before = STATUSES_BEFORE[status].filter((one) => from.includes(one));
      const row = await attempt('note how a call stands', () => {
        const update = db
          .updateTable('sessions')
          .set((eb) => ({
            status,
            call_sid: eb.fn.coalesce('call_sid', eb.val(clean(callSid))),
            ...(sequence !== null && { reported: sequence }),
            ...(FINAL_STATUSES.includes(status) && {
              ended_at: Math.round(now),
              end_reason: eb.fn.coalesce('end_reason', eb.val(endReason)),
            }),
          }))
          .where('id', '=', clean(id))
          .where('status', 'in', before)
          .where((eb) => eb.or([eb('call_sid', 'is', null), eb('call_sid', '=', clean(callSid))]));
        const newer =
          sequence === null
            ? update
            : update.where((eb) => eb.or([eb('reported', 'is', null), eb('reported', '<', sequence)]));
        return newer.returning('no').executeTakeFirst();
      });
      return row !== undefined;
    },

    lastEntry(session: string): Promise<JournalEntry | null> {
      return attempt('read the journal', async () => {
        const row = await db
          .selectFrom('journal')
          .selectAll()
          .where('session', '=', numberOf(session))
          .orderBy('sequence', 'desc')
          .limit(1)
          .executeTakeFirst();
        return row ? entryOf(row) : null;
      });
    },

    async sessionDetail(id: string): Promise<SessionDetail | null> {
      const row = await rowWhere('id', id);
      if (!row) return null;
      return attempt('read a session', async () => {
        const no = numberOf(id);
        const turns = db.selectFrom('turns').selectAll().where('session', '=', no).orderBy('position');
        const toolCalls = db.selectFrom('tool_calls').selectAll().where('session', '=', no);
        const journal = db.selectFrom('journal').selectAll().where('session', '=', no).orderBy('sequence');
        return {
          ...sessionOf(row),
          slots: parse(row.slots),
          usage: parse(row.usage),
          turns: (await turns.execute()).map(turnOf),
          toolCalls: (await toolCalls.orderBy('started_at').orderBy('id').execute()).map(toolCallOf),
          journal: (await journal.execute()).map(entryOf),
        };
      });
    },

    async listSessions(query: SessionQuery): Promise<{ items: SessionListItem[]; next: string | null }> {
      const { app, status, limit, cursor } = query;
      const after = cursor === undefined ? null : readCursor(cursor);
      const rows = await attempt('list sessions', () => {
        let select = db
          .selectFrom('sessions')
          .selectAll('sessions')
          .select((eb) =>
            eb
              .selectFrom('turns')
              .whereRef('turns.session', '=', 'sessions.no')
              .select((inner) => inner.fn.countAll<number>().as('count'))
              .as('turn_count'),
          );
        if (app !== undefined) select = select.where('app', '=', clean(app));
        if (status !== undefined) select = select.where('status', '=', status);
        if (after) {
          select = select.where((eb) =>
            eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after.createdAt, after.id)),
          );
        }
        return select
          .orderBy('created_at', 'desc')
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute();
      });
      const items = rows
        .slice(0, limit)
        .map((row) => ({ ...sessionOf(row), turnCount: row.turn_count ?? 0 }));
      const last = items.at(-1);
      return { items, next: rows.length > limit && last ? writeCursor(last) : null };
    },

    eraseSession: (id) =>
      transact('erase a session', async (transaction) => {
        const erased = await transaction
          .deleteFrom('sessions')
          .where('id', '=', clean(id))
          .returning('user_id')
          .executeTakeFirst();
        if (!erased) return false;
        await transaction.deleteFrom('lines').where('session', '=', clean(id)).execute();
        await emptyAnswers(transaction, [clean(id)]);
        // Its memories went with it; a person of whom nothing else is known goes too.
        if (erased.user_id !== null) await forgetNobody(transaction, erased.user_id);
        return true;
      }),

    openSessions(): Promise<Session[]> {
      return attempt('read the open sessions', async () => {
        const rows = await db
          .selectFrom('sessions')
          .selectAll()
          .where('status', 'in', OPEN_STATUSES)
          .orderBy('created_at')
          .orderBy('id')
          .execute();
        return rows.map(sessionOf);
      });
    },
  };
}
