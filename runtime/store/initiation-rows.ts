/** Initiations to rows and back. */
import { sql, type Selectable } from 'kysely';
import { RETRIED, type Initiation, type InitiationStatus, type NewInitiation } from './initiations.ts';
import { clean, cleanOrNull, json, parse, roundOrNull } from './plain.ts';
import { FINAL_STATUSES, type SessionStatus } from './store.ts';
import type { InitiationTable } from './tables.ts';

/** In these states somebody may have to do something: it is not over. */
export const TO_CLAIM = ['scheduled', 'placing', 'placed'] as const;

/** What `revoked` is where the network has to take the call back; where it was only cancelled, it is 1. */
export const RECALLED = 2;

/** The row, and what it needs of its sessions. */
export type WholeRow = Selectable<InitiationTable> & {
  session_id: string | null;
  session_status: SessionStatus | null;
  session_call_sid: string | null;
  origin_id: string | null;
};

/** `origin` is not among it: it wants the number of a session. */
export function rowOf(initiation: NewInitiation): Omit<InitiationTable, 'origin'> {
  const { retry } = initiation;
  return {
    id: clean(initiation.id),
    batch: cleanOrNull(initiation.batch),
    account: clean(initiation.account),
    key: clean(initiation.key),
    to_number: clean(initiation.to),
    from_number: cleanOrNull(initiation.from),
    locale: cleanOrNull(initiation.locale),
    attributes: json(initiation.attributes),
    welcome_message: cleanOrNull(initiation.welcomeMessage),
    machine: initiation.machine,
    retry_attempts: retry?.attempts ?? 1,
    retry_every: Math.round(retry?.everyMs ?? 0),
    retry_on: retry?.on.join(' ') ?? '',
    due_at: roundOrNull(initiation.at),
    created_at: Math.round(initiation.createdAt),
    status: 'scheduled',
    attempt: 0,
    session: null,
    call_sid: null,
    error: null,
    next_at: Math.round(initiation.nextAt),
    asked_at: null,
    revoked: 0,
    refused_at: null,
  };
}

export function initiationOf(row: WholeRow): Initiation {
  const on = RETRIED.filter((one) => row.retry_on.split(' ').includes(one));
  return {
    id: row.id,
    batch: row.batch,
    account: row.account,
    key: row.key,
    to: row.to_number,
    from: row.from_number,
    locale: row.locale,
    attributes: parse(row.attributes),
    welcomeMessage: row.welcome_message,
    machine: row.machine,
    retry: on.length === 0 ? null : { attempts: row.retry_attempts, everyMs: row.retry_every, on },
    at: row.due_at,
    origin: row.origin_id,
    createdAt: row.created_at,
    status: statusOf(row),
    attempt: row.attempt,
    session: row.session_id,
    callSid: row.call_sid ?? row.session_call_sid,
    error: row.error === null ? null : parse(row.error),
    nextAt: row.next_at,
    askedAt: row.asked_at,
    revoked: row.revoked > 0,
    recalled: row.revoked === RECALLED,
    refusedAt: row.refused_at,
  };
}

/** As it will be written when it is settled, where its session is over. */
export function statusOf(
  row: Pick<WholeRow, 'status' | 'session_status' | 'attempt' | 'retry_attempts' | 'retry_on' | 'revoked'>,
): InitiationStatus {
  if (row.status === 'adding') return 'scheduled';
  if (row.status !== 'placed') return row.status;
  const status = row.session_status ?? 'queued';
  const again =
    FINAL_STATUSES.includes(status) &&
    row.revoked === 0 &&
    row.attempt < row.retry_attempts &&
    row.retry_on.split(' ').some((one) => one === status);
  return again ? 'scheduled' : status;
}

/** The same in the database, of a placed one whose session is over (both are in the statement). */
export const IS_TRIED_AGAIN = sql<boolean>`(initiations.revoked = 0
  and initiations.attempt < initiations.retry_attempts
  and ' ' || initiations.retry_on || ' ' like '% ' || sessions.status || ' %')`;

/** Of one that is cancelled: where it is just being placed, the network may have it. */
export const REVOKED = sql<number>`case when status = 'placing' or revoked = ${sql.lit(RECALLED)} then ${sql.lit(RECALLED)} else 1 end`;
