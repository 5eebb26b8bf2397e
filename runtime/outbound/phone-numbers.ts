/** Numbers that somebody writes down to be called. */
import {
  isSupportedCountry,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
  type CountryCode,
} from 'libphonenumber-js';
import { OffhookError } from '../errors.ts';

/**
 * The number as it was given, where it is E.164 with + and may exist. `near`: a number (E.164) of whoever calls, whose
 * country a number without a country code is taken to be of, to tell what was meant.
 * @throws OffhookError `bad-number` (400), with what is wrong and, where it can be guessed, the right number.
 */
export function e164(number: string, near: string | null = null): string {
  const parsed = /^\+[1-9]\d+$/.test(number) ? parsePhoneNumberFromString(number) : undefined;
  if (parsed?.isPossible() === true) return number;
  const meant = meantBy(number, near);
  const problem = meant === null ? whatIsWrong(number) : `Did you mean "${meant}"?`;
  throw new OffhookError(
    'bad-number',
    `"${number}" is not a phone number in E.164 form with +, such as +14155550123. ${problem}`,
    { status: 400, ...(meant !== null && { detail: { meant } }) },
  );
}

/** The nearest right number; null where there is none. */
function meantBy(number: string, near: string | null): string | null {
  const country = near === null ? undefined : parsePhoneNumberFromString(near)?.country;
  const digits = number.replace(/[^\d+]/g, '');
  // With its country code but without the +, with the prefix of international calls, or as it is dialled at home.
  const readings: [string, CountryCode | undefined][] = [
    [digits, undefined],
    [digits.replace(/^00/, '+'), undefined],
    [digits.replace(/^011/, '+'), undefined],
    ...(country !== undefined && isSupportedCountry(country)
      ? ([[digits, country]] as [string, CountryCode][])
      : []),
    [`+${digits}`, undefined],
  ];
  for (const [reading, home] of readings) {
    const parsed = parsePhoneNumberFromString(reading, home);
    if (parsed?.isPossible() === true && parsed.country !== undefined && parsed.number !== number)
      return parsed.number;
  }
  return null;
}

function whatIsWrong(number: string): string {
  if (!/\d/.test(number)) return 'It has no digits.';
  switch (validatePhoneNumberLength(number.startsWith('+') ? number : `+${number.replace(/\D/g, '')}`)) {
    case 'TOO_SHORT':
      return 'It has too few digits.';
    case 'TOO_LONG':
      return 'It has too many digits.';
    case 'INVALID_COUNTRY':
      return 'There is no such country code.';
    default:
      return 'Its country has no numbers of this length.';
  }
}
