import { describe, expect, it } from 'vitest';
import { encodeMulaw, FRAME_BYTES } from '../../runtime/audio.ts';
import { BargeIn } from '../../runtime/call/barge-in.ts';
import { FakeClock } from '../support/fake-clock.ts';

const frame = (amplitude: number): string =>
  Buffer.from(
    encodeMulaw(Int16Array.from({ length: FRAME_BYTES }, (_, at) => amplitude * Math.sin(at / 3))),
  ).toString('base64');
const LOUD = frame(8_000);
const QUIET = frame(20);

/** A floor on which something is said that so many words interrupt. */
function setUp(needed: number): {
  bargeIn: BargeIn;
  /** The words that interrupted, at which millisecond. */
  cuts: [number, number][];
  floor: { needed: number };
  hear(payload: string, ms: number): void;
} {
  const clock = new FakeClock();
  const floor = { needed };
  const cuts: [number, number][] = [];
  const bargeIn = new BargeIn(
    {
      needed: () => floor.needed,
      interrupt(words) {
        if (floor.needed === 0 || words < floor.needed) return false;
        cuts.push([words, clock.elapsed()]);
        floor.needed = 0;
        return true;
      },
    },
    clock,
    'en-US',
  );
  return {
    bargeIn,
    cuts,
    floor,
    hear(payload, ms) {
      for (let at = 0; at < ms; at += 20) {
        clock.advance(20);
        bargeIn.hear(payload);
      }
    },
  };
}

describe('a caller who begins to speak', () => {
  it('interrupts at once where one word does', () => {
    const { bargeIn, cuts } = setUp(1);
    bargeIn.began();
    expect(cuts).toEqual([[1, 0]]);
    expect(bargeIn.ended()).toBe(false);
    expect(bargeIn.said('uh-huh')).toEqual({ cut: true, aside: false });
  });

  it('interrupts with the word that makes it enough', () => {
    const { bargeIn, cuts } = setUp(2);
    bargeIn.began();
    bargeIn.words('uh-huh');
    bargeIn.words('uh-huh no');
    expect(cuts).toEqual([]);
    bargeIn.words('uh-huh no wait');
    expect(cuts).toEqual([[2, 0]]);
    expect(bargeIn.ended()).toBe(false);
    expect(bargeIn.said('uh-huh no wait')).toEqual({ cut: true, aside: false });
  });

  it('interrupts by the time that the words take, where nobody tells them', () => {
    const { bargeIn, cuts, hear } = setUp(2);
    bargeIn.began();
    hear(LOUD, 680);
    expect(cuts).toEqual([]);
    hear(LOUD, 20);
    expect(cuts).toEqual([[2, 700]]);
  });

  it('does not interrupt by the silence with which an ear makes sure', () => {
    const { bargeIn, cuts, hear } = setUp(2);
    bargeIn.began();
    hear(LOUD, 400);
    hear(QUIET, 700);
    expect(cuts).toEqual([]);
    expect(bargeIn.ended()).toBe(true);
    expect(bargeIn.said('uh-huh')).toEqual({ cut: false, aside: true });
  });

  it('does not interrupt by a click after a word', () => {
    const { bargeIn, cuts, hear } = setUp(2);
    bargeIn.began();
    hear(LOUD, 300);
    hear(QUIET, 500);
    hear(LOUD, 40);
    hear(QUIET, 200);
    expect(cuts).toEqual([]);
  });

  it('is counted by words alone once they are told, however long they take', () => {
    const { bargeIn, cuts, hear } = setUp(2);
    bargeIn.began();
    hear(LOUD, 300);
    bargeIn.words('mhm');
    hear(LOUD, 2_000);
    expect(cuts).toEqual([]);
  });

  it('interrupts what begins while they speak', () => {
    const { bargeIn, cuts, floor, hear } = setUp(0);
    bargeIn.began();
    hear(LOUD, 1_000);
    floor.needed = 2;
    hear(LOUD, 60);
    expect(cuts).toEqual([[3, 1_060]]);
  });

  it('interrupts late where only the whole utterance has the words', () => {
    const { bargeIn, cuts } = setUp(2);
    bargeIn.began();
    expect(bargeIn.ended()).toBe(true);
    expect(bargeIn.awaitsWords).toBe(true);
    expect(bargeIn.said('stop it')).toEqual({ cut: true, aside: false });
    expect(cuts).toEqual([[2, 0]]);
  });

  it('says nothing aside where nothing is being said, or where it was a noise', () => {
    const silent = setUp(0);
    silent.bargeIn.began();
    expect(silent.bargeIn.ended()).toBe(false);
    expect(silent.bargeIn.said('mhm')).toEqual({ cut: false, aside: false });
    const noise = setUp(2);
    noise.bargeIn.began();
    expect(noise.bargeIn.ended()).toBe(true);
    expect(noise.bargeIn.said('')).toEqual({ cut: false, aside: false });
  });

  it('is followed utterance by utterance, though the words come after the next has begun', () => {
    const { bargeIn } = setUp(2);
    bargeIn.began();
    bargeIn.ended();
    bargeIn.began();
    bargeIn.words('no wait');
    bargeIn.ended();
    expect(bargeIn.said('mhm')).toEqual({ cut: false, aside: true });
    expect(bargeIn.said('no wait')).toEqual({ cut: true, aside: false });
    expect(bargeIn.said('what nobody heard')).toEqual({ cut: false, aside: false });
  });

  it('is forgotten when the ear is lost', () => {
    const { bargeIn } = setUp(2);
    bargeIn.began();
    bargeIn.ended();
    bargeIn.lost();
    expect(bargeIn.awaitsWords).toBe(false);
    expect(bargeIn.said('mhm')).toEqual({ cut: false, aside: false });
  });
});
