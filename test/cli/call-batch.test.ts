import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callBatch, type BatchOrder } from '../../runtime/cli/call-batch.ts';
import { silentLog } from '../../runtime/log.ts';
import { Batches } from '../../runtime/outbound/batches.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { SessionStatus, Store } from '../../runtime/store/store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { planner } from '../support/plan-call.ts';
import { aSession } from '../store/samples.ts';

let folder: string;
let store: Store;
let clock: FakeClock;
let out: string;
let err: string;
let end: () => void;
let ending: Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-batch-'));
  store = await openStore({ kind: 'sqlite', path: ':memory:' }, silentLog);
  clock = new FakeClock();
  [out, err] = ['', ''];
  ending = new Promise((resolve) => (end = resolve));
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function fileOf(text: string, name = 'people.csv'): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

function run(order: BatchOrder): Promise<number> {
  return callBatch(order, {
    batches: new Batches({ store, clock, planner, wake: () => undefined }),
    clock,
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text.replaceAll(`${folder}/`, '')) },
    ending,
  });
}

/** As a server does: places what is due, and every call ends like this. */
async function serve(ends: Record<string, SessionStatus>): Promise<void> {
  for (const call of await store.initiations.claim({ now: clock.now(), until: clock.now() + 1, most: 100 })) {
    const session = aSession({ initiation: call.id, status: 'queued', callSid: null });
    await store.initiations.begin(call.id, session, { now: clock.now(), until: clock.now() + 15_000 });
    await store.initiations.placed(call.id, session.id, `CA${call.id}`, clock.now() + 90_000);
    const status = ends[call.to] ?? 'completed';
    await store.patchSession(session.id, { status, endedAt: clock.now() });
  }
}

/** Lets the time go on until it is over; `each` is asked every second. */
async function whileRunning(running: Promise<number>, each: (second: number) => unknown): Promise<number> {
  const state: { code: number | null } = { code: null };
  void running.then(
    (code) => (state.code = code),
    () => (state.code = -1),
  );
  for (let second = 1; state.code === null; second++) {
    if (second > 1000) throw new Error(`It does not end: ${err}`);
    // Files are read in their own time.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await clock.advanceAsync(1000);
    await each(second);
  }
  return running;
}

const order = (file: string, change: object = {}): BatchOrder => ({
  kind: 'file',
  file,
  again: false,
  key: 'bistro',
  ...change,
});
const idIn = (text: string): string => /batch-[\da-f]{32}/.exec(text)![0];

describe('offhook call --file', () => {
  test('has everybody called, and tells how far it is and what came of it', async () => {
    const file = await fileOf('to,name\n+14155550123,Ana\n+14155550124,Bo\n+14155550125,Cy\n');
    const code = await whileRunning(run(order(file)), (second) =>
      second === 20 ? serve({ '+14155550124': 'busy' }) : null,
    );
    expect(code).toBe(0);
    const id = idIn(err);
    expect(err).toBe(
      `3 calls are taken, as ${id}.\n0 of 3 done: 3 waiting\n3 of 3 done: 2 completed, 1 busy\n`,
    );
    expect(JSON.parse(out)).toEqual({ id, accepted: 3, rejected: 0, counts: { completed: 2, busy: 1 } });
  });

  test('says where in the file stands what is wrong, calls the others, and ends with 1', async () => {
    const file = await fileOf(
      'name,to,at,locale\nAna,+14155550123,,\nBo,4155550124,,\nCy,+14155550125,soon,\nDee,+14155550126,,none\nEve\nFay,+1 415 555 0123,,\nGil,,,\n',
    );
    expect(await whileRunning(run(order(file)), () => serve({}))).toBe(1);
    expect(err.split('\n').slice(0, 8)).toEqual([
      'people.csv:3:4 error "4155550124" is wrong.',
      'people.csv:4:17 error "soon" is wrong.',
      'people.csv:5:19 error "none" is wrong.',
      'people.csv:6:1 error The row has 1 field, but there are 4 columns.',
      'people.csv:7:5 error +14155550123 is in this batch already.',
      'people.csv:8:5 error The row has no number in "to".',
      '6 rows are left out: put them, corrected, into a file of their own.',
      `1 call is taken, as ${idIn(err)}.`,
    ]);
    expect(JSON.parse(out)).toMatchObject({ accepted: 1, rejected: 6, counts: { completed: 1 } });
  });

  test('given again calls nobody again: it follows, and tells the same; --new calls again', async () => {
    const file = await fileOf('to\n+14155550123\n');
    expect(await whileRunning(run(order(file)), () => serve({}))).toBe(0);
    const id = idIn(out);
    const since = new Date(clock.now()).toISOString().slice(0, 10);
    [out, err] = ['', ''];
    expect(await run(order(await fileOf('"to"\r\n"+14155550123"\r\n', 'same.csv')))).toBe(0);
    expect(err).toMatch(
      new RegExp(
        `^These people were given before, at ${since}T[^ ]+, as ${id}: nobody is called again; --new does.\\n`,
      ),
    );
    expect(JSON.parse(out)).toMatchObject({ id, counts: { completed: 1 } });
    [out, err] = ['', ''];
    expect(await whileRunning(run(order(file, { again: true })), () => serve({}))).toBe(0);
    expect(idIn(out)).not.toBe(id);
  });

  test('given again without the rows that were wrong tells of those by their number', async () => {
    const file = await fileOf('to,name\nBo,\n+14155550123,Ana\n,Gil\n');
    await whileRunning(run(order(file)), () => serve({}));
    [out, err] = ['', ''];
    expect(await run(order(await fileOf('to,name\nBo,\n+14155550123,Ana\n', 'mended.csv')))).toBe(1);
    expect(err.split('\n').slice(0, 3)).toEqual([
      'mended.csv error in row 1, as it was then: "Bo" is wrong.',
      'mended.csv error in row 3, as it was then: The row has no number in "to".',
      '2 rows are left out: put them, corrected, into a file of their own.',
    ]);
  });

  test('ends with 1 where a call failed', async () => {
    const file = await fileOf('to\n+14155550123\n');
    expect(await whileRunning(run(order(file)), () => serve({ '+14155550123': 'failed' }))).toBe(1);
    expect(err).toMatch(/\n1 of 1 done: 1 failed\n$/);
  });

  test('that is interrupted leaves the calls to the server, and says how they are followed', async () => {
    const file = await fileOf('to\n+14155550123\n');
    const code = await whileRunning(run(order(file)), (second) => (second === 3 ? end() : null));
    expect(code).toBe(1);
    const id = idIn(err);
    expect(err).toMatch(new RegExp(`\\nThe calls go on: offhook call --batch ${id} follows them\\.\\n$`));
    expect(JSON.parse(out)).toMatchObject({ id, counts: { scheduled: 1 } });
    [out, err] = ['', ''];
    ending = new Promise(() => undefined);
    expect(await whileRunning(run({ kind: 'follow', id }), () => serve({}))).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ id, counts: { completed: 1 } });
  });

  test(
    'says once that nothing moves where calls are due and no server is there, but not of those that are for later',
    { timeout: 60_000 },
    async () => {
      const file = await fileOf('to,at\n+14155550123,\n+14155550124,2030-01-01T00:00:00Z\n');
      const said = (): number => err.split('is a server (offhook serve) running').length - 1;
      const seen: number[] = [];
      await whileRunning(run(order(file)), async (second) => {
        if (second === 40 || second === 50 || second === 100) seen.push(said());
        if (second === 100) await serve({});
        if (second === 160) {
          seen.push(said());
          end();
        }
      });
      expect(seen).toEqual([0, 1, 1, 1]);
    },
  );

  test('has all of a file that cannot be read refused, and nobody called', async () => {
    const file = await fileOf('name\nAna\n');
    await expect(run(order(file))).rejects.toMatchObject({
      code: 'bad-file',
      place: { file, line: 1, column: 1 },
    });
    await expect(
      run(order(await fileOf('to\n+14155550123\n'), { key: 'no-such-app' })),
    ).rejects.toMatchObject({
      code: 'unknown-key',
    });
    expect(await store.initiations.nextAt()).toBeNull();
    expect(out).toBe('');
  });
});

describe('offhook call --batch', () => {
  test('cancels what has not begun', async () => {
    const file = await fileOf('to\n+14155550123\n+14155550124\n');
    const running = run(order(file));
    await whileRunning(running, (second) => (second === 2 ? end() : null));
    const id = idIn(out);
    [out, err] = ['', ''];
    expect(await run({ kind: 'cancel', id })).toBe(0);
    expect(err).toBe('2 calls were cancelled.\n');
    expect(JSON.parse(out)).toEqual({ id, accepted: 2, rejected: 0, counts: { canceled: 2 } });
  });

  test.each(['follow', 'cancel'] as const)('refuses to %s one that there is not', async (kind) => {
    await expect(run({ kind, id: 'b9' })).rejects.toMatchObject({
      code: 'unknown-batch',
      message: 'There is no batch "b9".',
    });
  });
});
