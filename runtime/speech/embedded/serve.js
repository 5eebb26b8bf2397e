/** The worker's side of `thread.ts`: one job at a time, each answered once. */
import { parentPort } from 'node:worker_threads';

/**
 * Answers every job that the thread's owner sends. What `handle` throws goes back as a sentence and the worker
 * lives on; only a trap that takes the whole worker down counts as a crash.
 *
 * @param {(job: unknown) => { answer: unknown, transfer?: ArrayBuffer[] } | Promise<{ answer: unknown, transfer?: ArrayBuffer[] }>} handle
 */
export function serve(handle) {
  const port = parentPort;
  if (!port) throw new Error('This file is the script of a worker and cannot run by itself.');
  /** @param {number} id @param {unknown} job */
  const answer = async (id, job) => {
    try {
      const { answer, transfer } = await handle(job);
      port.postMessage({ id, answer }, transfer ?? []);
    } catch (thrown) {
      port.postMessage({ id, error: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  };
  port.on('message', (/** @type {{ id: number, job: unknown }} */ { id, job }) => void answer(id, job));
}
