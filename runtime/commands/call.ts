/** `offhook call`, with Twilio and the store. */
import { callBatch, type BatchOrder } from '../cli/call-batch.ts';
import { callOrderOf, type CallOptions, type SingleOrder } from '../cli/call-order.ts';
import { systemClock } from '../clock.ts';
import { OffhookError } from '../errors.ts';
import { plannerOf } from '../outbound/batch-planner.ts';
import { Batches } from '../outbound/batches.ts';
import { withCallsOut } from './calls-out.ts';
import { type Given, settingsOf } from './given.ts';

export async function run(given: Given, options: CallOptions): Promise<number> {
  const order = callOrderOf(options);
  return order.kind === 'single' ? callOne(given, order) : callMany(given, order);
}

async function callOne(given: Given, { account, token, ...request }: SingleOrder): Promise<number> {
  const settings = settingsOf(given);
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
  const placed = await withCallsOut(settings, given.env, places, (callsOut) => callsOut.place(request));
  given.stdout.write(`${JSON.stringify(placed)}\n`);
  if (placed.kind === 'kept') {
    const at = new Date(placed.at).toISOString();
    given.stderr.write(
      `The call is not placed yet: a server (offhook serve) on this database does that, from ${at} on.\n`,
    );
  }
  return 0;
}

/** Written into the store: a server places them. */
async function callMany(given: Given, order: BatchOrder): Promise<number> {
  return withCallsOut(settingsOf(given), given.env, 'nobody', (callsOut, store) => {
    const planner = plannerOf(callsOut, systemClock);
    const batches = new Batches({ store, clock: systemClock, planner, wake: () => undefined });
    const { stdout: out, stderr: err } = given;
    return callBatch(order, { batches, clock: systemClock, out, err, ending: given.ending() });
  });
}
