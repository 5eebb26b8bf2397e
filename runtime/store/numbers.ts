/** The phone numbers that were led here, and where each led before: what `numbers detach` gives back. */

/** Where a number's calls go. An application or a trunk takes the place of the webhook. */
export interface Leading {
  /** The webhook for a call that comes in; empty: none. */
  url: string;
  method: 'GET' | 'POST';
  /** The SID of a TwiML application, `AP…`. */
  application: string | null;
  /** The SID of a SIP trunk, `TK…`. */
  trunk: string | null;
}

/**
 * `attaching` and `detaching`: written down before the phone network is asked, so that whoever comes next finishes
 * what a process that died had begun.
 */
export type NumberStage = 'attaching' | 'attached' | 'detaching' | 'detached';

export interface KeptNumber {
  /** E.164. */
  phone: string;
  accountSid: string;
  app: string;
  stage: NumberStage;
  /** Where it was led to. */
  url: string;
  /** Where it led before. */
  before: Leading;
  /** When it came to this stage. */
  since: number;
  /** Counts the changes, so that none is made on what somebody else has changed meanwhile. */
  version: number;
}

export interface KeptNumbers {
  /** By their phone numbers, in order. */
  list(): Promise<KeptNumber[]>;
  find(phone: string): Promise<KeptNumber | null>;
  /** False where something is kept of this phone number already: that stays as it is. */
  add(number: Omit<KeptNumber, 'version'>): Promise<boolean>;
  /** Takes the place of what is kept; false where that is not of this version any more. */
  replace(number: KeptNumber): Promise<boolean>;
}
