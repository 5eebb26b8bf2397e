import type { Access } from './access.ts';
import { clean, json } from './plain.ts';
import { FINAL_STATUSES, type Store } from './store.ts';

/** No tool is waited for so long behind its call, though its process lives. */
const LONGEST_MS = 60 * 60 * 1000;

/** Tool calls of which nobody is left to tell what came of them. */
export function lostToolCallsIn({ db, attempt }: Access): Pick<Store, 'endLostToolCalls'> {
  return {
    endLostToolCalls: (session, now) =>
      attempt('end the tool calls of lost calls', async () => {
        let open = db
          .selectFrom('tool_calls')
          .innerJoin('sessions', 'sessions.no', 'tool_calls.session')
          .leftJoin('processes', 'processes.id', 'sessions.holder')
          .select([
            'tool_calls.session',
            'tool_calls.id',
            'tool_calls.name',
            'tool_calls.started_at',
            'sessions.ended_at',
          ])
          .where('tool_calls.duration_ms', 'is', null)
          .where('sessions.status', 'in', FINAL_STATUSES);
        open =
          session === null
            ? open.where((eb) =>
                eb.or([
                  eb('processes.alive_until', 'is', null),
                  eb('processes.alive_until', '<', Math.round(now)),
                  eb('sessions.ended_at', '<', Math.round(now) - LONGEST_MS),
                ]),
              )
            : open.where('sessions.id', '=', clean(session));
        const lost = await open.execute();
        for (const { session: no, id, name, started_at: startedAt, ended_at: endedAt } of lost) {
          const message = `What came of the call of ${name} is not known: the line, or the process that held it, was lost.`;
          await db
            .updateTable('tool_calls')
            .set({
              error: json({ code: 'tool-lost', message }),
              duration_ms: Math.max(0, (endedAt ?? now) - startedAt),
            })
            .where('session', '=', no)
            .where('id', '=', id)
            // It may have been told meanwhile.
            .where('duration_ms', 'is', null)
            .execute();
        }
        return lost.length;
      }),
  };
}
