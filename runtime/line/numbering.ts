/**
 * The phone numbers of an account: where each of them leads, and what can be bought. Every method throws an
 * OffhookError `twilio-refused` (502) as soon as it is refused or not answered in time.
 */

/** Where a number's calls go. An application or a trunk takes the place of the webhook. */
export interface Leading {
  /** Empty: none. */
  url: string;
  method: 'GET' | 'POST';
  application: string | null;
  trunk: string | null;
}

export interface OwnedNumber {
  sid: string;
  /** E.164. */
  phone: string;
  leading: Leading;
}

export const NUMBER_TYPES = ['local', 'mobile', 'toll-free'] as const;
export type NumberType = (typeof NUMBER_TYPES)[number];

export interface NumberWanted {
  /** ISO 3166, two capital letters. */
  country: string;
  type: NumberType;
  /** The first digits behind the country code. */
  area: string | null;
}

export interface NumberForSale {
  phone: string;
  /** Where it is, as far as it is told, such as `San Francisco, CA`. */
  place: string | null;
  /** It is sold to those alone whose address is known. */
  needsAddress: boolean;
}

/** What a number costs a month. */
export interface NumberPrice {
  amount: number;
  /** ISO 4217, such as USD. */
  currency: string;
}

export interface Numbering {
  readonly accountSid: string;
  /** Every number of the account. */
  list(): Promise<OwnedNumber[]>;
  find(phone: string): Promise<OwnedNumber | null>;
  /** Leads a number of `list` elsewhere; nothing else of it changes. */
  lead(number: OwnedNumber, to: Leading): Promise<OwnedNumber>;
  /**
   * As `lead`, to a webhook of ours: the network asks it again where it does not answer, as while the server is being
   * started anew. How it is told so stands behind a `#` of the URL.
   */
  leadHere(number: OwnedNumber, url: string): Promise<OwnedNumber>;
  /** Whether the webhook that the number leads to is asked again, as `leadHere` has it. */
  isAskedAgain(number: OwnedNumber): boolean;
  /** Numbers with voice, at most so many; none where nothing is sold. Those that need no address come first. */
  forSale(wanted: NumberWanted, most: number): Promise<NumberForSale[]>;
  /** Null where no price is known. */
  price(wanted: Pick<NumberWanted, 'country' | 'type'>): Promise<NumberPrice | null>;
  /** Spends money. Where it is not answered it may have been bought all the same. */
  buy(phone: string): Promise<OwnedNumber>;
}
