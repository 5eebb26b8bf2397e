import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../runtime/main.ts';

let folder: string;
// On a machine with other work the command takes its time to load.
beforeAll(async () => {
  await import('../../runtime/commands/call.ts');
}, 60_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-call-'));
  await mkdir(join(folder, 'dialogues'));
  const files = {
    'desk.app.yaml': 'public: true\nengine: gather\nnumbers: ["+14155550100"]\n',
    'desk.dialogue.yaml': 'outbound: {hangup: "Hello."}\n',
    'mute.app.yaml': 'public: true\nengine: gather\ndialogue: desk\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'dialogues', name), text);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Outcome {
  code: number;
  out: string;
  err: string;
}

const offhook = (...args: string[]): Promise<Outcome> =>
  withEnv({ TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token' }, ...args);

async function withEnv(more: Record<string, string>, ...args: string[]): Promise<Outcome> {
  const text = { out: '', err: '' };
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  stdout.on('data', (data: Buffer) => (text.out += data.toString()));
  stderr.on('data', (data: Buffer) => (text.err += data.toString().replaceAll(`${folder}/`, '')));
  const env = {
    OFFHOOK_DIALOGUES: join(folder, 'dialogues'),
    DATABASE_URL: `sqlite:${join(folder, 'offhook.db')}`,
    ...more,
  };
  // Nobody waits for the end of a batch here.
  const ending = (): Promise<void> => Promise.resolve();
  const code = await run(['call', ...args], { env, stdin: Readable.from([]), stdout, stderr, ending });
  return { code, ...text };
}

async function fileOf(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

describe('offhook call', () => {
  test('takes the people of a file as the app would call them, and leaves out who cannot be called', async () => {
    const file = await fileOf(
      'people.csv',
      'to,at\n+1 (415) 555-0123,\n4155550124,\n+14155550125,tomorrow\n',
    );
    const { code, out, err } = await offhook('--file', file, '-k', 'desk', '-l', 'en_GB');
    const { id, ...summary } = JSON.parse(out) as { id: string };
    expect(err).toBe(
      `people.csv:3:1 error "4155550124" is not a phone number in E.164 form with +, such as +14155550123. Did you mean "+14155550124"?
people.csv:4:14 error "tomorrow" is not a moment: write it with date, time and offset, such as 2026-03-04T19:00:00+01:00.
2 rows are left out: put them, corrected, into a file of their own.
1 call is taken, as ${id}.
0 of 1 done: 1 waiting
The calls go on: offhook call --batch ${id} follows them.
`,
    );
    expect([code, summary]).toEqual([1, { accepted: 1, rejected: 2, counts: { scheduled: 1 } }]);
    const canceled = await offhook('--batch', id, '--cancel');
    expect([canceled.code, canceled.err, JSON.parse(canceled.out)]).toEqual([
      0,
      '1 call was cancelled.\n',
      { id, accepted: 1, rejected: 2, counts: { canceled: 1 } },
    ]);
  });

  test.each([
    ['name\nAna\n', 'desk', 'people.csv:1:1 error No column is called "to", which holds the numbers.\n'],
    [
      'to,name\n+1,"Ana\n',
      'desk',
      'people.csv:2:4 error The quotation mark that opens this field is never closed.\n',
    ],
    ['to\n+14155550123\n', 'dsk', 'There is no app or dialogue "dsk".\n'],
    [
      'to\n+14155550123\n',
      'mute',
      'The app "mute" has no number to call from: give "from", or add it to its numbers.\n',
    ],
  ])('ends with 2 for the file %j of %j', async (text, key, message) => {
    const file = await fileOf('people.csv', text);
    expect(await offhook('--file', file, '-k', key)).toEqual({ code: 2, out: '', err: message });
  });

  test('ends with 2 for a caller id that is none, and for a language that is none', async () => {
    const file = await fileOf('people.csv', 'to\n+14155550123\n');
    expect(await offhook('--file', file, '-k', 'desk', '-f', '415')).toMatchObject({
      code: 2,
      err: expect.stringContaining('"415" is not a phone number'),
    });
    expect(await offhook('--file', file, '-k', 'desk', '-l', 'english please')).toMatchObject({
      code: 2,
      err: '"english please" is not a language tag, such as en-US.\n',
    });
  });

  test('says that a server has to run where a call out of hours is only written down', async () => {
    const day = new Intl.DateTimeFormat('en-US', { weekday: 'short' }).format(Date.now() + 3 * 86_400_000);
    const hours = `hours: {from: "09:00", to: "20:00", days: [${day.toLowerCase()}]}`;
    await writeFile(
      join(folder, 'dialogues', 'late.app.yaml'),
      `public: true\nengine: gather\ndialogue: desk\nnumbers: ["+14155550101"]\n${hours}\n`,
    );
    const { code, out, err } = await offhook('-o', '+14155550123', '-k', 'late');
    const { kind, at } = JSON.parse(out) as { kind: string; at: number };
    expect([code, kind, err]).toEqual([
      0,
      'kept',
      `The call is not placed yet: a server (offhook serve) on this database does that, from ${new Date(at).toISOString()} on.\n`,
    ]);
  });

  test('refuses an account that is not that of the app, whose calls are looked after with it', async () => {
    const [own, other] = [`AC${'1'.repeat(32)}`, `AC${'2'.repeat(32)}`];
    const env = { TWILIO_ACCOUNT_SID: own, TWILIO_AUTH_TOKEN: 'token' };
    const refused = (whose: string, key: string) => ({
      code: 1,
      out: '',
      err: `--account is not the account of the app "${key}", which is ${whose}: its calls are placed with that one.\n`,
    });
    const call = ['-o', '+14155550123', '-a', other, '-t', 'another'];
    expect(await withEnv(env, ...call, '-k', 'desk')).toEqual(refused('that of TWILIO_ACCOUNT_SID', 'desk'));
    await writeFile(
      join(folder, 'dialogues', 'accounts.yaml'),
      'second: {sid: "${SECOND_SID}", token: "${SECOND_TOKEN}"}\n',
    );
    await writeFile(
      join(folder, 'dialogues', 'far.app.yaml'),
      'public: true\nengine: gather\ndialogue: desk\naccount: second\nnumbers: ["+14155550102"]\n',
    );
    const both = { ...env, SECOND_SID: `AC${'3'.repeat(32)}`, SECOND_TOKEN: 'third' };
    expect(await withEnv(both, ...call, '-k', 'far')).toEqual(refused('"second" of accounts.yaml', 'far'));
    // Its own account, by whatever token; nothing is asked, for want of an address.
    expect(await withEnv(env, '-o', '+14155550123', '-a', own, '-t', 'another', '-k', 'desk')).toMatchObject({
      err: expect.stringMatching(/^PUBLIC_URL is not set/),
    });
  });

  test('ends with 2 where nobody is named, and with 1 for a batch that there is not', async () => {
    expect(await offhook('-k', 'desk')).toEqual({
      code: 2,
      out: '',
      err: 'Give one of --to, --file and --batch.\n',
    });
    expect(await offhook('--batch', 'b9')).toEqual({ code: 1, out: '', err: 'There is no batch "b9".\n' });
  });
});
