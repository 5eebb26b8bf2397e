/** The server: adapters picked, parts joined, listening. */
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { WebSocketServer } from 'ws';
import { accountsOf, lineAccountOf, takesCallsOf, tokensOf, type Accounts } from './accounts.ts';
import type { AppsView } from './api/apps.ts';
import { openApiToken } from './api/token.ts';
import { BrowserPhone } from './browser/browser-phone.ts';
import { BrowserCalls } from './call/browser-calls.ts';
import { BrowserEnds } from './call/browser-ends.ts';
import { Casting } from './call/casting.ts';
import { pairingDesk } from './call/pairings.ts';
import { Studio, filesOf } from './call/studio.ts';
import { Switchboard } from './call/switchboard.ts';
import type { Catalog } from './catalog.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { castsOf } from './dialogue/casts.ts';
import { USUAL_CPS } from './dialogue/accounts.ts';
import type { EngineName } from './dialogue/engines.ts';
import type { AppFacts } from './dialogue/program.ts';
import type { Environment } from './dialogue/settings.ts';
import { OffhookError, messageOf } from './errors.ts';
import { exampleFor } from './example-server.ts';
import { browserMeans } from './line/twilio/browser-means.ts';
import { twilioClients, type TwilioClient } from './line/twilio/client.ts';
import { ownedNumbers } from './line/twilio/owned-numbers.ts';
import { twilioNumbers } from './line/twilio/numbers.ts';
import { twilioLookup } from './line/twilio/lookup.ts';
import { twilioCalls } from './line/twilio/rest.ts';
import { mayBeOf, verifier, type SigningKey } from './line/twilio/signature.ts';
import { RELAY_SERVER_OPTIONS, acceptRelay } from './line/twilio/relay.ts';
import { soundPath } from './line/twilio/sounds.ts';
import { STREAM_SERVER_OPTIONS, acceptStream } from './line/twilio/stream.ts';
import { twilioWebhooks } from './line/twilio/webhooks.ts';
import type { Log } from './log.ts';
import { openMetrics } from './metrics.ts';
import { judgesOf } from './judges.ts';
import { openCatalog } from './open-catalog.ts';
import { plannerOf } from './outbound/batch-planner.ts';
import { Batches } from './outbound/batches.ts';
import { NumberKeeper } from './numbers/keeper.ts';
import { Pairing } from './people/pairing.ts';
import { CallsOut } from './outbound/calls-out.ts';
import type { Dialler } from './outbound/dialler.ts';
import { Placing } from './outbound/placing.ts';
import { PlannedCalls } from './outbound/planned-calls.ts';
import { Enquiries } from './people/enquiries.ts';
import { createServer } from './server.ts';
import { openCascade } from './speech/cascade/speech.ts';
import { openEmbedded } from './speech/embedded/kit.ts';
import { openPrompts } from './speech/prompts.ts';
import type { Vendors } from './speech/vendors.ts';
import { openStore } from './store/kysely-store.ts';
import type { Hold } from './store/lines.ts';
import { FINAL_STATUSES, type SessionStatus } from './store/store.ts';
import { Toolbox } from './tools/toolbox.ts';
import { understandByRules } from './understand/rules.ts';
import { openVendors } from './vendors.ts';

export interface Runtime {
  /** The origin that it listens on. */
  url: string;
  /** The bearer token of the API; `fresh`: it was made by this start. */
  token: { token: string; fresh: boolean };
  /** Says goodbye to the running calls and stops; settles when nothing is left. */
  close(withinMs: number): Promise<void>;
}

/** How long the server still answers behind its last call. */
const AFTER_CALLS_MS = 2_000;
const RELAY_PATH = '/relay';
/** About an hour and a half of prompts. */
const PROMPT_MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Loads everything and listens.
 * @throws OffhookError `bad-dialogues` with every problem of every file, `bad-setting`, `no-dialogues`,
 * `cannot-listen`, `store-failed`.
 */
export async function openRuntime(
  config: Config,
  environment: Environment,
  log: Log,
  clock: Clock = systemClock,
): Promise<Runtime> {
  const metrics = openMetrics();
  const example = await exampleFor(config, environment);
  const env = { ...environment, ...example?.env };
  // What is installed on this machine is looked for while the dialogues are read.
  const speech = openEmbedded({ log, clock });
  speech.catch(() => undefined);
  const catalog = await openCatalog(config, env, log);
  const store = await openStore(config.database, log);
  const token = await openApiToken(config);
  const data = config.database.kind === 'sqlite' ? dirname(config.database.path) : 'data';
  const prompts = openPrompts({
    folder: join(data, 'prompts'),
    memoryBytes: PROMPT_MEMORY_BYTES,
    log,
    clock,
  });
  const embedded = await speech;
  const hired = openVendors(config, { log, clock });
  const ears = new Map([...hired.ears, ['embedded', embedded.ears] as const]);
  const vendors: Vendors = { ...hired, ears, embedded, cascade: openCascade };
  const casting = new Casting(vendors, clock);
  let url = '';
  const accounts = (): Accounts => accountsOf(catalog.accounts, config.twilio);
  const studio = new Studio({ vendors, casting, prompts, clock, log, metrics });
  const judges = judgesOf(config.openai, log);
  const toolbox = new Toolbox(env, { clock, log });
  const pairing = new Pairing({ store, people: store.people, clock });
  const clients = twilioClients({ accounts, apiUrl: config.twilio.apiUrl, clock });
  const enquiries = new Enquiries({
    people: store.people,
    clock,
    log,
    lookup(account) {
      const client = clients(account);
      return client && twilioLookup(client);
    },
  });
  const switchboard = new Switchboard({
    store,
    studio,
    casting,
    prices: () => catalog.prices,
    clock,
    log,
    metrics,
    tools: (program) => toolbox.of(program),
    model: ({ mind }) => (mind?.provider === 'openai' ? judges(mind.name) : null),
    understand: understandByRules,
    pairing: pairingDesk(pairing, store.people, clock),
    find: (key) => catalog.find(key),
    byNumber: (number) => catalog.byNumber(number),
    account: (app, sid) => lineAccountOf(accounts(), app, sid),
    takesCallsOf: (app, sid) => takesCallsOf(accounts(), app, sid),
    async callBack(session, order) {
      if (await callsOut.callBack(session, order)) return;
      log.warn({ session: session.id }, 'a call-back was asked for, but the caller has withheld the number');
    },
    inquire: (phone, account) => enquiries.about(phone, account),
  });

  const client = clients(null);
  const keys = (): readonly SigningKey[] => tokensOf(accounts(), config.twilio);
  const check = verifier({ keys, publicUrl: config.publicUrl });
  const origin = (host: string): string => config.publicUrl ?? `http://${host}`;
  // Another base URL of Twilio's is a server on this side of the network, which can reach this one.
  const callsOutOrigin = (): string | null =>
    config.publicUrl ?? (config.twilio.apiUrl === null ? null : url);
  const streams = new WebSocketServer(STREAM_SERVER_OPTIONS);
  const relays = new WebSocketServer(RELAY_SERVER_OPTIONS);
  const placingParts = {
    store,
    clock,
    log,
    lines: {
      async hold(session: string, key: string): Promise<Hold> {
        const target = catalog.find(key);
        return target === null ? 'held' : switchboard.hold(session, target);
      },
      release: (session: string) => switchboard.release(session),
    },
    dialler(account: string): Dialler | null {
      const asked = clients(account);
      return asked && twilioCalls(asked);
    },
    callsPerS: (account: string) => accounts().get(account)?.cps ?? USUAL_CPS,
    // Another base URL of Twilio's is a server on this side of the network, which can reach this one.
    origin: callsOutOrigin,
    report: (session: string, callSid: string, status: SessionStatus) =>
      switchboard.status(session, callSid, status),
  };
  const placing = new Placing(placingParts);
  const callsOut = new CallsOut({
    ...placingParts,
    placing,
    added: () => planned.nudge(),
    find(key) {
      const target = catalog.find(key);
      if (!target) return null;
      return { app: target.app, dialogue: target.program.dialogue, ...casting.beginning(target.app) };
    },
  });
  const browserPhone = new BrowserPhone({
    store,
    clock,
    log,
    network(account) {
      const found = clients(account);
      return found && browserMeans(found);
    },
    origin: callsOutOrigin,
  });
  const owned = ownedNumbers(clock);
  /** The account of this SID, as the network is asked with it. */
  const clientOf = (sid: string | null): TwilioClient | null => {
    const account = [...accounts().values()].find((one) => one.sid === sid);
    return account ? clients(account.name) : null;
  };
  const browserCalls = new BrowserCalls({
    store,
    clock,
    log,
    find: (key) => catalog.find(key),
    byNumber: (number) => catalog.byNumber(number),
    takesCallsOf: (app, sid) => takesCallsOf(accounts(), app, sid),
    async ownsNumber(sid, number) {
      const at = clientOf(sid);
      return at ? owned.has(at, number) : false;
    },
    lines: switchboard,
    incoming: (call) => switchboard.incoming(call),
  });
  const browserEnds = new BrowserEnds({
    store,
    clock,
    log,
    async look(sid, callSid) {
      const at = clientOf(sid);
      if (!at) throw new OffhookError('no-account', `The credentials of the account ${sid} are not at hand.`);
      const { look, wasJoined } = twilioCalls(at);
      const [status, answered] = await Promise.all([look(callSid), wasJoined(callSid)]);
      return { status, answered };
    },
    lines: switchboard,
  });
  const keeper = new NumberKeeper({
    store,
    clock,
    log,
    apps: () => catalog.list().map(({ facts }) => facts),
    accounts: () => [...accounts().keys()],
    numbering(account) {
      const owner = clients(account);
      return owner && twilioNumbers(owner);
    },
    publicUrl: config.publicUrl,
  });
  const planned = new PlannedCalls({ ...placingParts, placing, callsOut });
  switchboard.onFree(() => planned.lineFreed());
  const server = createServer({
    log,
    clock,
    metrics,
    token: token.token,
    store,
    apps: {
      list: () => catalog.list(),
      targets: () => catalog.targets(),
      degrades: (app) => degradesOf(app, casting.crews(app)[0]!.engine, catalog),
    },
    numbers: keeper,
    live: switchboard,
    pairing,
    callsOut,
    browserPhones: {
      find: (key) => catalog.find(key)?.app ?? null,
      token: (identity, app) => browserPhone.token(identity, app),
    },
    batches: new Batches({ store, clock, planner: plannerOf(callsOut, clock), wake: () => planned.nudge() }),
    notReady: () => (switchboard.draining ? 'The server is draining.' : null),
    webhooks: twilioWebhooks({
      desk: {
        incoming: (call) => switchboard.incoming(call),
        next: (session, callSid, failure) => switchboard.next(session, callSid, failure),
        gather: (session, callSid, turn, told) => switchboard.gather(session, callSid, turn, told),
        partial: (partial) => switchboard.partial(partial),
        brief: (session, transfer, key) => switchboard.brief(session, transfer, key),
        transferred: (told) => switchboard.transferred(told),
        answeredBy: (session, callSid, who) => switchboard.answeredBy(session, callSid, who),
        async status(session, callSid, status, sequence) {
          await switchboard.status(session, callSid, status, sequence);
          // It may have to be tried again, or another waits for its line.
          if (FINAL_STATUSES.includes(status)) planned.nudge();
        },
      },
      browser: browserCalls,
      verifier: check,
      origin,
      sounds: {
        list: () => catalog.targets().flatMap(({ program }) => [...filesOf(program)]),
        read: (file) => studio.sound(file),
      },
      log,
    }),
    upgrade(request, socket, head) {
      const verdict = check.upgrade(request);
      if (!verdict.genuine) return { status: 403, reason: verdict.reason };
      const admits = (sid: string): boolean => mayBeOf(verdict, sid);
      if (request.url?.split('?', 1)[0] === RELAY_PATH) {
        relays.handleUpgrade(request, socket, head, (relay) =>
          acceptRelay(relay, {
            clock,
            log,
            admits,
            soundUrl: (file) => `${config.publicUrl ?? url}${soundPath(file)}`,
            onSetup: (line, setup) => switchboard.connectWords(line, setup),
          }),
        );
        return null;
      }
      streams.handleUpgrade(request, socket, head, (stream) =>
        acceptStream(stream, {
          transport: socket,
          clock,
          log,
          admits,
          onStart: (line, start) => switchboard.connect(line, start),
        }),
      );
      return null;
    },
  });
  if (config.publicUrl !== null && keys().length === 0) {
    log.warn(
      'PUBLIC_URL is set, and there is no auth token: every request of Twilio is refused. Set TWILIO_AUTH_TOKEN, or give an account in accounts.yaml.',
    );
  }
  await listen(server, config);
  const { port } = server.address() as AddressInfo;
  url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;

  let editions = 0;
  // One app after the other, so that calls come first; a newer edition of the files takes over.
  const warm = async (): Promise<void> => {
    const edition = ++editions;
    for (const target of catalog.targets()) {
      if (edition !== editions) return;
      await studio.warm(target);
    }
  };
  const equip = (): void => toolbox.keep(catalog.targets().map(({ program }) => program));
  equip();
  const forget = catalog.onChange(() => {
    equip();
    keeper.changed();
    void warm();
  });
  const watching = catalog.watch();
  watching.catch((thrown: unknown) =>
    log.error({ problem: messageOf(thrown) }, 'changed files are not noticed'),
  );
  void warm();
  void client?.load();
  await switchboard.takeStock();
  await planned.start();
  keeper.start();
  browserEnds.start();

  return {
    url,
    token,
    async close(withinMs) {
      editions++;
      forget();
      await (
        await watching
      )();
      await Promise.all([planned.stop(), keeper.stop(), browserEnds.stop()]);
      const calls = await switchboard.drain(withinMs);
      // The network still asks what is next for the calls that have just ended.
      if (calls > 0) await new Promise<void>((resolve) => clock.after(AFTER_CALLS_MS, resolve));
      server.close();
      server.closeAllConnections();
      for (const socket of [...streams.clients, ...relays.clients]) socket.terminate();
      await Promise.all([studio.close(), toolbox.close(), enquiries.close()]);
      await Promise.all([hired.close(), embedded.close(), prompts.close(), example?.close()]);
      await store.close();
    },
  };
}

/** What degrades on each engine that may carry the app's calls. */
function degradesOf(app: AppFacts, engine: EngineName, catalog: Catalog): ReturnType<AppsView['degrades']> {
  return castsOf(app, engine).flatMap((cast) =>
    catalog
      .degrades(app.id, cast)
      .map(({ code, message, place }) => ({ engine: cast.engine, code, message, place })),
  );
}

function listen(server: ReturnType<typeof createServer>, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new OffhookError(
          'cannot-listen',
          `The server cannot listen on ${host}:${port}: ${messageOf(cause)}.`,
          { cause },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
}
