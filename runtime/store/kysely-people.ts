import type { Value } from '../dialogue/protocol.ts';
import type { Access } from './access.ts';
import { clean, parse } from './plain.ts';
import type { Store } from './store.ts';

/** What is known of people, by their numbers. */
export function peopleIn({ db, attempt }: Access): Pick<Store, 'memories'> {
  return {
    memories(phone, now) {
      return attempt('read memories', async () => {
        const rows = await db
          .selectFrom('memories')
          .innerJoin('devices', 'devices.user_id', 'memories.user_id')
          .select(['memories.name', 'memories.value'])
          .where('devices.phone', '=', clean(phone))
          .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', Math.round(now))]))
          .orderBy('memories.name')
          .execute();
        return Object.fromEntries(rows.map(({ name, value }) => [name, parse<Value>(value)]));
      });
    },
  };
}
