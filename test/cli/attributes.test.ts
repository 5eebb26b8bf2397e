import { describe, expect, it } from 'vitest';
import { readAttributes } from '../../runtime/cli/attributes.ts';
import { OffhookError } from '../../runtime/errors.ts';

describe('--attributes', () => {
  it('is a JSON object, and nothing where it is not given', () => {
    expect(readAttributes('{"time": "seven", "guests": [1, null]}', true)).toEqual({
      time: 'seven',
      guests: [1, null],
    });
    expect(readAttributes(undefined, true)).toEqual({});
    expect(readAttributes(undefined, false)).toEqual({});
  });

  it.each(['5', 'null', '["time"]', '"time"'])('refuses what is no object: %s', (written) => {
    expect(() => readAttributes(written, true)).toThrow(
      new OffhookError(
        'bad-setting',
        `--attributes is ${written}, but should be a JSON object, such as {"time": "19:00"}.`,
      ),
    );
  });

  it.each(['', '{time: 7}', '{"time": '])('refuses what is no JSON: "%s"', (written) => {
    expect(() => readAttributes(written, true)).toThrow(/^--attributes is no JSON: .+\.$/);
  });

  it('belongs to a call that we placed', () => {
    expect(() => readAttributes('{}', false)).toThrow(
      '--attributes belong to a call that we placed: add --outbound.',
    );
  });
});
