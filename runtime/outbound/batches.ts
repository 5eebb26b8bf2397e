/** Many people to be called: written down together, then placed as any other call that is due. */
import { createHash, randomUUID } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { Batch, Initiations, Machine, NewInitiation, Retry } from '../store/initiations.ts';

/** One person, as written by somebody. */
export interface BatchCall {
  to: string;
  locale?: string | null;
  attributes?: { readonly [name: string]: Value };
  /** ISO 8601 with an offset. */
  at?: string | null;
}

/** Known to be wrong before anybody looked at its number. */
export interface RefusedCall {
  refused: { code: string; detail: string };
}

export interface BatchRequest {
  key: string;
  from?: string | null;
  /** Of the calls that have none of their own. */
  locale?: string | null;
  machine?: Machine | null;
  retry?: Retry | null;
  calls: readonly (BatchCall | RefusedCall)[];
}

/** What all calls of a batch have in common. */
export type BatchTerms = Omit<BatchRequest, 'calls'>;

/**
 * What a call of the batch will be written down as, under this id.
 * @throws OffhookError with status 400 where its own values are wrong.
 */
export type Planner = (call: BatchCall, id: string, batch: string) => NewInitiation;

export type BatchView = NonNullable<Awaited<ReturnType<Initiations['batch']>>>;

export interface BatchesParts {
  store: { initiations: Pick<Initiations, 'addBatch' | 'batch' | 'cancelBatch'> };
  clock: Clock;
  /** @throws OffhookError where what the calls have in common is wrong. */
  planner(terms: BatchTerms): Planner;
  /** Calls may be due that nobody knew of. */
  wake(): void;
}

/** Looked at without giving way; checking a number takes some 50 µs. */
const AT_ONCE = 20;

export class Batches {
  readonly #parts: BatchesParts;

  constructor(parts: BatchesParts) {
    this.#parts = parts;
  }

  /**
   * Writes the batch down, whole or not at all; the calls whose values are wrong are left out and told of, as is a
   * number that came before. `added` is false where there is a batch with this id: nobody is called again, and what it
   * was is told.
   * @throws OffhookError `unknown-key` (404), `no-number` (409) and what else is wrong with all calls.
   */
  async add(request: BatchRequest, id: string = randomUUID()): Promise<Batch & { added: boolean }> {
    const { store, clock, planner, wake } = this.#parts;
    const known = await store.initiations.batch(id);
    if (known) return { ...known, added: false };
    const { calls, ...terms } = request;
    const plan = planner(terms);
    const planned = new Map<string, NewInitiation>();
    const rejected: { index: number; code: string; detail: string }[] = [];
    for (const [index, call] of calls.entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await breathe();
      try {
        if ('refused' in call) {
          rejected.push({ index, ...call.refused });
          continue;
        }
        const one = plan(call, idOf(id, index), id);
        if (planned.has(one.to)) {
          rejected.push({ index, code: 'duplicate', detail: `${one.to} is in this batch already.` });
        } else planned.set(one.to, one);
      } catch (thrown) {
        if (!(thrown instanceof OffhookError) || thrown.status !== 400) throw thrown;
        rejected.push({ index, code: thrown.code, detail: thrown.message });
      }
    }
    const batch = { id, key: request.key, accepted: planned.size, rejected, createdAt: clock.now() };
    const added = await store.initiations.addBatch(batch, [...planned.values()]);
    if (added) {
      wake();
      return { ...batch, added };
    }
    return { ...(await this.#found(id)), added };
  }

  /** Null: there is no such batch. */
  find(id: string): Promise<BatchView | null> {
    return this.#parts.store.initiations.batch(id);
  }

  /**
   * Cancels what has not begun, also what would be tried again. Gives how many calls that were.
   * @throws OffhookError `unknown-batch` (404).
   */
  async cancel(id: string): Promise<number> {
    const canceled = await this.#parts.store.initiations.cancelBatch(id);
    if (canceled === null) throw unknownBatch(id);
    return canceled;
  }

  async #found(id: string): Promise<BatchView> {
    const batch = await this.find(id);
    if (!batch) throw unknownBatch(id);
    return batch;
  }
}

export function unknownBatch(id: string): OffhookError {
  return new OffhookError('unknown-batch', `There is no batch "${id}".`, { status: 404 });
}

/**
 * The same place in the same batch has the same id, in the form of a UUID: who adds it again adds nothing. They sort
 * as they were given.
 */
function idOf(batch: string, index: number): string {
  const hash = createHash('sha256').update(`${batch} ${index}`).digest('hex');
  const place = index.toString(16).padStart(8, '0');
  return [place, hash.slice(0, 4), hash.slice(4, 8), hash.slice(8, 12), hash.slice(12, 24)].join('-');
}
