/** What a file of people to call holds, whatever its format. */
import type { Value } from '../dialogue/protocol.ts';
import type { Place } from '../errors.ts';

/** One person, as written; nothing is known yet of whether the number is one. */
export interface PersonRow {
  kind: 'person';
  to: string;
  locale: string | null;
  at: string | null;
  attributes: { readonly [name: string]: Value };
  /** Where the row begins, and where in it the fields with a meaning stand. */
  places: { readonly row: Place } & { readonly [name in Field]: Place };
}

export type Field = 'to' | 'locale' | 'at';

/** Everything else that a row holds is an attribute of the call. */
export function isField(name: string): name is Field {
  return name === 'to' || name === 'locale' || name === 'at';
}

/** A row that cannot be read; the others can. */
export interface UnreadRow {
  kind: 'unread';
  code: 'bad-row' | 'no-number-given';
  message: string;
  place: Place;
}

export type PeopleRow = PersonRow | UnreadRow;
