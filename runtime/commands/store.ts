/** The store that the running server reads, for as long as a command works with it. */
import type { Config } from '../config.ts';
import { silentLog } from '../log.ts';
import { openStore } from '../store/kysely-store.ts';
import type { Store } from '../store/store.ts';

export async function withStore<T>(settings: Config, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(settings.database, silentLog);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
