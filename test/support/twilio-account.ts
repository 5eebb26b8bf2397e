/** What Twilio keeps for an account: its token and keys, numbers, applications and recordings. */
import { randomBytes } from 'node:crypto';

export type NumberType = 'local' | 'mobile' | 'toll-free';

/** Fields as Twilio names and answers them; `''` for an address that is not set. */
export interface OwnedNumber {
  sid: string;
  phone_number: string;
  friendly_name: string;
  type: NumberType;
  address_requirements: string;
  voice_url: string;
  voice_method: string;
  voice_fallback_url: string;
  voice_fallback_method: string;
  voice_caller_id_lookup: boolean;
  voice_application_sid: string | null;
  trunk_sid: string | null;
  status_callback: string;
  status_callback_method: string;
  date_created: number;
  date_updated: number;
}

export interface Application {
  sid: string;
  friendly_name: string;
  voice_url: string;
  voice_method: string;
  voice_fallback_url: string;
  voice_fallback_method: string;
  voice_caller_id_lookup: boolean;
  status_callback: string;
  status_callback_method: string;
  date_created: number;
  date_updated: number;
}

export interface Key {
  sid: string;
  secret: string;
  friendly_name: string;
  date_created: number;
}

export interface Recording {
  sid: string;
  call_sid: string;
  channels: number;
  track: string;
  status: string;
  source: string;
  /** Where reports go; they are not sent by themselves. */
  date_created: number;
}

export interface Account {
  sid: string;
  authToken: string;
  friendlyName: string;
  status: 'active' | 'suspended' | 'closed';
  /** Its parent's; its own where it is nobody's. */
  ownerSid: string;
  /** Calls may be placed from anywhere: a test that is not about numbers. */
  isAnyNumberItsOwn: boolean;
  /** Calls begun per second; the others wait in Twilio's queue. Null: nothing waits. */
  callsPerS: number | null;
  numbers: OwnedNumber[];
  applications: Application[];
  keys: Key[];
  recordings: Recording[];
  dateCreated: number;
}

export interface AccountSeed {
  sid?: string;
  authToken?: string;
  friendlyName?: string;
  status?: Account['status'];
  ownerSid?: string;
  callsPerS?: number | null;
  /** Left out: calls may be placed from anywhere, and the account's list is empty. */
  numbers?: (Partial<OwnedNumber> & { phone_number: string })[];
}

/** A number that can be bought. */
export interface NumberForSale {
  phone_number: string;
  country: string;
  type: NumberType;
  locality?: string;
  region?: string;
  voice?: boolean;
  sms?: boolean;
  /** `none`, or `any`, `local` or `foreign`: it is sold to nobody without an address. */
  address_requirements?: string;
}

/** Two letters of Twilio and 32 hexadecimal digits. */
export function makeSid(prefix: string): string {
  return `${prefix}${randomBytes(16).toString('hex')}`;
}

/** An account of its own for a test. */
export function makeAccountSid(): string {
  return makeSid('AC');
}

export function makeAccount(seed: AccountSeed, now: number): Account {
  const sid = seed.sid ?? makeAccountSid();
  return {
    sid,
    authToken: seed.authToken ?? randomBytes(16).toString('hex'),
    friendlyName: seed.friendlyName ?? 'An account',
    status: seed.status ?? 'active',
    ownerSid: seed.ownerSid ?? sid,
    isAnyNumberItsOwn: seed.numbers === undefined,
    callsPerS: seed.callsPerS ?? null,
    numbers: (seed.numbers ?? []).map((number) => makeNumber(number, now)),
    applications: [],
    keys: [],
    recordings: [],
    dateCreated: now,
  };
}

export function makeNumber(
  number: Partial<OwnedNumber> & { phone_number: string },
  now: number,
): OwnedNumber {
  return {
    sid: makeSid('PN'),
    friendly_name: number.phone_number,
    type: 'local',
    address_requirements: 'none',
    voice_url: '',
    voice_method: 'POST',
    voice_fallback_url: '',
    voice_fallback_method: 'POST',
    voice_caller_id_lookup: false,
    voice_application_sid: null,
    trunk_sid: null,
    status_callback: '',
    status_callback_method: 'POST',
    date_created: now,
    date_updated: now,
    ...number,
  };
}

/** RFC 2822, as Twilio writes dates. */
export function rfc2822(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}
