import type { Value } from '../dialogue/protocol.ts';
import type { CallFacts } from '../dialogue/state.ts';
import type { Device } from '../store/people.ts';
import type { Session } from '../store/store.ts';
import { NOBODY, phoneOf, userFacts, usedName, usedOf, type Known } from './person.ts';
import { countryOf, zoneOf } from './zone.ts';

/**
 * What a dialogue may know of its call from the start.
 * @param startedAt in milliseconds since the epoch.
 * @param appZone IANA; null: the app has none.
 * @param caller what the line told of the other side; it is newer than what is known of the number.
 * @param known who the other side is (`Session.user`), and what is known of the number (`phoneOf`).
 */
export function factsOf(
  session: Session,
  startedAt: number,
  caller: CallFacts['caller'] = {},
  welcomeMessage: string | null = null,
  appZone: string | null = null,
  known: Known = NOBODY,
): CallFacts {
  const { id, isInitiated, direction, locale, from, to } = session;
  // A withheld number is none, whatever the line spells in its place: nobody can be called back at it.
  const phone = phoneOf(session);
  return {
    session: { id, isInitiated, direction, locale, from, to, startedAt: new Date(startedAt).toISOString() },
    user: userFacts(known),
    caller: callerFacts(phone, known.device, caller),
    zone: zoneOf(appZone, phone, startedAt),
    used: usedOf(known.person?.values[usedName(session.dialogue)]),
    welcomeMessage,
  };
}

/** What a dialogue sees as `caller.*`: what is known of the number, and what the line tells now, which is newer. */
export function callerFacts(
  phone: string | null,
  device: Device | null,
  told: CallFacts['caller'],
): { [name: string]: Value } {
  const facts: { [name: string]: Value } = {
    phone,
    country: device?.country ?? countryOf(phone),
    city: device?.city ?? null,
    name: device?.callerName ?? null,
    carrier: device?.carrier ?? null,
  };
  for (const [name, value] of Object.entries(told)) {
    if (value !== null) facts[name] = value;
  }
  return facts;
}
