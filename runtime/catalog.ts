/** The apps and dialogues as they are loaded: found by key and by number, reloaded while calls run. */
import path from 'node:path';
import { watch } from 'chokidar';
import type { DeclaredAccounts } from './dialogue/accounts.ts';
import type { Compilable } from './dialogue/compile.ts';
import { appFacts } from './dialogue/app-facts.ts';
import { degradesFor } from './dialogue/degrade.ts';
import type { Cast } from './dialogue/engines.ts';
import { reachable } from './dialogue/reachable.ts';
import { hashOf, type Loaded, type LoadedApp, type LoadedDialogue, loadFolder } from './dialogue/load.ts';
import type { Prices } from './dialogue/prices.ts';
import { formatProblem, type Problem } from './dialogue/problem.ts';
import type { AppFacts, Program } from './dialogue/program.ts';
import type { Environment } from './dialogue/settings.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

/** What a call runs. A call keeps the one it began with, whatever is loaded later. */
export interface Target {
  app: AppFacts;
  program: Program;
}

export type Compile = (
  library: ReadonlyMap<string, Compilable>,
  app: AppFacts,
  dialogue: string,
  version: string,
) => Program;

export interface ListedApp {
  facts: AppFacts;
  /** Those of the app's file and of its dialogue's. An app with an error runs as it last was good. */
  problems: readonly Problem[];
}

/** One load, complete in itself: it replaces the one before in one assignment. */
interface Edition {
  loaded: Loaded;
  apps: ReadonlyMap<string, LoadedApp>;
  dialogues: ReadonlyMap<string, LoadedDialogue>;
  targets: ReadonlyMap<string, Target>;
  numbers: ReadonlyMap<string, Target>;
  problems: readonly Problem[];
  prices: Prices;
  accounts: DeclaredAccounts;
}

const SETTLE_MS = 100;
const NOTHING: Edition = {
  loaded: {
    apps: [],
    dialogues: [],
    problems: [],
    prices: new Map(),
    accounts: new Map(),
    files: 0,
    documents: new Map(),
  },
  apps: new Map(),
  dialogues: new Map(),
  targets: new Map(),
  numbers: new Map(),
  problems: [],
  prices: new Map(),
  accounts: new Map(),
};

export class Catalog {
  readonly #folder: string;
  readonly #env: Environment;
  readonly #compile: Compile;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  #edition: Edition = NOTHING;
  /** Reloads run one after another. */
  #reloading: Promise<void> = Promise.resolve();

  private constructor(folder: string, env: Environment, compile: Compile, log: Log) {
    this.#folder = folder;
    this.#env = env;
    this.#compile = compile;
    this.#log = log;
  }

  /**
   * Loads the folder. Files with errors are left out; whoever opens the catalog reads `problems` and decides
   * whether to go on.
   * @throws OffhookError `no-dialogues` where the folder cannot be read.
   */
  static async open(folder: string, env: Environment, compile: Compile, log: Log): Promise<Catalog> {
    const catalog = new Catalog(folder, env, compile, log);
    catalog.#edition = catalog.#nextEdition(await loadFolder(folder, env));
    return catalog;
  }

  /** Everything wrong with the files as they are now, by file, line and column. */
  get problems(): readonly Problem[] {
    return this.#edition.problems;
  }

  /** What vendors charge; a broken file keeps the last good one. */
  get prices(): Prices {
    return this.#edition.prices;
  }

  /** The accounts that accounts.yaml declares; a broken file keeps the last good ones. */
  get accounts(): DeclaredAccounts {
    return this.#edition.accounts;
  }

  /** By `:id` or a bare id. An app wins over a dialogue, which is a private app with all defaults. */
  find(key: string): Target | null {
    return this.#edition.targets.get(key.startsWith(':') ? key.slice(1) : key) ?? null;
  }

  /** The app that answers this number, E.164 with `+`. */
  byNumber(number: string): Target | null {
    return this.#edition.numbers.get(number) ?? null;
  }

  /** Everything that can be called: the apps, and the dialogues that no app hides. */
  targets(): readonly Target[] {
    return [...this.#edition.targets.values()];
  }

  /** The apps by their ids. */
  list(): readonly ListedApp[] {
    const { apps, dialogues, problems } = this.#edition;
    return [...apps.values()].map(({ facts, file }) => {
      const files = [file, dialogues.get(facts.dialogue)?.file];
      return { facts, problems: problems.filter(({ place }) => files.includes(place.file)) };
    });
  }

  /** What degrades of an app, and of the dialogues that it comes to, where that cast carries its calls; by place. */
  degrades(id: string, cast: Cast): readonly Problem[] {
    const { apps, loaded } = this.#edition;
    const files = [...loaded.documents.values()].map(({ file }) => file);
    const app = files.find(({ kind, source }) => kind === 'app' && source.file === apps.get(id)?.file);
    return app ? degradesFor(app, files, cast, this.#env) : [];
  }

  /** Calls back after every load that was taken over; the answer ends it. */
  onChange(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  /**
   * Loads the folder again and takes it over at once. A file that is broken keeps the last good version; its
   * problems are logged. Never rejects: where the folder cannot be read, everything stays as it was.
   */
  reload(): Promise<void> {
    this.#reloading = this.#loadAfter(this.#reloading);
    return this.#reloading;
  }

  async #loadAfter(before: Promise<void>): Promise<void> {
    await before;
    try {
      this.#edition = this.#nextEdition(
        await loadFolder(this.#folder, this.#env, { last: this.#edition.loaded }),
      );
    } catch (thrown) {
      this.#log.error({ err: thrown }, `The dialogues were not reloaded: ${messageOf(thrown)}`);
      return;
    }
    for (const problem of this.problems) {
      const level = problem.severity === 'error' ? 'error' : 'warn';
      this.#log[level]({ code: problem.code }, formatProblem(problem));
    }
    for (const listener of this.#listeners) listener();
  }

  /** Reloads whenever a file changes, until the answer is called. Settles once every change will be seen. */
  async watch(): Promise<() => Promise<void>> {
    const watcher = watch(this.#folder, { ignoreInitial: true });
    let timer: NodeJS.Timeout | undefined;
    watcher.on('all', (_event, file) => {
      if (!/\.ya?ml$/.test(file)) return;
      // An editor writes a file in several steps; they are one change.
      clearTimeout(timer);
      timer = setTimeout(() => void this.reload(), SETTLE_MS);
    });
    watcher.on('error', (thrown) => {
      this.#log.error({ err: thrown }, `Changes of the dialogues are not seen: ${messageOf(thrown)}`);
    });
    await new Promise<void>((resolve) => watcher.once('ready', resolve));
    return async () => {
      clearTimeout(timer);
      await watcher.close();
      await this.#reloading;
    };
  }

  #nextEdition(loaded: Loaded): Edition {
    const before = this.#edition;
    const broken = new Set(
      loaded.problems.filter(({ severity }) => severity === 'error').map(({ place }) => place.file),
    );
    const apps = withLastGood(before.apps, loaded.apps, ({ facts }) => facts.id, broken);
    const dialogues = withLastGood(before.dialogues, loaded.dialogues, ({ id }) => id, broken);

    const problems = [...loaded.problems];
    const targets = new Map<string, Target>();
    const add = (app: AppFacts, appHash: string, dialogue: LoadedDialogue): void => {
      const ran = reachable(dialogues, dialogue.id).map((id) => dialogues.get(id)?.hash ?? '');
      const version = hashOf(`${ran.join(' ')} ${appHash}`);
      const last = before.targets.get(app.id);
      try {
        const same = last?.program.version === version && last.program.dialogue === dialogue.id;
        targets.set(
          app.id,
          same ? last : { app, program: this.#compile(dialogues, app, dialogue.id, version) },
        );
      } catch (thrown) {
        const message = `The dialogue cannot be run: ${messageOf(thrown)}`;
        const place = { file: dialogue.file, line: 1, column: 1 };
        problems.push({ severity: 'error', code: 'not-compiled', message, place });
        if (last) targets.set(app.id, last);
      }
    };
    for (const { facts, hash } of apps.values()) {
      const dialogue = dialogues.get(facts.dialogue);
      if (dialogue) add(facts, hash, dialogue);
    }
    for (const dialogue of dialogues.values()) {
      if (!apps.has(dialogue.id)) add(appFacts(dialogue.id, {}, this.#env), '', dialogue);
    }

    const numbers = new Map<string, Target>();
    for (const target of targets.values()) {
      for (const number of target.app.numbers) if (!numbers.has(number)) numbers.set(number, target);
    }
    const isBroken = (name: string): boolean => [...broken].some((file) => path.basename(file) === name);
    const prices = isBroken('prices.yaml') ? before.prices : loaded.prices;
    const accounts = isBroken('accounts.yaml') ? before.accounts : loaded.accounts;
    return { loaded, apps, dialogues, targets, numbers, problems, prices, accounts };
  }
}

/** What was loaded, and of each file that is broken now what was loaded of it last. */
function withLastGood<One extends { file: string }>(
  before: ReadonlyMap<string, One>,
  loaded: readonly One[],
  idOf: (one: One) => string,
  broken: ReadonlySet<string>,
): Map<string, One> {
  const next = new Map(loaded.map((one) => [idOf(one), one]));
  for (const [id, last] of before) if (!next.has(id) && broken.has(last.file)) next.set(id, last);
  return new Map([...next].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
