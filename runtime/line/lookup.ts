/** Somebody who knows about numbers. */

/** What is known of a number; null: nothing is. */
export interface Looked {
  /** ISO 3166-1, two letters. */
  country: string | null;
  /** Whose network it is in. */
  carrier: string | null;
  /** As the Twilio Lookup has it: `mobile`, `landline`, `nonFixedVoip`, … */
  lineType: string | null;
}

/**
 * Asks about a number (E.164), within `withinMs`.
 * @throws OffhookError where there was no answer, or a refusal.
 */
export type Lookup = (phone: string, withinMs: number) => Promise<Looked>;
