import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Earpiece } from '../../../runtime/line/local/earpiece.ts';
import { FakeClock } from '../../support/fake-clock.ts';

type Seen = [atMs: number, what: string];

function earpiece(): { ear: Earpiece; clock: FakeClock; seen: Seen[]; heardBytes: () => number } {
  const clock = new FakeClock();
  const seen: Seen[] = [];
  let bytes = 0;
  const ear = new Earpiece(clock, {
    heard: (audio, fromMs) => {
      bytes += audio.length;
      seen.push([clock.elapsed(), `heard ${audio.length / 8} ms from ${fromMs}`]);
    },
    mark: (name, played) => seen.push([clock.elapsed(), `${name} ${played ? 'played' : 'cleared'}`]),
    quiet: () => seen.push([clock.elapsed(), 'quiet']),
  });
  return { ear, clock, seen, heardBytes: () => bytes };
}

const ms = (length: number): Uint8Array => new Uint8Array(length * 8);

describe("Twilio's playback buffer", () => {
  it('plays what comes in a burst one after the other, in real time', () => {
    const { ear, clock, seen } = earpiece();
    ear.play(ms(20));
    ear.play(ms(100));
    ear.mark('end');
    expect(ear.queuedMs).toBe(120);
    clock.advance(500);
    expect(seen).toEqual([
      [20, 'heard 20 ms from 0'],
      [120, 'heard 100 ms from 20'],
      [120, 'end played'],
      [120, 'quiet'],
    ]);
    expect(ear.queuedMs).toBe(0);
  });

  it('falls silent where the audio comes too late, and takes it up when it comes', () => {
    const { ear, clock, seen } = earpiece();
    ear.play(ms(20));
    clock.advance(50);
    ear.play(ms(20));
    clock.advance(50);
    expect(seen.map(([, what]) => what)).toEqual([
      'heard 20 ms from 0',
      'quiet',
      'heard 20 ms from 50',
      'quiet',
    ]);
  });

  it('returns a mark at once when nothing is buffered, and otherwise after the audio before it', () => {
    const { ear, clock, seen } = earpiece();
    ear.mark('early');
    ear.play(ms(40));
    ear.mark('one');
    ear.mark('two');
    ear.play(ms(40));
    ear.mark('three');
    clock.advance(80);
    expect(seen.filter(([, what]) => /played|quiet/.test(what))).toEqual([
      [0, 'early played'],
      [40, 'one played'],
      [40, 'two played'],
      [80, 'three played'],
      [80, 'quiet'],
    ]);
  });

  it('drops its audio at clear, returns all marks at once and in order, and tells how much was heard', () => {
    const { ear, clock, seen } = earpiece();
    ear.play(ms(100));
    ear.mark('one');
    ear.play(ms(100));
    ear.mark('two');
    clock.advance(30);
    expect(ear.clear()).toBe(170);
    expect(seen).toEqual([
      [30, 'heard 30 ms from 0'],
      [30, 'one cleared'],
      [30, 'two cleared'],
    ]);
    ear.play(ms(20));
    clock.advance(200);
    expect(seen.slice(3)).toEqual([
      [50, 'heard 20 ms from 30'],
      [50, 'quiet'],
    ]);
  });

  it('returns no marks when the line is gone', () => {
    const { ear, clock, seen } = earpiece();
    ear.play(ms(100));
    ear.mark('end');
    clock.advance(25);
    ear.stop();
    clock.advance(200);
    expect(seen).toEqual([[25, 'heard 25 ms from 0']]);
    expect(clock.waiting).toBe(0);
  });

  it('hears exactly what it was sent less what was dropped, and every mark comes back once and in order', () => {
    const order = fc.oneof(
      fc.record({ do: fc.constant('play' as const), ms: fc.integer({ min: 1, max: 300 }) }),
      fc.record({ do: fc.constant('mark' as const) }),
      fc.record({ do: fc.constant('clear' as const) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 300 }) }),
    );
    fc.assert(
      fc.property(fc.array(order, { maxLength: 40 }), (orders) => {
        const { ear, clock, seen, heardBytes } = earpiece();
        let sent = 0;
        let dropped = 0;
        const marks: string[] = [];
        for (const one of orders) {
          if (one.do === 'wait') clock.advance(one.ms);
          else if (one.do === 'play') {
            ear.play(ms(one.ms));
            sent += one.ms;
          } else if (one.do === 'mark') {
            marks.push(`m${marks.length}`);
            ear.mark(marks.at(-1)!);
          } else dropped += ear.clear();
        }
        clock.advance(100_000);
        expect(heardBytes()).toBe((sent - dropped) * 8);
        const returned = seen.flatMap(([, what]) => /^(m\d+) /.exec(what)?.[1] ?? []);
        expect(returned).toEqual(marks);
        expect(clock.waiting).toBe(0);
      }),
    );
  });
});
