/** `offhook users`, with the store. */
import { exportView } from '../api/people-views.ts';
import { eraseUser, exportUser, listUsers, mergeUsers, showUser } from '../cli/users.ts';
import { systemClock } from '../clock.ts';
import { type Given, settingsOf } from './given.ts';
import { withStore } from './store.ts';

export const list = async (given: Given, options: { limit: string }): Promise<number> =>
  withStore(settingsOf(given), (store) => listUsers(store, given.stdout, options, systemClock.now()));

export const show = async (given: Given, who: string): Promise<number> =>
  withStore(settingsOf(given), (store) => showUser(store, given.stdout, who, systemClock.now()));

export const exportAll = async (given: Given, who: string): Promise<number> =>
  withStore(settingsOf(given), (store) =>
    exportUser(store, given.stdout, who, systemClock.now(), exportView),
  );

export const erase = async (given: Given, who: string, options: { yes?: true }): Promise<number> =>
  withStore(settingsOf(given), (store) => eraseUser(store, given.stdout, who, options, systemClock.now()));

export const merge = async (given: Given, from: string, into: string): Promise<number> =>
  withStore(settingsOf(given), (store) => mergeUsers(store, given.stdout, from, into, systemClock.now()));
