import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeMulaw } from '../../../runtime/audio.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { OffhookError } from '../../../runtime/errors.ts';
import { findEspeak } from '../../../runtime/speech/embedded/espeak.ts';
import { Thread } from '../../../runtime/speech/embedded/thread.ts';
import { EmbeddedVoice, VOICES, type VoiceParts } from '../../../runtime/speech/embedded/voice.ts';

const espeak = await findEspeak();
const never = new AbortController().signal;
const GREETING = 'Good evening, this is Bistro Verde. How can I help you?';

let thread: Thread;
let lines: { msg: string; level: number }[];

const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });

beforeAll(() => {
  const script = new URL('../../../runtime/speech/embedded/voice-worker.js', import.meta.url);
  thread = new Thread({ script, name: 'voice', queue: 64, clock: systemClock, log });
});

beforeEach(() => {
  lines = [];
});

afterAll(() => thread.close());

function open(more: Partial<VoiceParts> = {}): EmbeddedVoice {
  return new EmbeddedVoice({ name: 'slt', thread, espeak: null, warned: new Set(), log, ...more });
}

/** A thread on which a program fails as it is told, and otherwise speaks. */
function failing(program: string, error: unknown): { thread: Thread; jobs: unknown[] } {
  const jobs: unknown[] = [];
  const stand = new Thread({
    script: new URL('file:///nowhere'),
    name: 'voice',
    queue: 1,
    clock: systemClock,
    log,
  });
  stand.run = (work) => {
    jobs.push(work);
    const fails = (work as { program: string }).program === program;
    return fails ? Promise.reject(error) : Promise.resolve(Int16Array.from({ length: 800 }, (_, i) => i));
  };
  return { thread: stand, jobs };
}

/** Seconds, and where the sound begins and ends in it. */
function measure(audio: Uint8Array): { seconds: number; leadMs: number; tailMs: number; peak: number } {
  const samples = decodeMulaw(audio);
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const loud = (sample: number): boolean => Math.abs(sample) > peak / 50;
  return {
    seconds: samples.length / 8_000,
    leadMs: samples.findIndex(loud) / 8,
    tailMs: (samples.length - 1 - samples.findLastIndex(loud)) / 8,
    peak,
  };
}

describe('the embedded voice', () => {
  it.each(VOICES)('%s says a greeting that starts at once, ends soon and is loud enough', async (name) => {
    const { seconds, leadMs, tailMs, peak } = measure(await open({ name }).render(GREETING, 'en-US', never));
    expect(seconds).toBeGreaterThan(2.5);
    expect(seconds).toBeLessThan(5);
    expect(leadMs).toBeLessThanOrEqual(60);
    expect(tailMs).toBeGreaterThanOrEqual(90);
    expect(tailMs).toBeLessThanOrEqual(250);
    expect(peak).toBeGreaterThan(15_000);
    expect(peak).toBeLessThan(22_000);
  });

  it('says the same text the same way every time, and another voice says it another way', async () => {
    const [first, again, other] = await Promise.all([
      open().render('Hello there.', 'en-US', never),
      open().render('Hello there.', 'en-US', never),
      open({ name: 'rms' }).render('Hello there.', 'en-US', never),
    ]);
    expect(Buffer.compare(first, again)).toBe(0);
    expect(Buffer.compare(first, other)).not.toBe(0);
  });

  it('says every sentence of a long text, in order', async () => {
    const sentence = 'We are open from noon to ten, on every day but Monday.';
    const one = measure(await open().render(sentence, 'en-US', never)).seconds;
    const twelve = measure(await open().render(Array(12).fill(sentence).join(' '), 'en-US', never)).seconds;
    expect(twelve / one).toBeGreaterThan(11);
    expect(twelve / one).toBeLessThan(13.5);
  });

  it.each([
    ['the name of an option', '-voice kal'],
    ['quotes and shell signs', '$(touch /tmp/x) `ls` "a\' ; rm *'],
    ['markup', '<speak>hello</speak>'],
    ['a word of 3,000 letters', 'x'.repeat(3_000)],
    ['control characters', 'hel\u0000lo\u001b[31m'],
    ['letters from elsewhere', 'Příliš žluťoučký kůň, 你好, hello'],
  ])('says %s as a text and lives on', async (_, text) => {
    expect(measure(await open({ name: 'kal' }).render(text, 'en-US', never)).seconds).toBeGreaterThan(0.3);
  });

  it.each(['', '   ', '...', '— !', '🙂'])(
    'is quiet for a moment where "%s" has nothing to say',
    async (text) => {
      const audio = await open().render(text, 'en-US', never);
      expect(audio).toHaveLength(1_600);
      expect(audio.every((byte) => byte === 0xff)).toBe(true);
    },
  );

  it('refuses what is longer than anyone would listen to', async () => {
    await expect(open().render('a '.repeat(2_501), 'en-US', never)).rejects.toMatchObject({
      code: 'voice-failed',
      message: 'A text of 5002 characters is too long to be spoken; 5000 are the most.',
    });
  });

  it('gives up when it is told to, and after it was closed', async () => {
    await expect(open().render('Hello.', 'en-US', AbortSignal.abort())).rejects.toMatchObject({
      code: 'voice-failed',
    });
    const abort = new AbortController();
    const rendering = open().render(`${GREETING} `.repeat(20), 'en-US', abort.signal);
    abort.abort();
    await expect(rendering).rejects.toMatchObject({ code: 'voice-failed' });
    const voice = open();
    await voice.close();
    await expect(voice.render('Hello.', 'en-US', never)).rejects.toMatchObject({ code: 'voice-failed' });
    // The thread serves the other voices all the same.
    expect((await open().render('Hello.', 'en-US', never)).length).toBeGreaterThan(2_000);
  });

  it('has an id of its own for every sound of its own', () => {
    expect(open().id).toBe('embedded/flite-slt/1');
    expect(open({ name: 'awb' }).id).toBe('embedded/flite-awb/1');
    expect(open({ espeak: new Set(['de']) }).id).toBe('embedded/flite-slt+espeak-ng/1');
  });

  it('writes nothing on the terminal: no warning of an experiment, no word of flite', async () => {
    const script = new URL('../../../runtime/speech/embedded/voice-worker.js', import.meta.url);
    const program = `
      import { Worker } from 'node:worker_threads';
      const worker = new Worker(new URL(${JSON.stringify(script.href)}), { execArgv: [] });
      worker.on('message', ({ answer }) => { process.exitCode = answer?.length > 1000 ? 0 : 1; worker.terminate(); });
      worker.postMessage({ id: 1, job: { program: 'flite', voice: 'kal', text: 'Hello there.' } });`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    expect(await run).toEqual({ stdout: '', stderr: '' });
  });
});

describe('a language that is not English', () => {
  it('is read by the English voice where espeak-ng is not installed, with one warning a locale', async () => {
    const voice = open();
    const other = open({ name: 'rms', warned: new Set(['fr-FR']) });
    expect((await voice.render('Dobrý den.', 'cs-CZ', never)).length).toBeGreaterThan(3_000);
    await voice.render('Na shledanou.', 'cs-CZ', never);
    await voice.render('Guten Tag.', 'de-DE', never);
    await other.render('Bonjour.', 'fr-FR', never);
    expect(lines.map((line) => line.msg)).toEqual([
      'cs-CZ needs the espeak-ng program, which is not on the PATH: the English voice reads it',
      'de-DE needs the espeak-ng program, which is not on the PATH: the English voice reads it',
    ]);
  });

  it('is read by the English voice where espeak-ng does not speak it', async () => {
    await open({ espeak: new Set(['de']) }).render('Dobrý den.', 'cs-CZ', never);
    expect(lines.map((line) => line.msg)).toEqual([
      'espeak-ng does not speak cs-CZ: the English voice reads it',
    ]);
  });

  it('fails where no program knows its letters', async () => {
    await expect(open().render('你好', 'zh-CN', never)).rejects.toMatchObject({
      code: 'voice-failed',
      message: 'flite knows none of the letters of a text.',
    });
  });

  it('is given to espeak-ng as it is, but that nothing in it is read as phonemes', async () => {
    const { thread: stand, jobs } = failing('none', null);
    await open({ espeak: new Set(['cs']), thread: stand }).render('Dobrý [[den]]\u0007.', 'cs-CZ', never);
    expect(jobs).toEqual([{ program: 'espeak-ng', voice: 'cs', text: 'Dobrý [ [den]] .' }]);
  });
});

describe('a program that fails', () => {
  const refused = new OffhookError('thread-refused', 'flite wrote no sound.');

  it('is stood in for by the other one, and that is logged', async () => {
    const english = failing('flite', refused);
    await open({ espeak: new Set(['en-us']), thread: english.thread }).render('Hello.', 'en-US', never);
    const czech = failing('espeak-ng', new OffhookError('thread-timeout', 'Too late.'));
    await open({ espeak: new Set(['cs']), thread: czech.thread }).render('Dobrý den.', 'cs-CZ', never);
    expect(english.jobs).toMatchObject([
      { program: 'flite' },
      { program: 'espeak-ng', voice: 'en-us', text: 'Hello.' },
    ]);
    expect(czech.jobs).toMatchObject([{ program: 'espeak-ng' }, { program: 'flite', text: 'Dobry den.' }]);
    expect(lines.map((line) => line.msg)).toEqual([
      'flite failed, and espeak-ng speaks',
      'espeak-ng failed, and flite speaks',
    ]);
  });

  it('without another one fails the rendering, as late or as failed', async () => {
    await expect(
      open({ thread: failing('flite', refused).thread }).render('Hello.', 'en', never),
    ).rejects.toMatchObject({
      code: 'voice-failed',
      message: 'flite did not speak: flite wrote no sound.',
    });
    const late = new OffhookError('thread-timeout', 'The voice thread did not answer within 5000 ms.');
    await expect(
      open({ thread: failing('flite', late).thread }).render('Hello.', 'en', never),
    ).rejects.toMatchObject({
      code: 'voice-timeout',
      message: 'flite did not speak: The voice thread did not answer within 5000 ms.',
    });
  });
});

describe.skipIf(espeak === null)('espeak-ng (skipped where the program is not on the PATH)', () => {
  it.each([
    ['de-DE', 'Guten Abend, wie kann ich Ihnen helfen?'],
    ['cs-CZ', 'Dobrý večer, jak vám mohu pomoci?'],
    ['fr-FR', 'Bonsoir, comment puis-je vous aider?'],
    ['zh-CN', '晚上好，我能帮您什么吗？'],
  ])('speaks %s, ready for the telephone', async (locale, text) => {
    const audio = await open({ espeak }).render(text, locale, never);
    const { seconds, leadMs, tailMs } = measure(audio);
    expect(seconds).toBeGreaterThan(1);
    expect(seconds).toBeLessThan(6);
    expect(leadMs).toBeLessThanOrEqual(60);
    expect(tailMs).toBeLessThanOrEqual(250);
    expect(lines).toEqual([]);
  });

  it('takes no option from a text', async () => {
    const [option, word] = await Promise.all([
      open({ espeak }).render('--version', 'de-DE', never),
      open({ espeak }).render('version', 'de-DE', never),
    ]);
    expect(option.length).toBeGreaterThan(word.length / 2);
  });
});

describe('two hundred renderings', () => {
  it('never take much more memory than the first: none leaves its 17 MB behind', async () => {
    const voice = open({ name: 'kal' });
    const render = async (i: number): Promise<number> => {
      await voice.render(`That is a table for ${i} tonight.`, 'en-US', never);
      return process.memoryUsage().rss / 1024 / 1024;
    };
    const first = await render(0);
    let most = first;
    for (let i = 1; i < 200; i++) most = Math.max(most, await render(i));
    // Some 50 for what the engine compiles and caches; with instances left to the collector it was over 150.
    expect(most - first).toBeLessThan(120);
  }, 120_000);
});
