/** The dialogues folder as whoever takes or places calls needs it: without an error. */
import { Catalog } from './catalog.ts';
import type { Config } from './config.ts';
import { compile } from './dialogue/compile.ts';
import { formatProblem } from './dialogue/problem.ts';
import type { Environment } from './dialogue/settings.ts';
import { OffhookError } from './errors.ts';
import type { Log } from './log.ts';
import { refuseMissingKeys } from './vendor-keys.ts';

/** Loads the folder; any error in it stops the start. */
export async function openCatalog(config: Config, env: Environment, log: Log): Promise<Catalog> {
  const catalog = await Catalog.open(config.dialogues, env, compile, log);
  const errors = catalog.problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) {
    const lines = errors.map((problem) => formatProblem(problem)).join('\n');
    throw new OffhookError(
      'bad-dialogues',
      `${lines}\n${errors.length === 1 ? 'One error' : `${errors.length} errors`} in the dialogues: nothing was started.`,
    );
  }
  for (const problem of catalog.problems) log.warn(formatProblem(problem));
  for (const { facts } of catalog.list()) refuseMissingKeys(facts, config);
  return catalog;
}
