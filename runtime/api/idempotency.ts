/** `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): work that is asked for twice is done once. */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { OffhookError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';
import { json, type Reply, type Route } from './route.ts';

export interface OnceParts {
  store: Pick<Store, 'claimKey' | 'keepAnswer'>;
  clock: Clock;
  log: Log;
}

/** Refusals of a server that cannot do it now, as another one may at once, and of a network that may in a moment. */
const UNDONE: readonly string[] = ['draining', 'twilio-busy'];

/**
 * Does the work, or answers as the first request with this key was answered. An answer that says that nothing was
 * done (4xx, `UNDONE`) is not kept: the same request may fare better later. What failed halfway is kept, because it may
 * have had its effect.
 * `asked`: all that tells the request from others of its route. `work` gets what is the same for all requests with this
 * key that ask for this; where it can be repeated with that (`route.repeatable`), a first request that is still under way
 * stops no other: its process may have died over it.
 * @throws OffhookError `bad-idempotency-key` (400), `request-in-flight` (409), `session-erased` (410),
 * `idempotency-mismatch` (422).
 */
export async function once(
  { store, clock, log }: OnceParts,
  route: Pick<Route, 'path' | 'repeatable'>,
  key: string,
  asked: unknown,
  work: (once: string) => Promise<Reply>,
): Promise<Reply> {
  if (!/^[!-~]{1,255}$/.test(key)) {
    throw new OffhookError('bad-idempotency-key', 'Idempotency-Key should be 1 to 255 visible characters.', {
      status: 400,
    });
  }
  const name = `POST ${route.path} ${key}`;
  const fingerprint = createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
  const claim = await store.claimKey(name, fingerprint, clock.now());
  if (claim === 'pending' && !route.repeatable) {
    throw new OffhookError('request-in-flight', 'The first request with this Idempotency-Key is under way.', {
      status: 409,
    });
  }
  if (claim !== null && claim !== 'pending') {
    if (claim.status === 410) {
      throw new OffhookError(
        'session-erased',
        'What the first request with this Idempotency-Key made was erased.',
        {
          status: 410,
        },
      );
    }
    const headers = { 'idempotent-replay': 'true' };
    if (claim.status < 400) return json(claim.body, claim.status, headers);
    return { status: claim.status, headers, body: { text: JSON.stringify(claim.body), type: PROBLEM_TYPE } };
  }

  // A key whose answer could not be kept stays claimed: better than a second call.
  const keep = (answer: Parameters<Store['keepAnswer']>[1]): Promise<void> =>
    store.keepAnswer(name, answer).catch((err: unknown) => log.error({ err }, 'an answer could not be kept'));
  try {
    const reply = await work(createHash('sha256').update(`${name} ${fingerprint}`).digest('hex'));
    if (reply.body && 'json' in reply.body)
      await keep({ status: reply.status, body: valueOf(reply.body.json) });
    return reply;
  } catch (thrown) {
    const { problem } = problemOf(thrown);
    const isUndone = problem.status < 500 || UNDONE.includes(problem.code);
    await keep(isUndone ? null : { status: problem.status, body: valueOf(problem) });
    throw thrown;
  }
}

/** As whoever asked gets it. */
function valueOf(body: unknown): Exclude<Parameters<Store['keepAnswer']>[1], null>['body'] {
  return JSON.parse(JSON.stringify(body));
}
