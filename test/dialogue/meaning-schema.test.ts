import { describe, expect, it } from 'vitest';
import { canMean, judgingOf, meaningFrom } from '../../runtime/dialogue/meaning-schema.ts';
import { choice, expecting, slot, yesAndNo } from '../understand/wanted.ts';

const card = slot('card', 'digits', { speech: false });
const confirm = expecting(yesAndNo, [slot('time', 'time', { filled: true, value: '19:00' }), card]);

describe('what a model is asked', () => {
  it('tells yes and no apart from a correction', () => {
    expect(judgingOf(confirm).known).toMatchObject({
      choices: [
        { id: 'yes', when: 'says yes to what was asked, and corrects nothing' },
        { id: 'no', when: 'says no to what was asked, without saying what is right instead' },
        { id: 'none', when: 'none of these, or not understood' },
      ],
    });
  });

  it('leaves out what can only be pressed', () => {
    const { known, schema } = judgingOf(confirm);
    expect(JSON.stringify([known, schema])).not.toContain('card');
    expect(known).toMatchObject({ slots: [{ name: 'time', asked: false, value: '19:00' }] });
  });

  it('says nothing of values where none may be said', () => {
    const { rules, known, schema } = judgingOf(expecting(yesAndNo, [card]));
    expect(rules).not.toContain('slots');
    expect(known).not.toHaveProperty('slots');
    expect(schema).toMatchObject({ required: ['choice', 'confidence'] });
  });

  it('gives a few examples of each choice, not all', () => {
    const like = Array.from({ length: 20 }, (_, index) => `example ${index}`);
    const { known } = judgingOf(expecting([choice('s0', like)]));
    expect(known).toMatchObject({ choices: [{ like: like.slice(0, 5) }, { like: [] }] });
  });

  it('tells the local time where the caller is, summer time and all', () => {
    const summer = { ...confirm, now: Date.UTC(2026, 6, 31, 23, 5), zone: 'America/New_York' };
    expect(judgingOf(summer).known).toMatchObject({
      now: 'Friday, 2026-07-31 19:05, America/New_York (GMT-04:00)',
    });
  });
});

describe('what a model answers', () => {
  const answer = { choice: 'none', slots: { time: '20:00' }, unsure: ['time'], confidence: 0.8 };

  it('is a meaning where all of it was offered', () => {
    expect(meaningFrom(confirm, answer)).toEqual({
      choice: null,
      slots: { time: '20:00' },
      unsure: ['time'],
      confidence: 0.8,
      by: 'model',
    });
  });

  it('may leave out values that nobody said; what is not said is not unsure', () => {
    const said = { choice: 'yes', slots: { time: null }, unsure: ['time'], confidence: 1 };
    expect(meaningFrom(confirm, said)).toMatchObject({ choice: 'yes', slots: {}, unsure: [] });
    expect(meaningFrom(confirm, { choice: 'yes', confidence: 1 })).toMatchObject({
      choice: 'yes',
      slots: {},
    });
  });

  it.each([
    ['what can only be pressed', { ...answer, slots: { card: '4111' } }],
    ['a name that every object has', { ...answer, slots: { constructor: 'x' } }],
    ['values that are no object', { ...answer, slots: ['20:00'] }],
    ['doubts that are no list', { ...answer, unsure: 'time' }],
    ['a confidence below nothing', { ...answer, confidence: -0.1 }],
    ['a text', 'yes'],
    ['null', null],
  ])('is refused with %s', (_, wrong) => {
    expect(meaningFrom(confirm, wrong)).toBeNull();
  });
});

it('there is something to mean where there is a choice, or a value that may be said', () => {
  expect(canMean(confirm)).toBe(true);
  expect(canMean(expecting([], [slot('party', 'integer')]))).toBe(true);
  expect(canMean(expecting([], [card]))).toBe(false);
  expect(canMean(expecting([]))).toBe(false);
});
