/** `offhook ring`, with a voice of this machine for the caller. */
import { createInterface } from 'node:readline';
import { accountOf, accountsOf, type Account } from '../accounts.ts';
import { openApiToken } from '../api/token.ts';
import { Catalog } from '../catalog.ts';
import type { RingOptions } from '../cli/commands.ts';
import { ring } from '../cli/ring.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { compile } from '../dialogue/compile.ts';
import { Phone } from '../line/local/phone.ts';
import { silentLog } from '../log.ts';
import { webhookUrl } from '../outbound/attempts.ts';
import { openEmbedded } from '../speech/embedded/kit.ts';
import { withCallsOut } from './calls-out.ts';
import { type Given, localUrl, settingsOf, withExample } from './given.ts';

/** The simulated caller is a man, so that a recording tells the two sides apart. */
const RINGING_VOICE = 'rms';

export async function run(
  given: Given,
  key: string,
  { url, callee, ...options }: RingOptions,
): Promise<number> {
  const settings = settingsOf(given);
  const { publicUrl, twilio } = settings;
  const { env, stdin, stdout, stderr } = given;
  const serverUrl = url ?? localUrl(settings);
  const account = await accountRung(settings, given, key);
  const kit = await openEmbedded({ log: silentLog, clock: systemClock });
  const voice = kit.voice(RINGING_VOICE, null);
  try {
    return await ring(key, options, {
      publicUrl: publicUrl ?? serverUrl,
      serverUrl,
      apiToken: (await openApiToken(settings)).token,
      clock: systemClock,
      out: (line) => stdout.write(`${line}\n`),
      err: (line) => stderr.write(`${line}\n`),
      lines: stdin.isTTY ? null : createInterface({ input: stdin, terminal: false }),
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
        withCallsOut(settings, env, 'nobody', async (callsOut) => {
          const { id, from } = await callsOut.prepare(call);
          return { url: webhookUrl(publicUrl ?? serverUrl, call.key, id), from };
        }),
      ending: given.ending(),
    });
  } finally {
    await kit.close();
  }
}

/** Whose call a simulated one is: that of the app's account, as far as the files tell here. */
async function accountRung(settings: Config, { env }: Given, key: string): Promise<Account | null> {
  // The server that is rung may be another one, with other files.
  const catalog = await Catalog.open(
    settings.dialogues,
    withExample(env, settings.dialogues),
    compile,
    silentLog,
  ).catch(() => null);
  const accounts = accountsOf(catalog?.accounts ?? new Map(), settings.twilio);
  return accountOf(accounts, catalog?.find(key)?.app.account ?? null);
}
