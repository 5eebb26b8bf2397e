/** `offhook understand`. */
import { readNow, understandLines } from '../cli/understand.ts';
import { judgesOf } from '../judges.ts';
import { silentLog } from '../log.ts';
import { chatModelOf } from '../understand/model.ts';
import { understandByRules } from '../understand/rules.ts';
import { noMind, openFiles, targetOf } from './files.ts';
import { type Given, settingsOf } from './given.ts';

export async function run(
  given: Given,
  key: string,
  { state = null, now, model = false }: { state?: string | null; now?: string; model?: boolean },
): Promise<number> {
  const settings = settingsOf(given);
  const { program } = targetOf(await openFiles(settings, given.env), key);
  const mind = model
    ? (judgesOf(settings.openai, silentLog)(chatModelOf(program.app.model)) ?? noMind(program))
    : null;
  await understandLines(program, state, understandByRules, given.stdin, given.stdout, {
    ...(now !== undefined && { at: readNow(now) }),
    chat:
      mind && ((expectation, text, signal) => mind(expectation, text, { recent: [], persona: null }, signal)),
  });
  return 0;
}
