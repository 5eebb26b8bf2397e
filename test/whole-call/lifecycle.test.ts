import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { Phone, type PhoneEvent } from '../../runtime/line/local/phone.ts';
import { openHouse } from '../support/house.ts';
import { watchLateness } from '../support/lateness.ts';
import { aFreePort, expectSoon, serve, type Serving } from '../support/serving.ts';

const DESK = {
  'desk.app.yaml': 'public: true\nengine: embedded\n',
  'desk.dialogue.yaml': `
inbound:
  - {ask: "First?", answers: [{when: one, keys: "1"}]}
  - {ask: "Second?", answers: [{when: two, keys: "2", hangup: "Bye."}]}
`,
};

let folder: string;
const started: Serving[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-lifecycle-'));
  await mkdir(join(folder, 'dialogues'));
  for (const [name, text] of Object.entries(DESK)) await writeFile(join(folder, 'dialogues', name), text);
});

afterEach(async () => {
  for (const one of started.splice(0)) await one.kill();
  await rm(folder, { recursive: true, force: true });
});

/** `offhook serve` on the folder. */
function start(port: number, env: Record<string, string> = {}): Serving {
  const one = serve(port, {
    OFFHOOK_DIALOGUES: join(folder, 'dialogues'),
    DATABASE_URL: `sqlite:${join(folder, 'data', 'offhook.db')}`,
    OFFHOOK_API_TOKEN: 'the-token',
    ...env,
  });
  started.push(one);
  return one;
}

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
    const { child, errors } = start(port);
    expect(await exitOf(child)).toBe(2);
    expect(errors()).toContain(`The server cannot listen on 127.0.0.1:${port}`);
    holder.close();
  });

  it('exits with 2 where a dialogue is broken', { timeout: 30_000 }, async () => {
    await writeFile(join(folder, 'dialogues', 'desk.dialogue.yaml'), 'inbound: {goto: nowhere}\n');
    const { child, errors } = start(0);
    expect(await exitOf(child)).toBe(2);
    expect(errors()).toContain('in the dialogues: nothing was started.');
  });

  it('exits with 1 where the database cannot be opened', { timeout: 30_000 }, async () => {
    await writeFile(join(folder, 'file'), 'no folder');
    const { child, errors } = start(0, {
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
      const first = start(port);
      const { origin } = first;
      await expectSoon(() => first.isReady());
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

      await first.kill();
      start(port);
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
