/** `offhook talk`, with the tools and the understanding that calls have. */
import { readAttributes } from '../cli/attributes.ts';
import type { TalkArguments } from '../cli/commands.ts';
import { clockFrom, talk } from '../cli/talk.ts';
import { readNow } from '../cli/understand.ts';
import { systemClock } from '../clock.ts';
import { exampleFor } from '../example-server.ts';
import { judgesOf } from '../judges.ts';
import { Terminal } from '../line/local/terminal.ts';
import { openLog } from '../log.ts';
import { openMetrics } from '../metrics.ts';
import { openCatalog } from '../open-catalog.ts';
import { e164 } from '../outbound/phone-numbers.ts';
import { Toolbox } from '../tools/toolbox.ts';
import { chatModelOf } from '../understand/model.ts';
import { understandByRules } from '../understand/rules.ts';
import { targetOf } from './files.ts';
import { type Given, settingsOf } from './given.ts';

export async function run(
  given: Given,
  key: string,
  { outbound = false, from, unpaired = false, now, attributes: written }: TalkArguments,
): Promise<number> {
  const settings = settingsOf(given);
  const attributes = readAttributes(written, outbound);
  const clock = now === undefined ? systemClock : clockFrom(systemClock, readNow(now));
  const { level } = settings.log;
  const log = openLog({ ...settings.log, level: level === 'info' ? 'warn' : level });
  const example = await exampleFor(settings, given.env);
  let toolbox: Toolbox | null = null;
  try {
    const env = { ...given.env, ...example?.env };
    const target = targetOf(await openCatalog(settings, env, log), key);
    toolbox = new Toolbox(env, { clock, log });
    const parts = {
      tools: toolbox.of(target.program),
      model: judgesOf(settings.openai, log)(chatModelOf(target.app.model)),
      understand: understandByRules,
      clock,
      log,
      metrics: openMetrics(),
    };
    await talk(
      { target, outbound, from: from === undefined ? null : e164(from), unpaired, attributes },
      parts,
      (on, claim) => new Terminal(given.stdin, given.stdout, on, claim),
    );
    return 0;
  } finally {
    await toolbox?.close();
    await example?.close();
  }
}
