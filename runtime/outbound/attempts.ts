/** What an attempt at a call is written down as, and what the network is asked for it. */
import { randomUUID } from 'node:crypto';
import type { NewInitiation } from '../store/initiations.ts';
import type { Session } from '../store/store.ts';
import type { Attempt, Found } from './answers.ts';
import type { CallOrder } from './dialler.ts';

/** A session that is to be. */
export const newSessionId = (): string => randomUUID();

/** The session of an attempt, as it is before the network was asked. */
export function sessionOf(
  { id, key, to, locale, attributes }: NewInitiation,
  { app, dialogue, engine, crew, from }: Found & { from: string },
  sessionId: string,
  createdAt: number,
): Session {
  return {
    id: sessionId,
    app: app.id,
    dialogue,
    key,
    engine,
    crew,
    cost: null,
    direction: 'outbound',
    isInitiated: true,
    from,
    to,
    callSid: null,
    accountSid: null,
    user: null,
    locale: locale ?? app.locale,
    attributes,
    status: 'queued',
    endReason: null,
    createdAt,
    startedAt: null,
    endedAt: null,
    initiation: id,
  };
}

export function orderOf({ initiation, from, sessionId }: Attempt, origin: string): CallOrder {
  const { id, key, to } = initiation;
  const machine = initiation.machine ?? 'continue';
  return {
    to,
    from,
    url: webhookUrl(origin, key, id),
    statusCallback: `${origin}/twilio/status?session=${sessionId}`,
    machine:
      machine === 'continue'
        ? null
        : {
            // To hang up there is nothing to wait for; a message is spoken behind the beep.
            at: machine === 'hangup' ? 'start' : 'end',
            callback: `${origin}/twilio/machine?session=${sessionId}`,
          },
  };
}

/** Where the network asks for TwiML when the call is answered. */
export function webhookUrl(origin: string, key: string, initiation: string): string {
  return `${origin}/initiations/call/${encodeURIComponent(key.replace(/^:/, ''))}?initiation=${initiation}`;
}
