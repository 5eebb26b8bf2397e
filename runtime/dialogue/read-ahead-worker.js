/** The thread that reads ahead: texts in, their data out, from the last one on until one was taken already. */
import { parentPort, workerData } from 'node:worker_threads';
import { plainData } from './plain-yaml.js';

const { texts, taken } = /** @type {{ texts: string[], taken: Int32Array }} */ (workerData);
/** @type {[number, unknown][]} */
const found = [];
for (let index = texts.length - 1; index >= 0; index--) {
  if (Atomics.exchange(taken, index, 1) === 1) break;
  const data = plainData(texts[index] ?? '');
  if (data !== undefined) found.push([index, data]);
}
parentPort?.postMessage(found);
