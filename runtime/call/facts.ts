import type { Value } from '../dialogue/protocol.ts';
import type { CallFacts } from '../dialogue/state.ts';
import type { Session } from '../store/store.ts';
import { phoneOf, shownOf, usedName, usedOf } from './person.ts';
import { zoneOf } from './zone.ts';

/**
 * What a dialogue may know of its call from the start.
 * @param startedAt in milliseconds since the epoch.
 * @param appZone IANA; null: the app has none.
 * @param memories what the store remembers of the other side's number (`phoneOf`).
 */
export function factsOf(
  session: Session,
  startedAt: number,
  caller: CallFacts['caller'] = {},
  welcomeMessage: string | null = null,
  appZone: string | null = null,
  memories: { readonly [name: string]: Value } = {},
): CallFacts {
  const { id, isInitiated, direction, locale, from, to } = session;
  // A withheld number is none, whatever the line spells in its place: nobody can be called back at it.
  const phone = phoneOf(session);
  const known: { [name: string]: Value } = { phone, country: null, city: null, name: null };
  return {
    session: { id, isInitiated, direction, locale, from, to, startedAt: new Date(startedAt).toISOString() },
    user: { name: null, ...shownOf(memories), paired: false, anonymous: true },
    caller: { ...known, ...caller },
    zone: zoneOf(appZone, phone, startedAt),
    used: usedOf(memories[usedName(session.dialogue)]),
    welcomeMessage,
  };
}
