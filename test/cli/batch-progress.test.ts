import { beforeEach, describe, expect, test } from 'vitest';
import { BatchProgress, countsInWords, doneOf } from '../../runtime/cli/batch-progress.ts';
import { FakeClock } from '../support/fake-clock.ts';

let clock: FakeClock;
let text: string;
const out = (isTTY: boolean, columns?: number) => ({
  write: (more: string) => (text += more),
  isTTY,
  columns,
});

beforeEach(() => {
  clock = new FakeClock();
  text = '';
});

describe('counts', () => {
  test('are told in words, what is over first, and nothing of what there is none', () => {
    const counts = {
      scheduled: 5,
      placing: 1,
      queued: 2,
      ringing: 3,
      'in-progress': 4,
      completed: 7,
      busy: 1,
      'no-answer': 2,
      failed: 0,
      canceled: 6,
    };
    expect(countsInWords(counts)).toBe(
      '7 completed, 1 busy, 2 no answer, 6 cancelled, 4 talking, 3 ringing, 2 queued, 1 being placed, 5 waiting',
    );
    expect(countsInWords({})).toBe('nobody');
    expect(doneOf(counts)).toBe(16);
  });
});

describe('the progress of a batch', () => {
  test('is one line on a terminal, drawn anew each time, and kept at the end', () => {
    const progress = new BatchProgress(out(true), clock, 4);
    progress.show({ scheduled: 4 });
    clock.advance(1000);
    progress.show({ completed: 1, busy: 1, ringing: 1, scheduled: 1 });
    progress.end({ completed: 3, busy: 1 });
    expect(text.split('\r\u001b[2K')).toEqual([
      '',
      '[------------------------] 0/4  4 waiting',
      '[############------------] 2/4  1 completed, 1 busy, 1 ringing, 1 waiting',
      '[########################] 4/4  3 completed, 1 busy\n',
    ]);
  });

  test('never is wider than the terminal', () => {
    const progress = new BatchProgress(out(true, 50), clock, 200);
    progress.show({ completed: 90, busy: 20, 'no-answer': 10, ringing: 3, scheduled: 77 });
    expect(text).toBe('\r\u001b[2K[##############----------] 120/200  90 completed…');
    expect(text.length - '\r\u001b[2K'.length).toBe(49);
  });

  test('gives way to a sentence', () => {
    const progress = new BatchProgress(out(true), clock, 1);
    progress.say('Hello.');
    progress.show({ scheduled: 1 });
    progress.say('Nothing moves.');
    expect(text).toBe(
      'Hello.\n\r\u001b[2K[------------------------] 0/1  1 waiting\r\u001b[2KNothing moves.\n',
    );
  });

  test('is lines elsewhere: one every ten seconds, where something has changed', () => {
    const progress = new BatchProgress(out(false), clock, 4);
    progress.show({ scheduled: 4 });
    progress.show({ completed: 1, scheduled: 3 });
    clock.advance(9_999);
    progress.show({ completed: 2, scheduled: 2 });
    clock.advance(1);
    progress.show({ completed: 2, scheduled: 2 });
    clock.advance(10_000);
    progress.show({ completed: 2, scheduled: 2 });
    progress.show({ completed: 3, scheduled: 1 });
    progress.end({ completed: 4 });
    progress.end({ completed: 4 });
    expect(text.split('\n')).toEqual([
      '0 of 4 done: 4 waiting',
      '2 of 4 done: 2 completed, 2 waiting',
      '3 of 4 done: 3 completed, 1 waiting',
      '4 of 4 done: 4 completed',
      '',
    ]);
  });

  test('says how long it will take, once enough of it is done to know, counted from where it was joined', () => {
    const progress = new BatchProgress(out(false), clock, 1000);
    const line = (done: number): string => {
      clock.advance(10_000);
      text = '';
      progress.show({ completed: done, scheduled: 1000 - done });
      return text.split('waiting')[1]!;
    };
    progress.show({ completed: 500, scheduled: 500 });
    expect(line(504)).toBe('\n');
    // 10 calls in 20 s: 490 more.
    expect(line(510)).toBe(', about 16 min left\n');
    expect(line(980)).toBe(', less than a minute left\n');
    text = '';
    const slow = new BatchProgress(out(false), clock, 10_000);
    slow.show({ scheduled: 10_000 });
    clock.advance(60_000);
    slow.show({ completed: 20, scheduled: 9980 });
    expect(text).toMatch(/, about 8 h left\n$/);
  });
});
