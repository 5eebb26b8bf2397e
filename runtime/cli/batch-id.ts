import { createHash, randomUUID } from 'node:crypto';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import { bcp47, momentOf } from '../outbound/written.ts';
import type { PersonRow } from './people.ts';

/**
 * The same people to be called by the same app are the same batch, however the file is written: whoever gives it again
 * calls nobody twice.
 */
export function batchIdOf(key: string, people: readonly PersonRow[]): string {
  const rows = people.map(({ to, locale, at, attributes }) => [
    plainNumber(to),
    locale === null ? null : asRead(locale, bcp47),
    at === null ? null : asRead(at, momentOf),
    Object.entries(sorted(attributes)),
  ]);
  const hash = createHash('sha256').update(JSON.stringify([key.replace(/^:/, ''), rows]));
  return `batch-${hash.digest('hex').slice(0, 32)}`;
}

/** As people write numbers: with spaces, dots, dashes and parentheses. Without the + it could be any country's. */
export function plainNumber(to: string): string {
  return to.startsWith('+') ? to.replaceAll(/[\s().-]/g, '') : to;
}

/** What cannot be read is refused later: here it is what it is. */
function asRead<T>(written: string, read: (written: string) => T): T | string {
  try {
    return read(written);
  } catch (thrown) {
    if (thrown instanceof OffhookError) return written;
    throw thrown;
  }
}

/** Objects with their keys in one order, at every depth. */
function sorted<T extends Value>(value: T): T;
function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

/** One that calls everybody, even where the same people were called before. */
export function newBatchId(): string {
  return `batch-${randomUUID().replaceAll('-', '')}`;
}
