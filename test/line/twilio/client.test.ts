/** Which host is asked, and how long its answer is waited for, where it is Twilio's own. */
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Account } from '../../../runtime/accounts.ts';
import { LONGEST_WAIT_MS, twilioClient } from '../../../runtime/line/twilio/client.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { makeAccountSid } from '../../support/twilio-api.ts';

const ACCOUNT: Account = {
  name: 'shop',
  sid: makeAccountSid(),
  token: 'a-token',
  region: null,
  edge: null,
  cps: 1,
  maxCalls: null,
};

let sent: () => { host: string; timeoutMs: number | undefined };

// On a machine with other work Twilio's SDK takes its time to load.
vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => import('twilio').then(() => undefined), 60_000);

beforeEach(async () => {
  const { default: twilio } = await import('twilio');
  const request = vi
    .spyOn(twilio.RequestClient.prototype, 'request')
    .mockResolvedValue({ statusCode: 200, body: { sid: 'CA1', status: 'queued' }, headers: {} });
  sent = () => {
    const { defaultTimeout } = request.mock.contexts[0] as unknown as { defaultTimeout?: number };
    return { host: new URL(request.mock.calls[0]![0].uri).host, timeoutMs: defaultTimeout };
  };
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function ask(account: Account): Promise<ReturnType<typeof sent>> {
  const client = twilioClient(account, { apiUrl: null, clock: new FakeClock() });
  await client.ask(({ calls }) => calls('CA1').fetch());
  return sent();
}

it('an account without a region is asked in none, whatever region the variables of the default one name', async () => {
  vi.stubEnv('TWILIO_REGION', 'ie1');
  vi.stubEnv('TWILIO_EDGE', 'dublin');
  expect((await ask(ACCOUNT)).host).toBe('api.twilio.com');
});

it('an account with a region is asked there', async () => {
  vi.stubEnv('TWILIO_REGION', 'ie1');
  vi.stubEnv('TWILIO_EDGE', 'dublin');
  expect((await ask({ ...ACCOUNT, region: 'au1', edge: 'sydney' })).host).toBe('api.sydney.au1.twilio.com');
});

it('the socket outlives everybody who waits for it', async () => {
  expect((await ask(ACCOUNT)).timeoutMs).toBeGreaterThan(LONGEST_WAIT_MS);
});
