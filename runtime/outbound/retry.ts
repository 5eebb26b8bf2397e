import { OffhookError } from '../errors.ts';
import { RETRIED, type Retried, type Retry } from '../store/initiations.ts';

/** As people write it. */
export interface WrittenRetry {
  attempts?: number;
  /** A duration with a unit. */
  every?: string;
  on?: readonly Retried[];
}

const UNITS: { readonly [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const USUAL_ATTEMPTS = 3;
const USUAL_EVERY = '15m';
const MOST_EVERY_MS = 7 * 86_400_000;

/**
 * How a call is tried again, with what is not said filled in: three attempts in all, a quarter of an hour apart, where it
 * was busy or nobody answered.
 * @throws OffhookError `bad-retry` (400).
 */
export function readRetry({
  attempts = USUAL_ATTEMPTS,
  every = USUAL_EVERY,
  on = RETRIED,
}: WrittenRetry): Retry {
  const [, amount, unit = ''] = /^([0-9]+(?:\.[0-9]+)?)(s|m|h|d)$/.exec(every) ?? [];
  const everyMs = Number(amount ?? NaN) * (UNITS[unit] ?? NaN);
  if (!(everyMs >= 1000 && everyMs <= MOST_EVERY_MS)) {
    throw new OffhookError(
      'bad-retry',
      `"${every}" is no time between two attempts: write one from 1s to 7d with its unit, such as 15m or 2h.`,
      { status: 400 },
    );
  }
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > 10) {
    throw new OffhookError('bad-retry', `A call is tried 1 to 10 times, not ${attempts}.`, { status: 400 });
  }
  return { attempts, everyMs: Math.round(everyMs), on: RETRIED.filter((one) => on.includes(one)) };
}
