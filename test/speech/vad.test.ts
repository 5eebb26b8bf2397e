import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeMulaw, encodeMulaw } from '../../runtime/audio.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLog } from '../../runtime/log.ts';
import { Thread } from '../../runtime/speech/embedded/thread.ts';
import { EnergyVad, type VadOptions } from '../../runtime/speech/vad.ts';
import { EmbeddedVoice, VOICES } from '../../runtime/speech/embedded/voice.ts';
import { join, louder, makeNoise, mix, quiet, tone } from './embedded/sound.ts';

const SENTENCES = ['yes', 'no', 'a table for two please', 'one two three four', 'stop', 'mm'] as const;
const spoken = new Map<string, Int16Array>();
const noise = makeNoise(7);

beforeAll(async () => {
  const script = new URL('../../runtime/speech/embedded/voice-worker.js', import.meta.url);
  const thread = new Thread({ script, name: 'voice', queue: 64, clock: systemClock, log: silentLog });
  for (const name of VOICES) {
    const voice = new EmbeddedVoice({ name, thread, espeak: null, warned: new Set(), log: silentLog });
    for (const text of SENTENCES) {
      const audio = await voice.render(text, 'en-US', new AbortController().signal);
      spoken.set(`${name}: ${text}`, decodeMulaw(audio));
    }
  }
  await thread.close();
}, 60_000);

afterAll(() => spoken.clear());

interface Decision {
  kind: 'started' | 'stopped';
  /** At the end of the frame it was taken in. */
  atMs: number;
}

function decide(samples: Int16Array, options: VadOptions = {}, chunk = 160): Decision[] {
  const vad = new EnergyVad(options);
  const bytes = encodeMulaw(samples);
  const decisions: Decision[] = [];
  for (let at = 0; at < bytes.length; at += chunk) {
    const piece = bytes.subarray(at, at + chunk);
    const kind = vad.hear(piece, piece.length);
    if (kind) decisions.push({ kind, atMs: (at + piece.length) / 8 });
    expect(vad.speaking).toBe(decisions.at(-1)?.kind === 'started');
  }
  return decisions;
}

const kinds = (decisions: readonly Decision[]): string[] => decisions.map(({ kind }) => kind);

describe('a caller who speaks', () => {
  it.each([
    ['as loud as the voice is', 1, 0],
    ['softly', 0.25, 0],
    ['into a hissing line', 1, 60],
    ['softly into a hissing line', 0.25, 30],
  ])('%s starts soon after the first sound and stops 700 ms after the last, once', (_, gain, hiss) => {
    const delays: number[] = [];
    for (const [name, speech] of spoken) {
      const line = join(quiet(1_000), louder(speech, gain), quiet(1_500));
      const decisions = decide(mix(line, noise(line.length / 8, hiss)));
      expect(kinds(decisions), name).toEqual(['started', 'stopped']);
      delays.push(decisions[0]!.atMs - 1_030);
      const end = 1_000 + speech.length / 8 - 100;
      // Words fade, so the last of one may be under the threshold.
      expect(decisions[1]!.atMs - end, name).toBeGreaterThan(380);
      expect(decisions[1]!.atMs - end, name).toBeLessThan(800);
    }
    delays.sort((a, b) => a - b);
    expect(delays[0]).toBeGreaterThanOrEqual(60);
    expect(delays[delays.length >> 1]).toBeLessThanOrEqual(110);
    expect(delays.at(-1)).toBeLessThanOrEqual(350);
  });

  it('is heard the same in frames of any size', () => {
    const line = join(quiet(500), spoken.get('slt: a table for two please')!, quiet(1_000));
    const [start, stop] = decide(line);
    for (const chunk of [1, 37, 80, 400, 1_600]) {
      const other = decide(line, {}, chunk);
      expect(kinds(other)).toEqual(['started', 'stopped']);
      expect(other[0]!.atMs - start!.atMs).toBeGreaterThanOrEqual(0);
      expect(other[0]!.atMs - start!.atMs).toBeLessThanOrEqual(chunk / 8);
      expect(other[1]!.atMs - stop!.atMs).toBeLessThanOrEqual(chunk / 8);
    }
  });

  it('and pauses between words has not stopped, and has after as long as was asked for', () => {
    const [yes, no] = [spoken.get('slt: yes')!, spoken.get('slt: no')!];
    const line = join(quiet(500), yes, quiet(450), no, quiet(2_000));
    expect(kinds(decide(line))).toEqual(['started', 'stopped']);
    expect(kinds(decide(line, { hangoverMs: 300 }))).toEqual(['started', 'stopped', 'started', 'stopped']);
    const [long, short] = [decide(line, { hangoverMs: 1_200 }), decide(line)];
    expect(long[1]!.atMs - short[1]!.atMs).toBe(500);
  });

  it('whose frames are lost in the middle of a word is heard as one who goes on', () => {
    const speech = spoken.get('rms: a table for two please')!;
    // A quarter of a second never arrives: the audio has no time for it.
    const line = join(quiet(500), speech.subarray(0, 4_000), speech.subarray(6_000), quiet(1_000));
    expect(kinds(decide(line))).toEqual(['started', 'stopped']);
  });

  it('begins with the very first frames of a call', () => {
    const speech = spoken.get('slt: a table for two please')!;
    const decisions = decide(join(speech.subarray(30 * 8), quiet(1_000)));
    expect(kinds(decisions)).toEqual(['started', 'stopped']);
    expect(decisions[0]!.atMs).toBeLessThan(500);
  });

  it('never stops by themselves, and is cut off after as long as one may speak', () => {
    const speech = spoken.get('slt: a table for two please')!;
    const line = join(quiet(500), ...Array.from({ length: 10 }, () => speech));
    const decisions = decide(line, { maxSpeechMs: 5_000 });
    expect(kinds(decisions).slice(0, 4)).toEqual(['started', 'stopped', 'started', 'stopped']);
    expect(decisions[1]!.atMs - decisions[0]!.atMs).toBe(5_000);
  });
});

describe('what is no speech', () => {
  it('is silence, for an hour', () => {
    const vad = new EnergyVad();
    const silence = encodeMulaw(quiet(1_000));
    for (let second = 0; second < 3_600; second++) expect(vad.hear(silence, silence.length)).toBeNull();
  });

  it.each([30, 300, 3_000, 10_000])('is noise with a level of %i that never changes', (level) => {
    for (const seed of [1, 2, 3, 4, 5]) expect(decide(makeNoise(seed)(10_000, level))).toEqual([]);
  });

  it('is a click, even one after another', () => {
    const click = noise(20, 8_000);
    expect(decide(join(quiet(500), click, quiet(80), click, quiet(200), click, quiet(1_000)))).toEqual([]);
  });

  it.each([
    ['a steady tone', tone(2_000, 6_000, 440)],
    ['a hum', tone(2_000, 3_000, 100)],
    ['the key 5', tone(150, 6_000, 770, 1_336)],
  ])('is %s', (_, sound) => {
    for (const shift of [0, 3, 7.5, 11]) {
      const line = join(quiet(1_000 + shift), sound, quiet(1_000), sound, quiet(1_000));
      expect(decide(mix(line, noise(line.length / 8, 4))), `shifted by ${shift} ms`).toEqual([]);
    }
  });

  it.each([
    ['noise', noise(20_000, 1_500)],
    ['a dial tone, whose two tones beat', tone(20_000, 4_000, 350, 440)],
  ])('is %s that begins during a call, at the latest 3.7 s after it began', (_, sound) => {
    const decisions = decide(join(quiet(2_000), sound));
    expect(kinds(decisions)).toEqual(['started', 'stopped']);
    expect(decisions[1]!.atMs).toBeLessThan(5_700);
  });

  it('does not keep a caller from being heard who speaks over it', () => {
    const line = join(quiet(6_000), spoken.get('slt: a table for two please')!, quiet(2_000));
    const decisions = decide(mix(line, noise(line.length / 8, 300)));
    expect(kinds(decisions)).toEqual(['started', 'stopped']);
    expect(decisions[0]!.atMs).toBeGreaterThan(6_000);
    expect(decisions[0]!.atMs).toBeLessThan(6_500);
  });
});

describe('the work of listening', () => {
  it('is little: some microseconds a frame at most', () => {
    const vad = new EnergyVad();
    const bytes = encodeMulaw(
      mix(spoken.get('slt: a table for two please')!, noise(3_000, 50)).subarray(0, 8_000),
    );
    let best = Infinity;
    for (let round = 0; round < 20; round++) {
      const start = performance.now();
      for (let again = 0; again < 100; again++) {
        for (let at = 0; at < 8_000; at += 160) vad.hear(bytes.subarray(at, at + 160), 160);
      }
      best = Math.min(best, (performance.now() - start) / 5_000);
    }
    // The machine is shared: what is aimed at is 2 microseconds, what is measured here some 0.5.
    expect(best * 1_000).toBeLessThan(10);
  });
});
