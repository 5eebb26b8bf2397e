/** A worker thread with a bounded queue, deadlines and a life after a crash. Its script uses `serve.js`. */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../clock.ts';
import { messageOf, OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';

export interface ThreadOptions {
  script: URL;
  /** Names the thread in logs and errors. */
  name: string;
  /** How many jobs may wait besides the one being done. */
  queue: number;
  clock: Clock;
  log: Log;
}

export interface JobOptions {
  signal: AbortSignal;
  /** Counted from `run`: the waiting is part of it. A worker that needs longer than this for one job is replaced. */
  deadlineMs: number;
}

interface Job {
  id: number;
  work: unknown;
  deadlineMs: number;
  crashes: number;
  settled: boolean;
  settle(outcome: { answer: unknown } | { error: unknown }): void;
}

const CLOSE_MS = 2_000;

/**
 * Does jobs one at a time in a worker that is started with the first of them. A job whose worker crashes is
 * tried once more in a new one. An idle thread does not keep the process alive.
 */
export class Thread {
  readonly #options: ThreadOptions;
  readonly #waiting: Job[] = [];
  #worker: Worker | null = null;
  #running: Job | null = null;
  #unwatch: () => void = () => {};
  #jobs = 0;
  #closed = false;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /**
   * Gives what the worker answers. Rejects with an OffhookError: `thread-refused` (the worker threw),
   * `thread-busy`, `thread-timeout`, `thread-crashed`, `thread-aborted`, `thread-closed`.
   */
  run(work: unknown, { signal, deadlineMs }: JobOptions): Promise<unknown> {
    const { name, queue, clock } = this.#options;
    if (this.#closed)
      return Promise.reject(new OffhookError('thread-closed', `The ${name} thread is closed.`));
    if (signal.aborted) return Promise.reject(this.#aborted(signal));
    if (this.#waiting.length >= queue) {
      return Promise.reject(
        new OffhookError('thread-busy', `The ${name} thread already has ${queue} jobs waiting.`),
      );
    }
    return new Promise((resolve, reject) => {
      const job: Job = {
        id: ++this.#jobs,
        work,
        deadlineMs,
        crashes: 0,
        settled: false,
        settle: (outcome) => {
          if (job.settled) return;
          job.settled = true;
          cancel();
          signal.removeEventListener('abort', abort);
          const at = this.#waiting.indexOf(job);
          if (at >= 0) this.#waiting.splice(at, 1);
          if ('answer' in outcome) resolve(outcome.answer);
          else reject(outcome.error);
        },
      };
      const abort = (): void => job.settle({ error: this.#aborted(signal) });
      const cancel = clock.after(deadlineMs, () => job.settle({ error: this.#late(deadlineMs) }));
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  /** Fails whatever is left and ends the worker. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { name } = this.#options;
    const error = new OffhookError('thread-closed', `The ${name} thread was closed.`);
    for (const job of this.#waiting.splice(0)) job.settle({ error });
    this.#running?.settle({ error });
    const worker = this.#drop();
    if (worker) await this.#end(worker);
  }

  #aborted(signal: AbortSignal): OffhookError {
    const { name } = this.#options;
    return new OffhookError('thread-aborted', `A job of the ${name} thread was given up.`, {
      cause: signal.reason,
    });
  }

  #late(ms: number): OffhookError {
    return new OffhookError(
      'thread-timeout',
      `The ${this.#options.name} thread did not answer within ${ms} ms.`,
    );
  }

  #next(): void {
    if (this.#running || this.#closed) return;
    const job = this.#waiting.shift();
    if (!job) {
      this.#worker?.unref();
      return;
    }
    this.#running = job;
    const worker = (this.#worker ??= this.#start());
    worker.ref();
    // The job may be given up while the worker is at it: the worker is watched all the same.
    this.#unwatch = this.#options.clock.after(job.deadlineMs, () => {
      this.#options.log.warn(
        { thread: this.#options.name, ms: job.deadlineMs },
        'a stuck worker is replaced',
      );
      job.settle({ error: this.#late(job.deadlineMs) });
      const stuck = this.#drop();
      if (stuck) void this.#end(stuck);
      this.#next();
    });
    worker.postMessage({ id: job.id, job: job.work });
  }

  #start(): Worker {
    const { script, name } = this.#options;
    const worker = new Worker(script, { name, execArgv: [] });
    worker.on('message', (message: unknown) => {
      const job = this.#running;
      if (this.#worker !== worker || !job || !isReply(message) || message.id !== job.id) return;
      this.#rest();
      if (typeof message.error === 'string') {
        job.settle({ error: new OffhookError('thread-refused', message.error) });
      } else {
        job.settle({ answer: message.answer });
      }
      this.#next();
    });
    worker.on('error', (error: unknown) => this.#crashed(worker, messageOf(error)));
    worker.on('exit', (code) => this.#crashed(worker, `it ended with code ${code}`));
    return worker;
  }

  #crashed(worker: Worker, why: string): void {
    if (this.#worker !== worker) return;
    const { log, name } = this.#options;
    log.error({ thread: name, why }, 'a worker crashed');
    const job = this.#running;
    this.#drop();
    if (job && !job.settled) {
      if (job.crashes++ === 0) this.#waiting.unshift(job);
      else
        job.settle({
          error: new OffhookError('thread-crashed', `The ${name} thread crashed twice: ${why}.`),
        });
    }
    this.#next();
  }

  #rest(): void {
    this.#unwatch();
    this.#unwatch = () => {};
    this.#running = null;
  }

  #drop(): Worker | null {
    this.#rest();
    const worker = this.#worker;
    this.#worker = null;
    return worker;
  }

  /** A worker inside native code ends only when that returns: it is not waited for without end. */
  async #end(worker: Worker): Promise<void> {
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(CLOSE_MS, resolve);
    });
    await Promise.race([worker.terminate(), late]);
    cancel();
  }
}

function isReply(message: unknown): message is { id: number; answer?: unknown; error?: unknown } {
  return typeof message === 'object' && message !== null && 'id' in message;
}
