/** `offhook sessions`, with the store. */
import { listSessions, showSession } from '../cli/sessions.ts';
import { type Given, settingsOf } from './given.ts';
import { withStore } from './store.ts';

export const list = async (
  given: Given,
  options: { app?: string; status?: string; limit: string },
): Promise<number> => withStore(settingsOf(given), (store) => listSessions(store, given.stdout, options));

export const show = async (given: Given, id: string): Promise<number> =>
  withStore(settingsOf(given), (store) => showSession(store, given.stdout, id));
