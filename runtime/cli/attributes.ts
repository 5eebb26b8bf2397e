import type { Value } from '../dialogue/protocol.ts';
import { messageOf, OffhookError } from '../errors.ts';

/**
 * What `--attributes` gives to a call that we placed; nothing where it is not given.
 * @throws OffhookError `bad-setting` where it is no JSON object, or the call is not ours.
 */
export function readAttributes(
  written: string | undefined,
  outbound: boolean,
): { readonly [name: string]: Value } {
  if (written === undefined) return {};
  if (!outbound) {
    throw new OffhookError('bad-setting', '--attributes belong to a call that we placed: add --outbound.');
  }
  let given: unknown;
  try {
    given = JSON.parse(written);
  } catch (cause) {
    throw new OffhookError('bad-setting', `--attributes is no JSON: ${messageOf(cause)}.`, { cause });
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new OffhookError(
      'bad-setting',
      `--attributes is ${written}, but should be a JSON object, such as {"time": "19:00"}.`,
    );
  }
  // What JSON.parse gives is JSON.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return given as { readonly [name: string]: Value };
}
