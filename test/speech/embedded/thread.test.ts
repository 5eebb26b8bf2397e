import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../runtime/clock.ts';
import { silentLog } from '../../../runtime/log.ts';
import { Thread } from '../../../runtime/speech/embedded/thread.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const script = new URL('./odd-worker.js', import.meta.url);
const never = new AbortController().signal;
const threads: Thread[] = [];

afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.close()));
});

function open(more: { queue?: number; clock?: Clock; script?: URL } = {}): Thread {
  const thread = new Thread({ script, name: 'odd', queue: 8, clock: systemClock, log: silentLog, ...more });
  threads.push(thread);
  return thread;
}

function run(
  thread: Thread,
  does: string,
  value: unknown = null,
  signal = never,
  deadlineMs = 5_000,
): Promise<unknown> {
  const answer = thread.run({ does, value }, { signal, deadlineMs });
  answer.catch(() => {});
  return answer;
}

describe('a thread', () => {
  it('does jobs one after another in one worker, and answers each', async () => {
    const thread = open();
    const answers = ['a', 'b', 'c'].map((value) => run(thread, 'echo', value));
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c']);
    expect(await run(thread, 'count')).toBe(4);
  });

  it('passes on what the worker refuses, and the worker lives on', async () => {
    const thread = open();
    await expect(run(thread, 'refuse', 'cheese')).rejects.toMatchObject({
      code: 'thread-refused',
      message: 'I will not say cheese.',
    });
    expect(await run(thread, 'count')).toBe(2);
  });

  it('refuses a job when as many wait as may wait', async () => {
    const thread = open({ queue: 2 });
    const stop = new AbortController();
    void run(thread, 'never', null, stop.signal);
    const waiting = [run(thread, 'echo', 1), run(thread, 'echo', 2)];
    await expect(run(thread, 'echo', 3)).rejects.toMatchObject({
      code: 'thread-busy',
      message: 'The odd thread already has 2 jobs waiting.',
    });
    await thread.close();
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'thread-closed' });
  });

  it('does a job again whose worker died, in a new one', async () => {
    const died = new SharedArrayBuffer(4);
    const thread = open();
    const first = run(thread, 'live the second time', died);
    const second = run(thread, 'echo', 'after it');
    expect(await first).toBe('alive');
    expect(await second).toBe('after it');
    expect(new Int32Array(died)[0]).toBe(2);
  });

  it('fails a job whose worker dies twice, and does the next one', async () => {
    const thread = open();
    const first = run(thread, 'die');
    const second = run(thread, 'echo', 'after it');
    await expect(first).rejects.toMatchObject({
      code: 'thread-crashed',
      message: 'The odd thread crashed twice: it ended with code 3.',
    });
    expect(await second).toBe('after it');
  });

  it('names what was thrown where nobody catches', async () => {
    await expect(run(open(), 'throw')).rejects.toMatchObject({
      code: 'thread-crashed',
      message: 'The odd thread crashed twice: thrown where nobody catches.',
    });
  });

  it('fails when its script does not exist', async () => {
    const thread = open({ script: new URL('./no-such-worker.js', import.meta.url) });
    await expect(run(thread, 'echo')).rejects.toMatchObject({ code: 'thread-crashed' });
  });

  it('replaces a worker that spins past the deadline, and the next job is done', async () => {
    const thread = open();
    const first = run(thread, 'spin', null, never, 300);
    const second = run(thread, 'echo', 'after it');
    await expect(first).rejects.toMatchObject({
      code: 'thread-timeout',
      message: 'The odd thread did not answer within 300 ms.',
    });
    expect(await second).toBe('after it');
  });

  it('counts the time in the queue to the deadline, but does not blame the worker for it', async () => {
    const clock = new FakeClock();
    const thread = open({ clock });
    const first = run(thread, 'never', null, never, 1_000);
    clock.advance(900);
    const second = run(thread, 'count', null, never, 50);
    clock.advance(50);
    await expect(second).rejects.toMatchObject({ code: 'thread-timeout' });
    clock.advance(50);
    await expect(first).rejects.toMatchObject({ code: 'thread-timeout' });
    // The first job's worker was replaced, and the second never reached one.
    expect(await run(thread, 'count')).toBe(1);
  });

  it('gives up a job when its signal says so, waiting or running, and still watches the worker', async () => {
    const clock = new FakeClock();
    const thread = open({ clock });
    const [one, two] = [new AbortController(), new AbortController()];
    const running = run(thread, 'never', null, one.signal, 1_000);
    const waiting = run(thread, 'echo', 'x', two.signal, 9_000);
    const last = run(thread, 'echo', 'last', never, 9_000);
    two.abort();
    one.abort();
    await expect(waiting).rejects.toMatchObject({
      code: 'thread-aborted',
      message: 'A job of the odd thread was given up.',
    });
    await expect(running).rejects.toMatchObject({ code: 'thread-aborted' });
    await expect(run(thread, 'echo', 'x', AbortSignal.abort())).rejects.toMatchObject({
      code: 'thread-aborted',
    });
    clock.advance(1_000);
    expect(await last).toBe('last');
  });

  it('does nothing after it was closed, even while its worker spins', async () => {
    const thread = open();
    const spinning = run(thread, 'spin');
    await thread.close();
    await expect(spinning).rejects.toMatchObject({
      code: 'thread-closed',
      message: 'The odd thread was closed.',
    });
    await expect(run(thread, 'echo')).rejects.toMatchObject({
      code: 'thread-closed',
      message: 'The odd thread is closed.',
    });
    await thread.close();
  });

  it('leaves no timer behind', async () => {
    const clock = new FakeClock();
    const thread = open({ clock });
    await run(thread, 'echo');
    await expect(run(thread, 'refuse')).rejects.toMatchObject({ code: 'thread-refused' });
    expect(clock.waiting).toBe(0);
  });
});

describe('a worker of the embedded speech', () => {
  it('says that it cannot be run by itself', async () => {
    const path = new URL('../../../runtime/speech/embedded/voice-worker.js', import.meta.url).pathname;
    await expect(promisify(execFile)(process.execPath, [path])).rejects.toMatchObject({
      stderr: expect.stringContaining('This file is the script of a worker and cannot run by itself.'),
    });
  });
});
