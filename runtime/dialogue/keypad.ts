/** Values that are pressed instead of said. */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { SlotSpec } from './program.ts';
import type { Value } from './protocol.ts';

/** What keys mean so far: the value they would be now, and whether more of them could still be one. */
export interface Pressed {
  value: Value;
  grows: boolean;
}

const NOTHING: Pressed = { value: null, grows: false };
const LONGEST = 64;
const LONGEST_PHONE = 15;

/**
 * Reads keys as a value of the slot's type: digits; `*` is the point of a number and the + of a phone number;
 * 1 is yes and 2 no; a time is four digits. A value that is out of range is none.
 */
export function pressedAs(spec: SlotSpec, keys: string, locale: string): Pressed {
  switch (spec.type) {
    case 'boolean':
      return { value: keys === '1' ? true : keys === '2' ? false : null, grows: false };
    case 'digits': {
      const { min, max } = spec.length ?? { min: 1, max: LONGEST };
      if (!/^\d+$/.test(keys) || keys.length > max) return NOTHING;
      return { value: keys.length >= min ? keys : null, grows: keys.length < max };
    }
    case 'integer':
      return numberOf(spec, keys, /^\d{1,12}$/);
    case 'number':
      return numberOf(spec, keys, /^\d{1,12}(\*\d{0,4})?$/);
    case 'time': {
      if (!/^\d{1,4}$/.test(keys)) return NOTHING;
      const [, hour = '', minute = ''] = /^(\d{1,2})(\d\d)$/.exec(keys) ?? [];
      const value = Number(hour) < 24 && Number(minute) < 60 ? `${hour.padStart(2, '0')}:${minute}` : null;
      return { value: keys.length >= 3 ? value : null, grows: keys.length < 4 };
    }
    case 'phone': {
      if (!/^\*?\d+$/.test(keys)) return NOTHING;
      const region = new Intl.Locale(locale.replaceAll('_', '-')).maximize().region;
      // The region of a locale is a country's letters, or something the library knows nothing of.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const number = parsePhoneNumberFromString(keys.replace('*', '+'), region as CountryCode | undefined);
      return { value: number?.isPossible() ? number.number : null, grows: keys.length < LONGEST_PHONE };
    }
    default:
      return NOTHING;
  }
}

function numberOf({ min, max }: SlotSpec, keys: string, shape: RegExp): Pressed {
  if (!shape.test(keys)) return NOTHING;
  const number = Number(keys.replace('*', '.'));
  const fits = (min === null || number >= Number(min)) && (max === null || number <= Number(max));
  if (keys.includes('*')) return { value: fits ? number : null, grows: shape.test(`${keys}0`) };
  const grows = keys !== '0' && (max === null || number * 10 <= Number(max));
  return { value: fits ? number : null, grows: grows || (shape.test(`${keys}*`) && number > 0) };
}
