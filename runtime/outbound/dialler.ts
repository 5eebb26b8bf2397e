/** The network that calls are placed with, as outbound needs it. */
import { OffhookError } from '../errors.ts';
import type { SessionStatus } from '../store/store.ts';

export interface CallOrder {
  /** E.164. */
  to: string;
  from: string;
  /** Asked for TwiML when the call is answered. */
  url: string;
  statusCallback: string;
  /** Told whether a machine has answered: as soon as that is known, or when its message is over. */
  machine: { at: 'start' | 'end'; callback: string } | null;
}

/** A call as the network's own records have it. */
export interface RecordedCall {
  sid: string;
  status: SessionStatus;
  createdAt: number;
}

/** One account of it. Refusals are OffhookErrors with status 502 and the network's own code and status in `detail`. */
export interface Dialler {
  create(call: CallOrder): Promise<{ sid: string }>;
  /** Takes a call back that nobody has answered. False: it was answered or is over, and stays as it is. */
  cancel(callSid: string): Promise<boolean>;
  /** The newest calls from this number to that one, at least those of the last minutes. */
  find(numbers: { to: string; from: string }): Promise<RecordedCall[]>;
  /** How a call stands; null: the network knows of none. */
  look(callSid: string): Promise<SessionStatus | null>;
}

/**
 * What a failure to place a call means. `refused`: it was not placed, and will not be. `too-many`: not now. `lacking`: it
 * was not placed, because whoever asked has no credentials that are good. `unknown`: the answer is lost, or makes no
 * sense; the call may have been placed all the same.
 */
export function verdictOf(error: OffhookError): 'refused' | 'too-many' | 'lacking' | 'unknown' {
  const { code, detail } = error;
  if (code === 'no-account' || code === 'no-public-url') return 'lacking';
  const status = detail?.['twilioStatus'];
  if (status === 429 || detail?.['twilioCode'] === 20429) return 'too-many';
  if (status === 401) return 'lacking';
  return typeof status === 'number' && status >= 400 && status < 500 ? 'refused' : 'unknown';
}

/** The network's own number for a refusal, where it gave one. */
export function networkCodeOf(error: OffhookError): string {
  const code = error.detail?.['twilioCode'];
  return typeof code === 'number' ? `${code}` : error.code;
}
