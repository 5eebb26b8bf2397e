/** `offhook serve`. */
import { openLog } from '../log.ts';
import { openRuntime } from '../serve.ts';
import { type Given, settingsOf } from './given.ts';

const DRAIN_MS = 25_000;

export async function run(given: Given): Promise<number> {
  const settings = settingsOf(given);
  const log = openLog(settings.log);
  const runtime = await openRuntime(settings, given.env, log);
  if (runtime.token.fresh)
    given.stderr.write(`The token of the HTTP API, shown this once: ${runtime.token.token}\n`);
  log.info({ url: runtime.url, dialogues: settings.dialogues }, 'Offhook is listening');
  await given.ending();
  log.info('draining');
  await runtime.close(DRAIN_MS);
  return 0;
}
