/**
 * A whole Offhook for a test: the real server with a real SQLite file and real sockets, with OpenAI's realtime
 * API and the phone network played by the doubles of this folder.
 */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { readConfig } from '../../runtime/config.ts';
import {
  Phone,
  type CallOutcome,
  type PhoneEvent,
  type PhoneOptions,
} from '../../runtime/line/local/phone.ts';
import { silentLog, type Log } from '../../runtime/log.ts';
import { openRuntime, type Runtime } from '../../runtime/serve.ts';
import type { Turn, ToolCallRow } from '../../runtime/store/store.ts';
import { startOpenAi, tone, type OpenAiDouble, type OpenAiScript } from './openai-realtime.ts';
import { TwilioApi, makeAccountSid, type Callee } from './twilio-api.ts';
import type { Known } from './twilio-numbers.ts';

export const API_TOKEN = 'test-token-of-the-api';

export interface SessionView {
  id: string;
  app: string;
  engine: string;
  direction: string;
  isInitiated: boolean;
  status: string;
  endReason: string | null;
  cost: number | null;
  callSid: string | null;
  turns: Turn[];
  toolCalls: ToolCallRow[];
  attributes: Record<string, unknown>;
  slots: Record<string, unknown>;
}

export interface House {
  runtime: Runtime;
  /** Null where there is no model. */
  openai: OpenAiDouble | null;
  folder: string;
  /** A phone that will call; nothing happens before `dial`. */
  caller(options?: Partial<PhoneOptions>): Caller;
  /** Who has answered this phone of the network's, and what has happened on it. */
  called(phone: Phone, events: PhoneEvent[], over: Promise<CallOutcome>): Caller;
  get(path: string): Promise<unknown>;
  request(path: string, init?: RequestInit): Promise<Response>;
  sessions(): Promise<SessionView[]>;
  close(): Promise<void>;
}

export interface HouseMore {
  openai?: Partial<OpenAiScript>;
  env?: Record<string, string>;
  log?: Log;
  clock?: Clock;
}

/** `files` by name, such as `bistro.dialogue.yaml`. With `openai` the engine is realtime, else embedded. */
export async function openHouse(files: Record<string, string>, more: HouseMore = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'offhook-house-'));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, 'dialogues', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const openai = more.openai ? await startOpenAi(more.openai) : null;
  const env = {
    PORT: '0',
    OFFHOOK_DIALOGUES: join(folder, 'dialogues'),
    DATABASE_URL: `sqlite:${join(folder, 'data', 'offhook.db')}`,
    OFFHOOK_API_TOKEN: API_TOKEN,
    ...(openai ? { OPENAI_API_KEY: openai.apiKey, OPENAI_BASE_URL: openai.baseUrl } : {}),
    ...more.env,
  };
  const runtime = await openRuntime(readConfig(env, false), env, more.log ?? silentLog, more.clock);
  const request = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${runtime.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${API_TOKEN}`, ...(init.headers as Record<string, string>) },
    });
  const get = async (path: string): Promise<unknown> => (await request(path)).json();
  return {
    runtime,
    openai,
    folder,
    caller: (options = {}) => callerOf(runtime.url, get, options),
    called: (phone, events, over) => new Caller(runtime.url, get, phone, events, over),
    get,
    request,
    sessions: async () => ((await get('/api/sessions')) as { items: SessionView[] }).items,
    async close() {
      await runtime.close(200);
      await openai?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Somebody with a phone. Time is real: audio plays as long as it lasts. */
export class Caller {
  readonly phone: Phone;
  readonly events: PhoneEvent[];
  readonly #url: string;
  readonly #get: (path: string) => Promise<unknown>;
  #dialledAt = 0;
  over: Promise<CallOutcome>;

  constructor(
    url: string,
    get: (path: string) => Promise<unknown>,
    phone: Phone,
    events: PhoneEvent[],
    over: Promise<CallOutcome> = Promise.reject(new Error('Nobody has dialled.')),
  ) {
    this.#url = url;
    this.#get = get;
    this.phone = phone;
    this.events = events;
    this.over = over;
    this.over.catch(() => undefined);
  }

  /** Since the call began, as its events count. */
  get nowMs(): number {
    return systemClock.elapsed() - this.#dialledAt;
  }

  dial(path: string): this {
    this.#dialledAt = systemClock.elapsed();
    this.over = this.phone.call(`${this.#url}${path}`);
    return this;
  }

  /** Speaks for so long; what the words were, the double of the model knows. */
  async speaks(ms = 600, caption: string | null = null): Promise<void> {
    await this.phone.say(tone(ms), caption);
  }

  /** What was played of the agent's audio so far, in ms. */
  get heardMs(): number {
    return this.events.reduce((sum, event) => sum + (event.kind === 'heard' ? event.audio.length / 8 : 0), 0);
  }

  /** The session of this call. */
  async session(): Promise<SessionView> {
    const { items } = (await this.#get('/api/sessions?limit=200')) as { items: SessionView[] };
    const found = items.find((item) => item.callSid === this.phone.callSid);
    if (!found) throw new Error('The call has no session.');
    return (await this.#get(`/api/sessions/${found.id}`)) as SessionView;
  }

  /** Waits until the session is so; says how it was when it never became so. */
  async until(holds: (session: SessionView) => boolean, withinMs = 8_000): Promise<SessionView> {
    const end = Date.now() + withinMs;
    let last: SessionView | null = null;
    while (Date.now() < end) {
      last = await this.session().catch(() => null);
      if (last && holds(last)) return last;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`It did not come to that: ${JSON.stringify(last, null, 1)}`);
  }

  /** Waits until a line that begins like this was heard to its end. */
  hears(text: string, withinMs = 8_000): Promise<SessionView> {
    return this.until(
      ({ turns }) =>
        turns.some(
          (turn) => turn.text.startsWith(text) && turn.heardText === turn.text && turn.role === 'agent',
        ),
      withinMs,
    );
  }

  /** Waits until a line that begins like this is being said. */
  isTold(text: string, withinMs = 8_000): Promise<SessionView> {
    return this.until(
      ({ turns }) => turns.some((turn) => turn.text.startsWith(text) && turn.role === 'agent'),
      withinMs,
    );
  }
}

/** Somebody with a phone of their own, who will call the server at `url`. */
export function callerOf(
  url: string,
  get: (path: string) => Promise<unknown>,
  options: Partial<PhoneOptions>,
): Caller {
  const events: PhoneEvent[] = [];
  const phone = new Phone({
    clock: systemClock,
    authToken: null,
    publicUrl: null,
    serverUrl: url,
    from: '+14155550123',
    to: '+14155550100',
    direction: 'inbound',
    ...options,
    on: (event) => events.push(event),
  });
  return new Caller(url, get, phone, events);
}

/** A house that can call out: beside it runs Twilio's REST API with the network behind it. */
export async function openHouseWithTwilio(
  files: Record<string, string>,
  callee: (to: string) => Callee = () => ({ answers: true }),
  { known = () => null, ...more }: HouseMore & { known?: (phone: string) => Known | null } = {},
): Promise<{ house: House; twilio: TwilioApi; events: PhoneEvent[] }> {
  const accountSid = makeAccountSid();
  const authToken = 'the-auth-token';
  const events: PhoneEvent[] = [];
  let serverUrl = '';
  const twilio = await TwilioApi.start({
    accountSid,
    authToken,
    clock: systemClock,
    publicUrl: null,
    get serverUrl() {
      return serverUrl;
    },
    callee: ({ form }) => callee(form.get('To') ?? ''),
    known,
    on: (_call, event) => events.push(event),
  });
  const account = {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_API_URL: twilio.url,
  };
  const house = await openHouse(files, { ...more, env: { ...account, ...more.env } });
  serverUrl = house.runtime.url;
  return {
    house: {
      ...house,
      caller: (options = {}) => house.caller({ authToken, accountSid, ...options }),
      async close() {
        await twilio.close();
        await house.close();
      },
    },
    twilio,
    events,
  };
}
