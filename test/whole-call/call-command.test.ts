/** `offhook call` as a process of its own, which nothing but its own work keeps alive. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import { TwilioApi, makeAccountSid } from '../support/twilio-api.ts';

const OFFHOOK = fileURLToPath(new URL('../../runtime/offhook.ts', import.meta.url));
const PUBLIC_URL = 'https://command.example';

let folder: string;
let twilio: TwilioApi;
let accountSid: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-command-'));
  path = join(folder, 'offhook.db');
  await mkdir(join(folder, 'dialogues'));
  const files = {
    'desk.app.yaml': 'public: true\nengine: gather\nnumbers: ["+14155550999"]\nlimits: {calls: 1}\n',
    'desk.dialogue.yaml': 'outbound: {hangup: "Hello."}\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'dialogues', name), text);
  accountSid = makeAccountSid();
  twilio = await TwilioApi.start({
    accountSid,
    authToken: 'the-auth-token',
    numbers: [{ phone_number: '+14155550999' }],
    clock: systemClock,
    publicUrl: PUBLIC_URL,
    // Nobody serves: the command alone places the call.
    serverUrl: 'http://127.0.0.1:9',
    callee: () => ({ ringsMs: 60_000, answers: false, status: 'no-answer' }),
  });
});

afterEach(async () => {
  await twilio.close();
  await rm(folder, { recursive: true, force: true });
});

async function offhookCall(): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', OFFHOOK, 'call', '--to', '+14155550123', '--key', 'desk'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        PUBLIC_URL,
        OFFHOOK_DIALOGUES: join(folder, 'dialogues'),
        DATABASE_URL: `sqlite:${path}`,
        TWILIO_ACCOUNT_SID: accountSid,
        TWILIO_AUTH_TOKEN: 'the-auth-token',
        TWILIO_API_URL: twilio.url,
      },
    },
  );
  const told = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => (told.out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (told.err += text.toString()));
  await once(child, 'close');
  return { code: child.exitCode, ...told };
}

it(
  'lives through a dropped connection, until it knows what became of the call',
  { timeout: 60_000 },
  async () => {
    let drops = 1;
    twilio.trouble = (operation) =>
      operation === 'CreateCall' && drops-- > 0 ? { kind: 'drops', when: 'after' } : null;
    const { code, out, err } = await offhookCall();
    expect([code, err]).toEqual([0, expect.stringContaining('it is not known whether a call was placed')]);
    const [call] = twilio.calls;
    expect(JSON.parse(out)).toMatchObject({ kind: 'placed', callSid: call!.sid });
    expect(twilio.dialled).toEqual(new Map([['+14155550123', 1]]));
  },
);

it('lives until it is the turn of its account, and leaves no line behind', { timeout: 60_000 }, async () => {
  const store = await openStore({ kind: 'sqlite', path }, silentLog);
  await store.initiations.pace('default', Date.now() + 3_000, 1000, 60_000);
  twilio.trouble = (operation) =>
    operation === 'CreateCall' ? { kind: 'refuses', status: 400, code: 21210, message: 'No.' } : null;
  const { code, err } = await offhookCall();
  expect([code, err]).toEqual([1, expect.stringContaining('No.')]);
  expect(await store.lines.count({ app: 'desk' }, Date.now())).toBe(0);
  await store.close();
});
