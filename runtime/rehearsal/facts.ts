/** What a test says of its call, as the call itself knows it. */
import { createHash } from 'node:crypto';
import { callerFacts } from '../call/facts.ts';
import { phoneOf } from '../call/person.ts';
import type { Test } from '../dialogue/document.ts';
import type { AppFacts, Program } from '../dialogue/program.ts';
import type { Value } from '../dialogue/protocol.ts';
import { newState, type State } from '../dialogue/state.ts';
import type { Session } from '../store/store.ts';
import { offsetAt } from '../zones.ts';

/** A Monday morning: a test that says nothing of its time is the same at any time. */
const NOW = '2026-01-05T10:00:00Z';

/** When the call of a test begins, in milliseconds since the epoch. */
export const startOf = ({ now = NOW }: Test): number => Date.parse(now);

/** The session of a test's call. Its id follows from the test's name, and so do the variants of the call. */
export function sessionOf(test: Test, { app, dialogue }: Program): Session {
  const startedAt = startOf(test);
  const { inbound, outbound } = test;
  const ours = app.numbers[0] ?? null;
  return {
    id: createHash('sha256').update(test.name).digest('hex').slice(0, 32),
    app: app.id,
    dialogue,
    key: app.id,
    engine: 'embedded',
    crew: 0,
    cost: null,
    direction: outbound ? 'outbound' : 'inbound',
    isInitiated: outbound !== undefined,
    from: outbound ? ours : (inbound?.from ?? null),
    to: outbound ? (outbound.to ?? null) : ours,
    callSid: null,
    accountSid: null,
    user: null,
    locale: outbound?.locale ?? inbound?.locale ?? app.locale,
    attributes: outbound?.attributes ?? {},
    status: 'in-progress',
    endReason: null,
    createdAt: startedAt,
    startedAt,
    endedAt: null,
    initiation: null,
  };
}

/** The conversation of a test before it begins. */
export function stateOf(test: Test, session: Session, { version, app }: Program): State {
  const { id, isInitiated, direction, locale, from, to, attributes } = session;
  const startedAt = new Date(startOf(test)).toISOString();
  return newState(
    version,
    {
      session: { id, isInitiated, direction, locale, from, to, startedAt },
      user: { ...userOf(app, isInitiated, test.user?.['paired']), ...test.user },
      caller: callerFacts(phoneOf(session), null, {}),
      zone: test.zone ?? zoneOf(app, test.now ?? NOW),
      used: {},
      welcomeMessage: test.outbound?.welcomeMessage ?? null,
    },
    attributes,
    parseInt(id.slice(0, 8), 16),
  );
}

/**
 * Who calls where a test says nothing of it: nobody who is known; but who calls a private app is let in.
 * @param paired what the test says of it.
 */
export function userOf(
  app: AppFacts,
  isInitiated: boolean,
  paired: Value | undefined = !app.public && !isInitiated,
): { paired: Value; anonymous: boolean; name: null } {
  return { paired, anonymous: paired !== true, name: null };
}

/** The app's zone, else one with the offset of `now`: never the machine's, on which no test should depend. */
function zoneOf({ zone }: AppFacts, now: string): string {
  if (zone !== null) return zone;
  const minutes = offsetOf(now);
  const hours = minutes / 60;
  if (minutes === 0) return 'UTC';
  // The names of these zones count the other way round.
  if (Number.isInteger(hours) && hours >= -12 && hours <= 14)
    return `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
  const ms = Date.parse(now);
  return Intl.supportedValuesOf('timeZone').find((one) => offsetAt(ms, one) === minutes) ?? 'UTC';
}

/** Minutes east of UTC. */
function offsetOf(now: string): number {
  const [, sign, hours = '0', minutes = '0'] = /([+-])([0-9]{2}):([0-9]{2})$/.exec(now) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
