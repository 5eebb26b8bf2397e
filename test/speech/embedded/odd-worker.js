/** A worker that does what it is told, such as dying. */
import { serve } from '../../../runtime/speech/embedded/serve.js';

let jobs = 0;

serve(async (job) => {
  const { does, value } = /** @type {{ does: string, value: unknown }} */ (job);
  jobs++;
  switch (does) {
    case 'echo':
      return { answer: value };
    case 'count':
      return { answer: jobs };
    case 'refuse':
      throw new Error(`I will not say ${String(value)}.`);
    case 'die':
      return process.exit(3);
    case 'throw':
      setImmediate(() => {
        throw new Error('thrown where nobody catches');
      });
      return new Promise(() => {});
    case 'live the second time': {
      const died = new Int32Array(/** @type {SharedArrayBuffer} */ (value));
      if (Atomics.add(died, 0, 1) === 0) process.exit(3);
      return { answer: 'alive' };
    }
    case 'spin':
      for (;;);
    case 'never':
      return new Promise(() => {});
    default:
      throw new Error(`What is "${does}"?`);
  }
});
