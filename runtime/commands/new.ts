/** `offhook new`. */
import { createNew } from '../cli/new.ts';
import { type Given, localUrl, settingsOf } from './given.ts';

export async function run(given: Given, name: string, { locale }: { locale: string }): Promise<number> {
  const settings = settingsOf(given);
  const serverUrl = localUrl(settings);
  await createNew({ name, locale, folder: settings.dialogues, serverUrl }, given.stdout);
  return 0;
}
