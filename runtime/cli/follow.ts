import type { Clock } from '../clock.ts';
import { OffhookError, messageOf } from '../errors.ts';

/** What a follower needs of a turn; the rest of it is left aside. */
export interface FollowedTurn {
  index: number;
  role: 'caller' | 'agent';
  text: string;
  interrupted: boolean;
  /** Null while it is still being said. */
  heardText: string | null;
}

export interface FollowOptions {
  serverUrl: string;
  apiToken: string;
  callSid: string;
  clock: Clock;
  /** Told of a turn every time that it changes, and of every turn once more at the end. */
  on(turn: FollowedTurn): void;
  /** Aborted when the call is over. */
  over: AbortSignal;
}

const AGAIN_MS = 200;
/** Between the webhook's answer and a session that can be followed. */
const FOUND_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 5000;

/**
 * Follows the session of a call over `GET /api/sessions/:id/live` until the call is over.
 * @throws OffhookError `not-followed`.
 */
export async function followCall(options: FollowOptions): Promise<void> {
  const session = await findSession(options);
  if (session === null) return;
  while (!options.over.aborted) {
    await readLive(options, session);
    await pause(options, AGAIN_MS);
  }
  for (const turn of turnsOf(await getJson(options, `/api/sessions/${session}`))) options.on(turn);
}

/** The session that bears the call's SID; null where the call is over before there is one. */
async function findSession(options: FollowOptions): Promise<string | null> {
  const since = options.clock.elapsed();
  while (!options.over.aborted) {
    const list = fieldsOf(await getJson(options, '/api/sessions?limit=50')).items;
    const found = (Array.isArray(list) ? list : [])
      .map(fieldsOf)
      .find(({ callSid }) => callSid === options.callSid);
    if (typeof found?.id === 'string') return encodeURIComponent(found.id);
    if (options.clock.elapsed() - since > FOUND_WITHIN_MS)
      throw lost('the server has no session of this call');
    await pause(options, AGAIN_MS);
  }
  return null;
}

async function getJson(options: FollowOptions, path: string): Promise<unknown> {
  try {
    const response = await request(options, path, AbortSignal.timeout(ANSWER_WITHIN_MS));
    if (response.status !== 200) throw lost(`${path} answered with ${response.status}`);
    return await response.json();
  } catch (error) {
    throw error instanceof OffhookError ? error : lost(messageOf(error));
  }
}

/** Reads the live events to their end. A session that is not running has none: that is no error. */
async function readLive(options: FollowOptions, session: string): Promise<void> {
  try {
    const response = await request(options, `/api/sessions/${session}/live`, options.over);
    if (response.status !== 200 || !response.body) {
      await response.body?.cancel();
      return;
    }
    for await (const data of readServerSentEvents(response.body)) {
      const { kind, turn } = fieldsOf(data);
      const [read] = kind === 'turn' ? turnsOf({ turns: [turn] }) : [];
      if (read) options.on(read);
    }
  } catch {
    // The call is over, or the connection broke and the follower opens another.
  }
}

function request(
  { serverUrl, apiToken }: FollowOptions,
  path: string,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(serverUrl + path, { headers: { Authorization: `Bearer ${apiToken}` }, signal });
}

/** The `data` of each event, as JSON (HTML Living Standard, "Server-sent events"). Anything else is left aside. */
async function* readServerSentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator {
  const decoder = new TextDecoder();
  let pending = '';
  let data: string[] = [];
  for await (const chunk of body) {
    pending += decoder.decode(chunk, { stream: true });
    const lines = pending.split(/\r\n|\n/);
    pending = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(5).trimStart());
      else if (line === '' && data.length > 0) {
        const text = data.join('\n');
        data = [];
        try {
          yield JSON.parse(text);
        } catch {
          // Not ours: the events of the API are JSON.
        }
      }
    }
  }
}

function turnsOf(detail: unknown): FollowedTurn[] {
  const { turns } = fieldsOf(detail);
  return (Array.isArray(turns) ? turns : []).flatMap((turn: unknown) => {
    const { index, role, text, interrupted, heardText } = fieldsOf(turn);
    if (typeof index !== 'number' || (role !== 'caller' && role !== 'agent') || typeof text !== 'string')
      return [];
    const heard = typeof heardText === 'string' ? heardText : null;
    return [{ index, role, text, interrupted: interrupted === true, heardText: heard }];
  });
}

/** Settles after the time, or when the call is over. */
function pause({ clock, over }: FollowOptions, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      over.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    over.addEventListener('abort', done);
    if (over.aborted) done();
  });
}

function fieldsOf(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null ? (value as { [name: string]: unknown }) : {};
}

function lost(problem: string): OffhookError {
  return new OffhookError('not-followed', `The words of the call cannot be shown: ${problem}.`);
}
