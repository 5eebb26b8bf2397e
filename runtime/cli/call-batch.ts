/** `offhook call --file` and `--batch`: many people are called by the running server, and followed from here. */
import type { Clock } from '../clock.ts';
import type { Place } from '../errors.ts';
import { unknownBatch, type BatchRequest, type BatchView, type Batches } from '../outbound/batches.ts';
import { BatchProgress, countsInWords, openOf } from './batch-progress.ts';
import { batchIdOf, newBatchId, plainNumber } from './batch-id.ts';
import { readPeople } from './people-file.ts';
import type { PeopleRow, PersonRow } from './people.ts';

interface Out {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface CallBatchParts {
  batches: Pick<Batches, 'add' | 'find' | 'cancel'>;
  clock: Clock;
  out: Out;
  err: Out;
  /** Settles when the process is asked to end. */
  ending: Promise<void>;
}

export type BatchOrder =
  | ({ kind: 'file'; file: string; again: boolean } & Omit<BatchRequest, 'calls'>)
  | { kind: 'follow'; id: string }
  | { kind: 'cancel'; id: string };

const LOOK_EVERY_MS = 1_000;
/** Servers look for due calls more often than that. */
const STUCK_AFTER_MS = 45_000;

/**
 * Adds the batch of a file, or finds one, and follows it until everybody was called. The outcome is one line of JSON
 * on `out`. Gives the exit code: 1 where a row was left out, a call failed, or nobody waited for the end.
 * @throws OffhookError `bad-file`, `unknown-batch`, and what a request for calls is refused with.
 */
export async function callBatch(order: BatchOrder, parts: CallBatchParts): Promise<number> {
  const { batches, out, err } = parts;
  if (order.kind === 'cancel') {
    const canceled = await batches.cancel(order.id);
    const batch = await found(order.id, parts);
    err.write(`${canceled} ${canceled === 1 ? 'call was' : 'calls were'} cancelled.\n`);
    out.write(`${JSON.stringify(summaryOf(batch))}\n`);
    return 0;
  }
  const id = order.kind === 'file' ? await addFile(order, parts) : order.id;
  const batch = await follow(id, parts);
  out.write(`${JSON.stringify(summaryOf(batch))}\n`);
  return openOf(batch.counts) === 0 && batch.rejected.length === 0 && (batch.counts.failed ?? 0) === 0
    ? 0
    : 1;
}

async function addFile(
  order: BatchOrder & { kind: 'file' },
  { batches, err }: CallBatchParts,
): Promise<string> {
  const { file, again, kind: _, ...request } = order;
  const rows = await readPeople(file);
  const people = rows.filter((row) => row.kind === 'person');
  const id = again ? newBatchId() : batchIdOf(request.key, people);
  const { added, accepted, rejected, createdAt } = await batches.add(
    { ...request, calls: rows.map(callOf) },
    id,
  );
  for (const { index, code, detail } of rejected) {
    // The file of before may have had other rows beside the same people.
    if (!added) err.write(`${file} error in row ${index + 1}, as it was then: ${detail}\n`);
    else {
      const { file: name, line, column } = placeOf(rows[index]!, code);
      err.write(`${name}:${line}:${column} error ${detail}\n`);
    }
  }
  if (rejected.length > 0) {
    const [left, them] = rejected.length === 1 ? ['1 row is', 'it'] : [`${rejected.length} rows are`, 'them'];
    err.write(`${left} left out: put ${them}, corrected, into a file of their own.\n`);
  }
  if (added) err.write(`${accepted} ${accepted === 1 ? 'call is' : 'calls are'} taken, as ${id}.\n`);
  else {
    const since = new Date(createdAt).toISOString();
    err.write(`These people were given before, at ${since}, as ${id}: nobody is called again; --new does.\n`);
  }
  return id;
}

function callOf(row: PeopleRow): BatchRequest['calls'][number] {
  if (row.kind === 'unread') return { refused: { code: row.code, detail: row.message } };
  const { locale, at, attributes } = row;
  return { to: plainNumber(row.to), locale, at, attributes };
}

/** Where in its row stands what it was rejected for. */
function placeOf(row: PeopleRow, code: string): Place {
  if (row.kind === 'unread') return row.place;
  return row.places[FIELD_OF[code] ?? 'row'];
}

const FIELD_OF: { readonly [code: string]: keyof PersonRow['places'] | undefined } = {
  'bad-number': 'to',
  duplicate: 'to',
  'bad-locale': 'locale',
  'bad-time': 'at',
};

async function found(id: string, { batches }: Pick<CallBatchParts, 'batches'>): Promise<BatchView> {
  const batch = await batches.find(id);
  if (!batch) throw unknownBatch(id);
  return batch;
}

/** Looks at it every second until all is over, or nobody wants to wait. Gives it as it was last. */
async function follow(id: string, parts: CallBatchParts): Promise<BatchView> {
  const { clock, err, ending } = parts;
  const state = { left: false };
  const left = ending.then(() => {
    state.left = true;
  });
  let batch = await found(id, parts);
  const progress = new BatchProgress(err, clock, batch.accepted);
  let moved = { at: clock.elapsed(), text: countsInWords(batch.counts) };
  let told = false;
  for (;;) {
    if (openOf(batch.counts) === 0) {
      progress.end(batch.counts);
      return batch;
    }
    if (state.left) {
      progress.end(batch.counts);
      progress.say(`The calls go on: offhook call --batch ${id} follows them.`);
      return batch;
    }
    progress.show(batch.counts);
    const text = countsInWords(batch.counts);
    if (text !== moved.text) moved = { at: clock.elapsed(), text };
    const overdue = batch.nextAt !== null && batch.nextAt < clock.now() - STUCK_AFTER_MS;
    if (!told && overdue && clock.elapsed() - moved.at >= STUCK_AFTER_MS) {
      told = true;
      progress.say(
        'Nothing moves, though calls are due: is a server (offhook serve) running on this database?',
      );
    }
    await Promise.race([new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve)), left]);
    batch = await found(id, parts);
  }
}

function summaryOf({ id, accepted, rejected, counts }: BatchView) {
  return { id, accepted, rejected: rejected.length, counts };
}
