/** Who uses a dialogue: the apps that hold it and the dialogues that run it. */
import { type DocumentFile, problem } from './document-file.ts';
import type { Problem } from './problem.ts';

/** Apps by the dialogue that they hold. */
export function heldBy(apps: readonly DocumentFile[]): Map<string, DocumentFile[]> {
  const held = new Map<string, DocumentFile[]>();
  for (const app of apps) held.set(dialogueOf(app), [...(held.get(dialogueOf(app)) ?? []), app]);
  return held;
}

/** The dialogue that an app holds: the one it names, else that with its own id. */
export const dialogueOf = ({ data, id }: DocumentFile): string =>
  typeof data.dialogue === 'string' ? data.dialogue : id;

/**
 * A warning for every dialogue that no app holds and no dialogue runs. None at all where a file cannot be read,
 * which may be the one that does.
 */
export function unheldDialogues(
  files: readonly DocumentFile[],
  readable: ReadonlySet<DocumentFile>,
): Problem[] {
  const concerned = files.filter(({ kind }) => kind !== 'test');
  if (concerned.some((file) => !readable.has(file))) return [];
  const used = new Set(
    concerned.flatMap((file) => (file.kind === 'app' ? [dialogueOf(file)] : dialoguesRun(file))),
  );
  return concerned
    .filter(({ kind, id }) => kind === 'dialogue' && !used.has(id))
    .map(({ source, id }) => {
      const message = `No app holds the dialogue \`${id}\` and no other dialogue runs it: no number is answered by it. Write ${id}.app.yaml beside it, or \`dialogue: ${id}\` in an app.`;
      return problem(source, [], 'not-held', message, { severity: 'warning' });
    });
}

/** The dialogues that a dialogue runs, by its own words. */
export const dialoguesRun = ({ id: own, held }: DocumentFile): string[] =>
  held.flatMap(({ holds, value }) => (holds === 'dialogue' && value !== own ? [String(value)] : []));
