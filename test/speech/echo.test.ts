import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { Echo } from '../../runtime/speech/echo.ts';

const LINE = 'We have soup today, and fresh bread with butter. What would you like?';

/** What is heard while the line is being said. */
function over(line: string, heard: string): boolean {
  const echo = new Echo();
  echo.saying('a', line);
  echo.began();
  return echo.isEcho(heard);
}

describe('heard while the line is being said', () => {
  test.each([
    'We have soup today and fresh bread',
    'soup today and fresh',
    'have soup today and fresh bread with better',
    'we have',
    'we have soup',
    'We ha',
    LINE,
  ])('"%s" is its echo', (heard) => {
    expect(over(LINE, heard)).toBe(true);
  });

  test.each([
    ['a single word', 'soup'],
    ['the first word', 'we'],
    ['two words of its middle', 'fresh bread'],
    ['three words of its middle', 'bread with butter'],
    ['something else', 'wait a moment please'],
    ['its words and more', 'we have soup today but do you have any wine'],
    ['its words in another order', 'bread soup butter today'],
    ['nothing', ''],
    ['marks', '...'],
  ])('%s is the caller', (_, heard) => {
    expect(over(LINE, heard)).toBe(false);
  });
});

test('who begins when the line is over is the caller, whatever they say', () => {
  const echo = new Echo();
  echo.saying('a', 'A table inside or a table outside?');
  echo.over('a');
  echo.began();
  expect(echo.isEcho('a table inside or a table')).toBe(false);
});

test('what began while the line was said is its echo, also where the line is over by then', () => {
  const echo = new Echo();
  echo.saying('a', LINE);
  expect(echo.speaking).toBe(true);
  echo.began();
  echo.over('a');
  expect(echo.speaking).toBe(false);
  expect(echo.isEcho('we have soup today')).toBe(true);
  echo.began();
  expect(echo.isEcho('we have soup today')).toBe(false);
});

test('a line of which nothing was known before counts for what was being heard then', () => {
  const echo = new Echo();
  echo.began();
  echo.said('For how many people?');
  expect(echo.isEcho('for how many')).toBe(true);
  echo.began();
  expect(echo.isEcho('for how many')).toBe(false);
});

test('an echo may run from one line into the next, and a line may grow while it is said', () => {
  const echo = new Echo();
  echo.saying('a', 'Let me see.');
  echo.began();
  echo.saying('a', 'Let me see what there is.');
  echo.saying('b', 'We have soup.');
  expect(echo.isEcho('what there is we have soup')).toBe(true);
});

test('scripts without spaces are compared by their characters', () => {
  expect(over('本日のスープはトマトです。', '本日のスープは')).toBe(true);
  expect(over('本日のスープはトマトです。', 'トマト')).toBe(false);
  expect(over('本日のスープはトマトです。', 'はい')).toBe(false);
});

test('without a line nothing is an echo, and every run of four words of a line is', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 4, maxLength: 40 });
  fc.assert(
    fc.property(words, fc.nat(), fc.nat(), (line, from, length) => {
      const start = from % (line.length - 3);
      const run = line.slice(start, start + 4 + (length % line.length)).join(' ');
      expect(over(line.join(' '), run)).toBe(true);
      expect(new Echo().isEcho(run)).toBe(false);
    }),
  );
});
