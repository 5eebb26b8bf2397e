/** What is proved of the dialogues of a folder, those that have no other mistake. */
import { appFacts } from '../app-facts.ts';
import { dialoguesRun } from '../check-holders.ts';
import { compilePart } from '../compile.ts';
import type { DocumentFile } from '../document-file.ts';
import type { Problem } from '../problem.ts';
import type { AppFacts, Part } from '../program.ts';
import type { Environment } from '../settings.ts';
import { Prover } from './prove.ts';
import { shadowedAnswers, type Understanding } from './shadowed.ts';

const proved = new WeakMap<DocumentFile, { proofs: Problem[]; outer: string }>();

/**
 * A document that has not changed is proved once, unless it runs others, or others it, that have changed. With
 * `understand`, its example sentences are tried as each app that holds it hears them.
 * @param held apps by the dialogue that they hold.
 */
export function proofsOf(
  files: readonly DocumentFile[],
  held: ReadonlyMap<string, readonly DocumentFile[]>,
  env: Environment,
  understand?: Understanding,
): Problem[] {
  const dialogues = new Map(files.map((file) => [file.id, file]));
  const prover = new Prover(dialogues, new Set(held.keys()), (file) =>
    partsOf(file)(appFacts(file.id, {}, env)),
  );
  return files.flatMap((file) => {
    const apps = held.get(file.id)?.map(({ id, data }) => appFacts(id, data, env));
    const holders = apps ?? [appFacts(file.id, {}, env)];
    const partFor = partsOf(file);
    const known = dialoguesRun(file).length === 0 ? proved.get(file) : undefined;
    const outer = JSON.stringify(prover.outerOf(file.id));
    const proofs = known?.outer === outer ? known.proofs : prover.prove(file, partFor(holders[0]!));
    proved.set(file, { proofs, outer });
    if (!understand) return proofs;
    return [...proofs, ...holders.flatMap((app) => shadowedAnswers(file, app, partFor(app), understand))];
  });
}

/** The dialogue compiled for an app, once for all apps that it is the same for. */
function partsOf({ id, source: { file }, data: document }: DocumentFile): (app: AppFacts) => Part {
  const parts = new Map<string, Part>();
  return (app) => {
    const key = `${app.locale} ${app.public}`;
    const part = parts.get(key) ?? compilePart(app, id, { file, document });
    parts.set(key, part);
    return part;
  };
}
