/** Reads a part of many YAML texts on another processor, while this one reads the rest. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** With fewer texts the other thread would take longer to begin than it saves. */
const MANY = 400;

export interface ReadAhead {
  /** Takes a text, by its place among them; false where the other thread has it. */
  take(index: number): boolean;
  /**
   * What the other thread has read, by place, of texts in which nothing is wrong; whatever else it took has to be
   * read again. Never rejects.
   */
  data: Promise<ReadonlyMap<number, unknown>>;
}

/** Begins to read the texts from the last one on, where they are many and there is a processor for it. */
export function readAhead(texts: readonly string[]): ReadAhead {
  const none = new Map<number, unknown>();
  if (texts.length < MANY || availableParallelism() < 2) {
    return { take: () => true, data: Promise.resolve(none) };
  }
  const taken = new Int32Array(new SharedArrayBuffer(texts.length * Int32Array.BYTES_PER_ELEMENT));
  const data = new Promise<ReadonlyMap<number, unknown>>((resolve) => {
    const script = new URL('read-ahead-worker.js', import.meta.url);
    const worker = new Worker(script, { workerData: { texts, taken } });
    worker.once('message', (found: [number, unknown][]) => resolve(new Map(found)));
    // Whatever keeps the thread from its work, the caller does all of it.
    worker.once('error', () => resolve(none));
    worker.once('exit', () => resolve(none));
  });
  return { take: (index) => Atomics.exchange(taken, index, 1) === 0, data };
}
