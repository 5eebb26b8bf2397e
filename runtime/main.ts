/** The commands: the arguments in, the exit code out. What a command needs is loaded when it is given. */
import { readFileSync } from 'node:fs';
import { runCommand, type Actions } from './cli/commands.ts';
import type { Given, Process } from './commands/given.ts';
import { PACKAGE } from './places.ts';

/** Runs one command. Gives the exit code. */
export function run(args: readonly string[], io: Process): Promise<number> {
  const { version } = JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')) as {
    version: string;
  };
  return runCommand(args, actionsFor({ ...io, version }), version, io);
}

/** Evaluating the server, its vendors and the store takes longer than most commands that need none of them. */
function actionsFor(given: Given): Actions {
  const accounts = () => import('./commands/accounts.ts');
  const numbers = () => import('./commands/numbers.ts');
  const sessions = () => import('./commands/sessions.ts');
  const users = () => import('./commands/users.ts');
  return {
    serve: async () => (await import('./commands/serve.ts')).run(given),
    check: async (...of) => (await import('./commands/check.ts')).run(given, ...of),
    createNew: async (...of) => (await import('./commands/new.ts')).run(given, ...of),
    graph: async (...of) => (await import('./commands/graph.ts')).run(given, ...of),
    talk: async (...of) => (await import('./commands/talk.ts')).run(given, ...of),
    test: async (paths, { fromSession, ...options }) =>
      fromSession === undefined
        ? (await import('./commands/test.ts')).run(given, paths, options)
        : (await import('./commands/test-from-session.ts')).run(given, fromSession),
    ring: async (...of) => (await import('./commands/ring.ts')).run(given, ...of),
    understand: async (...of) => (await import('./commands/understand.ts')).run(given, ...of),
    call: async (...of) => (await import('./commands/call.ts')).run(given, ...of),
    pair: async (...of) => (await import('./commands/pair.ts')).run(given, ...of),
    sessions: async (...of) => (await sessions()).list(given, ...of),
    showSession: async (...of) => (await sessions()).show(given, ...of),
    accounts: async () => (await accounts()).list(given),
    createAccount: async (...of) => (await accounts()).create(given, ...of),
    listNumbers: async () => (await numbers()).list(given),
    attachNumbers: async (...of) => (await numbers()).attach(given, ...of),
    detachNumbers: async (...of) => (await numbers()).detach(given, ...of),
    buyNumber: async (...of) => (await numbers()).buy(given, ...of),
    users: async (...of) => (await users()).list(given, ...of),
    showUser: async (...of) => (await users()).show(given, ...of),
    exportUser: async (...of) => (await users()).exportAll(given, ...of),
    eraseUser: async (...of) => (await users()).erase(given, ...of),
    mergeUsers: async (...of) => (await users()).merge(given, ...of),
  };
}
