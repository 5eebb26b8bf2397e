import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import { readRetry } from '../outbound/retry.ts';
import { bcp47 } from '../outbound/written.ts';
import type { Machine, Retry } from '../store/initiations.ts';
import { readAttributes } from './attributes.ts';
import type { BatchOrder } from './call-batch.ts';

/** As they were typed. */
export interface CallOptions {
  to?: string;
  file?: string;
  batch?: string;
  new?: true;
  cancel?: true;
  from?: string;
  key?: string;
  account?: string;
  token?: string;
  locale?: string;
  attributes?: string;
  machine?: Machine;
  attempts?: string;
  every?: string;
}

export interface SingleOrder {
  kind: 'single';
  to: string;
  key: string;
  from: string | null;
  account: string | null;
  token: string | null;
  locale: string | null;
  attributes: { readonly [name: string]: Value };
  machine: Machine | null;
  retry: Retry | null;
}

const NOT_OF_BATCH = [
  'from',
  'key',
  'account',
  'token',
  'locale',
  'attributes',
  'machine',
  'attempts',
  'every',
] as const;

/**
 * Whether one person is to be called, those of a file, or a batch is followed.
 * @throws OffhookError `bad-setting` for options that do not go together, `bad-retry`, `bad-locale`.
 */
export function callOrderOf(options: CallOptions): SingleOrder | BatchOrder {
  const { to, file, batch, key, account = null, token = null } = options;
  const { from = null, machine = null } = options;
  const whom = [to, file, batch].filter((one) => one !== undefined);
  if (whom.length !== 1) wrong('Give one of --to, --file and --batch.');
  if (options.new && file === undefined) wrong('--new belongs to --file.');
  if (options.cancel && batch === undefined) wrong('--cancel belongs to --batch.');
  if (batch !== undefined) {
    const other = NOT_OF_BATCH.find((name) => options[name] !== undefined);
    if (other) wrong(`--${other} does not belong to --batch: a batch is as it was given.`);
    return { kind: options.cancel ? 'cancel' : 'follow', id: batch };
  }
  if (key === undefined) wrong('--key is missing: the app or dialogue that calls.');
  const locale = options.locale === undefined ? null : bcp47(options.locale);
  const terms = { key, from, locale, machine, retry: retryOf(options) };
  if (file === undefined) {
    const attributes = readAttributes(options.attributes, true);
    return { kind: 'single', to: to!, account, token, attributes, ...terms };
  }
  if (options.attributes !== undefined) {
    wrong('--attributes belong to --to: the columns of a file are the attributes of its calls.');
  }
  if (account !== null || token !== null) {
    wrong(
      '--account and --token belong to --to: the server places the calls of a file, with the account of the app.',
    );
  }
  return { kind: 'file', file, again: options.new ?? false, ...terms };
}

function retryOf({ attempts, every }: CallOptions): Retry | null {
  if (attempts === undefined && every === undefined) return null;
  if (attempts !== undefined && !/^\d+$/.test(attempts)) {
    throw new OffhookError('bad-retry', `A call is tried 1 to 10 times, not "${attempts}".`, { status: 400 });
  }
  return readRetry({
    ...(attempts !== undefined && { attempts: Number(attempts) }),
    ...(every !== undefined && { every }),
  });
}

function wrong(message: string): never {
  throw new OffhookError('bad-setting', message);
}
