/** What an engine cannot carry of a dialogue, so that an author reads it before a caller hears it. */
import { type DocumentFile, mapOf, problem } from './document-file.ts';
import type { Problem } from './problem.ts';
import { valueAt } from './read.ts';

/** What `check --engine embedded` warns of: that engine has no model, and its own voice speaks English. */
export function degradesOnEmbedded(file: DocumentFile): Problem[] {
  return file.kind === 'app' ? inApp(file) : inDialogue(file);
}

function inApp({ source, data }: DocumentFile): Problem[] {
  if (typeof data.locale !== 'string' || /^en(-|$)/i.test(data.locale)) return [];
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
  if (!('states' in data) && !('inbound' in data) && !('outbound' in data)) {
    const message = 'An open conversation has no model on the embedded engine: nothing follows the `intro`.';
    problems.push(problem(source, 'persona' in data ? ['persona'] : [], 'embedded-open', message, warn));
  }
  return problems;
}
