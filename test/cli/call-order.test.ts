import { describe, expect, test } from 'vitest';
import { callOrderOf, type CallOptions } from '../../runtime/cli/call-order.ts';

const NOTHING = { from: null, locale: null, machine: null, retry: null };

describe('what offhook call is to do', () => {
  test.each<[CallOptions, object]>([
    [
      { to: '+14155550123', key: 'bistro' },
      {
        kind: 'single',
        to: '+14155550123',
        key: 'bistro',
        account: null,
        token: null,
        attributes: {},
        ...NOTHING,
      },
    ],
    [
      {
        to: '+1',
        key: 'k',
        account: 'AC1',
        token: 't',
        from: '+2',
        locale: 'cs',
        attributes: '{"time": "seven"}',
        machine: 'hangup',
        attempts: '2',
      },
      {
        kind: 'single',
        to: '+1',
        key: 'k',
        account: 'AC1',
        token: 't',
        from: '+2',
        locale: 'cs',
        attributes: { time: 'seven' },
        machine: 'hangup',
        retry: { attempts: 2, everyMs: 900_000, on: ['busy', 'no-answer'] },
      },
    ],
    [
      { file: 'a.csv', key: 'k' },
      { kind: 'file', file: 'a.csv', again: false, key: 'k', ...NOTHING },
    ],
    [
      { file: 'a.csv', key: 'k', new: true, every: '5m' },
      {
        kind: 'file',
        file: 'a.csv',
        again: true,
        key: 'k',
        ...NOTHING,
        retry: { attempts: 3, everyMs: 300_000, on: ['busy', 'no-answer'] },
      },
    ],
    [{ batch: 'b1' }, { kind: 'follow', id: 'b1' }],
    [
      { batch: 'b1', cancel: true },
      { kind: 'cancel', id: 'b1' },
    ],
  ])('is told by %j', (options, order) => {
    expect(callOrderOf(options)).toEqual(order);
  });

  test.each<[CallOptions, string]>([
    [{ key: 'k' }, 'Give one of --to, --file and --batch.'],
    [{ key: 'k', to: '+1', file: 'a.csv' }, 'Give one of --to, --file and --batch.'],
    [{ to: '+1' }, '--key is missing: the app or dialogue that calls.'],
    [{ file: 'a.csv' }, '--key is missing: the app or dialogue that calls.'],
    [{ to: '+1', key: 'k', new: true }, '--new belongs to --file.'],
    [{ file: 'a.csv', key: 'k', cancel: true }, '--cancel belongs to --batch.'],
    [
      { file: 'a.csv', key: 'k', attributes: '{}' },
      '--attributes belong to --to: the columns of a file are the attributes of its calls.',
    ],
    [
      { to: '+1', key: 'k', attributes: '[]' },
      '--attributes is [], but should be a JSON object, such as {"time": "19:00"}.',
    ],
    [
      { batch: 'b1', attributes: '{}' },
      '--attributes does not belong to --batch: a batch is as it was given.',
    ],
    [{ batch: 'b1', key: 'k' }, '--key does not belong to --batch: a batch is as it was given.'],
    [
      { file: 'a.csv', key: 'k', token: 't' },
      '--account and --token belong to --to: the server places the calls of a file, with the account of the app.',
    ],
  ])('is refused for %j', (options, message) => {
    expect(() => callOrderOf(options)).toThrow(expect.objectContaining({ code: 'bad-setting', message }));
  });

  test.each(['none', '0', '1.5'])('is refused for %j attempts', (attempts) => {
    expect(() => callOrderOf({ to: '+1', key: 'k', attempts })).toThrow(
      expect.objectContaining({
        code: 'bad-retry',
        message: expect.stringMatching(/^A call is tried 1 to 10 times, not "?(none|0|1\.5)"?\.$/),
      }),
    );
  });

  test('is refused for a language that is none, and takes one as people write it', () => {
    expect(() => callOrderOf({ to: '+1', key: 'k', locale: 'english please' })).toThrow(
      expect.objectContaining({
        code: 'bad-locale',
        message: '"english please" is not a language tag, such as en-US.',
      }),
    );
    expect(callOrderOf({ to: '+1', key: 'k', locale: 'en_gb' })).toMatchObject({ locale: 'en-GB' });
  });
});
