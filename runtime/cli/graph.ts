import { writeFile } from 'node:fs/promises';
import { Catalog } from '../catalog.ts';
import { compile } from '../dialogue/compile.ts';
import type { Program } from '../dialogue/program.ts';
import type { Environment } from '../dialogue/settings.ts';
import { messageOf, OffhookError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { mermaidOf } from './graph-mermaid.ts';
import { chartsOf } from './graph-model.ts';
import { svgOf } from './graph-svg.ts';

export interface GraphOptions {
  format: 'mermaid' | 'svg';
  /** The file to write; null: standard output. */
  file: string | null;
}

/**
 * `offhook graph`: a program as a picture: its states and what leads from one to another.
 * @throws OffhookError `not-written` where the file cannot be written.
 */
export async function graph(
  program: Program,
  { format, file }: GraphOptions,
  out: { write(text: string): unknown },
): Promise<void> {
  const charts = chartsOf(program);
  const text = format === 'svg' ? await svgOf(charts) : mermaidOf(charts);
  if (file === null) {
    out.write(text);
    return;
  }
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new OffhookError('not-written', `${file} cannot be written: ${messageOf(cause)}.`, { cause });
  }
}

/**
 * What an app or dialogue of the folder would run. Nothing that a call needs besides has to be there: no keys of
 * vendors, and no other file has to be right.
 * @throws OffhookError `no-dialogues`, `bad-dialogues`, `unknown-key`.
 */
export async function programOf(folder: string, env: Environment, key: string): Promise<Program> {
  const catalog = await Catalog.open(folder, env, compile, silentLog);
  const target = catalog.find(key);
  if (target) return target.program;
  const known = catalog.targets().map(({ app }) => app.id);
  const there = `there are ${known.toSorted().join(', ') || 'none'}`;
  if (!catalog.problems.some(({ severity }) => severity === 'error'))
    throw new OffhookError('unknown-key', `There is no app or dialogue "${key}"; ${there}.`);
  const message = `There is no app or dialogue "${key}" without an error; ${there}. \`offhook check\` tells the errors.`;
  throw new OffhookError('bad-dialogues', message);
}
