/** The commands: configuration in, adapters picked, the work done, the exit code out. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { accountOf, accountsOf, type Account } from './accounts.ts';
import { exportView } from './api/people-views.ts';
import { openApiToken } from './api/token.ts';
import { Catalog, type Target } from './catalog.ts';
import { readAttributes } from './cli/attributes.ts';
import { createAccount, listAccounts } from './cli/accounts.ts';
import { callBatch, type BatchOrder } from './cli/call-batch.ts';
import { callOrderOf, type SingleOrder } from './cli/call-order.ts';
import { check } from './cli/check.ts';
import { runCommand, type Actions } from './cli/commands.ts';
import { graph, programOf } from './cli/graph.ts';
import { createNew } from './cli/new.ts';
import { attachThem, buyThem, detachThem, listNumbers } from './cli/numbers.ts';
import { pairPhone } from './cli/pair.ts';
import { ring } from './cli/ring.ts';
import { listSessions, showSession } from './cli/sessions.ts';
import { clockFrom, talk } from './cli/talk.ts';
import { percentage, test, watchTests } from './cli/test.ts';
import { writeTestFromSession } from './cli/test-from-session.ts';
import { readNow, understandLines } from './cli/understand.ts';
import { eraseUser, exportUser, listUsers, mergeUsers, showUser } from './cli/users.ts';
import { systemClock } from './clock.ts';
import { openFiles, withCallsOut, withExample, withNumbers, withStore } from './command-parts.ts';
import { readConfig, type Config } from './config.ts';
import { compile } from './dialogue/compile.ts';
import type { Program } from './dialogue/program.ts';
import type { Environment } from './dialogue/settings.ts';
import { OffhookError } from './errors.ts';
import { Phone } from './line/local/phone.ts';
import { Terminal } from './line/local/terminal.ts';
import { twilioClient } from './line/twilio/client.ts';
import { subaccounts } from './line/twilio/subaccounts.ts';
import { openLog, silentLog } from './log.ts';
import { openMetrics } from './metrics.ts';
import { PACKAGE } from './places.ts';
import { judgesOf } from './judges.ts';
import { plannerOf } from './outbound/batch-planner.ts';
import { Batches } from './outbound/batches.ts';
import { e164 } from './outbound/phone-numbers.ts';
import { webhookUrl } from './outbound/attempts.ts';
import { Pairing } from './people/pairing.ts';
import { exampleFor, openCatalog, openRuntime } from './serve.ts';
import { openEmbedded } from './speech/embedded/kit.ts';
import { Toolbox } from './tools/toolbox.ts';
import { chatModelOf } from './understand/model.ts';
import { understandByRules } from './understand/rules.ts';

export interface Process {
  env: Environment;
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
  /** Settles when the process is asked to end. */
  ending(): Promise<void>;
}

const DRAIN_MS = 25_000;

/** Runs one command. Gives the exit code. */
export function run(args: readonly string[], io: Process): Promise<number> {
  const { version } = JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')) as {
    version: string;
  };
  return runCommand(args, actionsFor(io, version), version, io);
}

function actionsFor(io: Process, version: string): Actions {
  const config = (): Config => readConfig(io.env, io.stderr.isTTY === true);

  return {
    async serve() {
      const settings = config();
      const log = openLog(settings.log);
      const runtime = await openRuntime(settings, io.env, log);
      if (runtime.token.fresh)
        io.stderr.write(`The token of the HTTP API, shown this once: ${runtime.token.token}\n`);
      log.info({ url: runtime.url, dialogues: settings.dialogues }, 'Offhook is listening');
      await io.ending();
      log.info('draining');
      await runtime.close(DRAIN_MS);
      return 0;
    },

    check: (paths, { engine = null, format }) => {
      const { dialogues } = config();
      const env = withExample(io.env, ...(paths.length > 0 ? paths : [dialogues]));
      const understand = understandByRules;
      return check({ paths, dialogues, engine, format, env, version, understand }, io.stdout, io.stderr);
    },

    async createNew(name, { locale }) {
      const { dialogues, host, port } = config();
      await createNew({ name, locale, folder: dialogues, serverUrl: localUrl(host, port) }, io.stdout);
      return 0;
    },

    async graph(key, { format, out = null }) {
      const { dialogues } = config();
      const env = withExample(io.env, dialogues);
      await graph(await programOf(dialogues, env, key), { format, file: out }, io.stdout);
      return 0;
    },

    async talk(key, { outbound = false, from, unpaired = false, now, attributes: written }) {
      const settings = config();
      const attributes = readAttributes(written, outbound);
      const clock = now === undefined ? systemClock : clockFrom(systemClock, readNow(now));
      const log = openLog({
        ...settings.log,
        level: settings.log.level === 'info' ? 'warn' : settings.log.level,
      });
      const example = await exampleFor(settings, io.env);
      let toolbox: Toolbox | null = null;
      try {
        const env = { ...io.env, ...example?.env };
        const target = find(await openCatalog(settings, env, log), key);
        toolbox = new Toolbox(env, { clock, log });
        const parts = {
          tools: toolbox.of(target.program),
          model: judgesOf(settings.openai, log)(chatModelOf(target.app.model)),
          understand: understandByRules,
          clock,
          log,
          metrics: openMetrics(),
        };
        await talk(
          { target, outbound, from: from === undefined ? null : e164(from), unpaired, attributes },
          parts,
          (on, claim) => new Terminal(io.stdin, io.stdout, on, claim),
        );
        return 0;
      } finally {
        await toolbox?.close();
        await example?.close();
      }
    },

    async test(
      paths,
      { filter = '', coverage = false, coverageMin, junit = null, model, watch, fromSession },
    ) {
      const settings = config();
      const { dialogues } = settings;
      const env = withExample(io.env, ...(paths.length > 0 ? paths : [dialogues]));
      if (fromSession !== undefined) {
        return withStore(settings, (store) =>
          writeTestFromSession(fromSession, store, { dialogues, env }, io.stdout),
        );
      }
      const log = openLog({
        ...settings.log,
        level: settings.log.level === 'info' ? 'error' : settings.log.level,
      });
      const toolbox = new Toolbox(env, { clock: systemClock, log });
      const options = {
        paths,
        dialogues,
        env,
        filter,
        coverage,
        coverageMin: percentage(coverageMin),
        junit,
      };
      const judges = judgesOf(settings.openai, log);
      const parts = {
        tools: (program: Program) => toolbox.of(program),
        understand: understandByRules,
        model: (program: Program) =>
          model ? (judges(chatModelOf(program.app.model)) ?? noMind(program)) : null,
        log,
        metrics: openMetrics(),
      };
      const output = { out: io.stdout, err: io.stderr };
      try {
        return await (watch ? watchTests(options, parts, output, io.ending()) : test(options, parts, output));
      } finally {
        await toolbox.close();
      }
    },

    async understand(key, { state = null, now, model = false }) {
      const settings = config();
      const { program } = await targetOf(settings, withExample(io.env, settings.dialogues), key);
      const mind = model
        ? (judgesOf(settings.openai, silentLog)(chatModelOf(program.app.model)) ?? noMind(program))
        : null;
      await understandLines(program, state, understandByRules, io.stdin, io.stdout, {
        ...(now !== undefined && { at: readNow(now) }),
        chat:
          mind &&
          ((expectation, text, signal) => mind(expectation, text, { recent: [], persona: null }, signal)),
      });
      return 0;
    },

    async ring(key, { url, callee, ...options }) {
      const settings = config();
      const { publicUrl, host, port, twilio } = settings;
      const serverUrl = url ?? localUrl(host, port);
      const account = await accountRung(settings, key);
      const kit = await openEmbedded({ log: silentLog, clock: systemClock });
      const voice = kit.voice(RINGING_VOICE, null);
      try {
        return await ring(key, options, {
          publicUrl: publicUrl ?? serverUrl,
          serverUrl,
          apiToken: (await openApiToken(settings)).token,
          clock: systemClock,
          out: (line) => io.stdout.write(`${line}\n`),
          err: (line) => io.stderr.write(`${line}\n`),
          lines: io.stdin.isTTY ? null : createInterface({ input: io.stdin, terminal: false }),
          openPhone: (call) =>
            new Phone({
              ...call,
              clock: systemClock,
              authToken: account?.token ?? twilio.authToken,
              ...(account && { accountSid: account.sid }),
              publicUrl,
              serverUrl,
              callee,
            }),
          synthesize: (text) => voice.render(text, 'en-US', new AbortController().signal),
          placeOutbound: (call) =>
            withCallsOut(settings, io.env, 'nobody', async (callsOut) => {
              const { id, from } = await callsOut.prepare(call);
              return { url: webhookUrl(publicUrl ?? serverUrl, call.key, id), from };
            }),
          ending: io.ending(),
        });
      } finally {
        await kit.close();
      }
    },

    call(options) {
      const order = callOrderOf(options);
      return order.kind === 'single' ? callOne(order) : callMany(order);
    },

    sessions: (options) => withStore(config(), (store) => listSessions(store, io.stdout, options)),

    async pair(code, { name, user }) {
      if ((name === undefined) === (user === undefined)) {
        throw new OffhookError('bad-setting', 'Whose phone is it? Give --name, or --user with an id.');
      }
      return withStore(config(), (store) =>
        pairPhone(
          new Pairing({ store, people: store.people, clock: systemClock }),
          code,
          { name, user },
          io.stdout,
        ),
      );
    },

    async accounts() {
      const settings = config();
      const catalog = await openFiles(settings, io.env);
      const { accounts: declared } = catalog;
      const apps = catalog.list().map(({ facts }) => facts);
      return listAccounts({ accounts: accountsOf(declared, settings.twilio), declared, apps }, io.stdout);
    },

    async createAccount(name, { parent: parentName = 'default' }) {
      const settings = config();
      const catalog = await openFiles(settings, io.env);
      const accounts = accountsOf(catalog.accounts, settings.twilio);
      const parent = accounts.get(parentName);
      if (!parent) {
        const message =
          parentName === 'default'
            ? 'No Twilio account is set: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are needed to make a subaccount.'
            : `There is no account "${parentName}" with credentials at hand.`;
        throw new OffhookError('no-account', message);
      }
      const client = twilioClient(parent, { apiUrl: settings.twilio.apiUrl, clock: systemClock });
      const taken = new Set([...catalog.accounts.keys(), ...accounts.keys(), 'default']);
      return createAccount({ name, parent, taken, ...subaccounts(client) }, io.stdout);
    },

    showSession: (id) => withStore(config(), (store) => showSession(store, io.stdout, id)),

    listNumbers: () => withNumbers(config(), io.env, (parts) => listNumbers(parts, io.stdout)),

    attachNumbers: (which) => withNumbers(config(), io.env, (parts) => attachThem(parts, which, io.stdout)),

    detachNumbers: (which) => withNumbers(config(), io.env, (parts) => detachThem(parts, which, io.stdout)),

    buyNumber: (options) =>
      withNumbers(config(), io.env, (parts) =>
        buyThem(parts, options, {
          out: io.stdout,
          err: io.stderr,
          ask: (question) => answerTo(question, io),
        }),
      ),

    users: (options) =>
      withStore(config(), (store) => listUsers(store, io.stdout, options, systemClock.now())),

    showUser: (who) => withStore(config(), (store) => showUser(store, io.stdout, who, systemClock.now())),

    exportUser: (who) =>
      withStore(config(), (store) => exportUser(store, io.stdout, who, systemClock.now(), exportView)),

    eraseUser: (who, options) =>
      withStore(config(), (store) => eraseUser(store, io.stdout, who, options, systemClock.now())),

    mergeUsers: (from, into) =>
      withStore(config(), (store) => mergeUsers(store, io.stdout, from, into, systemClock.now())),
  };

  async function callOne({ account, token, ...request }: SingleOrder): Promise<number> {
    const settings = config();
    const { accountSid, authToken } = settings.twilio;
    const sid = account ?? accountSid;
    const secret = token ?? authToken;
    const isGiven = account !== null || token !== null;
    if (isGiven && (sid === null || secret === null)) {
      const [one, other] = sid === null ? ['--token', '--account'] : ['--account', '--token'];
      throw new OffhookError(
        'bad-setting',
        `${one} is given without ${other}, and the environment has none either.`,
      );
    }
    const places = isGiven && sid !== null && secret !== null ? { sid, token: secret } : 'accounts';
    const placed = await withCallsOut(settings, io.env, places, (callsOut) => callsOut.place(request));
    io.stdout.write(`${JSON.stringify(placed)}\n`);
    if (placed.kind === 'kept') {
      const at = new Date(placed.at).toISOString();
      io.stderr.write(
        `The call is not placed yet: a server (offhook serve) on this database does that, from ${at} on.\n`,
      );
    }
    return 0;
  }

  /** Written into the store: a server places them. */
  async function callMany(order: BatchOrder): Promise<number> {
    return withCallsOut(config(), io.env, 'nobody', (callsOut, store) => {
      const planner = plannerOf(callsOut, systemClock);
      const batches = new Batches({ store, clock: systemClock, planner, wake: () => undefined });
      const { stdout: out, stderr: err } = io;
      return callBatch(order, { batches, clock: systemClock, out, err, ending: io.ending() });
    });
  }

  /** Whose call a simulated one is: that of the app's account, as far as the files tell here. */
  async function accountRung(settings: Config, key: string): Promise<Account | null> {
    const env = withExample(io.env, settings.dialogues);
    // The server that is rung may be another one, with other files.
    const catalog = await Catalog.open(settings.dialogues, env, compile, silentLog).catch(() => null);
    const accounts = accountsOf(catalog?.accounts ?? new Map(), settings.twilio);
    return accountOf(accounts, catalog?.find(key)?.app.account ?? null);
  }
}

function noMind({ app }: Program): never {
  throw new OffhookError(
    'bad-setting',
    `--model: the app "${app.id}" names no model for text, such as openai/gpt-6-luna, or OPENAI_API_KEY is not set.`,
  );
}

/** The simulated caller is a man, so that a recording tells the two sides apart. */
const RINGING_VOICE = 'rms';

/** Null where standard input is at its end. */
async function answerTo(question: string, { stdin, stderr }: Process): Promise<string | null> {
  stderr.write(question);
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    for await (const line of lines) return line;
    return null;
  } finally {
    lines.close();
  }
}

async function targetOf(settings: Config, env: Environment, key: string): Promise<Target> {
  return find(await openCatalog(settings, env, silentLog), key);
}
function find(catalog: Catalog, key: string): Target {
  const target = catalog.find(key);
  if (target) return target;
  const known = catalog
    .targets()
    .map(({ app }) => app.id)
    .toSorted()
    .join(', ');
  throw new OffhookError(
    'unknown-key',
    `There is no app or dialogue "${key}"; there are ${known || 'none'}.`,
  );
}

function localUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
