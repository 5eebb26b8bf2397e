/**
 * A campaign: 200 people in a file, called by a real server that is killed with SIGKILL again and again, over a network
 * that refuses, drops and answers late. Whom the network called, and how often, its own records tell.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { run } from '../../runtime/main.ts';
import { TwilioApi, makeAccountSid, tooMany, type Callee, type Mishap } from '../support/twilio-api.ts';

const OFFHOOK = fileURLToPath(new URL('../../runtime/offhook.ts', import.meta.url));
const TOKEN = 'the-token-of-the-campaign';
const PUBLIC_URL = 'https://campaign.example';
const PEOPLE = 200;
/** The server is killed when so many were called, and a random moment later. */
const KILLED_AT = [20, 80, 140];

/** Numbers in an order that is the same in every run (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const numberOf = (index: number): string => `+1415555${String(index).padStart(4, '0')}`;

/** How each person's call ends: by their number alone, so that it is known beforehand. */
function calleeOf(to: string): Callee {
  const index = Number(to.slice(-4));
  const ringsMs = 50 + (index % 7) * 40;
  switch (index % 10) {
    case 0:
    case 1:
      return { ringsMs, answers: false, status: 'busy' };
    case 2:
      return { ringsMs, answers: false, status: 'no-answer' };
    case 3:
      return { ringsMs, answers: false, status: 'failed' };
    default:
      return { ringsMs, answers: true, hangsUpAfterMs: 100 + (index % 5) * 100 };
  }
}

let folder: string;
let port: number;
let twilio: TwilioApi;
let accountSid: string;
const servers: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-campaign-'));
  await mkdir(join(folder, 'dialogues'));
  const files = {
    'desk.app.yaml': 'public: true\nengine: gather\nnumbers: ["+14155550999"]\n',
    'desk.dialogue.yaml': 'outbound: {hangup: "Hello, {{ session.attributes.name }}."}\n',
    'accounts.yaml': 'default: {sid: "${TWILIO_ACCOUNT_SID}", token: "${TWILIO_AUTH_TOKEN}", cps: 40}\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'dialogues', name), text);
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  ({ port } = holder.address() as AddressInfo);
  holder.close();
  accountSid = makeAccountSid();
  twilio = await TwilioApi.start({
    accountSid,
    authToken: 'the-auth-token',
    numbers: [{ phone_number: '+14155550999' }],
    clock: systemClock,
    publicUrl: PUBLIC_URL,
    serverUrl: origin(),
    callee: ({ to }) => calleeOf(to),
  });
});

afterEach(async () => {
  for (const child of servers.splice(0)) await kill(child);
  await twilio.close();
  await rm(folder, { recursive: true, force: true });
});

const origin = (): string => `http://127.0.0.1:${port}`;

const environment = (): Record<string, string> => ({
  PORT: String(port),
  PUBLIC_URL,
  OFFHOOK_DIALOGUES: join(folder, 'dialogues'),
  DATABASE_URL: `sqlite:${join(folder, 'data', 'offhook.db')}`,
  OFFHOOK_API_TOKEN: TOKEN,
  TWILIO_ACCOUNT_SID: accountSid,
  TWILIO_AUTH_TOKEN: 'the-auth-token',
  TWILIO_API_URL: twilio.url,
});

/** `offhook serve`, as a process of its own, when it is ready. */
async function serve(): Promise<ChildProcess> {
  let errors = '';
  const child = spawn(process.execPath, ['--import', 'tsx', OFFHOOK, 'serve'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], ...environment() },
  });
  child.stderr.on('data', (text: Buffer) => (errors = (errors + text.toString()).slice(-10_000)));
  servers.push(child);
  const isReady = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`The server has ended: ${errors}`);
    return fetch(`${origin()}/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
  };
  await until(isReady, 'the server is ready', 90_000);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

interface Command {
  ended: Promise<number>;
  out: string;
  err: string;
}

/** A command of the program, in this process: it only writes to the database, and reads it. */
function offhook(...args: string[]): Command {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const ending = (): Promise<void> => new Promise(() => undefined);
  const ended = run(args, { env: environment(), stdin: Readable.from([]), stdout, stderr, ending });
  const command: Command = { ended, out: '', err: '' };
  stdout.on('data', (text: Buffer) => (command.out += text.toString()));
  stderr.on('data', (text: Buffer) => (command.err += text.toString()));
  return command;
}

async function until(holds: () => boolean | Promise<boolean>, what: string, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not come to that: ${what}`);
    await pause(5);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

interface Summary {
  id: string;
  accepted: number;
  rejected: number;
  counts: Record<string, number>;
}

describe('a campaign of 200 people, over a server that is killed again and again', () => {
  it(
    'calls each of them exactly once, and its counts are those of the network',
    { timeout: 300_000 },
    async () => {
      const random = chance(20261128);
      twilio.trouble = (operation): Mishap | null => {
        const lot = random();
        if (operation !== 'CreateCall') return lot < 0.05 ? { kind: 'drops' } : null;
        if (lot < 0.05) return { kind: 'drops', when: 'before' };
        if (lot < 0.1) return { kind: 'drops', when: 'after' };
        if (lot < 0.15) return tooMany();
        if (lot < 0.2) return { kind: 'is-slow', ms: 400, when: 'after' };
        return null;
      };
      twilio.reports = () => (random() < 0.2 ? { times: 2, lateMs: Math.round(random() * 400) } : {});
      const people = Array.from({ length: PEOPLE }, (_, index) => `${numberOf(index)},Person ${index}`);
      const rows = ['to,name', ...people.slice(0, 100), '4155550000,Nobody', ...people.slice(100), people[7]];
      const file = join(folder, 'people.csv');
      await writeFile(file, `${rows.join('\n')}\n`);

      // Nobody serves yet: the calls wait for somebody who does.
      const campaign = offhook('call', '--file', file, '-k', 'desk');
      const over = { code: null as number | null };
      void campaign.ended.then((code) => (over.code = code));
      let server = await serve();
      for (const count of KILLED_AT) {
        const goesOn = (): boolean => {
          if (over.code !== null) throw new Error(`The campaign has ended: ${campaign.err}`);
          return twilio.calls.length >= count;
        };
        await until(goesOn, `${count} people are called`, 60_000);
        await pause(random() * 150);
        await kill(server);
        server = await serve();
      }
      // Two rows of the file are wrong.
      expect([await campaign.ended, campaign.err]).toEqual([
        1,
        expect.stringContaining('2 rows are left out'),
      ]);

      // By the network's own records: everybody once, and nobody else.
      const everybody = new Map(Array.from({ length: PEOPLE }, (_, index) => [numberOf(index), 1]));
      expect(twilio.dialled).toEqual(everybody);
      expect(twilio.violations).toEqual([]);
      // A dialogue may be over before the network has put the receiver down.
      await Promise.all(twilio.calls.map(({ over: isOver }) => isOver));
      const ends: Record<string, number> = {};
      for (const { status } of twilio.calls) ends[status] = (ends[status] ?? 0) + 1;
      const summary = JSON.parse(campaign.out) as Summary;
      expect(summary).toMatchObject({ accepted: PEOPLE, rejected: 2, counts: ends });
      const headers = { authorization: `Bearer ${TOKEN}` };
      const batch = await fetch(`${origin()}/initiations/batch/${summary.id}`, { headers });
      const { counts, rejected } = (await batch.json()) as {
        counts: Record<string, number>;
        rejected: object[];
      };
      expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(PEOPLE);
      expect(counts).toMatchObject(ends);
      expect(rejected).toEqual([
        {
          index: 100,
          code: 'bad-number',
          detail: expect.stringContaining('"4155550000" is not a phone number'),
        },
        { index: 201, code: 'duplicate', detail: `${numberOf(7)} is in this batch already.` },
      ]);

      const again = offhook('call', '--file', file, '-k', 'desk');
      expect(await again.ended).toBe(1);
      expect(JSON.parse(again.out)).toEqual(summary);
      expect(twilio.calls).toHaveLength(PEOPLE);
    },
  );
});
