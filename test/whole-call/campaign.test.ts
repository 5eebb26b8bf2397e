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
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { TwilioApi, makeAccountSid, tooMany, type Callee, type Mishap } from '../support/twilio-api.ts';

const OFFHOOK = fileURLToPath(new URL('../../runtime/offhook.ts', import.meta.url));
const TOKEN = 'the-token-of-the-campaign';
const PEOPLE = 200;

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
const processes: ChildProcess[] = [];

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
    numbers: ['+14155550999'],
    clock: systemClock,
    publicUrl: null,
    serverUrl: origin(),
    callee: ({ to }) => calleeOf(to),
  });
});

afterEach(async () => {
  for (const child of processes.splice(0)) await kill(child);
  await twilio.close();
  await rm(folder, { recursive: true, force: true });
});

const origin = (): string => `http://127.0.0.1:${port}`;

interface Running {
  child: ChildProcess;
  out: () => string;
  err: () => string;
}

function offhook(...args: string[]): Running {
  let out = '';
  let err = '';
  const child = spawn(process.execPath, ['--import', 'tsx', OFFHOOK, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      PUBLIC_URL: origin(),
      OFFHOOK_DIALOGUES: join(folder, 'dialogues'),
      DATABASE_URL: `sqlite:${join(folder, 'data', 'offhook.db')}`,
      OFFHOOK_API_TOKEN: TOKEN,
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: 'the-auth-token',
      TWILIO_API_URL: twilio.url,
    },
  });
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  processes.push(child);
  return { child, out: () => out, err: () => err };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function exitOf({ child }: Running): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
