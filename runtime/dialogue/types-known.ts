/** The types that the runtime knows by itself: of parts, of its own names and of an app's properties. */
import { getCountries } from 'libphonenumber-js/min';
import type { SlotType, Value } from './protocol.ts';
import type { StaticType } from './static-type.ts';
import { clockOf, dayOf, isDigits, isEmail, isPhone, momentOf, spanOf, WEEKDAYS } from './value-shapes.ts';

type Types = { readonly [name: string]: StaticType };

const DAY_PARTS: Types = {
  weekday: { of: WEEKDAYS, called: 'the English name of a weekday' },
  day: 'integer',
  month: 'integer',
  year: 'integer',
};
const CLOCK_PARTS: Types = { hour: 'integer', minute: 'integer' };
const COUNTRY: StaticType = { of: getCountries(), called: 'a country in two capital letters' };

/** What stands behind the dot of a value of each type, besides a text's `length`. */
export const PARTS: { readonly [type in SlotType]?: Types } = {
  date: DAY_PARTS,
  time: CLOCK_PARTS,
  datetime: { ...DAY_PARTS, ...CLOCK_PARTS },
  duration: { days: 'number', hours: 'number', minutes: 'number', seconds: 'number' },
  money: { amount: 'number', currency: 'text' },
  phone: { country: COUNTRY },
};

/** What is known of `session`, `user` and `caller` before any call. Their unknown names are not its matter. */
export const RUNTIME_TYPES: { readonly [root in 'session' | 'user' | 'caller']: StaticType } = {
  session: {
    members: {
      id: 'text',
      isInitiated: 'boolean',
      direction: { of: ['inbound', 'outbound'] },
      locale: 'text',
      from: 'text',
      to: 'text',
      startedAt: 'datetime',
      attributes: { members: {}, open: true },
    },
    open: true,
  },
  user: { members: { paired: 'boolean', anonymous: 'boolean', name: 'name' }, open: true },
  caller: {
    members: { phone: 'text', country: COUNTRY, city: 'text', name: 'name', carrier: 'text' },
    open: true,
  },
};

/** Types of texts that are told by the shape of the value. No text has two of them. */
export const SHAPES: ReadonlyMap<SlotType, (text: string) => boolean> = new Map([
  ['date', (text) => dayOf(text) !== null],
  ['time', (text) => clockOf(text) !== null],
  ['datetime', (text) => momentOf(text)?.offset != null],
  ['duration', (text) => spanOf(text) !== null],
  ['phone', isPhone],
  ['digits', isDigits],
  ['email', isEmail],
]);

/** The type of a value as an app's `properties` hold it: another value of the type may stand there as well. */
export function typeOfValue(value: Value): StaticType {
  if (value === null) return 'value';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string') {
    for (const [type, has] of SHAPES) if (has(value)) return type;
    return 'text';
  }
  if (isList(value)) return 'list';
  return {
    members: Object.fromEntries(Object.entries(value).map(([name, held]) => [name, typeOfValue(held)])),
    open: false,
  };
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** The type of what is one or the other, such as a property of two apps with one dialogue. */
export function eitherType(one: StaticType, other: StaticType): StaticType {
  if (one === other) return one;
  const [first, second] = [classOf(one), classOf(other)];
  if (first === null || first !== second) return 'value';
  if (isSet(one) && isSet(other)) return { of: [...new Set([...one.of, ...other.of])] };
  if (first === 'number' || first === 'text' || first === 'boolean') return first;
  if (!hasMembers(one) || !hasMembers(other)) return 'value';
  const names = new Set([...Object.keys(one.members), ...Object.keys(other.members)]);
  const members = [...names].map((name): [string, StaticType] => {
    const [mine, its] = [memberOf(one, name), memberOf(other, name)];
    return [name, mine && its ? eitherType(mine, its) : (mine ?? its ?? 'value')];
  });
  return { members: Object.fromEntries(members), open: one.open || other.open };
}

/** What a value of the type is to an operator; null where that is not known. */
export function classOf(type: StaticType): 'number' | 'boolean' | 'text' | 'object' | 'list' | 'null' | null {
  if (type === 'value') return null;
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean' || type === 'list') return type;
  if (type === 'money') return 'object';
  if (typeof type === 'string' || 'of' in type) return 'text';
  if ('members' in type) return 'object';
  if (type.is === null) return 'null';
  return typeof type.is === 'number' ? 'number' : 'boolean';
}

export const isSet = (type: StaticType): type is Extract<StaticType, { of: unknown }> =>
  typeof type === 'object' && 'of' in type;

type Membered = Extract<StaticType, { members: unknown }>;

export const hasMembers = (type: StaticType): type is Membered =>
  typeof type === 'object' && 'members' in type;

/** The type of a member that is known, or null. */
export const memberOf = ({ members }: Membered, name: string): StaticType | null =>
  (Object.hasOwn(members, name) ? members[name] : undefined) ?? null;
