import type { Value } from '../dialogue/protocol.ts';
import { OffhookError, type Place } from '../errors.ts';
import { JsonSlip, readJson, type PlacedValue } from './json-places.ts';
import { isField, type PeopleRow, type PersonRow, type UnreadRow } from './people.ts';
import { placesIn } from './people-places.ts';

/**
 * Reads people from JSON: a list of objects with `to`, `locale`, `at` and any other names, which become attributes
 * of the call; `attributes` may hold some of them together. Null is as not given.
 * @throws OffhookError `bad-file` with the place, where it is no JSON, or no list.
 */
export function peopleOfJson(text: string, file: string): PeopleRow[] {
  const place = placesIn(file, text);
  const whole = read(text, place);
  if (!whole.items) throw bad('It should be a list, such as [{"to": "+14155550123"}].', place(whole.offset));
  return whole.items.map((item) => {
    try {
      return rowOf(item, place);
    } catch (thrown) {
      if (!(thrown instanceof Unreadable)) throw thrown;
      const { code, message, offset } = thrown;
      return { kind: 'unread', code, message, place: place(offset) };
    }
  });
}

class Unreadable extends Error {
  readonly code: UnreadRow['code'];
  readonly offset: number;

  constructor(code: UnreadRow['code'], message: string, offset: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

function read(text: string, place: (offset: number) => Place): PlacedValue {
  // A mark of the byte order is no JSON, but editors leave one.
  const bare = text.replace(/^\ufeff/, ' ');
  try {
    return readJson(bare);
  } catch (thrown) {
    if (!(thrown instanceof JsonSlip)) throw thrown;
    throw bad(thrown.message, place(thrown.offset));
  }
}

function rowOf(item: PlacedValue, place: (offset: number) => Place): PersonRow {
  if (!item.members) {
    throw new Unreadable('bad-row', 'It should be an object, such as {"to": "+14155550123"}.', item.offset);
  }
  const row = place(item.offset);
  const given = { to: null as string | null, locale: null as string | null, at: null as string | null };
  const places = { row, to: row, locale: row, at: row };
  const names = new Set<string>();
  const attributes = new Map<string, Value>();
  const attribute = (name: string, held: PlacedValue, offset: number): void => {
    if (attributes.has(name)) throw new Unreadable('bad-row', `"${name}" is there twice.`, offset);
    attributes.set(name, held.value);
  };
  for (const { name, offset, held } of item.members) {
    if (names.has(name)) throw new Unreadable('bad-row', `"${name}" is there twice.`, offset);
    names.add(name);
    if (held.value === null) continue;
    if (isField(name)) {
      if (typeof held.value !== 'string') {
        throw new Unreadable('bad-row', `"${name}" should be a text in double quotes.`, held.offset);
      }
      given[name] = held.value;
      places[name] = place(held.offset);
    } else if (name === 'attributes') {
      if (!held.members) throw new Unreadable('bad-row', '"attributes" should be an object.', held.offset);
      for (const inner of held.members) attribute(inner.name, inner.held, inner.offset);
    } else attribute(name, held, offset);
  }
  const { to, locale, at } = given;
  if (to === null) throw new Unreadable('no-number-given', 'The row has no number in "to".', item.offset);
  return { kind: 'person', to, locale, at, attributes: Object.fromEntries(attributes), places };
}

function bad(message: string, place: Place): OffhookError {
  return new OffhookError('bad-file', message, { place });
}
