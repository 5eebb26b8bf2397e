/** Calls out of a command, with the store and Twilio. */
import { randomUUID } from 'node:crypto';
import { accountOf, accountsOf, lineAccountOf, type Account, type Accounts } from '../accounts.ts';
import { RINGING_MS } from '../call/admissions.ts';
import { Casting } from '../call/casting.ts';
import { CallLines } from '../call/lines.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { USUAL_CPS } from '../dialogue/accounts.ts';
import type { Environment } from '../dialogue/settings.ts';
import { OffhookError } from '../errors.ts';
import { twilioClient, twilioClients } from '../line/twilio/client.ts';
import { twilioCalls } from '../line/twilio/rest.ts';
import { openLog, silentLog } from '../log.ts';
import { CallsOut } from '../outbound/calls-out.ts';
import type { Dialler } from '../outbound/dialler.ts';
import { Placing } from '../outbound/placing.ts';
import type { Hold } from '../store/lines.ts';
import type { Store } from '../store/store.ts';
import { openVendors } from '../vendors.ts';
import { openFiles } from './files.ts';
import { withStore } from './store.ts';

/** Who places the calls of a command: nobody (they are only written down), the apps' own accounts, or this one. */
export type Places = 'nobody' | 'accounts' | Pick<Account, 'sid' | 'token'>;

/**
 * Calls out of a command: written into the store that the running server reads.
 * @throws OffhookError `other-account` where the app's calls belong to another account than the given one.
 */
export async function withCallsOut<T>(
  settings: Config,
  env: Environment,
  places: Places,
  work: (callsOut: CallsOut, store: Store) => Promise<T>,
): Promise<T> {
  const catalog = await openFiles(settings, env);
  const accounts = accountsOf(catalog.accounts, settings.twilio);
  const dialler = diallers(accounts, settings, places);
  const ofAnother = (account: string | null): boolean => {
    const own = accountOf(accounts, account);
    return typeof places === 'object' && own !== null && own.sid !== places.sid;
  };
  // Nothing is connected: it is only asked who would carry the call.
  const casting = new Casting(openVendors(settings, { log: silentLog, clock: systemClock }), systemClock);
  const log = openLog(settings.log);
  return withStore(settings, async (store) => {
    const own = new CallLines({
      lines: store.lines,
      clock: systemClock,
      log,
      process: randomUUID(),
      account: (app, sid) => lineAccountOf(accounts, app, sid),
    });
    const parts = {
      store,
      clock: systemClock,
      log,
      dialler,
      lines: {
        async hold(session: string, key: string): Promise<Hold> {
          const target = catalog.find(key);
          // What is only written down has no line before the server takes it up.
          if (target === null || places === 'nobody') return 'held';
          return own.take(session, target.app, null, RINGING_MS);
        },
        release: (session: string) => own.over(session),
      },
      origin: () => settings.publicUrl,
    };
    const callsOut = new CallsOut({
      ...parts,
      placing: new Placing({
        ...parts,
        callsPerS: (name) => accounts.get(name)?.cps ?? USUAL_CPS,
        async report(session, callSid, status) {
          const endReason = status === 'failed' ? 'error' : null;
          const now = systemClock.now();
          await store.reportSession(session, { callSid, status, sequence: null, endReason, now });
        },
      }),
      // The server sees it in the store.
      added: () => undefined,
      find(key) {
        const target = catalog.find(key);
        if (!target) return null;
        const { account } = target.app;
        if (ofAnother(account)) throw otherAccount(target.app.id, account);
        return { app: target.app, dialogue: target.program.dialogue, ...casting.beginning(target.app) };
      },
    });
    // A clock's timers keep no process alive, and between two steps there may be nothing else.
    const alive = setInterval(() => undefined, 60_000);
    try {
      return await work(callsOut, store);
    } finally {
      await own.close().finally(() => clearInterval(alive));
    }
  });
}

/** Whoever looks after the call later would ask the wrong account for it. */
function otherAccount(app: string, account: string | null): OffhookError {
  return new OffhookError(
    'other-account',
    `--account is not the account of the app "${app}", which is ${account === null ? 'that of TWILIO_ACCOUNT_SID' : `"${account}" of accounts.yaml`}: its calls are placed with that one.`,
    { status: 409 },
  );
}

function diallers(
  accounts: Accounts,
  { twilio: { region, edge, apiUrl } }: Config,
  places: Places,
): (account: string) => Dialler | null {
  if (places === 'nobody') return () => null;
  if (places === 'accounts') {
    const clients = twilioClients({ accounts: () => accounts, apiUrl, clock: systemClock });
    return (name) => {
      const client = clients(name);
      return client && twilioCalls(client);
    };
  }
  const given: Account = { ...places, name: 'given', region, edge, cps: USUAL_CPS, maxCalls: null };
  const calls = twilioCalls(twilioClient(given, { apiUrl, clock: systemClock }));
  return () => calls;
}
