import { mkdir, mkdtemp, readFile, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { OffhookError } from '../../runtime/errors.ts';
import { silentLog } from '../../runtime/log.ts';
import { PromptFiles } from '../../runtime/speech/prompt-files.ts';
import { openPrompts, type Prompt, type Prompts } from '../../runtime/speech/prompts.ts';
import type { Renderer } from '../../runtime/speech/speech.ts';
import type { Usage } from '../../runtime/speech/usage.ts';
import { FakeClock } from '../support/fake-clock.ts';

interface Order {
  text: string;
  locale: string;
  signal: AbortSignal;
  give(audio: Uint8Array): void;
  fail(error: unknown): void;
}

/** A voice that says a text when it is told to. */
class SlowVoice implements Renderer {
  readonly id: string;
  readonly orders: Order[] = [];

  constructor(id = 'slow') {
    this.id = id;
  }

  render(text: string, locale: string, signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((give, fail) => {
      this.orders.push({ text, locale, signal, give, fail });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A voice that says every text at once, in as many bytes as it is told. */
class QuickVoice implements Renderer {
  readonly id: string;
  readonly said: string[] = [];
  readonly #bytes: number;
  atOnce = 0;
  mostAtOnce = 0;

  constructor(bytes = 160, id = 'quick') {
    this.id = id;
    this.#bytes = bytes;
  }

  async render(text: string): Promise<Uint8Array> {
    this.said.push(text);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.atOnce--;
    if (text.startsWith('bad')) throw new OffhookError('voice-inexact', `"${text}" came out wrong.`);
    return audioOf(text, this.#bytes);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function audioOf(text: string, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => text.charCodeAt(i % text.length) & 0xff);
}

function audioIn(prompt: Prompt): Buffer {
  return Buffer.concat(prompt.payloads.map((payload) => Buffer.from(payload, 'base64')));
}

const never = new AbortController().signal;

let folder: string;
let opened: Prompts[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-prompts-'));
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((prompts) => prompts.close()));
  await rm(folder, { recursive: true, force: true });
});

function open(more: Partial<Parameters<typeof openPrompts>[0]> = {}): Prompts {
  const prompts = openPrompts({
    folder: null,
    memoryBytes: 1e6,
    log: silentLog,
    clock: systemClock,
    ...more,
  });
  opened.push(prompts);
  return prompts;
}

function noting(): { log: typeof silentLog; lines: { msg: string; error?: string }[] } {
  const lines: { msg: string; error?: string }[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

async function onlyFile(): Promise<string> {
  const names = await readdir(folder);
  expect(names).toHaveLength(1);
  return join(folder, names[0]!);
}

describe('a prompt', () => {
  it('is cut into payloads of a second, the last one shorter, and nothing of it is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30_000 }), async (bytes) => {
        const prompt = await open().get(new QuickVoice(bytes), 'hello', 'en-US', never);
        expect(audioIn(prompt).equals(audioOf('hello', bytes))).toBe(true);
        expect(prompt.bytes).toBe(bytes);
        expect(prompt.ms).toBe(bytes / 8);
        const lengths = prompt.payloads.map((payload) => Buffer.from(payload, 'base64').length);
        expect(lengths.slice(0, -1).every((length) => length === 8_000)).toBe(true);
        expect(lengths.at(-1)).toBe(bytes % 8_000 || 8_000);
      }),
      { numRuns: 30 },
    );
  });

  it('is ready at once after it was got, and not before', async () => {
    const prompts = open();
    const voice = new QuickVoice();
    expect(prompts.ready(voice, 'hello', 'en-US')).toBeNull();
    const prompt = await prompts.get(voice, 'hello', 'en-US', never);
    expect(prompts.ready(voice, 'hello', 'en-US')).toBe(prompt);
    expect(await prompts.get(voice, 'hello', 'en-US', never)).toBe(prompt);
    expect(voice.said).toEqual(['hello']);
  });

  it('is another one in another voice, another language, other words', async () => {
    const prompts = open();
    const [anna, ben] = [new QuickVoice(160, 'anna'), new QuickVoice(160, 'ben')];
    await prompts.get(anna, 'hello', 'en-US', never);
    expect(prompts.ready(ben, 'hello', 'en-US')).toBeNull();
    expect(prompts.ready(anna, 'hello', 'en-GB')).toBeNull();
    expect(prompts.ready(anna, 'Hello', 'en-US')).toBeNull();
  });

  it('that is asked for twice at once is rendered once', async () => {
    const prompts = open({ folder });
    const voice = new SlowVoice();
    const both = [prompts.get(voice, 'hello', 'en-US', never), prompts.get(voice, 'hello', 'en-US', never)];
    await expect.poll(() => voice.orders.length).toBe(1);
    voice.orders[0]!.give(Uint8Array.of(1, 2, 3));
    const [first, second] = await Promise.all(both);
    expect(first).toBe(second);
    expect(voice.orders).toHaveLength(1);
  });

  it('is still rendered for one who waits when another leaves, and given up when all have left', async () => {
    const prompts = open();
    const voice = new SlowVoice();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = prompts.get(voice, 'hello', 'en-US', one.signal);
    const second = prompts.get(voice, 'hello', 'en-US', two.signal);
    await expect.poll(() => voice.orders.length).toBe(1);
    one.abort(new Error('hung up'));
    await expect(first).rejects.toMatchObject({
      code: 'voice-failed',
      message: 'The rendering of a text was given up.',
      cause: new Error('hung up'),
    });
    expect(voice.orders[0]!.signal.aborted).toBe(false);
    two.abort();
    await expect(second).rejects.toMatchObject({ code: 'voice-failed' });
    expect(voice.orders[0]!.signal.aborted).toBe(true);
    // Who comes after that does not get what was given up.
    const third = prompts.get(voice, 'hello', 'en-US', never);
    await expect.poll(() => voice.orders.length).toBe(2);
    voice.orders[1]!.give(Uint8Array.of(7));
    expect((await third).bytes).toBe(1);
  });

  it('is not waited for by one who has already left', async () => {
    const voice = new SlowVoice();
    await expect(open().get(voice, 'hello', 'en-US', AbortSignal.abort())).rejects.toMatchObject({
      code: 'voice-failed',
    });
  });

  it('fails as its voice fails, and is tried again the next time', async () => {
    const prompts = open();
    const voice = new SlowVoice();
    const first = prompts.get(voice, 'hello', 'en-US', never);
    await expect.poll(() => voice.orders.length).toBe(1);
    voice.orders[0]!.fail(new OffhookError('voice-inexact', 'It said something else.'));
    await expect(first).rejects.toMatchObject({ code: 'voice-inexact', message: 'It said something else.' });
    const second = prompts.get(voice, 'hello', 'en-US', never);
    await expect.poll(() => voice.orders.length).toBe(2);
    voice.orders[1]!.give(Uint8Array.of(1));
    expect((await second).payloads).toEqual(['AQ==']);
  });

  it('of no sound at all is a failure and is not kept', async () => {
    const prompts = open({ folder });
    const voice = new SlowVoice();
    const got = prompts.get(voice, 'hello', 'en-US', never);
    await expect.poll(() => voice.orders.length).toBe(1);
    voice.orders[0]!.give(new Uint8Array());
    await expect(got).rejects.toMatchObject({
      code: 'voice-failed',
      message: 'The voice slow gave no sound for a text.',
    });
    expect(prompts.ready(voice, 'hello', 'en-US')).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  it('fails after 15 seconds when its voice never answers, not even to the signal', async () => {
    const clock = new FakeClock();
    const prompts = open({ clock });
    const voice = new SlowVoice();
    const got = prompts.get(voice, 'hello', 'en-US', never);
    got.catch(() => {});
    await clock.advanceAsync(14_999);
    expect(voice.orders[0]!.signal.aborted).toBe(false);
    await clock.advanceAsync(1);
    await expect(got).rejects.toMatchObject({
      code: 'voice-timeout',
      message: 'The voice slow did not say a text within 15000 ms.',
    });
    expect(voice.orders[0]!.signal.aborted).toBe(true);
    expect(clock.waiting).toBe(0);
  });
});

describe('what a rendering took', () => {
  const usage = (characters: number): Usage => ({ vendor: 'v', model: 'm', amounts: { characters } });

  /** A voice that counts what it says, and says it when it is told to. */
  class CountingVoice extends SlowVoice {
    override render(
      text: string,
      locale: string,
      signal: AbortSignal,
      used?: (usage: Usage) => void,
    ): Promise<Uint8Array> {
      used?.(usage(text.length));
      return super.render(text, locale, signal);
    }
  }

  it('is told to whom began it, and to nobody who only joins or finds it in memory', async () => {
    const voice = new CountingVoice();
    const prompts = open();
    const told: [string, Usage][] = [];
    const get = (who: string): Promise<Prompt> =>
      prompts.get(voice, 'Hello.', 'en', never, (one) => told.push([who, one]));
    const both = [get('first'), get('second')];
    await vi.waitFor(() => expect(voice.orders).toHaveLength(1));
    voice.orders[0]!.give(audioOf('Hello.', 160));
    await Promise.all(both);
    await get('third');
    expect(told).toEqual([['first', usage(6)]]);
  });

  it('is told where it is kept nowhere, each time, and where the rendering fails', async () => {
    const voice = new CountingVoice();
    const prompts = open();
    const told: Usage[] = [];
    const failing = prompts.once(voice, 'A secret.', 'en', never, (one) => told.push(one));
    voice.orders[0]!.fail(new OffhookError('voice-failed', 'It was not to be.'));
    await expect(failing).rejects.toMatchObject({ code: 'voice-failed' });
    const again = prompts.once(voice, 'A secret.', 'en', never, (one) => told.push(one));
    voice.orders[1]!.give(audioOf('A secret.', 160));
    await again;
    expect(told).toEqual([usage(9), usage(9)]);
  });

  it('is told to nobody where the disk had it', async () => {
    const first = open({ folder });
    const voice = new CountingVoice();
    const getting = first.get(voice, 'Hello.', 'en', never);
    await vi.waitFor(() => expect(voice.orders).toHaveLength(1));
    voice.orders[0]!.give(audioOf('Hello.', 160));
    await getting;
    await first.close();
    const told: Usage[] = [];
    await open({ folder }).get(voice, 'Hello.', 'en', never, (one) => told.push(one));
    expect(told).toEqual([]);
    expect(voice.orders).toHaveLength(1);
  });
});

describe('memory', () => {
  it('lets go of what was used the longest time ago, and of nothing else', async () => {
    // Room for three: 10,000 bytes are some 13,800 in memory.
    const prompts = open({ memoryBytes: 42_000 });
    const voice = new QuickVoice(10_000);
    for (const text of ['a', 'b', 'c']) await prompts.get(voice, text, 'en-US', never);
    expect(prompts.ready(voice, 'a', 'en-US')).not.toBeNull();
    await prompts.get(voice, 'd', 'en-US', never);
    const left = ['a', 'b', 'c', 'd'].filter((text) => prompts.ready(voice, text, 'en-US'));
    expect(left).toEqual(['a', 'c', 'd']);
  });

  it('gives even a prompt that it has no room for', async () => {
    const prompts = open({ memoryBytes: 1_000 });
    const voice = new QuickVoice(10_000);
    expect((await prompts.get(voice, 'a', 'en-US', never)).bytes).toBe(10_000);
    expect(prompts.ready(voice, 'a', 'en-US')).toBeNull();
  });
});

describe('disk', () => {
  it('gives the next process what this one rendered', async () => {
    const first = open({ folder: join(folder, 'data', 'prompts') });
    await first.get(new QuickVoice(20_000), 'hello', 'en-US', never);
    await first.close();
    const voice = new QuickVoice();
    const prompt = await open({ folder: join(folder, 'data', 'prompts') }).get(
      voice,
      'hello',
      'en-US',
      never,
    );
    expect(audioIn(prompt).equals(audioOf('hello', 20_000))).toBe(true);
    expect(voice.said).toEqual([]);
  });

  it('keeps names from which the text cannot be read', async () => {
    const prompts = open({ folder });
    await prompts.get(new QuickVoice(), 'the code is 1234', 'en-US', never);
    await prompts.close();
    expect(await onlyFile()).toMatch(/[/\\][0-9a-f]{64}\.ulaw$/);
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['cut short', (path) => truncate(path, 5_000)],
    ['empty', (path) => truncate(path, 0)],
    ['only a header', (path) => truncate(path, 36)],
    ['something else', (path) => writeFile(path, 'not audio at all, but long enough to hold a header')],
    [
      'changed in one place',
      async (path) => {
        const bytes = await readFile(path);
        bytes[10_000]! ^= 1;
        await writeFile(path, bytes);
      },
    ],
  ])('does not play a file that is %s: it is rendered anew and mended', async (_, spoil) => {
    const first = open({ folder });
    await first.get(new QuickVoice(20_000), 'hello', 'en-US', never);
    await first.close();
    const path = await onlyFile();
    const whole = await readFile(path);
    await spoil(path);

    const { log, lines } = noting();
    const second = open({ folder, log });
    const voice = new QuickVoice(20_000);
    expect((await second.get(voice, 'hello', 'en-US', never)).bytes).toBe(20_000);
    expect(voice.said).toEqual(['hello']);
    expect(lines.map((line) => line.msg)).toEqual(['a prompt file is not whole and is rendered anew']);
    await second.close();
    expect((await readFile(path)).equals(whole)).toBe(true);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('that cannot be written to is logged, and the caller hears the prompt all the same', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const { log, lines } = noting();
    const prompts = open({ folder: file, log });
    expect((await prompts.get(new QuickVoice(), 'hello', 'en-US', never)).bytes).toBe(160);
    await prompts.close();
    expect(lines.map((line) => line.msg)).toEqual([
      'a prompt file could not be read',
      'a prompt could not be kept on disk',
    ]);
  });

  it('on which the name is taken by something else is logged, and nothing half is left there', async () => {
    const { log, lines } = noting();
    await mkdir(join(folder, 'kept.ulaw'));
    const files = new PromptFiles(folder, 10_000, log);
    files.write('kept', new Uint8Array(10));
    await files.settled();
    expect(lines.map((line) => line.msg)).toEqual(['a prompt could not be kept on disk']);
    expect(await readdir(folder)).toEqual(['kept.ulaw']);
  });

  it('never holds more than it may: the files unused for longest go, and what dead processes left', async () => {
    const files = new PromptFiles(folder, 10_000, silentLog);
    const age = async (name: string, hours: number): Promise<void> => {
      const then = new Date(Date.now() - hours * 3_600_000);
      await utimes(join(folder, name), then, then);
    };
    await writeFile(join(folder, 'left.part'), 'half');
    await writeFile(join(folder, 'written-now.part'), 'half');
    await writeFile(join(folder, 'notes.txt'), 'not ours');
    await age('left.part', 2);
    for (const [index, key] of ['a', 'b', 'c', 'd'].entries()) {
      files.write(key, new Uint8Array(2_900));
      await files.settled();
      await age(`${key}.ulaw`, 10 - index);
    }
    expect((await readdir(folder)).toSorted()).toEqual(['c.ulaw', 'd.ulaw', 'notes.txt', 'written-now.part']);
    expect(await files.read('a')).toBeNull();
    expect(await files.read('d')).toHaveLength(2_900);
  });
});

describe('warming', () => {
  const lines = (...texts: string[]): { text: string; locale: string }[] =>
    texts.map((text) => ({ text, locale: 'en-US' }));

  it('makes every line ready, so many at a time, and a line that stands twice only once', async () => {
    const prompts = open();
    const voice = new QuickVoice();
    const counted = await prompts.warm(voice, lines('a', 'b', 'c', 'a', 'd', 'e'), 2);
    expect(counted).toEqual({ rendered: 5, failed: 0 });
    expect(voice.said.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(voice.mostAtOnce).toBe(2);
    for (const { text } of lines('a', 'b', 'c', 'd', 'e'))
      expect(prompts.ready(voice, text, 'en-US')).not.toBeNull();
  });

  it('goes on after a line that fails, which is logged and counted', async () => {
    const { log, lines: logged } = noting();
    const prompts = open({ log });
    expect(await prompts.warm(new QuickVoice(), lines('a', 'bad b', 'c'), 1)).toEqual({
      rendered: 2,
      failed: 1,
    });
    expect(logged).toMatchObject([
      { msg: 'a line was not rendered', error: '"bad b" came out wrong.', text: 'bad b' },
    ]);
  });

  it('counts only what the voice had to say: not what is in memory, not what is on disk', async () => {
    const first = open({ folder });
    await first.warm(new QuickVoice(), lines('a', 'b'), 2);
    expect(await first.warm(new QuickVoice(), lines('a', 'b', 'c'), 2)).toEqual({ rendered: 1, failed: 0 });
    await first.close();
    const voice = new QuickVoice();
    const second = open({ folder });
    expect(await second.warm(voice, lines('a', 'b', 'c', 'd'), 2)).toEqual({ rendered: 1, failed: 0 });
    expect(voice.said).toEqual(['d']);
    expect(second.ready(voice, 'a', 'en-US')).not.toBeNull();
  });

  it('stops when the cache is closed, and nothing is rendered after that', async () => {
    const prompts = open({ folder });
    const voice = new SlowVoice();
    const warming = prompts.warm(voice, lines('a', 'b', 'c'), 1);
    await expect.poll(() => voice.orders.length).toBe(1);
    await prompts.close();
    expect(voice.orders[0]!.signal.aborted).toBe(true);
    expect(await warming).toEqual({ rendered: 0, failed: 0 });
    await expect(prompts.get(voice, 'd', 'en-US', never)).rejects.toMatchObject({
      code: 'voice-failed',
      message: 'The prompt cache is closed.',
    });
    expect(voice.orders).toHaveLength(1);
  });
});

describe('a prompt that is kept nowhere', () => {
  it('is rendered each time it is asked for, and is neither in memory nor on disk', async () => {
    const prompts = open({ folder });
    const voice = new QuickVoice();
    const first = await prompts.once(voice, 'one two three', 'en-US', never);
    expect(audioIn(first)).toEqual(Buffer.from(audioOf('one two three', 160)));
    await prompts.once(voice, 'one two three', 'en-US', never);
    expect(voice.said).toHaveLength(2);
    expect(prompts.ready(voice, 'one two three', 'en-US')).toBeNull();
    await prompts.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is given up when it is not wanted any more, or the cache is closed', async () => {
    const prompts = open();
    const voice = new SlowVoice();
    const leaving = new AbortController();
    const [left, closed] = [
      prompts.once(voice, 'a', 'en-US', leaving.signal),
      prompts.once(voice, 'b', 'en-US', never),
    ];
    leaving.abort();
    await expect(left).rejects.toMatchObject({ message: 'The rendering of a text was given up.' });
    expect(voice.orders.map((order) => order.signal.aborted)).toEqual([true, false]);
    await prompts.close();
    await expect(closed).rejects.toMatchObject({ message: 'The prompt cache is closed.' });
    expect(voice.orders[1]!.signal.aborted).toBe(true);
    await expect(prompts.once(voice, 'c', 'en-US', never)).rejects.toMatchObject({ code: 'voice-failed' });
  });

  it('fails as its voice fails', async () => {
    await expect(open().once(new QuickVoice(), 'bad', 'en-US', never)).rejects.toMatchObject({
      code: 'voice-inexact',
    });
  });
});
