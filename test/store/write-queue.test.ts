import { describe, expect, test } from 'vitest';
import type { Database } from '../../runtime/store/database.ts';
import type { Change } from '../../runtime/store/rows.ts';
import { WriteQueue } from '../../runtime/store/write-queue.ts';

function nothing(): void {}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const refusal = new Error('refused');
const busy = new Error('busy');

/** A database that tells what it was asked to commit, and settles when and how it is told to. */
function aDatabase(commit: (sessions: string[]) => void | Promise<void> = () => undefined) {
  const batches: string[][] = [];
  let running = 0;
  const database: Pick<Database, 'commit' | 'isRefusal' | 'isBusy'> = {
    isRefusal: (error) => error === refusal,
    isBusy: (error) => error === busy,
    async commit(changes) {
      expect(running++).toBe(0);
      const sessions = changes.map((one) => one.session);
      batches.push(sessions);
      try {
        await commit(sessions);
      } finally {
        running--;
      }
    },
  };
  return { batches, queue: new WriteQueue(database) };
}

function change(session: string): Change {
  return { session, entry: null, turns: [], toolCalls: [], memories: [], patch: null };
}

describe('the queue of steps', () => {
  test('commits what comes together in one transaction, in order, and settles after it', async () => {
    let release = nothing;
    const { batches, queue } = aDatabase(() => new Promise<void>((resolve) => (release = resolve)));
    const settled: string[] = [];
    const all = ['a', 'b', 'c'].map((name) => queue.add(change(name)).then(() => settled.push(name)));
    await until(() => batches.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(batches).toEqual([['a', 'b', 'c']]);
    expect(settled).toEqual([]);
    release();
    await Promise.all(all);
    expect(settled).toEqual(['a', 'b', 'c']);
  });

  test('commits what comes during a commit in the next one, never two at once', async () => {
    const releases: (() => void)[] = [];
    const { batches, queue } = aDatabase(() => new Promise<void>((resolve) => releases.push(resolve)));
    const first = queue.add(change('a'));
    await until(() => releases.length === 1);
    const rest = [queue.add(change('b')), queue.add(change('c'))];
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(batches).toEqual([['a']]);
    releases[0]!();
    await first;
    await until(() => releases.length === 2);
    releases[1]!();
    await Promise.all(rest);
    expect(batches).toEqual([['a'], ['b', 'c']]);
  });

  test('commits what nobody waits for with what somebody waits for, in its order', async () => {
    const { batches, queue } = aDatabase();
    const added = [queue.add(change('a'), { unhurried: true }), queue.add(change('b'), { unhurried: true })];
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(batches).toEqual([]);
    await Promise.all([...added, queue.add(change('c'))]);
    expect(batches).toEqual([['a', 'b', 'c']]);
  });

  test('commits what nobody waits for by itself after a tenth of a second, and at once for whoever wants all written', async () => {
    const { batches, queue } = aDatabase();
    const from = performance.now();
    await queue.add(change('a'), { unhurried: true });
    expect(performance.now() - from).toBeGreaterThan(80);
    const last = queue.add(change('b'), { unhurried: true });
    await queue.emptied();
    expect(batches).toEqual([['a'], ['b']]);
    await last;
  });

  test('commits at most 24 at once', async () => {
    const { batches, queue } = aDatabase();
    await Promise.all(Array.from({ length: 150 }, (_, index) => queue.add(change(`${index}`))));
    expect(batches.map((batch) => batch.length)).toEqual([24, 24, 24, 24, 24, 24, 6]);
    expect(batches.flat()).toEqual(Array.from({ length: 150 }, (_, index) => `${index}`));
  });

  test('finds the one that is refused, and writes the others in their order', async () => {
    const { batches, queue } = aDatabase((sessions) => {
      if (sessions.includes('bad')) throw refusal;
    });
    const outcomes = await Promise.allSettled(['a', 'bad', 'c'].map((name) => queue.add(change(name))));
    expect(outcomes.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(batches).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
  });

  test('asks a database that does not answer only once for all that wait', async () => {
    const gone = new Error('gone');
    const { batches, queue } = aDatabase(() => {
      throw gone;
    });
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((name) => queue.add(change(name))));
    expect(outcomes).toEqual(Array.from({ length: 3 }, () => ({ status: 'rejected', reason: gone })));
    expect(batches).toEqual([['a', 'b', 'c']]);
  });

  test('tries again while somebody else is in the way', async () => {
    let tries = 0;
    const { queue } = aDatabase(() => {
      if (++tries < 4) throw busy;
    });
    await expect(queue.add(change('a'))).resolves.toBeUndefined();
    expect(tries).toBe(4);
  });

  test('refuses the 10,001st that waits', async () => {
    let release = nothing;
    let commits = (): void | Promise<void> => new Promise<void>((resolve) => (release = resolve));
    const { queue } = aDatabase(() => commits());
    const first = queue.add(change('first'));
    await until(() => release !== nothing);
    const waiting = Array.from({ length: 10_000 }, () => queue.add(change('waits')));
    await expect(queue.add(change('too many'))).rejects.toMatchObject({
      code: 'store-failed',
      message: 'The store is 10000 steps behind.',
      status: 503,
    });
    commits = () => undefined;
    release();
    await Promise.all([first, ...waiting, queue.emptied()]);
  });

  test('is empty once all was written or refused, and at once where nothing waits', async () => {
    const { batches, queue } = aDatabase();
    await queue.emptied();
    const added = [queue.add(change('a')), queue.add(change('b'))];
    await queue.emptied();
    expect(batches.flat()).toEqual(['a', 'b']);
    await Promise.all(added);
  });
});
