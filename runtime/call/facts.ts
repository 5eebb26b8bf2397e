import type { Value } from '../dialogue/protocol.ts';
import type { CallFacts } from '../dialogue/state.ts';
import type { Session } from '../store/store.ts';

/** What a dialogue may know of its call from the start. `startedAt` in milliseconds since the epoch. */
export function factsOf(
  session: Session,
  startedAt: number,
  caller: CallFacts['caller'] = {},
  welcomeMessage: string | null = null,
): CallFacts {
  const { id, isInitiated, direction, locale, from, to } = session;
  const known: { [name: string]: Value } = {
    phone: isInitiated ? to : from,
    country: null,
    city: null,
    name: null,
  };
  return {
    session: { id, isInitiated, direction, locale, from, to, startedAt: new Date(startedAt).toISOString() },
    user: { paired: false, anonymous: true, name: null },
    caller: { ...known, ...caller },
    welcomeMessage,
  };
}
