import type { DialOrder, Gathering, Partial, Told } from '../gathering.ts';

/** Who knows what to do with calls, as Twilio's webhooks see it: what they ask, and what they are told. */
export interface Desk {
  incoming(call: IncomingCall): Promise<Answer>;
  next(session: string, callSid: string, failure?: string | null): Promise<Answer>;
  /** What became of the last answer of a call without a stream; and what is next? */
  gather(session: string, callSid: string, turn: number, told: Told): Promise<Answer>;
  /** The caller of a call without a stream is speaking. */
  partial(partial: Partial): Promise<void>;
  /** The other side of a transfer has answered (`key` undefined), or has pressed a key (null: none). */
  brief(session: string, transfer: number, key?: string | null): Promise<BriefAnswer>;
  /** What became of a transfer; and what is next? */
  transferred(told: DialOutcome): Promise<Answer>;
  /** Who answered a call that was placed, in Twilio's words. */
  answeredBy(session: string, callSid: string, who: string): Promise<void>;
  /** `sequence`: the number of the report within its call; null: it has none. */
  status(
    session: string | null,
    callSid: string,
    status: CallStatus,
    sequence?: number | null,
  ): Promise<void>;
}

export interface IncomingCall {
  key: string | null;
  callSid: string;
  accountSid: string | null;
  from: string | null;
  to: string | null;
  caller: { readonly [name: string]: string | null };
  initiation: string | null;
  placed: boolean;
  welcomeMessage: string | null;
  locale: string | null;
}

export type Answer =
  | { kind: 'stream'; session: string; parameters: Readonly<Record<string, string>> }
  | {
      kind: 'relay';
      session: string;
      parameters: Readonly<Record<string, string>>;
      settings: RelaySettings;
    }
  | { kind: 'busy' }
  | { kind: 'say'; text: string; locale: string }
  | { kind: 'hang-up' }
  | DialOrder
  | Gathering
  | { kind: 'unknown' };

/** Who speaks and who listens at the line's own; null: the line's default. */
export interface RelaySettings {
  locale: string;
  voice: { provider: string; name: string | null } | null;
  speech: { provider: string; name: string | null } | null;
  patience: 'quick' | 'normal' | 'patient';
  words: number;
  hints: readonly string[];
}

export type BriefAnswer =
  | {
      kind: 'brief';
      session: string;
      transfer: number;
      say: readonly { text: string; locale: string }[];
    }
  | { kind: 'join' }
  | { kind: 'hang-up' };

export interface DialOutcome {
  session: string;
  transfer: number;
  callSid: string;
  status: 'completed' | 'busy' | 'no-answer' | 'failed';
  joined: boolean | null;
  callerIsThere: boolean;
}

export const CALL_STATUSES = [
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];
