import { OffhookError } from '../errors.ts';

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * `500ms`, `8s`, `15m`, `2h` and `30d` as milliseconds, rounded to whole ones.
 * @throws OffhookError `bad-duration` for anything else, a bare number included.
 */
export function durationMs(text: string): number {
  const [, amount, unit] = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  if (amount === undefined || factor === undefined) {
    throw new OffhookError('bad-duration', `"${text}" is no duration: write 500ms, 8s, 15m, 2h or 30d.`);
  }
  return Math.round(Number(amount) * factor);
}

/** `09:30` as minutes of the day; for what the schema has let in. */
export function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
