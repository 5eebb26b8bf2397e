import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Expectation } from '../../../runtime/dialogue/protocol.ts';
import { expecting } from '../../support/expectation.ts';
import { Ear } from '../../../runtime/speech/embedded/ear.ts';
import type { Recogniser } from '../../../runtime/speech/embedded/recogniser.ts';
import { EnergyVad } from '../../../runtime/speech/vad.ts';
import type { SpeechEvent } from '../../../runtime/speech/speech.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { frames, makeNoise, quiet } from './sound.ts';

/** Noise that swells ten times a second, as syllables do. */
function speech(ms: number): Int16Array {
  const samples = makeNoise(11)(ms, 3_000);
  return samples.map((sample, i) => sample * Math.abs(Math.sin((2 * Math.PI * 5 * i) / 8_000)));
}

const EXPECTED = expecting([]);

interface Utterance {
  bytes: Uint8Array;
  expectation: Expectation;
  signal: AbortSignal;
  answer(text: string | null): void;
}

class FakeRecogniser implements Recogniser {
  readonly heard: Utterance[] = [];

  recognise(bytes: Uint8Array, expectation: Expectation, signal: AbortSignal): Promise<string | null> {
    return new Promise((answer) => {
      this.heard.push({ bytes, expectation, signal, answer });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

let clock: FakeClock;
let events: SpeechEvent[];
let ears: Ear[];

beforeEach(() => {
  clock = new FakeClock();
  events = [];
  ears = [];
});

afterEach(() => {
  for (const ear of ears) ear.close();
  if (clock.waiting > 0) throw new Error('An ear that was closed left a timer behind.');
});

function open(recogniser: Recogniser | null = null): Ear {
  const ear = new Ear({ vad: new EnergyVad(), recogniser, clock, on: (event) => void events.push(event) });
  ears.push(ear);
  return ear;
}

/** Audio as it comes: a frame every 20 ms. */
function hear(ear: Ear, ...parts: Int16Array[]): void {
  for (const part of parts) {
    for (const frame of frames(part)) {
      clock.advance(20);
      ear.hear(frame);
    }
  }
}

/** What was told, in short; an utterance by its text. */
function told(): string[] {
  return events.map((event) => (event.kind === 'caller-said' ? `"${event.text}"` : event.kind));
}

async function settled(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}

describe('an ear', () => {
  it('is ready in a moment, but not while it is still being opened', async () => {
    open();
    expect(told()).toEqual([]);
    await settled();
    expect(told()).toEqual(['ready']);
  });

  it('does not think: it never judges, and what a model would be told has no effect', async () => {
    const ear = open();
    await settled();
    expect(ear).toMatchObject({ judges: false, converses: false });
    expect(await ear.judge()).toBeNull();
    ear.note();
    ear.converse();
    ear.respond();
    ear.heardOnly();
    expect(told()).toEqual(['ready']);
  });

  it('calls nothing back after it was closed, not even that it is ready', async () => {
    const recogniser = new FakeRecogniser();
    const ear = open(recogniser);
    ear.expect(EXPECTED, 'normal');
    hear(ear, quiet(500), speech(600));
    expect(told()).toEqual(['caller-started']);
    hear(ear, quiet(1_000));
    ear.caption('hello');
    ear.close();
    expect(recogniser.heard[0]!.signal.aborted).toBe(true);
    recogniser.heard[0]!.answer('hello');
    hear(ear, speech(600), quiet(2_000));
    ear.caption('hello again');
    clock.advance(10_000);
    await settled();
    expect(told()).toEqual(['caller-started', 'caller-stopped']);
  });
});

describe('the patience of an ear', () => {
  it.each([
    ['quick', 450],
    ['normal', 700],
    ['patient', 1_250],
  ] as const)('that is %s ends a turn after %i ms of silence', (patience, ms) => {
    const ear = open();
    ear.expect(EXPECTED, patience);
    hear(ear, quiet(500), speech(600), quiet(ms - 60));
    expect(told()).not.toContain('caller-stopped');
    hear(ear, quiet(100));
    expect(told()).toContain('caller-stopped');
  });
});

describe('an ear without a recogniser', () => {
  it('hears the caption that came with the speech', () => {
    const ear = open();
    hear(ear, quiet(500));
    ear.caption('a table please');
    hear(ear, speech(900));
    expect(told()).toEqual(['caller-started']);
    hear(ear, quiet(1_000));
    expect(told()).toEqual(['caller-started', 'caller-stopped', '"a table please"']);
  });

  it('hears all captions of one utterance, those from just before it and from within it', () => {
    const ear = open();
    hear(ear, quiet(500));
    ear.caption(' a table ');
    hear(ear, quiet(600), speech(500));
    ear.caption('for two');
    hear(ear, speech(500), quiet(1_000));
    expect(told()).toEqual(['caller-started', 'caller-stopped', '"a table for two"']);
  });

  it('hears no words in speech without a caption', () => {
    const ear = open();
    hear(ear, quiet(500), speech(600), quiet(1_000));
    expect(told()).toEqual(['caller-started', 'caller-stopped', '""']);
  });

  it('hears a caption without any speech after a second of audio', () => {
    const ear = open();
    hear(ear, quiet(500));
    ear.caption('a table please');
    hear(ear, quiet(980));
    expect(told()).toEqual([]);
    hear(ear, quiet(20));
    expect(told()).toEqual(['caller-started', 'caller-stopped', '"a table please"']);
    hear(ear, quiet(3_000));
    expect(events).toHaveLength(3);
  });

  it('hears a caption on a line that sends no audio at all', () => {
    const ear = open();
    ear.caption('a table please');
    clock.advance(999);
    expect(told()).toEqual([]);
    clock.advance(1);
    expect(told()).toEqual(['caller-started', 'caller-stopped', '"a table please"']);
    expect(clock.waiting).toBe(0);
  });

  it('takes a line that falls silent in the middle of a word for a silent caller', () => {
    const ear = open();
    ear.caption('a table please');
    hear(ear, quiet(500), speech(600));
    clock.advance(3_000);
    expect(told()).toEqual(['caller-started', 'caller-stopped', '"a table please"']);
    // And the next utterance is heard when the line comes back.
    ear.caption('hello');
    hear(ear, quiet(300), speech(600), quiet(1_000));
    expect(told().slice(3)).toEqual(['caller-started', 'caller-stopped', '"hello"']);
  });

  it('does not take captions of one utterance into the next', () => {
    const ear = open();
    ear.caption('one');
    hear(ear, quiet(300), speech(600), quiet(1_000), speech(600), quiet(1_000));
    expect(told().filter((one) => one.startsWith('"'))).toEqual(['"one"', '""']);
  });

  it('pays no attention to an empty caption, and keeps no more than twenty', () => {
    const ear = open();
    ear.caption('  ');
    expect(clock.waiting).toBe(0);
    for (let i = 0; i < 30; i++) ear.caption(`${i}`);
    clock.advance(2_000);
    const text = Array.from({ length: 20 }, (_, i) => `${i + 10}`).join(' ');
    expect(told().at(-1)).toBe(`"${text}"`);
  });

  it('lives through what is no audio, and through frames of any size', () => {
    const ear = open();
    for (const payload of ['', '=', '%%%', 'A', 'ÄÖ', 'AAAA'.repeat(20_000)]) ear.hear(payload);
    ear.caption('still here');
    const audio = frames(speech(2_000)).map((frame) => Buffer.from(frame, 'base64'));
    const large = Buffer.concat(audio).toString('base64');
    ear.hear(frames(quiet(20))[0]!);
    ear.hear(large);
    hear(ear, quiet(4_000));
    expect(told()).toContain('"still here"');
  });
});

describe('an ear with a recogniser', () => {
  it('gives it the utterance from just before its first sound, and what is expected when it ends', async () => {
    const recogniser = new FakeRecogniser();
    const ear = open(recogniser);
    ear.expect({ ...EXPECTED, id: 'before' }, 'normal');
    hear(ear, quiet(5_000), speech(600));
    ear.expect(EXPECTED, 'normal');
    hear(ear, quiet(1_000));
    const [utterance] = recogniser.heard;
    expect(utterance!.expectation).toBe(EXPECTED);
    const ms = utterance!.bytes.length / 8;
    expect(ms).toBeGreaterThan(600 + 700 + 150);
    expect(ms).toBeLessThan(600 + 700 + 350);
    const whole = Buffer.concat(
      [quiet(5_000), speech(600), quiet(1_000)].flatMap((part) =>
        frames(part).map((one) => Buffer.from(one, 'base64')),
      ),
    );
    expect(whole.includes(Buffer.from(utterance!.bytes))).toBe(true);
    utterance!.answer('a table');
    await settled();
    expect(told().filter((one) => one !== 'ready')).toEqual([
      'caller-started',
      'caller-stopped',
      '"a table"',
    ]);
  });

  it('believes the recogniser and not the caption, but the caption where only other words were said', async () => {
    const recogniser = new FakeRecogniser();
    const ear = open(recogniser);
    ear.expect(EXPECTED, 'normal');
    for (const [caption, heard] of [
      ['a table please', 'a table'],
      ['four tomorrow at seven', ''],
      ['for two', '…'],
    ] as const) {
      ear.caption(caption);
      hear(ear, quiet(300), speech(600), quiet(1_000));
      recogniser.heard.at(-1)!.answer(heard);
      await settled();
      expect(told().at(-1)).toBe(`"${heard === '…' ? caption : heard || caption}"`);
    }
  });

  it('tells that the caller was not understood where the recogniser failed and the line has no caption', async () => {
    const recogniser = new FakeRecogniser();
    const ear = open(recogniser);
    ear.expect(EXPECTED, 'normal');
    hear(ear, quiet(300), speech(600), quiet(1_000));
    recogniser.heard[0]!.answer('…');
    await settled();
    expect(told().at(-1)).toBe('"…"');
  });

  it('believes the caption where the recogniser cannot tell, or nothing is expected, or there was no speech', async () => {
    const recogniser = new FakeRecogniser();
    const ear = open(recogniser);
    ear.expect(EXPECTED, 'normal');
    ear.caption('one');
    hear(ear, quiet(300), speech(600), quiet(1_000));
    recogniser.heard[0]!.answer(null);
    await settled();
    ear.expect(null, 'normal');
    ear.caption('two');
    hear(ear, quiet(300), speech(600), quiet(1_000));
    await settled();
    ear.expect(EXPECTED, 'normal');
    ear.caption('three');
    hear(ear, quiet(1_100));
    await settled();
    expect(told().filter((one) => one.startsWith('"'))).toEqual(['"one"', '"two"', '"three"']);
    expect(recogniser.heard).toHaveLength(1);
  });

  it('gives utterances in the order they were spoken, whichever was recognised first', async () => {
    const recogniser = new FakeRecogniser();
    const ear = open(recogniser);
    ear.expect(EXPECTED, 'normal');
    hear(ear, quiet(300), speech(600), quiet(1_000), speech(600), quiet(1_000));
    recogniser.heard[1]!.answer('second');
    await settled();
    expect(told().filter((one) => one.startsWith('"'))).toEqual([]);
    recogniser.heard[0]!.answer('first');
    await settled();
    expect(told().filter((one) => one.startsWith('"'))).toEqual(['"first"', '"second"']);
  });
});

describe('the work of hearing', () => {
  it('is little: some microseconds a frame at most, with a recogniser or without', () => {
    for (const recogniser of [null, new FakeRecogniser()]) {
      const ear = open(recogniser);
      const line = frames(makeNoise(3)(1_000, 200));
      let best = Infinity;
      for (let round = 0; round < 20; round++) {
        const start = performance.now();
        for (let again = 0; again < 40; again++) for (const frame of line) ear.hear(frame);
        best = Math.min(best, (performance.now() - start) / (40 * line.length));
      }
      expect(best * 1_000).toBeLessThan(20);
    }
  });
});
