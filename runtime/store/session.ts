import type { EndReason, Value } from '../dialogue/protocol.ts';

export const SESSION_STATUSES = [
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

export const OPEN_STATUSES: readonly SessionStatus[] = ['queued', 'ringing', 'in-progress'];

export const FINAL_STATUSES: readonly SessionStatus[] = [
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
];

export interface Session {
  id: string;
  app: string;
  dialogue: string;
  /** The key it was addressed by, such as `bistro` or `:bistro`. */
  key: string;
  /** Who carries it: an engine, and the number of the fallback; 0: the app's own engine. */
  engine: string;
  crew: number;
  /** What its vendors cost so far, in US dollars; null where nothing that was used has a known price. */
  cost: number | null;
  direction: 'inbound' | 'outbound';
  isInitiated: boolean;
  from: string | null;
  to: string | null;
  callSid: string | null;
  accountSid: string | null;
  /** The person on the other side (`people.ts`); null where the store could not say. */
  user: string | null;
  locale: string;
  attributes: { readonly [name: string]: Value };
  status: SessionStatus;
  endReason: EndReason | null;
  createdAt: number;
  /** When the caller and the dialogue were joined. */
  startedAt: number | null;
  endedAt: number | null;
  /** The initiation that placed the call. */
  initiation: string | null;
}
