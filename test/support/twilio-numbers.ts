/** Numbers owned, for sale and priced, and what is known of anybody's: the IncomingPhoneNumber, AvailablePhoneNumber, Pricing and Lookup resources. */
import { parsePhoneNumberFromString as parse, validatePhoneNumberLength } from 'libphonenumber-js/max';
import {
  makeNumber,
  rfc2822,
  type Account,
  type NumberForSale,
  type NumberType,
  type OwnedNumber,
} from './twilio-account.ts';
import {
  bySid,
  holdsDigits,
  notFound,
  page,
  Refusal,
  set,
  type ApiRequest,
  type Handler,
} from './twilio-rest.ts';

/** What the network knows of a number. */
export interface Known {
  callerName?: string;
  callerType?: 'CONSUMER' | 'BUSINESS';
  carrier?: string;
  /** As Twilio says it: `mobile`, `landline`, `fixedVoip`, `nonFixedVoip`, `tollFree`, … */
  lineType?: string;
}

export interface NumberRules {
  now: () => number;
  forSale: NumberForSale[];
  /** Per month in US dollars, by country and type. */
  prices: Readonly<Record<string, Partial<Record<NumberType, string>>>>;
  known: (phone: string) => Known | null;
  isTaken: (phone: string) => boolean;
}

const SETTINGS = {
  friendly_name: 'FriendlyName',
  voice_url: 'VoiceUrl',
  voice_method: 'VoiceMethod',
  voice_fallback_url: 'VoiceFallbackUrl',
  voice_fallback_method: 'VoiceFallbackMethod',
  voice_caller_id_lookup: 'VoiceCallerIdLookup',
  status_callback: 'StatusCallback',
  status_callback_method: 'StatusCallbackMethod',
} as const;

const PRICED: Record<NumberType, string> = { local: 'local', mobile: 'mobile', 'toll-free': 'toll free' };

export function numberHandlers(rules: NumberRules): Record<string, Handler> {
  const forSale = (type: NumberType) => (request: ApiRequest) => {
    const { query, path, url } = request;
    const country = path.CountryCode!;
    if (!rules.forSale.some((one) => one.country === country && one.type === type)) throw notFound(url);
    const area = query.get('AreaCode');
    if (area !== null && !['US', 'CA'].includes(country)) throw new Refusal(400, 21451, 'Invalid area code');
    const list = rules.forSale
      .filter((one) => one.country === country && one.type === type && !rules.isTaken(one.phone_number))
      .filter((one) => area === null || one.phone_number.startsWith(`+1${area}`))
      .filter((one) => holdsDigits(one.phone_number, query.get('Contains')))
      .filter((one) => query.get('VoiceEnabled') !== 'true' || one.voice !== false)
      .filter((one) => query.get('SmsEnabled') !== 'true' || one.sms !== false)
      .filter(
        (one) =>
          query.get('ExcludeAllAddressRequired') !== 'true' ||
          (one.address_requirements ?? 'none') === 'none',
      )
      .slice(0, Number(query.get('PageSize') ?? 50));
    return {
      body: { available_phone_numbers: list.map(describeForSale), uri: `${url.pathname}${url.search}` },
    };
  };

  return {
    ListIncomingPhoneNumber(request) {
      const { account, query } = request;
      const name = query.get('FriendlyName');
      const list = account.numbers
        .filter((one) => holdsDigits(one.phone_number, query.get('PhoneNumber')))
        .filter((one) => name === null || one.friendly_name === name)
        .reverse();
      return page('incoming_phone_numbers', list, request, (one) => describeNumber(account, one));
    },
    FetchIncomingPhoneNumber: (request) => ({
      body: describeNumber(request.account, bySid(request.account.numbers, request)),
    }),
    UpdateIncomingPhoneNumber(request) {
      const number = bySid(request.account.numbers, request);
      change(request.account, number, request.form);
      number.date_updated = rules.now();
      return { body: describeNumber(request.account, number) };
    },
    DeleteIncomingPhoneNumber(request) {
      const { numbers } = request.account;
      numbers.splice(numbers.indexOf(bySid(numbers, request)), 1);
      return {};
    },
    CreateIncomingPhoneNumber({ account, form }) {
      const bought = toBuy(rules, form);
      if ((bought.address_requirements ?? 'none') !== 'none' && !form.get('AddressSid')) {
        throw new Refusal(
          400,
          21631,
          "Phone Number Requires an Address but the 'AddressSid' parameter was empty.",
        );
      }
      const { phone_number, type, address_requirements = 'none' } = bought;
      const number = makeNumber({ phone_number, type, address_requirements }, rules.now());
      change(account, number, form);
      account.numbers.push(number);
      return { body: describeNumber(account, number) };
    },
    ListAvailablePhoneNumberLocal: forSale('local'),
    ListAvailablePhoneNumberMobile: forSale('mobile'),
    ListAvailablePhoneNumberTollFree: forSale('toll-free'),
    FetchAvailablePhoneNumberCountry({ path, url }) {
      const types = new Set(
        rules.forSale.filter(({ country }) => country === path.CountryCode).map(({ type }) => type),
      );
      if (types.size === 0) throw notFound(url);
      const base = url.pathname.replace('.json', '');
      const uris = { local: 'Local', mobile: 'Mobile', 'toll-free': 'TollFree' };
      return {
        body: {
          country_code: path.CountryCode,
          country: path.CountryCode,
          beta: false,
          uri: url.pathname,
          subresource_uris: Object.fromEntries(
            [...types].map((type) => [type.replace('-', '_'), `${base}/${uris[type]}.json`]),
          ),
        },
      };
    },
    FetchPhoneNumberCountry({ path, url }) {
      const prices = rules.prices[path.IsoCountry!];
      if (!prices) throw notFound(url);
      return {
        body: {
          country: path.IsoCountry,
          iso_country: path.IsoCountry,
          phone_number_prices: Object.entries(prices).map(([type, price]) => ({
            number_type: PRICED[type as NumberType],
            base_price: price,
            current_price: price,
          })),
          price_unit: 'USD',
          url: `https://pricing.twilio.com${url.pathname}`,
        },
      };
    },
    FetchPhoneNumber: ({ path, query }) => ({ body: lookUp(rules, path.PhoneNumber!, query.get('Fields')) }),
  };
}

function toBuy(rules: NumberRules, form: URLSearchParams): NumberForSale {
  const phone = form.get('PhoneNumber');
  const area = form.get('AreaCode');
  if (phone) {
    if (!/^\+[1-9]\d{6,14}$/.test(phone)) throw new Refusal(400, 21421, `${phone} is not a valid number`);
    const found = rules.forSale.find((one) => one.phone_number === phone);
    if (!found || rules.isTaken(phone)) throw new Refusal(400, 21422, `${phone} is not available.`);
    return found;
  }
  if (!area) throw new Refusal(400, 21421, 'PhoneNumber or AreaCode is required');
  const found = rules.forSale.find(
    (one) =>
      one.phone_number.startsWith(`+1${area}`) && one.type === 'local' && !rules.isTaken(one.phone_number),
  );
  if (!found) throw new Refusal(400, 21452, `No phone numbers found in area code ${area}`);
  return found;
}

/** A trunk takes the place of an application, and an application that of a trunk; both override the address. */
function change(account: Account, number: OwnedNumber, form: URLSearchParams): void {
  const application = form.get('VoiceApplicationSid');
  if (application && !account.applications.some(({ sid }) => sid === application)) {
    throw new Refusal(400, 21407, `The application ${application} is not the account's`);
  }
  set(number, form, SETTINGS);
  set(number, form, { voice_application_sid: 'VoiceApplicationSid', trunk_sid: 'TrunkSid' });
  if (form.get('TrunkSid')) number.voice_application_sid = null;
  else if (application) number.trunk_sid = null;
}

function lookUp(rules: NumberRules, phone: string, fields: string | null): object {
  const parsed = parse(phone);
  const asked = (fields ?? '').split(',').filter(Boolean);
  const wrong = asked.find(
    (field) => !['caller_name', 'line_type_intelligence', 'validation'].includes(field),
  );
  if (wrong !== undefined) throw new Refusal(400, 20001, `The double looks up no ${wrong}`);
  const isValid = parsed?.isValid() ?? false;
  const known = isValid ? rules.known(phone) : null;
  const length = validatePhoneNumberLength(phone);
  const problem =
    length === 'TOO_SHORT' || length === 'TOO_LONG'
      ? length
      : parsed
        ? 'INVALID_BUT_POSSIBLE'
        : 'NOT_A_NUMBER';
  return {
    calling_country_code: isValid ? parsed!.countryCallingCode : null,
    country_code: isValid ? (parsed!.country ?? null) : null,
    phone_number: phone,
    national_format: isValid ? parsed!.formatNational() : null,
    valid: isValid,
    validation_errors: isValid ? [] : [problem],
    caller_name:
      isValid && asked.includes('caller_name')
        ? { caller_name: known?.callerName ?? null, caller_type: known?.callerType ?? null, error_code: null }
        : null,
    line_type_intelligence:
      isValid && asked.includes('line_type_intelligence')
        ? {
            mobile_country_code: null,
            mobile_network_code: null,
            carrier_name: known?.carrier ?? null,
            type: known?.lineType ?? null,
            // 60600: nothing is known of the number.
            error_code: known?.lineType === undefined ? 60600 : null,
          }
        : null,
    sim_swap: null,
    call_forwarding: null,
    line_status: null,
    identity_match: null,
    reassigned_number: null,
    sms_pumping_risk: null,
    phone_number_quality_score: null,
    pre_fill: null,
    url: `https://lookups.twilio.com/v2/PhoneNumbers/${phone}`,
  };
}

function describeNumber(account: Account, number: OwnedNumber): object {
  return {
    ...number,
    account_sid: account.sid,
    api_version: '2010-04-01',
    address_sid: null,
    beta: false,
    bundle_sid: null,
    capabilities: { voice: true, sms: true, mms: true, fax: false },
    date_created: rfc2822(number.date_created),
    date_updated: rfc2822(number.date_updated),
    emergency_status: 'Inactive',
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    identity_sid: null,
    origin: 'twilio',
    sms_application_sid: null,
    sms_fallback_method: 'POST',
    sms_fallback_url: '',
    sms_method: 'POST',
    sms_url: '',
    status: 'in-use',
    uri: `/2010-04-01/Accounts/${account.sid}/IncomingPhoneNumbers/${number.sid}.json`,
    voice_receive_mode: 'voice',
  };
}

function describeForSale(number: NumberForSale): object {
  const { type, phone_number, country } = number;
  return {
    friendly_name: parse(phone_number)?.formatNational() ?? phone_number,
    phone_number,
    lata: null,
    locality: type === 'local' ? (number.locality ?? null) : null,
    rate_center: null,
    latitude: null,
    longitude: null,
    region: number.region ?? null,
    postal_code: null,
    iso_country: country,
    address_requirements: number.address_requirements ?? 'none',
    beta: false,
    capabilities: { voice: number.voice !== false, sms: number.sms !== false, mms: false, fax: false },
  };
}
