/** What is said sign by sign: digits, phone numbers and e-mail addresses. */
import { type CountryCode, getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/min';
import type { Voice } from './spoken-voice.ts';
import { phoneOf } from './value-parts.ts';

/** Shorter ones are said as one number: "room 214". */
const LEAST_DIGITS = 5;
const MAX_BREATH = 5;

/** True of a text of digits that is no number, but a row of them. */
export const isRow = (digits: string): boolean => digits.length >= LEAST_DIGITS || digits.startsWith('0');

/** "4 1 5". */
export const sayRow = (digits: string): string => digits.split('').join(' ');

/**
 * "4 1 5, 5 5 5, 0 1 2 3": in the groups of its country, so that a voice pauses between them. A number from
 * where the language is not spoken is said with what is dialled before it.
 */
export function sayPhone(text: string, voice: Voice): string {
  const phone = phoneOf(text);
  const home = isHome(phone?.countryCallingCode, voice.region);
  const written = phone ? (home ? phone.formatNational() : phone.formatInternational()) : text;
  const groups = written.match(/\d+/g) ?? [];
  const said = groups.flatMap(inBreaths).map(sayRow).join(', ');
  return home ? said : `${voice.words.plus} ${said}`;
}

function isHome(callingCode: string | undefined, region: string): boolean {
  return isSupportedCountry(region) && callingCode === getCountryCallingCode(region satisfies CountryCode);
}

/** A group of digits that is too long to be remembered at once, in smaller ones. */
const inBreaths = (digits: string): string[] =>
  digits.length > MAX_BREATH ? digits.replace(/\d{3}(?=\d\d)/g, '$& ').split(' ') : [digits];

/** "ana dot novak at example dot com". */
export function sayEmail(text: string, voice: Voice): string {
  const { signs } = voice.words;
  if (signs === null) return text;
  return text
    .replace(/[@._+-]/g, (sign) => ` ${signs[sign] ?? sign} `)
    .replace(/ +/g, ' ')
    .trim();
}
