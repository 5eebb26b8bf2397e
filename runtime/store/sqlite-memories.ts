import type Libsql from 'libsql';
import type { MemoryChange } from './memory-rows.ts';

/** A session's own number, by its id. */
export const NUMBER_OF = '(select no from sessions where id = ?)';

/** Writes one memory of a session's, within the transaction that is open; the person is made where nobody is known. */
export function preparedMemories(
  connection: Libsql.Database,
): (memory: MemoryChange, session: string) => void {
  const expire = connection.prepare('delete from memories where expires_at <= ?');
  const addUser = connection.prepare(
    `insert into users (id, created_at) select ?, ? where not exists (select 1 from devices where phone = ?)`,
  );
  const addDevice = connection.prepare(
    'insert into devices (phone, user_id) values (?, ?) on conflict (phone) do nothing',
  );
  const put = connection.prepare(
    `insert into memories (user_id, name, value, expires_at, session)
     values ((select user_id from devices where phone = ?), ?, ?, ?, ${NUMBER_OF})
     on conflict (user_id, name) do update set value = excluded.value, expires_at = excluded.expires_at,
       session = excluded.session`,
  );
  return ({ phone, newUser, at, name, value, expires_at }, session) => {
    expire.run([at]);
    addUser.run([newUser, at, phone]);
    addDevice.run([phone, newUser]);
    put.run([phone, name, value, expires_at, session]);
  };
}
