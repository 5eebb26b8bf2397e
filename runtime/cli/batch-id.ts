import { createHash, randomUUID } from 'node:crypto';
import type { PersonRow } from './people.ts';

/**
 * The same people to be called by the same app are the same batch, however the file is written: whoever gives it again
 * calls nobody twice.
 */
export function batchIdOf(key: string, people: readonly PersonRow[]): string {
  const rows = people.map(({ to, locale, at, attributes }) => [
    to,
    locale,
    at,
    Object.entries(attributes).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  ]);
  const hash = createHash('sha256').update(JSON.stringify([key.replace(/^:/, ''), rows]));
  return `batch-${hash.digest('hex').slice(0, 32)}`;
}

/** One that calls everybody, even where the same people were called before. */
export function newBatchId(): string {
  return `batch-${randomUUID().replaceAll('-', '')}`;
}
