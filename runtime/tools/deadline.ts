import type { Clock } from '../clock.ts';
import { OffhookError } from '../errors.ts';

/**
 * Does work for a tool within its time. The signal that the work gets is aborted when the time is over or when
 * `canceled` is; then the answer is `tool-timeout` or `tool-canceled` at once, whether the work heeds it or not.
 */
export async function within<Result>(
  clock: Clock,
  tool: { name: string; timeoutMs: number },
  canceled: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const ended = new AbortController();
  const late = new OffhookError('tool-timeout', `${tool.name} did not answer within ${tool.timeoutMs} ms.`);
  const off = new OffhookError('tool-canceled', `The call of ${tool.name} was canceled.`);
  const cancel = (): void => ended.abort(off);
  if (canceled.aborted) throw off;
  canceled.addEventListener('abort', cancel);
  const stop = clock.after(tool.timeoutMs, () => ended.abort(late));
  const broken = new Promise<never>((_resolve, reject) => {
    ended.signal.addEventListener('abort', () => reject(ended.signal.reason as OffhookError));
  });
  try {
    return await Promise.race([broken, work(ended.signal)]);
  } finally {
    stop();
    canceled.removeEventListener('abort', cancel);
  }
}

/** True where the time of the work was over, false where it was canceled or goes on. */
export function isLate(signal: AbortSignal): boolean {
  return signal.reason instanceof OffhookError && signal.reason.code === 'tool-timeout';
}

/** Settles with the work, or when the time is over. */
export async function atMost(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
  let stop: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    stop = clock.after(ms, resolve);
  });
  await Promise.race([work, over]);
  stop();
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      signal.removeEventListener('abort', broken);
      resolve();
    };
    const stop = clock.after(ms, done);
    const broken = (): void => {
      stop();
      reject(signal.reason as Error);
    };
    if (signal.aborted) broken();
    else signal.addEventListener('abort', broken, { once: true });
  });
}
