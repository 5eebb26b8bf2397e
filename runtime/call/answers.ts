/** What a line asks about its calls, and what it is told to do with them. */
import type { Event, Patience } from '../dialogue/protocol.ts';
import type { CallFacts } from '../dialogue/state.ts';
import type { DialOrder, Gathering } from '../line/gathering.ts';

export type { DialOrder } from '../line/gathering.ts';

/** A call that asks what to do, as the line's webhook knows it. */
export interface IncomingCall {
  /** The app it is for; null: found by the number that was called. */
  key: string | null;
  callSid: string;
  accountSid: string | null;
  from: string | null;
  to: string | null;
  /** What is known of the caller. */
  caller: CallFacts['caller'];
  /** The initiation that placed it; null for a call that came in, or that somebody else placed. */
  initiation: string | null;
  /** The call was placed from our side, by whomever. */
  placed: boolean;
  /** Said in the place of the intro. */
  welcomeMessage: string | null;
  /** BCP 47, where the line knows better than the app. */
  locale: string | null;
  /** The line is there already: only who speaks over such a one can carry the call. */
  line?: 'stream' | 'relay';
}

/** A stream or a relay session that opens, as the line's own message tells it. */
export interface StreamStart {
  callSid: string;
  accountSid: string;
  parameters: Readonly<Record<string, string>>;
}

/** What the line shall do with the call. */
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
  /** Without a stream: this the caller hears now. */
  | Gathering
  | { kind: 'unknown' };

/** How a line that listens and speaks by itself shall do it. */
export interface RelaySettings {
  /** BCP 47. */
  locale: string;
  /** Who speaks and who listens there; null, in whole or of the name: the line's default. */
  voice: { provider: string; name: string | null } | null;
  speech: { provider: string; name: string | null } | null;
  patience: Patience;
  /** With fewer words than these the caller has not interrupted. */
  words: number;
  /** Words that a recogniser should expect. */
  hints: readonly string[];
}

/** Why a transfer did not come about. */
export type TransferFailure = Extract<Event, { kind: 'transfer-failed' }>['reason'];

/** What the other side of a transfer hears before it is joined with the caller. */
export type BriefAnswer =
  | {
      kind: 'brief';
      session: string;
      transfer: number;
      /** What it is told, then what it is asked. Locales are BCP 47. */
      say: readonly { text: string; locale: string }[];
    }
  | { kind: 'join' }
  | { kind: 'hang-up' };

/** What became of a transfer, as the line tells it; possibly late, or twice. */
export interface DialOutcome {
  session: string;
  transfer: number;
  callSid: string;
  status: 'completed' | 'busy' | 'no-answer' | 'failed';
  /** Whether the two were ever joined; null where the line does not say. */
  joined: boolean | null;
  /** The caller is still there. */
  callerIsThere: boolean;
}
