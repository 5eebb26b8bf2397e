/** What Twilio knows of a number: https://www.twilio.com/docs/lookup/v2-api/line-type-intelligence. Every answer is paid for. */
import type { Looked, Lookup } from '../lookup.ts';
import type { TwilioClient } from './client.ts';

/** There is no such number. */
const NOT_FOUND = 20404;

/** Looks numbers up with the credentials of one account. @throws OffhookError `twilio-refused`, as its client does. */
export function twilioLookup(client: TwilioClient): Lookup {
  return async (phone, withinMs) => {
    const answer = await client.ask(
      ({ lookups }) => lookups.v2.phoneNumbers(phone).fetch({ fields: 'line_type_intelligence' }),
      { withinMs, passing: [NOT_FOUND] },
    );
    return {
      country: textOf(answer?.countryCode),
      carrier: textOf(fieldOf(answer?.lineTypeIntelligence, 'carrierName', 'carrier_name')),
      lineType: textOf(fieldOf(answer?.lineTypeIntelligence, 'type')),
    };
  };
}

/** The SDK spells what is inside of an answer as it came, or in camel case. */
function fieldOf(value: unknown, ...names: string[]): unknown {
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as { readonly [name: string]: unknown };
  return names.map((name) => fields[name]).find((field) => field !== undefined) ?? null;
}

function textOf(value: unknown): Looked[keyof Looked] {
  return typeof value === 'string' && value !== '' ? value : null;
}
