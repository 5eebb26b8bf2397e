/**
 * Which numbers are an account's own.
 * https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
 */
import type { Clock } from '../../clock.ts';
import type { TwilioClient } from './client.ts';

export interface OwnedNumbers {
  /**
   * Whether the number (E.164) is the account's. Known for a while, so that a call waits for Twilio
   * seldom; then for three seconds at most. Where Twilio does not answer, it is as it was last.
   * @throws OffhookError `twilio-refused` (502) where it does not answer, and nothing was known before.
   */
  has(client: TwilioClient, number: string): Promise<boolean>;
}

/** A number is seldom given away; one that was just bought should soon do. */
const KNOWN_MS = 600_000;
const NOT_KNOWN_MS = 15_000;
const ANSWER_WITHIN_MS = 3_000;
/** What is known of more numbers than these is forgotten, the oldest first. */
const KEPT = 1_000;

export function ownedNumbers(clock: Clock): OwnedNumbers {
  const known = new Map<string, { owned: boolean; until: number }>();
  return {
    async has(client, number) {
      const place = `${client.account.sid} ${number}`;
      const before = known.get(place);
      if (before && clock.now() < before.until) return before.owned;
      const asked = await ask(client, number).catch((thrown: unknown) => {
        // What was known last is better than no call at all, where Twilio is slow.
        if (!before) throw thrown;
        return null;
      });
      const owned = asked ?? before!.owned;
      known.delete(place);
      known.set(place, { owned, until: clock.now() + (asked === true ? KNOWN_MS : NOT_KNOWN_MS) });
      for (const oldest of known.keys()) {
        if (known.size <= KEPT) break;
        known.delete(oldest);
      }
      return owned;
    },
  };
}

async function ask(client: TwilioClient, phoneNumber: string): Promise<boolean> {
  const found = await client.ask(
    ({ incomingPhoneNumbers }) => incomingPhoneNumbers.list({ phoneNumber, limit: 20 }),
    { withinMs: ANSWER_WITHIN_MS },
  );
  // The filter takes parts of numbers.
  return found.some((one) => one.phoneNumber === phoneNumber);
}
