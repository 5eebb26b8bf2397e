/** `offhook test`, with the understanding that calls have and the tools of code, which run in a test. */
import type { TestArguments } from '../cli/commands.ts';
import { percentage, test, watchTests } from '../cli/test.ts';
import { systemClock } from '../clock.ts';
import type { Program } from '../dialogue/program.ts';
import { judgesOf } from '../judges.ts';
import { openLog } from '../log.ts';
import { openMetrics } from '../metrics.ts';
import { Toolbox } from '../tools/toolbox.ts';
import { chatModelOf } from '../understand/model.ts';
import { understandByRules } from '../understand/rules.ts';
import { noMind } from './files.ts';
import { type Given, settingsOf, withExample } from './given.ts';

export async function run(
  given: Given,
  paths: string[],
  { filter = '', coverage = false, coverageMin, junit, model, watch }: Omit<TestArguments, 'fromSession'>,
): Promise<number> {
  const settings = settingsOf(given);
  const { dialogues } = settings;
  const env = withExample(given.env, ...(paths.length > 0 ? paths : [dialogues]));
  const { level } = settings.log;
  const log = openLog({ ...settings.log, level: level === 'info' ? 'error' : level });
  const toolbox = new Toolbox(env, { clock: systemClock, log });
  const options = {
    paths,
    dialogues,
    env,
    filter,
    coverage,
    coverageMin: percentage(coverageMin),
    junit: junit ?? null,
  };
  const judges = judgesOf(settings.openai, log);
  const parts = {
    tools: (program: Program) => toolbox.of(program),
    understand: understandByRules,
    model: (program: Program) => (model ? (judges(chatModelOf(program.app.model)) ?? noMind(program)) : null),
    log,
    metrics: openMetrics(),
  };
  const output = { out: given.stdout, err: given.stderr };
  try {
    return await (watch ? watchTests(options, parts, output, given.ending()) : test(options, parts, output));
  } finally {
    await toolbox.close();
  }
}
