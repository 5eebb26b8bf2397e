/** What an engine cannot carry of a dialogue, so that an author reads it before a caller hears it. */
import { dialogueOf, dialoguesRun } from './check-holders.ts';
import { BY_KEYS } from './compile-slots.ts';
import { type DocumentFile, mapOf, problem } from './document-file.ts';
import type { Problem } from './problem.ts';
import type { SlotType } from './protocol.ts';
import { valueAt } from './read.ts';

/** The apps that run on the embedded engine, and the dialogues that they come to; all, where it is `engine`. */
export function onEmbedded(files: readonly DocumentFile[], engine?: string): DocumentFile[] {
  const documents = files.filter(({ kind }) => kind !== 'test');
  if (engine === 'embedded') return documents;
  const apps = documents.filter(({ kind, data }) => kind === 'app' && data.engine === 'embedded');
  if (apps.length === 0) return [];
  const dialogues = new Map(documents.filter(({ kind }) => kind === 'dialogue').map((one) => [one.id, one]));
  const found = new Set<DocumentFile>();
  const queue = apps.map(dialogueOf);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const dialogue = dialogues.get(id);
    if (!dialogue || found.has(dialogue)) continue;
    found.add(dialogue);
    queue.push(...dialoguesRun(dialogue));
  }
  return [...apps, ...found];
}

/** Types whose values the recogniser on this machine is told to expect. */
const HEARD: ReadonlySet<string> = new Set(['boolean', 'choice', 'integer', 'digits', 'date', 'time']);

/** What `check --engine embedded` warns of: that engine has no model, and its own voice speaks English. */
export function degradesOnEmbedded(file: DocumentFile): Problem[] {
  return file.kind === 'app' ? inApp(file) : inDialogue(file);
}

function inApp({ source, data }: DocumentFile): Problem[] {
  if (typeof data.locale !== 'string' || /^en([-_]|$)/i.test(data.locale)) return [];
  const message = `\`${data.locale}\`: the embedded voice speaks English only; another language is spoken by espeak-ng, where it is installed.`;
  return [problem(source, ['locale'], 'embedded-locale', message, { severity: 'warning' })];
}

function inDialogue({ source, data, held }: DocumentFile): Problem[] {
  const warn = { severity: 'warning', which: 'key' } as const;
  const problems: Problem[] = [];
  for (const { holds, path, value } of held) {
    if (holds === 'template' && path.at(-1) === 'talk') {
      const message =
        '`talk` has no model on the embedded engine: only the `like` and `keys` of its exits are understood.';
      problems.push(problem(source, path, 'embedded-talk', message, warn));
    }
    if (holds !== 'options' || !Array.isArray(value)) continue;
    for (const index of value.keys()) {
      const { when, like, keys } = mapOf(valueAt(value, [index]));
      if (typeof when !== 'string' || like !== undefined || keys !== undefined) continue;
      const message = `\`${when}\` cannot be understood on the embedded engine: it has neither \`like\` nor \`keys\`.`;
      problems.push(problem(source, [...path, index, 'when'], 'embedded-when', message, warn));
    }
  }
  for (const [name, slot] of Object.entries(mapOf(data.slots))) {
    const { type, from } = mapOf(slot);
    const byKeys = BY_KEYS.has(type as SlotType) && (!Array.isArray(from) || from.includes('keys'));
    if (typeof type !== 'string' || HEARD.has(type) || byKeys) continue;
    const message = `\`${name}\` cannot be heard on the embedded engine: nobody can list what callers say for the type ${type}, so only the captions of a simulated phone tell it.`;
    problems.push(problem(source, ['slots', name], 'embedded-slot', message, warn));
  }
  if (!('states' in data) && !('inbound' in data) && !('outbound' in data)) {
    const message = 'An open conversation has no model on the embedded engine: nothing follows the `intro`.';
    problems.push(problem(source, 'persona' in data ? ['persona'] : [], 'embedded-open', message, warn));
  }
  return problems;
}
