/** Texts that an author most likely did not mean to be spoken. */
import { mapOf, problem, problemIn, type DocumentFile } from './document-file.ts';
import { spokenBraces } from './names.ts';
import type { Problem } from './problem.ts';
import type { Path } from './read.ts';

export function checkText(
  dialogue: DocumentFile,
  path: Path,
  text: string,
  dialogues: ReadonlyMap<string, unknown>,
): Problem[] {
  return [
    ...spokenBraces(text).map((slip): Problem => ({
      ...problemIn(dialogue.source, path, slip),
      severity: 'warning',
    })),
    ...yesForTrue(dialogue, path, text),
    ...stepForText(dialogue, path, text, dialogues),
  ];
}

/** YAML's `yes` is a word: where `true` could stand as well, nobody means it to be spoken. */
function yesForTrue({ source }: DocumentFile, path: Path, text: string): Problem[] {
  const key = String(path.at(-1));
  const isWord = /^(yes|no|on|off)$/i.test(text) && source.rawOf(path) === text;
  if (!isWord || (key !== 'hangup' && key !== 'brief')) return [];
  const message = `\`${key}\` is the word "${text}": write true, or a text in quotes.`;
  return [problem(source, path, 'bad-value', message)];
}

const LADDERS: readonly unknown[] = ['rejected', 'silence', 'unclear', 'failed'];

/** A verb and a name that is there: a step whose braces are missing. */
function stepForText(
  { source, data }: DocumentFile,
  path: Path,
  text: string,
  dialogues: ReadonlyMap<string, unknown>,
): Problem[] {
  const [, verb = '', name = ''] = /^(goto|do|run):? +([\w-]+)$/.exec(text.trim()) ?? [];
  const isThere = {
    goto: () => Object.hasOwn(mapOf(data.states), name),
    do: () => Object.hasOwn(mapOf(data.tools), name),
    run: () => dialogues.has(name),
  }[verb];
  if (!isThere?.()) return [];
  const key = path.at(-1);
  const step = `{ ${verb}: ${name} }`;
  const written = LADDERS.includes(key) ? `${String(key)}: ${step}` : step;
  const message = `\`${text.trim()}\` is said as it is written: for the step write \`${written}\`.`;
  return [problem(source, path, 'spoken-step', message, { severity: 'warning' })];
}
