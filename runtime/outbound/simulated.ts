/** Calls out that no network carries: the simulated phone holds them. */
import { randomUUID } from 'node:crypto';
import { SIMULATED, type Initiation } from '../store/initiations.ts';
import type { Found, PlacingParts } from './answers.ts';
import { newSessionId, sessionOf } from './attempts.ts';
import { sameNumber } from './placing.ts';
import { newInitiation, type CallRequest } from './requests.ts';

/** Nobody holds one for longer. */
const SIMULATED_MS = 24 * 60 * 60 * 1000;

/** Gives the id of a call that only has to be answered. @throws OffhookError `same-number` (409). */
export async function beginSimulated(
  { store, clock }: Pick<PlacingParts, 'store' | 'clock'>,
  request: CallRequest,
  found: Found & { from: string },
): Promise<string> {
  const id = randomUUID();
  const now = clock.now();
  const until = now + SIMULATED_MS;
  const initiation = { ...newInitiation(request, found, id, now, until), account: SIMULATED };
  await store.initiations.add(initiation);
  const session = sessionOf(initiation, found, newSessionId(), now);
  if ((await store.initiations.begin(id, session, { now, until })) !== 'begun') {
    await store.initiations.close(id, null, 'canceled', null, now);
    throw sameNumber(request.to);
  }
  await store.initiations.placed(id, session.id, `simulated-${id}`, until);
  return id;
}

/** The network is not asked about one that is due: whoever began it is gone when it is not over by its time. */
export async function lookAtSimulated(
  { store, clock, report }: Pick<PlacingParts, 'store' | 'clock' | 'report'>,
  { id, status, createdAt, session, callSid }: Initiation,
): Promise<void> {
  const now = clock.now();
  if (now < createdAt + SIMULATED_MS) await store.initiations.extend(id, createdAt + SIMULATED_MS);
  else if (status === 'scheduled') await store.initiations.close(id, null, 'canceled', null, now);
  else if (status === 'placing') await store.initiations.close(id, session, 'canceled', null, now);
  else if (session !== null && callSid !== null) await report(session, callSid, 'canceled');
}
