/** `offhook check`, with the understanding that calls have. */
import { check, type CheckFormat } from '../cli/check.ts';
import type { EngineName } from '../dialogue/engines.ts';
import { understandByRules } from '../understand/rules.ts';
import { type Given, settingsOf, withExample } from './given.ts';

export async function run(
  given: Given,
  paths: string[],
  { engine = null, format }: { engine?: EngineName | null; format: CheckFormat },
): Promise<number> {
  const { dialogues } = settingsOf(given);
  const env = withExample(given.env, ...(paths.length > 0 ? paths : [dialogues]));
  const { version, stdout, stderr } = given;
  const understand = understandByRules;
  return check({ paths, dialogues, engine, format, env, version, understand }, stdout, stderr);
}
