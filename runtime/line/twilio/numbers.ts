/**
 * Twilio's phone numbers: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource,
 * https://www.twilio.com/docs/phone-numbers/api/availablephonenumber-resource and
 * https://www.twilio.com/docs/voice/pricing.
 */
import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/min';
import { OffhookError } from '../../errors.ts';
import type {
  Leading,
  NumberForSale,
  Numbering,
  NumberPrice,
  NumberType,
  NumberWanted,
  OwnedNumber,
} from '../numbering.ts';
import { ASK_AGAIN } from './ask-again.ts';
import { LONGEST_WAIT_MS, type TwilioClient } from './client.ts';

/** An account's numbers come in one answer of a thousand; ten such are the most that is read. */
const PAGE_SIZE = 1000;
const MOST_NUMBERS = 10 * PAGE_SIZE;
const LIST_WITHIN_MS = LONGEST_WAIT_MS;
/** Carriers are asked before it is answered. */
const BUY_WITHIN_MS = LONGEST_WAIT_MS;
const NOT_FOUND = 20404;
/** Where an area code is a search of its own; elsewhere it is the first digits. */
const WITH_AREA_CODES = ['US', 'CA'];
const PRICED_AS: Record<NumberType, string> = { local: 'local', mobile: 'mobile', 'toll-free': 'toll free' };

/** The numbers of the client's account. */
export function twilioNumbers(client: TwilioClient): Numbering {
  const lead = ({ sid, leading: from }: OwnedNumber, to: Leading): Promise<OwnedNumber> =>
    client.ask(async ({ incomingPhoneNumbers }) =>
      ownedOf(
        await incomingPhoneNumbers(sid).update({
          voiceUrl: to.url,
          voiceMethod: to.method,
          // An empty text takes it away. One that is not there is not spoken of.
          ...(to.application !== from.application && { voiceApplicationSid: to.application ?? '' }),
          ...(to.trunk !== from.trunk && { trunkSid: to.trunk ?? '' }),
        }),
      ),
    );

  return {
    accountSid: client.account.sid,

    list: () =>
      client.ask(
        async ({ incomingPhoneNumbers }) =>
          (await incomingPhoneNumbers.list({ pageSize: PAGE_SIZE, limit: MOST_NUMBERS })).map(ownedOf),
        { withinMs: LIST_WITHIN_MS },
      ),

    find: (phone) =>
      client.ask(async ({ incomingPhoneNumbers }) => {
        const found = await incomingPhoneNumbers.list({ phoneNumber: phone, limit: 20 });
        // Any number that holds these digits is found.
        return found.map(ownedOf).find((number) => number.phone === phone) ?? null;
      }),

    lead,
    leadHere: (number, url) =>
      lead(number, { url: url + ASK_AGAIN, method: 'POST', application: null, trunk: null }),
    isAskedAgain: ({ leading }) => leading.url.endsWith(ASK_AGAIN),

    async forSale(wanted, most) {
      const start = wanted.area === null ? null : `${callingCode(wanted.country)}${wanted.area}`;
      const found = await client.ask((twilio) => search(twilio, wanted, start, most), {
        passing: [NOT_FOUND],
      });
      return (found ?? []).toSorted((one, other) => Number(one.needsAddress) - Number(other.needsAddress));
    },

    price: ({ country, type }) =>
      client.ask(
        async ({ pricing }): Promise<NumberPrice | null> => {
          const { phoneNumberPrices, priceUnit } = await pricing.v1.phoneNumbers.countries(country).fetch();
          const found = phoneNumberPrices.find(({ numberType }) => numberType === PRICED_AS[type]);
          // Text on the wire, though its type says number.
          const amount = Number(found?.currentPrice ?? Number.NaN);
          return Number.isFinite(amount) ? { amount, currency: priceUnit.toUpperCase() } : null;
        },
        { passing: [NOT_FOUND] },
      ),

    buy: (phone) =>
      client.ask(
        async ({ incomingPhoneNumbers }) =>
          ownedOf(await incomingPhoneNumbers.create({ phoneNumber: phone })),
        { withinMs: BUY_WITHIN_MS },
      ),
  };
}

type Twilio = Parameters<Parameters<TwilioClient['ask']>[0]>[0];

async function search(
  twilio: Twilio,
  { country, type, area }: NumberWanted,
  /** The digits that it begins with. */
  start: string | null,
  most: number,
): Promise<NumberForSale[]> {
  const numbers = twilio.availablePhoneNumbers(country);
  const hasAreas = WITH_AREA_CODES.includes(country) && type === 'local';
  const query = {
    voiceEnabled: true,
    limit: most,
    ...(area !== null && (hasAreas ? { areaCode: Number(area) } : { contains: start ?? '' })),
  };
  const lists = {
    local: () => numbers.local.list(query),
    mobile: () => numbers.mobile.list(query),
    'toll-free': () => numbers.tollFree.list(query),
  };
  const found = await lists[type]();
  return found
    .filter(({ phoneNumber }) => start === null || phoneNumber.startsWith(`+${start}`))
    .map(({ phoneNumber, locality, region, addressRequirements }) => ({
      phone: phoneNumber,
      place: [locality, region].filter(Boolean).join(', ') || null,
      needsAddress: addressRequirements !== 'none',
    }));
}

function callingCode(country: string): string {
  if (!isSupportedCountry(country)) {
    throw new OffhookError('bad-setting', `"${country}" is no country: write two letters, such as US.`);
  }
  return getCountryCallingCode(country);
}

interface Listed {
  sid: string;
  phoneNumber: string;
  voiceUrl: string;
  voiceMethod: string;
  voiceApplicationSid: string;
  trunkSid: string;
}

function ownedOf(number: Listed): OwnedNumber {
  const { sid, phoneNumber, voiceUrl, voiceMethod, voiceApplicationSid, trunkSid } = number;
  if (typeof sid !== 'string' || typeof phoneNumber !== 'string') {
    throw new OffhookError('not-twilio', 'the answer has no number in it');
  }
  const leading: Leading = {
    url: voiceUrl || '',
    method: voiceMethod === 'GET' ? 'GET' : 'POST',
    // What is not set is null or empty.
    application: voiceApplicationSid || null,
    trunk: trunkSid || null,
  };
  return { sid, phone: phoneNumber, leading };
}
