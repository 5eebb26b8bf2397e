/**
 * People: who is behind a number, what is known and remembered of them, and how all of it is joined, given out or
 * erased. Every change is whole or not at all, across processes. Times are milliseconds since the epoch. Failures are OffhookErrors
 * with code `store-failed`; who is not there is `unknown-user` (404).
 */
import type { Value } from '../dialogue/protocol.ts';

export interface Person {
  id: string;
  /** As it was remembered in a call, else as it was given with a pairing or by an operator. */
  name: string | null;
  /** Where they were asked for by a number: that number is paired to them. Else: one of theirs is. */
  paired: boolean;
  /** None of their numbers is paired. */
  anonymous: boolean;
  /**
   * What is remembered of them and has not expired, without the name. Names that begin with a colon are the runtime's
   * own, and nobody is shown them.
   */
  values: { readonly [name: string]: Value };
}

/** What is known of a number; null: nothing is. */
export interface Contact {
  /** ISO 3166-1, two letters. */
  country: string | null;
  city: string | null;
  /** Whose network the number is in. */
  carrier: string | null;
  /** As the carrier spells it. */
  callerName: string | null;
  /** `mobile`, `landline`, `nonFixedVoip`, … as the Twilio Lookup names them. */
  lineType: string | null;
}

/** A number, and whose it is. */
export interface Device extends Contact {
  /** E.164. */
  phone: string;
  user: string;
  /** Null: known from its calls alone. */
  pairedAt: number | null;
  /** The first and the last call from or to it that are known of. */
  firstSeenAt: number | null;
  lastSeenAt: number | null;
  /** When somebody was last asked about the number. */
  lookedUpAt: number | null;
}

/** Something remembered of a person. */
export interface Memory {
  name: string;
  value: Value;
  /** Null: for good. */
  expiresAt: number | null;
}

/** Whom a number shall belong to. */
export type PairedTo =
  | { kind: 'known'; user: string }
  | { kind: 'new'; name: string | null; values: { readonly [name: string]: Value } };

export interface PersonListItem extends Omit<Person, 'values'> {
  createdAt: number;
  /** The last call from or to one of their numbers. */
  lastSeenAt: number | null;
  /** E.164; the paired ones first. */
  phones: string[];
}

export interface PersonDetail extends Person {
  createdAt: number;
  /** Also the name, and the runtime's own. */
  memories: Memory[];
  devices: Device[];
}

/** What came of a person's calls, by id, oldest first; the store's other methods tell the rest. */
export interface Belongings {
  sessions: string[];
  initiations: string[];
}

export interface PersonPatch {
  /** It takes the place of a name that was remembered. */
  name?: string | null;
  /** By name: null forgets. */
  memories?: { readonly [name: string]: Omit<Memory, 'name'> | null };
}

export interface PeopleQuery {
  limit: number;
  /** As the page before gave it as `next`. A cursor that is not one: OffhookError `bad-cursor`. */
  cursor?: string;
}

export interface People {
  /**
   * Somebody calls or is called: the person whose number it is. Where nobody has it, or it is withheld (null), an
   * anonymous one is made; who has no number goes with their session. What `contact` knows is kept with the number;
   * what it does not know stays as it was.
   */
  meet(phone: string | null, contact: Partial<Contact>, now: number): Promise<Person>;
  /** The person `meet` made is not needed: forgets one of whom nothing is known, no name, number, session or memory. */
  dismiss(id: string): Promise<void>;
  /** Null where there is none. */
  person(id: string, now: number): Promise<Person | null>;
  byPhone(phone: string, now: number): Promise<Person | null>;
  detail(id: string, now: number): Promise<PersonDetail | null>;
  /** Newest first, stable under insertion; with `phone` (E.164) only whose number it is. */
  list(
    query: PeopleQuery,
    now: number,
    phone?: string,
  ): Promise<{ items: PersonListItem[]; next: string | null }>;

  device(phone: string): Promise<Device | null>;
  /** By number. */
  devices(query: PeopleQuery): Promise<{ items: Device[]; next: string | null }>;
  /** What somebody who was asked knows of the number. Nothing is kept of a number that nobody has any more. */
  learn(phone: string, contact: Partial<Contact>, now: number): Promise<void>;

  /**
   * The number is this person's from now on. An anonymous person who had it becomes the new one, or is merged into the
   * known one; who had it as a paired number keeps all but the number and the calls that are going on. The same name
   * again for a paired number is the same person.
   */
  pair(phone: string, to: PairedTo, now: number): Promise<{ device: Device; user: Person }>;
  /** The number is nobody's any more, and its next call is a stranger's. False where nobody had it. */
  unpair(phone: string): Promise<boolean>;

  patch(id: string, patch: PersonPatch, now: number): Promise<PersonDetail>;
  /**
   * Two people are one: sessions, numbers and memories of `from` become those of `into`, who keeps the own name and
   * the own memories where both have one. `from` is no more.
   */
  merge(from: string, into: string, now: number): Promise<PersonDetail>;
  /**
   * Erases the person with everything of theirs: sessions with all that came from them, calls placed and planned,
   * numbers, memories. False where there was none. Refused with `session-running` (409) while a call of theirs is not over.
   */
  erase(id: string): Promise<boolean>;
  /** Those of the person's calls, placed and planned ones too; also what never learned whose it is. */
  belongings(id: string): Promise<Belongings>;
}
