import type Libsql from 'libsql';
import type { MemoryChange } from './memory-rows.ts';

/** A session's own number, by its id. */
export const NUMBER_OF = '(select no from sessions where id = ?)';

/** Writes one memory of a session's, within the transaction that is open; without effect where the session is nobody's. */
export function preparedMemories(
  connection: Libsql.Database,
): (memory: MemoryChange, session: string) => void {
  const expire = connection.prepare('delete from memories where expires_at <= ?');
  const put = connection.prepare(
    `insert into memories (user_id, name, value, expires_at, session)
     select users.id, ?, ?, ?, sessions.no from sessions join users on users.id = sessions.user_id where sessions.id = ?
     on conflict (user_id, name) do update set value = excluded.value, expires_at = excluded.expires_at,
       session = excluded.session`,
  );
  return ({ at, name, value, expires_at }, session) => {
    expire.run([at]);
    put.run([name, value, expires_at, session]);
  };
}
