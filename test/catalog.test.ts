import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Catalog, type Compile, type Target } from '../runtime/catalog.ts';
import { compile } from '../runtime/dialogue/compile.ts';
import { silentLog } from '../runtime/log.ts';

let folder: string;
const write = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);
const open = (log = silentLog): Promise<Catalog> => Catalog.open(folder, {}, compile, log);
const goodbye = (last: string): string => `inbound: { hangup: "${last}" }\n`;

const partOf = (target: Target | null) => target?.program.parts[target.program.dialogue];

/** `spare` is held by no app, which every load warns of. */
const messages = ({ problems }: Catalog): string[] =>
  problems.filter(({ code }) => code !== 'not-held').map(({ message }) => message);

/** What a call to this key would say last. */
function words(catalog: Catalog, key: string): string | null {
  const step = partOf(catalog.find(key))?.blocks.inbound?.[0];
  return step?.verb === 'hangup' ? (step.variants[0]?.source ?? null) : null;
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'offhook-catalog-'));
  await write('bistro.app.yaml', 'public: true\nname: Verde\nnumbers: ["+14155550100"]\n');
  await write('bistro.dialogue.yaml', goodbye('One.'));
  await write('spare.dialogue.yaml', goodbye('Spare.'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a key', () => {
  it('is found bare and with a colon, and an app wins over the dialogue of its id', async () => {
    const catalog = await open();
    expect(catalog.find('bistro')?.app.name).toBe('Verde');
    expect(catalog.find(':bistro')).toBe(catalog.find('bistro'));
    expect(catalog.find('bistor')).toBeNull();
    expect(catalog.find('')).toBeNull();
    expect(catalog.find('::bistro')).toBeNull();
  });

  it('of a dialogue is a private app with all defaults', async () => {
    expect((await open()).find(':spare')?.app).toEqual({
      id: 'spare',
      name: 'spare',
      dialogue: 'spare',
      public: false,
      locale: 'en-US',
      numbers: [],
      engine: null,
      model: null,
      speech: null,
      voice: null,
      fallback: [],
      limits: { calls: null, durationMs: 1_800_000, cost: null },
      properties: {},
      zone: null,
      attach: true,
      busy: null,
      account: null,
      lookup: false,
      hours: null,
      transfers: {},
      hosts: null,
    });
  });

  it('of an app whose dialogue is broken from the start finds nothing', async () => {
    await write('bistro.dialogue.yaml', 'inbound: { sya: Hi }\n');
    const catalog = await open();
    expect(catalog.find('bistro')).toBeNull();
    expect(catalog.byNumber('+14155550100')).toBeNull();
    expect(catalog.list()[0]?.facts.id).toBe('bistro');
    expect(messages(catalog)).toEqual(['Unknown key `sya`; did you mean `say`?']);
  });
});

it('a number finds the app that answers it', async () => {
  const catalog = await open();
  expect(catalog.byNumber('+14155550100')?.app.id).toBe('bistro');
  expect(catalog.byNumber('+14155550199')).toBeNull();
});

it('a folder that is not there cannot be opened', async () => {
  await expect(Catalog.open(path.join(folder, 'no'), {}, compile, silentLog)).rejects.toMatchObject({
    code: 'no-dialogues',
  });
});

describe('a reload', () => {
  it('gives new calls the new version, and a call that runs keeps what it began with', async () => {
    const catalog = await open();
    const running = catalog.find('bistro');
    await write('bistro.dialogue.yaml', goodbye('Two.'));
    await catalog.reload();
    expect(words(catalog, 'bistro')).toBe('Two.');
    expect(partOf(running)?.blocks.inbound?.[0]).toMatchObject({ variants: [{ source: 'One.' }] });
    expect(catalog.find('bistro')?.program.version).not.toBe(running?.program.version);
  });

  it('keeps the very program of what did not change', async () => {
    const catalog = await open();
    const [bistro, spare] = [catalog.find('bistro'), catalog.find('spare')];
    await write('spare.dialogue.yaml', goodbye('New.'));
    await catalog.reload();
    expect(catalog.find('bistro')).toBe(bistro);
    expect(catalog.find('spare')).not.toBe(spare);
  });

  it('changes the version with the app’s file as well', async () => {
    const catalog = await open();
    const before = catalog.find('bistro')?.program.version;
    await write('bistro.app.yaml', 'public: true\nname: Rosso\n');
    await catalog.reload();
    expect(catalog.find('bistro')?.app.name).toBe('Rosso');
    expect(catalog.find('bistro')?.program.version).not.toBe(before);
    expect(catalog.byNumber('+14155550100')).toBeNull();
  });

  it('keeps the last good version of a broken dialogue, and says so in the log and the list', async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => lines.push(line) });
    const catalog = await open(log);
    await write('bistro.dialogue.yaml', 'inbound:\n  sya: Two.\n');
    await write('spare.dialogue.yaml', goodbye('New.'));
    await catalog.reload();
    expect(words(catalog, 'bistro')).toBe('One.');
    expect(words(catalog, 'spare')).toBe('New.');
    const file = path.join(folder, 'bistro.dialogue.yaml');
    expect(catalog.list()).toMatchObject([
      {
        facts: { id: 'bistro' },
        problems: [
          { message: 'Unknown key `sya`; did you mean `say`?', place: { file, line: 2, column: 3 } },
        ],
      },
    ]);
    expect(
      lines
        .map((line) => (JSON.parse(line) as { msg: string }).msg)
        .filter((msg) => !msg.includes('No app holds')),
    ).toEqual([`${file}:2:3 error Unknown key \`sya\`; did you mean \`say\`?`]);

    await write('bistro.dialogue.yaml', goodbye('Three.'));
    await catalog.reload();
    expect(words(catalog, 'bistro')).toBe('Three.');
    expect(catalog.list()[0]?.problems).toEqual([]);
  });

  it('keeps the last good version of a broken app, its numbers included', async () => {
    const catalog = await open();
    await write('bistro.app.yaml', 'numbers: [+14155550199]\n');
    await catalog.reload();
    expect(catalog.byNumber('+14155550100')?.app.name).toBe('Verde');
    await write('bistro.dialogue.yaml', goodbye('Two.'));
    await catalog.reload();
    expect(words(catalog, 'bistro')).toBe('Two.');
  });

  it('keeps a version twice broken', async () => {
    const catalog = await open();
    for (const text of ['inbound: [', '', 'inbound: { goto: nowhere }\n']) {
      await write('bistro.dialogue.yaml', text);
      await catalog.reload();
      expect(words(catalog, 'bistro')).toBe('One.');
    }
  });

  it('forgets what was removed', async () => {
    const catalog = await open();
    await rm(path.join(folder, 'spare.dialogue.yaml'));
    await rm(path.join(folder, 'bistro.app.yaml'));
    await catalog.reload();
    expect(catalog.find('spare')).toBeNull();
    expect(catalog.find('bistro')?.app.public).toBe(false);
    expect(catalog.list()).toEqual([]);
  });

  it('keeps everything when the folder is gone for a moment', async () => {
    const catalog = await open();
    await rename(folder, `${folder}-away`);
    await catalog.reload();
    expect(words(catalog, 'bistro')).toBe('One.');
    await rename(`${folder}-away`, folder);
  });

  it('keeps the last program of a dialogue that cannot be compiled, and reports it', async () => {
    let refuse = false;
    const fragile: Compile = (document, app, dialogue, version) => {
      if (refuse && dialogue === 'bistro') throw new Error('no way');
      return compile(document, app, dialogue, version);
    };
    const catalog = await Catalog.open(folder, {}, fragile, silentLog);
    refuse = true;
    await write('bistro.dialogue.yaml', goodbye('Two.'));
    await write('spare.dialogue.yaml', goodbye('New.'));
    await catalog.reload();
    expect(words(catalog, 'bistro')).toBe('One.');
    expect(words(catalog, 'spare')).toBe('New.');
    expect(messages(catalog)).toEqual(['The dialogue cannot be run: no way']);
  });

  it('is told to everybody who listens, until they no longer do', async () => {
    const catalog = await open();
    const heard = vi.fn<() => void>();
    const stop = catalog.onChange(heard);
    await catalog.reload();
    stop();
    await catalog.reload();
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('runs after the one before it, so that the newest files win', async () => {
    const catalog = await open();
    const first = catalog.reload();
    await write('bistro.dialogue.yaml', goodbye('Two.'));
    await Promise.all([first, catalog.reload()]);
    expect(words(catalog, 'bistro')).toBe('Two.');
  });
});

describe('watching', () => {
  it('reloads by itself when a file is changed, added or removed, once for a burst', async () => {
    const catalog = await open();
    const stop = await catalog.watch();
    const changed = vi.fn<() => void>();
    catalog.onChange(changed);
    try {
      for (const text of ['inb', 'inbound: {', goodbye('Two.')]) await write('bistro.dialogue.yaml', text);
      await vi.waitFor(() => expect(words(catalog, 'bistro')).toBe('Two.'), { timeout: 5000 });
      expect(changed).toHaveBeenCalledTimes(1);

      await write('new.dialogue.yaml', goodbye('New.'));
      await vi.waitFor(() => expect(words(catalog, 'new')).toBe('New.'), { timeout: 5000 });

      await rm(path.join(folder, 'new.dialogue.yaml'));
      await vi.waitFor(() => expect(catalog.find('new')).toBeNull(), { timeout: 5000 });
    } finally {
      await stop();
    }
  });
});

it('a hundred dialogues are reloaded in well under half a second', async () => {
  for (let index = 0; index < 100; index++) {
    const steps = Array.from(
      { length: 20 },
      (_, at) => `  - say: "{{ session.from }} and line ${at}"\n`,
    ).join('');
    await write(`many-${index}.dialogue.yaml`, `inbound:\n${steps}  - hangup: true\n`);
  }
  const catalog = await open();
  await catalog.reload();
  const startedAt = performance.now();
  await catalog.reload();
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(catalog.targets()).toHaveLength(102);
});
