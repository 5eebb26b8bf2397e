import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../runtime/clock.ts';
import type { Choice, Expectation } from '../../../runtime/dialogue/protocol.ts';
import { silentLog } from '../../../runtime/log.ts';
import { findRecogniser } from '../../../runtime/speech/embedded/recogniser.ts';
import { Thread } from '../../../runtime/speech/embedded/thread.ts';
import { expecting } from '../../support/expectation.ts';
import { EmbeddedVoice, type VoiceName } from '../../../runtime/speech/embedded/voice.ts';

const parts = { clock: systemClock, log: silentLog };
const { recogniser, why } = await findRecogniser(parts);
const never = new AbortController().signal;

const expectation = (...choices: Partial<Choice>[]): Expectation => expecting(choices);

describe('without pocketsphinx', () => {
  it('there is no recogniser, and the reason is given', async () => {
    expect(await findRecogniser(parts, ['/no/such/folder', '/nor/this/one'])).toEqual({
      recogniser: null,
      why: 'the pocketsphinx model is not installed (Debian: pocketsphinx-en-us)',
    });
  });
});

describe.skipIf(recogniser === null)(`pocketsphinx (skipped: ${why ?? 'no, it is installed'})`, () => {
  const ear = recogniser!;
  const MENU = expectation(
    { like: ['a table please', 'I would like to book a table'], keys: '1' },
    { like: ['what are your opening hours', 'where are you located'], keys: '2' },
    { like: ['I want to talk to a person'], keys: '0' },
  );
  const QUESTION = expectation({ when: 'yes', like: ['yes'] }, { when: 'no', like: ['no'] });

  let thread: Thread;

  beforeAll(() => {
    const script = new URL('../../../runtime/speech/embedded/voice-worker.js', import.meta.url);
    thread = new Thread({ script, name: 'voice', queue: 64, clock: systemClock, log: silentLog });
  });

  afterAll(async () => {
    await Promise.all([thread.close(), ear.close()]);
  });

  async function say(name: VoiceName, text: string, expected: Expectation): Promise<string | null> {
    const voice = new EmbeddedVoice({ name, thread, espeak: null, warned: new Set(), log: silentLog });
    return ear.recognise(await voice.render(text, 'en-US', never), expected, never);
  }

  /** How many of the texts came back as they were said, of each voice. */
  async function exact(texts: readonly string[], expected: Expectation): Promise<number> {
    let right = 0;
    for (const name of ['slt', 'rms', 'awb', 'kal16'] as const) {
      for (const text of texts) if ((await say(name, text, expected)) === text.toLowerCase()) right++;
    }
    return right / (texts.length * 4);
  }

  it('hears what is expected, through a telephone, from four voices', async () => {
    const lines = MENU.choices.flatMap(({ like }) => like);
    expect(await exact(lines, MENU)).toBeGreaterThanOrEqual(0.95);
    expect(await exact(['yes', 'no', 'yes please', 'no thank you'], QUESTION)).toBeGreaterThanOrEqual(0.9);
  });

  it('hears most names of keys', async () => {
    const keys = expectation(...['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'].map((keys) => ({ keys })));
    const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'zero'];
    // A telephone takes the sound off "six" and "seven".
    expect(await exact(names, keys)).toBeGreaterThanOrEqual(0.75);
    expect(await say('slt', 'press two', keys)).toBe('press two');
  });

  it('gives nothing for what is not expected, rather than what is likest', async () => {
    const others = [
      'the weather is nice today',
      'could you tell me a joke about penguins',
      'my grandmother lives in the mountains',
      'hello',
      'eleven elephants',
      'maybe tomorrow',
    ];
    const wrong: string[] = [];
    for (const name of ['slt', 'rms', 'awb', 'kal16'] as const) {
      for (const text of others) {
        for (const expected of [MENU, QUESTION]) {
          const heard = await say(name, text, expected);
          if (heard !== '') wrong.push(`${name}: ${text} -> ${heard}`);
        }
      }
    }
    expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(4);
  }, 60_000);

  it('hears nothing in silence', async () => {
    expect(await ear.recognise(new Uint8Array(8_000).fill(0xff), MENU, never)).toBe('');
    expect(await ear.recognise(new Uint8Array(0), MENU, never)).toBe('');
  });

  it('hears the same line as another one as soon as another one is expected', async () => {
    expect(await say('slt', 'goodbye', expectation({ like: ['goodbye', 'hello'] }))).toBe('goodbye');
    expect(await say('slt', 'goodbye', QUESTION)).toBe('');
    expect(await say('slt', 'goodbye', expectation({ like: ['goodbye'] }))).toBe('goodbye');
  });

  it('cannot tell where the language is another one or nothing with known words is expected', async () => {
    expect(await say('slt', 'hello', { ...MENU, locale: 'de-DE' })).toBeNull();
    expect(await say('slt', 'hello', expectation())).toBeNull();
    expect(await say('slt', 'hello', expectation({ like: ['xyzzy plugh'] }))).toBeNull();
  });

  it('serves many calls at once, each with what it expects', async () => {
    const orders = Array.from({ length: 12 }, (_, i) =>
      i % 2 === 0 ? say('slt', 'yes', QUESTION) : say('rms', 'a table please', MENU),
    );
    expect(await Promise.all(orders)).toEqual(orders.map((_, i) => (i % 2 === 0 ? 'yes' : 'a table please')));
  });

  it('gives up when it is told to', async () => {
    expect(await ear.recognise(new Uint8Array(8_000).fill(0xff), MENU, AbortSignal.abort())).toBeNull();
  });
});
