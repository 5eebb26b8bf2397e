/** `offhook graph`. */
import { graph, programOf } from '../cli/graph.ts';
import { type Given, settingsOf, withExample } from './given.ts';

export async function run(
  given: Given,
  key: string,
  { format, out = null }: { format: 'mermaid' | 'svg'; out?: string | null },
): Promise<number> {
  const { dialogues } = settingsOf(given);
  const program = await programOf(dialogues, withExample(given.env, dialogues), key);
  await graph(program, { format, file: out }, given.stdout);
  return 0;
}
