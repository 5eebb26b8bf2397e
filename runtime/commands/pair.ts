/** `offhook pair`, with the store. */
import { pairPhone } from '../cli/pair.ts';
import { systemClock } from '../clock.ts';
import { OffhookError } from '../errors.ts';
import { Pairing } from '../people/pairing.ts';
import { type Given, settingsOf } from './given.ts';
import { withStore } from './store.ts';

export async function run(
  given: Given,
  code: string,
  { name, user }: { name?: string; user?: string },
): Promise<number> {
  if ((name === undefined) === (user === undefined)) {
    throw new OffhookError('bad-setting', 'Whose phone is it? Give --name, or --user with an id.');
  }
  return withStore(settingsOf(given), (store) =>
    pairPhone(
      new Pairing({ store, people: store.people, clock: systemClock }),
      code,
      { name, user },
      given.stdout,
    ),
  );
}
