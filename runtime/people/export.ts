/** All that is known of a person, as it is given out. */
import type { Initiation } from '../store/initiations.ts';
import type { PersonDetail } from '../store/people.ts';
import type { Recording } from '../store/recordings.ts';
import type { SessionDetail, Store } from '../store/store.ts';

export interface PersonExport {
  person: PersonDetail;
  /** Oldest first. */
  sessions: (SessionDetail & { recordings: Recording[] })[];
  /** Calls placed and planned. */
  initiations: Initiation[];
}

/** Null where there is no such person. What is erased while it is read is not in it. */
export async function exportOf(store: Store, id: string, now: number): Promise<PersonExport | null> {
  const person = await store.people.detail(id, now);
  if (!person) return null;
  const belongings = await store.people.belongings(id);
  return {
    person,
    sessions: await each(belongings.sessions, async (session) => {
      const detail = await store.sessionDetail(session);
      return detail && { ...detail, recordings: await store.recordings.of(session) };
    }),
    initiations: await each(belongings.initiations, (initiation) => store.initiations.find(initiation)),
  };
}

/** One after the other: somebody may have called a thousand times, and calls go on meanwhile. */
async function each<T>(ids: readonly string[], read: (id: string) => Promise<T | null>): Promise<T[]> {
  const found: T[] = [];
  for (const id of ids) {
    const one = await read(id);
    if (one !== null) found.push(one);
  }
  return found;
}
