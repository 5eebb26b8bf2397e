import { describe, expect, it } from 'vitest';
import { encodeMulaw } from '../../runtime/audio.ts';
import type { Patience } from '../../runtime/dialogue/protocol.ts';
import { Endpointing, isDictated, pauseMs } from '../../runtime/speech/endpointing.ts';
import { expecting } from '../support/expectation.ts';
import { quiet, speech } from '../support/ear-sounds.ts';
import { frames, join } from './embedded/sound.ts';

/** What was decided, and after how much audio. */
function decide(patience: Patience, samples: Int16Array, chunk = 160): [string, number][] {
  const endpointing = new Endpointing();
  endpointing.expect(null, patience);
  const bytes = encodeMulaw(samples);
  const decisions: [string, number][] = [];
  for (let at = 0; at < bytes.length; at += chunk) {
    endpointing.hear(bytes.subarray(at, at + chunk), (decision) =>
      decisions.push([decision, Math.min(bytes.length, at + chunk) / 8]),
    );
  }
  return decisions;
}

const kinds = (decisions: readonly [string, number][]): string[] => decisions.map(([kind]) => kind);

describe('how long a pause may be', () => {
  it('is a matter of patience', () => {
    expect((['quick', 'normal', 'patient'] as const).map((patience) => pauseMs(null, patience))).toEqual([
      300, 550, 1_100,
    ]);
  });

  it.each([
    [{ type: 'phone' as const }, true],
    [{ type: 'email' as const }, true],
    [{ type: 'digits' as const }, true],
    [{ type: 'digits' as const, length: { min: 16, max: 16 } }, true],
    [{ type: 'digits' as const, length: { min: 4, max: 4 } }, false],
    [{ type: 'integer' as const }, false],
    [{ type: 'name' as const }, false],
    [{ type: 'phone' as const, asked: false }, false],
    [{ type: 'phone' as const, speech: false }, false],
  ])('is longer for what is said in pieces: %o', (slot, longer) => {
    const expectation = expecting([], [{ name: 'it', asked: true, ...slot }]);
    expect(isDictated(expectation)).toBe(longer);
    expect(pauseMs(expectation, 'quick')).toBe(longer ? 900 : 300);
  });
});

describe("a caller's turn", () => {
  it.each([
    ['quick', 300],
    ['normal', 550],
    ['patient', 1_100],
  ] as const)('of a %s dialogue is over after %i ms of silence', (patience, pause) => {
    const decisions = decide(patience, join(quiet(500), speech(800), quiet(3_000)));
    expect(kinds(decisions)).toEqual(['started', 'paused', 'ended']);
    const [[, started], [, paused], [, ended]] = decisions as [
      [string, number],
      [string, number],
      [string, number],
    ];
    expect(started).toBeLessThanOrEqual(500 + 140);
    expect(paused - 1_300).toBeLessThanOrEqual(220);
    expect(ended - paused).toBe(Math.ceil((pause - 200) / 20) * 20);
  });

  it('goes on after a pause that is shorter', () => {
    const decisions = decide('normal', join(quiet(500), speech(800), quiet(400), speech(500), quiet(900)));
    expect(kinds(decisions)).toEqual(['started', 'paused', 'resumed', 'paused', 'ended']);
  });

  it('does not notice a gap between two words', () => {
    const decisions = decide('quick', join(quiet(500), speech(800), quiet(120), speech(500), quiet(900)));
    expect(kinds(decisions)).toEqual(['started', 'paused', 'ended']);
  });

  it('is decided the same in frames of any size', () => {
    const samples = join(quiet(500), speech(800), quiet(400), speech(500), quiet(900));
    for (const chunk of [80, 333, 800, 40_000])
      expect(kinds(decide('normal', samples, chunk)), `${chunk}`).toEqual(kinds(decide('normal', samples)));
  });

  it('is over after a minute, and the next one begins, where nobody stops speaking', () => {
    const decisions = decide('patient', join(quiet(500), ...Array.from({ length: 13 }, () => speech(5_000))));
    expect(kinds(decisions).filter((kind) => kind === 'started' || kind === 'ended')).toEqual([
      'started',
      'ended',
      'started',
    ]);
    const ended = decisions.find(([kind]) => kind === 'ended')![1];
    expect(ended).toBeGreaterThanOrEqual(60_500);
    expect(ended).toBeLessThanOrEqual(60_700);
  });

  it('has its patience changed while it is going on', () => {
    const endpointing = new Endpointing();
    endpointing.expect(null, 'patient');
    const decisions: string[] = [];
    const hear = (samples: Int16Array): void => {
      for (const frame of frames(samples))
        endpointing.hear(Buffer.from(frame, 'base64'), (decision) => decisions.push(decision));
    };
    hear(join(quiet(500), speech(800), quiet(600)));
    expect(decisions).toEqual(['started', 'paused']);
    endpointing.expect(null, 'quick');
    hear(quiet(20));
    expect(decisions).toEqual(['started', 'paused', 'ended']);
  });
});
