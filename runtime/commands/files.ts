/** The dialogues folder as commands read it. */
import type { Catalog, Target } from '../catalog.ts';
import type { Config } from '../config.ts';
import type { Program } from '../dialogue/program.ts';
import type { Environment } from '../dialogue/settings.ts';
import { OffhookError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { openCatalog } from '../open-catalog.ts';
import { withExample } from './given.ts';

export function openFiles(settings: Config, env: Environment): Promise<Catalog> {
  return openCatalog(settings, withExample(env, settings.dialogues), silentLog);
}

/** @throws OffhookError `unknown-key`. */
export function targetOf(catalog: Catalog, key: string): Target {
  const target = catalog.find(key);
  if (target) return target;
  const known = catalog
    .targets()
    .map(({ app }) => app.id)
    .toSorted()
    .join(', ');
  throw new OffhookError(
    'unknown-key',
    `There is no app or dialogue "${key}"; there are ${known || 'none'}.`,
  );
}

/** @throws OffhookError `bad-setting`. */
export function noMind({ app }: Program): never {
  throw new OffhookError(
    'bad-setting',
    `--model: the app "${app.id}" names no model for text, such as openai/gpt-6-luna, or OPENAI_API_KEY is not set.`,
  );
}
