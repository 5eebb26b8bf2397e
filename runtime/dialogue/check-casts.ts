/** Who listens, thinks and speaks for an app: whether its engine, and each of its fallbacks, can do with them. */
import { type DocumentFile, mapOf, problem } from './document-file.ts';
import { type EngineName, ENGINES, fits, PROVIDERS, type Role, ROLES } from './engines.ts';
import type { Problem } from './problem.ts';
import type { Path, Source } from './read.ts';

const DOES: { readonly [role in Role]: string } = { speech: 'listen', model: 'think', voice: 'speak' };
const BAD: { readonly [role in Role]: string } = {
  speech: 'bad-speech',
  model: 'bad-model',
  voice: 'bad-voice',
};
const CALLED: { readonly [role in Role]: string } = {
  speech: 'recognisers',
  model: 'models',
  voice: 'voices',
};

/** The choices of an app against its engine, those of its fallbacks against theirs, and fallbacks that are none. */
export function checkCasts({ source, data }: DocumentFile): Problem[] {
  const own = engineOf(data.engine);
  const problems = own === null ? [] : checkCast(source, [], own, data);
  const fallback: unknown[] = Array.isArray(data.fallback) ? data.fallback : [];
  const before = own === null ? [] : [castText(own, data)];
  for (const [index, entry] of fallback.entries()) {
    const engine = engineOf(typeof entry === 'string' ? entry : mapOf(entry).engine);
    if (engine === null) continue;
    const path = ['fallback', index];
    problems.push(...checkCast(source, path, engine, mapOf(entry)));
    // An engine alone takes what the app chose, as far as it fits.
    const cast = typeof entry === 'string' ? castText(engine, data, true) : castText(engine, mapOf(entry));
    if (before.includes(cast)) {
      const who = cast === before[0] && own !== null ? "the app's own engine" : 'a fallback before it';
      const message = `The fallback \`${engine}\` is the same as ${who}: what has failed there fails here as well.`;
      problems.push(problem(source, path, 'same-fallback', message, { severity: 'warning' }));
    }
    before.push(cast);
  }
  return problems;
}

const engineOf = (name: unknown): EngineName | null => ENGINES.find((engine) => engine === name) ?? null;

function choiceOf(
  cast: { readonly [key: string]: unknown },
  role: Role,
): { choice: string; path: Path } | null {
  const chosen = cast[role];
  if (role !== 'voice' || typeof chosen === 'string')
    return typeof chosen === 'string' ? { choice: chosen, path: [role] } : null;
  const { use } = mapOf(chosen);
  return typeof use === 'string' ? { choice: use, path: [role, 'use'] } : null;
}

/** The engine and the choices, to compare by; `fitting`: those that it can do with. */
function castText(engine: EngineName, cast: { readonly [key: string]: unknown }, fitting = false): string {
  const choices = ROLES.map((role) => {
    const found = choiceOf(cast, role);
    return found && (!fitting || fits(engine, role, found.choice)) ? JSON.stringify(cast[role]) : '';
  });
  return [engine, ...choices].join(' ');
}

function checkCast(
  source: Source,
  base: Path,
  engine: EngineName,
  cast: { readonly [key: string]: unknown },
): Problem[] {
  return ROLES.flatMap((role) => {
    const found = choiceOf(cast, role);
    // What is no `provider/name` is told by the schema.
    if (found === null || !/^[a-z]+\/\S/.test(found.choice) || fits(engine, role, found.choice)) return [];
    const path = [...base, ...found.path];
    if (PROVIDERS[engine][role].length === 0) {
      const message = `\`${role}\` is not looked at on the ${engine} engine: its model ${DOES[role]}s by itself.`;
      return [problem(source, path, 'unused-choice', message, { severity: 'warning', which: 'key' })];
    }
    return [problem(source, path, BAD[role], misfit(engine, role, found.choice))];
  });
}

/** Why the engine cannot do with it, and what it can do with. */
function misfit(engine: EngineName, role: Role, choice: string): string {
  const providers = PROVIDERS[engine][role];
  const cannot = `The ${engine} engine cannot ${DOES[role]} with ${choice}`;
  const those = listed(providers.map((one) => `${one}/NAME`));
  if (role !== 'model') return `${cannot}: its ${CALLED[role]} are ${those}.`;
  return engine === 'realtime'
    ? `${cannot}: its models hear and speak by themselves, such as openai/gpt-realtime-2.1.`
    : `${cannot}: its models are for text, ${those}, such as openai/gpt-6-luna.`;
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
