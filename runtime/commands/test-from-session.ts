/** `offhook test --from-session`, with the store. */
import { writeTestFromSession } from '../cli/test-from-session.ts';
import { type Given, settingsOf, withExample } from './given.ts';
import { withStore } from './store.ts';

export function run(given: Given, session: string): Promise<number> {
  const settings = settingsOf(given);
  const folder = { dialogues: settings.dialogues, env: withExample(given.env, settings.dialogues) };
  return withStore(settings, (store) => writeTestFromSession(session, store, folder, given.stdout));
}
