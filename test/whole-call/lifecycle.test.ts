import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { Phone, type PhoneEvent } from '../../runtime/line/local/phone.ts';
import { openHouse } from '../support/house.ts';
import { watchLateness } from '../support/lateness.ts';

const OFFHOOK = fileURLToPath(new URL('../../runtime/offhook.ts', import.meta.url));
const DESK = {
  'desk.app.yaml': 'public: true\nengine: embedded\n',
  'desk.dialogue.yaml': `
inbound:
  - {ask: "First?", answers: [{when: one, keys: "1"}]}
  - {ask: "Second?", answers: [{when: two, keys: "2", hangup: "Bye."}]}
`,
};

let folder: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-lifecycle-'));
  await mkdir(join(folder, 'dialogues'));
  for (const [name, text] of Object.entries(DESK)) await writeFile(join(folder, 'dialogues', name), text);
});

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await rm(folder, { recursive: true, force: true });
});

/** `offhook serve`, as a process of its own. */
function serve(env: Record<string, string>): { child: ChildProcess; errors: () => string } {
  let errors = '';
  const child = spawn(process.execPath, ['--import', 'tsx', OFFHOOK, 'serve'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      OFFHOOK_DIALOGUES: join(folder, 'dialogues'),
      DATABASE_URL: `sqlite:${join(folder, 'data', 'offhook.db')}`,
      OFFHOOK_API_TOKEN: 'the-token',
      ...env,
    },
  });
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  started.push(child);
  return { child, errors: () => errors };
}

async function aFreePort(): Promise<{ port: number; holder: Server }> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  return { port: (holder.address() as AddressInfo).port, holder };
}

async function expectSoon(holds: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It did not come to that.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const isReady = (origin: string): Promise<boolean> =>
  fetch(`${origin}/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );

describe('a server that is stopped', () => {
  it('still tells its last call what is next, for two seconds', { timeout: 30_000 }, async () => {
    const house = await openHouse(DESK);
    const { url } = house.runtime;
    const caller = house.caller().dial('/initiations/call/desk');
    await caller.hears('First?');
    const { id } = await caller.session();
    const closing = house.runtime.close(10_000);
    // Told goodbye, and asked what is next: a server that is gone would make this a call that failed.
    expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
    const overAt = performance.now();
    const next = async (): Promise<string> => {
      const body = new URLSearchParams({ CallSid: caller.phone.callSid, CallStatus: 'in-progress' });
      const answer = await fetch(`${url}/twilio/next?session=${id}`, { method: 'POST', body });
      return answer.text();
    };
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await next()).toContain('<Hangup/>');
    await closing;
    expect(performance.now() - overAt).toBeGreaterThan(1_500);
    expect(performance.now() - overAt).toBeLessThan(6_000);
    await expect(next()).rejects.toThrow('fetch failed');
    await house.openai?.close();
    await rm(house.folder, { recursive: true, force: true });
  });

  it('without a call stops at once', { timeout: 30_000 }, async () => {
    const house = await openHouse(DESK);
    const lostMs = watchLateness();
    const from = performance.now();
    await house.close();
    expect(performance.now() - from - lostMs()).toBeLessThan(1_900);
  });
});

describe('a start that fails', () => {
  const exitOf = async (child: ChildProcess): Promise<number | null> => {
    if (child.exitCode !== null) return child.exitCode;
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  };

  it('exits with 2 where the port is taken, and says so', { timeout: 30_000 }, async () => {
    const { port, holder } = await aFreePort();
    const { child, errors } = serve({ PORT: String(port) });
    expect(await exitOf(child)).toBe(2);
    expect(errors()).toContain(`The server cannot listen on 127.0.0.1:${port}`);
    holder.close();
  });

  it('exits with 2 where a dialogue is broken', { timeout: 30_000 }, async () => {
    await writeFile(join(folder, 'dialogues', 'desk.dialogue.yaml'), 'inbound: {goto: nowhere}\n');
    const { child, errors } = serve({ PORT: '0' });
    expect(await exitOf(child)).toBe(2);
    expect(errors()).toContain('in the dialogues: nothing was started.');
  });

  it('exits with 1 where the database cannot be opened', { timeout: 30_000 }, async () => {
    await writeFile(join(folder, 'file'), 'no folder');
    const { child, errors } = serve({
      PORT: '0',
      DATABASE_URL: `sqlite:${join(folder, 'file', 'offhook.db')}`,
    });
    expect(await exitOf(child)).toBe(1);
    expect(errors()).toContain('could not be opened');
  });
});

describe('a server that is killed', () => {
  it(
    'and started anew takes the call up where it was, since the network asks again',
    // On a machine with other work a start takes its time.
    { timeout: 120_000 },
    async () => {
      const { port, holder } = await aFreePort();
      holder.close();
      const origin = `http://127.0.0.1:${port}`;
      const first = serve({ PORT: String(port) });
      await expectSoon(() => isReady(origin));
      const events: PhoneEvent[] = [];
      const phone = new Phone({
        clock: systemClock,
        authToken: null,
        publicUrl: null,
        serverUrl: origin,
        from: '+14155550123',
        to: '+14155550100',
        direction: 'inbound',
        on: (event) => events.push(event),
      });
      const over = phone.call(`${origin}/initiations/call/desk`);
      const turns = async (): Promise<{ text: string }[]> => {
        const headers = { authorization: 'Bearer the-token' };
        const list = await fetch(`${origin}/api/sessions`, { headers }).then(
          async (answer) => (await answer.json()) as { items: { id: string }[] },
          () => null,
        );
        if (!list?.items[0]) return [];
        const detail = await fetch(`${origin}/api/sessions/${list.items[0].id}`, { headers });
        return ((await detail.json()) as { turns: { text: string }[] }).turns;
      };
      await expectSoon(async () => (await turns()).some(({ text }) => text === 'First?'));
      phone.press('1');
      await expectSoon(async () => (await turns()).some(({ text }) => text === 'Second?'));

      first.child.kill('SIGKILL');
      await once(first.child, 'exit');
      serve({ PORT: String(port) });
      await expectSoon(
        async () => (await turns()).filter(({ text }) => text === 'Second?').length === 2,
        60_000,
      );
      phone.press('2');
      expect(await over).toMatchObject({ reason: 'ended', problem: null });
      expect((await turns()).at(-1)).toMatchObject({ text: 'Bye.', heardText: 'Bye.' });
    },
  );
});
