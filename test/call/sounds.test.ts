import { mkdtemp, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sounds } from '../../runtime/call/sounds.ts';
import { writeWav } from '../../runtime/wav.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-sounds-'));
  path = join(folder, 'jingle.wav');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const mulaw = (ms: number, byte = 0x7f): Uint8Array => new Uint8Array(ms * 8).fill(byte);

describe('an audio file', () => {
  it('is decoded once for all who play it at the same time or later', async () => {
    await writeFile(path, writeWav(mulaw(1_500, 0x30)));
    const sounds = new Sounds();
    const [one, other] = await Promise.all([sounds.get(path), sounds.get(path)]);
    expect(other).toBe(one);
    expect(await sounds.get(path)).toBe(one);
    expect(one).toMatchObject({ ms: 1_500, bytes: 12_000 });
    expect(Buffer.concat(one.payloads.map((payload) => Buffer.from(payload, 'base64')))).toEqual(
      Buffer.from(mulaw(1_500, 0x30)),
    );
  });

  it('is read anew when it has changed', async () => {
    await writeFile(path, writeWav(mulaw(100)));
    const sounds = new Sounds();
    expect((await sounds.get(path)).ms).toBe(100);
    await writeFile(path, writeWav(mulaw(200)));
    await utimes(path, new Date(), new Date(Date.now() + 5_000));
    expect((await sounds.get(path)).ms).toBe(200);
  });

  it('that is gone, or is no WAV file, is refused with its name, and found again when it is there', async () => {
    const sounds = new Sounds();
    await expect(sounds.get(path)).rejects.toMatchObject({
      code: 'bad-sound',
      message: expect.stringMatching(/^The audio file .*jingle\.wav cannot be played: ENOENT/),
    });
    await writeFile(path, 'ID3 and a lot of music');
    await expect(sounds.get(path)).rejects.toMatchObject({
      message: `The audio file ${path} cannot be played: The WAV file cannot be used: it is not a WAV file.`,
    });
    await writeFile(path, writeWav(mulaw(100)));
    expect((await sounds.get(path)).ms).toBe(100);
    await unlink(path);
    await expect(sounds.get(path)).rejects.toMatchObject({ code: 'bad-sound' });
  });

  it('that was not played for long is let go when many others were', async () => {
    const sounds = new Sounds();
    const paths = ['a', 'b', 'c'].map((name) => join(folder, `${name}.wav`));
    for (const one of paths) await writeFile(one, writeWav(mulaw(900_000)));
    const first = await sounds.get(paths[0]!);
    const second = await sounds.get(paths[1]!);
    expect(await sounds.get(paths[0]!)).toBe(first);
    await sounds.get(paths[2]!);
    expect(await sounds.get(paths[0]!)).toBe(first);
    expect(await sounds.get(paths[1]!)).not.toBe(second);
  });
});
