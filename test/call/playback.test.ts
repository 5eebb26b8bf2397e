import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Playback } from '../../runtime/call/playback.ts';
import type { Interrupt } from '../../runtime/dialogue/protocol.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A far end that plays what it is sent in real time, and answers marks as Twilio does. */
class FarEnd {
  readonly clock = new FakeClock();
  readonly log: string[] = [];
  /** Marks answered at once by a clear, of which the caller heard nothing. */
  cleared = 0;
  playedMs = 0;
  #queue: ({ ms: number } | { mark: string })[] = [];
  back: (name: string) => void = () => undefined;
  loseMarks = false;

  play(payload: string): void {
    const ms = Buffer.from(payload, 'base64').length / 8;
    this.log.push(`play ${ms}`);
    this.#queue.push({ ms });
  }
  mark(name: string): void {
    this.log.push(`mark`);
    this.#queue.push({ mark: name });
    this.#answer();
  }
  clear(): void {
    this.log.push('clear');
    const pending = this.#queue;
    this.#queue = [];
    for (const one of pending) if ('mark' in one) this.#back(one.mark);
  }
  pass(ms: number): void {
    for (let i = 0; i < ms; i++) {
      this.clock.advance(1);
      const first = this.#queue[0];
      if (first && 'ms' in first) {
        first.ms -= 1;
        this.playedMs += 1;
        if (first.ms <= 0) this.#queue.shift();
      }
      this.#answer();
    }
  }
  #answer(): void {
    for (let first = this.#queue[0]; first && 'mark' in first; first = this.#queue[0]) {
      this.#queue.shift();
      this.#back(first.mark);
    }
  }
  #back(name: string): void {
    if (!this.loseMarks) this.back(name);
  }
}

const SPEECH = { interrupt: 'speech', words: 1 } as const;

function setUp(): {
  far: FarEnd;
  playback: Playback;
  told: string[];
  say(id: string, ms: number, interrupt?: Interrupt, text?: string): void;
} {
  const far = new FarEnd();
  const told: string[] = [];
  const playback = new Playback(far, far.clock, {
    started: (id) => told.push(`started ${id}`),
    heard: (id) => told.push(`heard ${id}`),
    interrupted: (id, ms, text) => told.push(`interrupted ${id} ${ms} "${text}"`),
    idle: (idle) => told.push(idle ? 'idle' : 'busy'),
  });
  far.back = (name) => playback.marked(name);
  return {
    far,
    playback,
    told,
    say(id, ms, interrupt = 'speech', text = 'one two three four') {
      playback.queue(id, text, { interrupt, words: 1 });
      for (let left = ms; left > 0; left -= 1000) playback.add(id, audio(Math.min(left, 1000)));
      playback.complete(id);
    },
  };
}

function audio(ms: number): string {
  return Buffer.alloc(Math.round(ms * 8), 0x7f).toString('base64');
}

describe('what was heard', () => {
  it('is told when the last mark comes back, in order', () => {
    const { far, told, say } = setUp();
    say('a', 500);
    say('b', 300);
    expect(told).toEqual(['busy', 'started a', 'started b']);
    far.pass(499);
    expect(told).toHaveLength(3);
    far.pass(1);
    expect(told.at(-1)).toBe('heard a');
    far.pass(300);
    expect(told.slice(-2)).toEqual(['heard b', 'idle']);
  });

  it('holds back a later utterance until the earlier one is complete', () => {
    const { far, playback, told, say } = setUp();
    playback.queue('slow', 'slow', SPEECH);
    say('next', 100);
    expect(far.log).toEqual([]);
    playback.add('slow', audio(40));
    expect(far.log).toEqual(['play 40']);
    playback.complete('slow');
    expect(far.log).toEqual(['play 40', 'mark', 'play 100', 'mark']);
    far.pass(140);
    expect(told.filter((one) => one.startsWith('heard'))).toEqual(['heard slow', 'heard next']);
  });

  it('passes an utterance without audio as heard, in its turn', () => {
    const { playback, told } = setUp();
    playback.queue('none', 'x', SPEECH);
    playback.complete('none');
    expect(told).toEqual(['busy', 'heard none', 'idle']);
  });

  it('is nothing of a line that nobody could render', () => {
    const { playback, told, say } = setUp();
    playback.queue('lost', 'x', SPEECH);
    say('next', 100);
    playback.drop('lost');
    expect(told).toEqual(['busy', 'interrupted lost 0 ""', 'started next']);
  });

  it('is all of a line whose last sound was heard when the line went away, mark or no mark', () => {
    const { far, playback, told, say } = setUp();
    far.loseMarks = true;
    say('bye', 500);
    far.pass(600);
    playback.close();
    expect(told.at(-1)).toBe('heard bye');
  });

  it('of a model’s utterance that is broken off is no more than its audio could hold', () => {
    const { far, playback, told } = setUp();
    playback.queue('item', 'Sure, we have soup and bread, and cheese from the farm next door', SPEECH);
    playback.add('item', audio(1000));
    far.pass(200);
    playback.breakOff('item');
    playback.add('item', audio(1000));
    far.pass(799);
    expect(told).toEqual(['busy', 'started item']);
    far.pass(1);
    expect(told.slice(2)).toEqual(['interrupted item 1000 "Sure, we have soup"', 'idle']);
  });

  it('of one that is broken off before it was heard, or when the line goes away, is less', () => {
    const { far, playback, told } = setUp();
    playback.queue('silent', 'Well', SPEECH);
    playback.breakOff('silent');
    expect(told).toEqual(['busy', 'interrupted silent 0 ""', 'idle']);
    playback.queue('item', 'Sure, we have soup and bread', SPEECH);
    playback.add('item', audio(1000));
    playback.breakOff('item');
    far.pass(400);
    playback.close();
    expect(told.at(-1)).toBe('interrupted item 400 "Sure,"');
  });

  it('is decided by the clock when a mark is lost, two seconds late', () => {
    const { far, told, say } = setUp();
    far.loseMarks = true;
    say('a', 1000);
    far.pass(2999);
    expect(told.at(-1)).toBe('started a');
    far.pass(1);
    expect(told.slice(-2)).toEqual(['heard a', 'idle']);
  });

  it('counts from when the audio is played, not from when it was sent ahead', () => {
    const { far, playback, told, say } = setUp();
    say('a', 200);
    far.pass(5000);
    say('b', 2000);
    far.pass(500);
    playback.interrupt(1);
    expect(told.at(-1)).toBe('interrupted b 500 "one"');
  });
});

describe('an interruption', () => {
  it('clears at once, drops what is queued, and tells what was heard of it', () => {
    const { far, playback, told, say } = setUp();
    say('a', 1000);
    say('b', 1000);
    far.pass(620);
    expect(playback.interrupt(1)).toBe(true);
    expect(far.log.at(-1)).toBe('clear');
    expect(told.slice(3)).toEqual(['idle', 'interrupted a 620 "one two"', 'interrupted b 0 ""']);
    far.pass(3000);
    expect(told).toHaveLength(6);
    expect(far.playedMs).toBe(620);
  });

  it('is not taken from marks that a clear sends back', () => {
    const { far, playback, told, say } = setUp();
    say('a', 1000);
    far.pass(100);
    playback.interrupt(1);
    say('b', 1000);
    far.pass(100);
    playback.interrupt(1);
    expect(told.at(-1)).toBe('interrupted b 100 ""');
  });

  it('says anew what may not be interrupted and had been queued behind', () => {
    const { far, playback, told, say } = setUp();
    say('a', 1000);
    say('bye', 1000, 'never');
    far.pass(300);
    expect(playback.interrupt(1)).toBe(true);
    far.pass(999);
    expect(told.at(-1)).toBe('started bye');
    far.pass(1);
    expect(told.slice(-2)).toEqual(['heard bye', 'idle']);
  });

  it('does not touch what may not be interrupted, and keys may where speech may not', () => {
    const { far, playback, say } = setUp();
    say('bye', 1000, 'never');
    far.pass(300);
    expect(playback.interrupt('keys')).toBe(false);
    expect(far.log).not.toContain('clear');
    far.pass(700);
    say('menu', 1000, 'keys');
    far.pass(300);
    expect(playback.interrupt(1)).toBe(false);
    expect(playback.interrupt('keys')).toBe(true);
  });

  it('leaves alone what the caller has not begun to hear', () => {
    const { playback, told } = setUp();
    playback.queue('a', 'a', SPEECH);
    expect(playback.interrupt(1)).toBe(false);
    expect(playback.interrupt(1)).toBe(false);
    expect(told).toEqual(['busy']);
  });

  it('happens to nothing when all was heard', () => {
    const { far, playback, say } = setUp();
    say('a', 100);
    far.pass(200);
    expect(playback.interrupt(1)).toBe(false);
    expect(far.log).not.toContain('clear');
  });

  it('cuts a model’s utterance that is still coming and ignores what comes of it later', () => {
    const { far, playback, told } = setUp();
    playback.queue('item', 'Sure,', SPEECH);
    playback.add('item', audio(800));
    playback.setText('item', 'Sure, we have soup and bread');
    far.pass(400);
    playback.interrupt(1);
    // Its words run ahead of its audio, of which more was to come.
    expect(told.at(-1)).toBe('interrupted item 400 "Sure,"');
    playback.add('item', audio(800));
    expect(far.log.at(-1)).toBe('clear');
  });

  it('is told for everything unheard when the line goes away', () => {
    const { far, playback, told, say } = setUp();
    say('a', 1000);
    say('b', 500);
    far.pass(500);
    playback.close();
    expect(told.slice(3)).toEqual(['interrupted a 500 "one two"', 'interrupted b 0 ""']);
  });
});

describe('whatever is said and interrupted', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('say' as const),
      ms: fc.integer({ min: 1, max: 3000 }),
      by: fc.constantFrom<Interrupt>('speech', 'keys', 'never'),
    }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 2500 }) }),
    fc.record({
      do: fc.constant('interrupt' as const),
      by: fc.constantFrom('speech' as const, 'keys' as const),
    }),
  );

  it('every utterance is told to be heard or interrupted exactly once, and the times told add up to what was played', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { far, playback, told, say } = setUp();
        let said = 0;
        const lengths = new Map<string, number>();
        for (const one of steps) {
          if (one.do === 'say') {
            say(`u${++said}`, one.ms, one.by);
            lengths.set(`u${said}`, one.ms);
          }
          if (one.do === 'pass') far.pass(one.ms);
          if (one.do === 'interrupt') playback.interrupt(one.by === 'keys' ? 'keys' : 1);
        }
        far.pass(3000 * steps.length + 3000);
        const fates = told.filter((line) => /^(heard|interrupted)/.test(line));
        expect(
          fates.map((line) => line.split(' ')[1]).toSorted((a, b) => String(a).localeCompare(String(b))),
        ).toEqual(Array.from({ length: said }, (_, i) => `u${i + 1}`).toSorted((a, b) => a.localeCompare(b)));
        const toldMs = fates.reduce((sum, line) => {
          const [fate, id, ms] = line.split(' ');
          return sum + (fate === 'heard' ? lengths.get(id!)! : Number(ms));
        }, 0);
        expect(Math.abs(toldMs - far.playedMs)).toBeLessThanOrEqual(said);
        expect(playback.idle).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
