/**
 * An example's own tests, held as real calls on any engine: the real server with real sockets, the vendors played by
 * the doubles of this folder. The caller is a simulated phone; time is real, and begins at the clock of the tests.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { clockFrom } from '../../runtime/cli/talk.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { EngineName } from '../../runtime/dialogue/engines.ts';
import { reportTo } from '../../runtime/line/local/ask.ts';
import type { PhoneEvent } from '../../runtime/line/local/phone.ts';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import { startCascadeVendors } from './cascade-vendors.ts';
import { openHouseWithTwilio, type Caller, type House, type SessionView } from './house.ts';
import type { Callee, TwilioApi } from './twilio-api.ts';

export interface BistroTest {
  name: string;
  inbound?: { from?: string };
  outbound?: { to: string; attributes?: Record<string, unknown> };
  user?: { name: string };
  transfers?: { manager?: 'busy' | 'no-answer' };
  tools?: { find_table?: Mock | Mock[] };
  turns: Step[];
}
type Mock = { free?: boolean; result?: object; after?: string; error?: string };
type Step = {
  agent?: string | string[];
  caller?:
    | string
    | {
        keys?: string;
        silence?: string;
        interrupt?: string;
        hangup?: boolean;
        machine?: boolean;
        after?: string;
      };
  expect?: { state?: string; slots?: Record<string, unknown>; tools?: (string | Record<string, unknown>)[] };
  ended?: string;
};

export async function bistroTests(): Promise<BistroTest[]> {
  const text = await readFile(new URL('../../dialogues/bistro.test.yaml', import.meta.url), 'utf8');
  const { tests } = parse(text) as { tests: BistroTest[] };
  return tests;
}

const ANSWERED_MS = 45_000;
const NOW = Date.parse('2026-03-03T10:00:00+01:00');
/** How long Twilio listens to a machine's announcement. */
const LISTENS_MS = 1_000;
/** Longer than the pause in which a line may still go on. */
const QUIET_MS = 500;
/** A sentence of a caller's lasts so long. */
const WORDS_MS = 700;

/** A server whose app `bistro` is carried by one engine, for one call after another. */
export class Stage {
  readonly #house: House;
  /** Twilio's own side: it places the calls that are asked for. */
  readonly #twilio: TwilioApi;
  /** What happens on the phones that are called. */
  readonly #called: PhoneEvent[];
  readonly #tables: Server;
  readonly #close: (() => Promise<void>)[];
  /** What the caller is saying, for who only gets the sound. */
  readonly #said: string[];
  #mocks: Mock[] = [];
  /** How many sentences the caller has said in this call. */
  #spoken = 0;

  private constructor(
    { house, twilio, events }: Awaited<ReturnType<typeof openHouseWithTwilio>>,
    tables: Server,
    said: string[],
    close: (() => Promise<void>)[],
  ) {
    this.#house = house;
    this.#twilio = twilio;
    this.#called = events;
    this.#tables = tables;
    this.#said = said;
    this.#close = close;
    tables.on('request', (_request, response) => {
      const mock = this.#mocks.length > 1 ? this.#mocks.shift()! : (this.#mocks[0] ?? { free: true });
      if (mock.error !== undefined) return void response.destroy();
      setTimeout(
        () => {
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify(mock.result ?? { free: mock.free }));
        },
        mock.after === undefined ? 0 : Number.parseFloat(mock.after) * 1_000,
      );
    });
  }

  static async open(engine: EngineName): Promise<Stage> {
    const said: string[] = [];
    const tables = createServer();
    await new Promise<void>((resolve) => tables.listen(0, '127.0.0.1', resolve));
    const { port } = tables.address() as AddressInfo;
    const close: (() => Promise<void>)[] = [];
    const env: Record<string, string> = {
      BOOKING_URL: `http://127.0.0.1:${port}`,
      BOOKING_TOKEN: 'x',
      CRM_MCP_URL: `http://127.0.0.1:${port}/mcp`,
    };
    const chosen = [`engine: ${engine}`];
    if (engine === 'cascade') {
      const vendors = await startCascadeVendors(said);
      close.push(...vendors.close);
      Object.assign(env, vendors.env);
      chosen.push(...vendors.app);
    }
    const file = (name: string): Promise<string> =>
      readFile(new URL(`../../dialogues/${name}`, import.meta.url), 'utf8');
    const files = {
      'bistro.app.yaml': `${await file('bistro.app.yaml')}\n${chosen.join('\n')}\n`,
      'bistro.dialogue.yaml': await file('bistro.dialogue.yaml'),
      'bistro.tools.js': await file('bistro.tools.js'),
    };
    const answered: Callee = { answers: true, who: 'machine_end_beep', listensMs: LISTENS_MS };
    const place = await openHouseWithTwilio(files, () => answered, {
      env,
      clock: clockFrom(systemClock, NOW),
      ...(engine === 'realtime' && { openai: { heard: () => said.shift() ?? null } }),
    });
    return new Stage(place, tables, said, close);
  }

  async close(): Promise<void> {
    await this.#house.close();
    this.#tables.closeAllConnections();
    this.#tables.close();
    for (const one of this.#close) await one();
  }

  /** Holds the conversation; fails with the turn that went otherwise. Gives what was said, line by line. */
  async hold(test: BistroTest): Promise<string[]> {
    const mocks = test.tools?.find_table ?? [];
    this.#mocks = Array.isArray(mocks) ? [...mocks] : [mocks];
    this.#said.length = 0;
    this.#spoken = 0;
    const caller = test.outbound ? await this.#place(test) : this.#dial(test);
    let told = 0;
    for (const [index, step] of test.turns.entries()) {
      try {
        told = await this.#take(caller, step, told);
      } catch (thrown) {
        const session = await caller.session();
        const lines = session.turns.map(({ role, text }) => `${role}: ${text}`).join('\n');
        caller.phone.hangUp();
        throw new Error(`Turn ${index + 1}, ${JSON.stringify(step)}: ${String(thrown)}\n${lines}`, {
          cause: thrown,
        });
      }
    }
    // A test may end in the middle of the call.
    if (test.turns.at(-1)?.ended === undefined) await this.#hangUp(caller);
    await caller.over;
    const { turns } = await caller.until(({ status }) => status === 'completed', ANSWERED_MS);
    const lines = turns.map(({ role, text }) => `${role}: ${text}`);
    if (test.turns.at(-1)?.ended !== undefined) return lines;
    // What comes behind the last line that was waited for is a matter of moments.
    const last = turns.filter(({ role }) => role === 'agent')[told - 1];
    return last ? lines.slice(0, turns.indexOf(last) + 1) : lines;
  }

  #dial(test: BistroTest): Caller {
    const caller = this.#house.caller({
      ...(test.inbound?.from !== undefined && { from: test.inbound.from }),
      callee: test.transfers?.manager ?? 'answer',
    });
    return caller.dial('/initiations/call/bistro');
  }

  /** The runtime calls somebody; Twilio says that a machine has answered where it is told to listen for one. */
  async #place({ outbound, user, turns }: BistroTest): Promise<Caller> {
    const { to, attributes = {} } = outbound!;
    const isMachine = turns.some(({ caller }) => typeof caller === 'object' && caller.machine === true);
    if (user) await this.#introduce(to, user.name);
    this.#called.length = 0;
    const calls = this.#twilio.calls.length;
    const answer = await this.#house.request('/initiations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: 'bistro', to, attributes, ...(isMachine && { machine: 'message' }) }),
    });
    if (answer.status !== 201) throw new Error(`The call was not placed: ${await answer.text()}`);
    const call = this.#twilio.calls[calls]!;
    const over = call.over.then(() => ({ reason: 'ended', problem: null, durationMs: 0 }) as const);
    return this.#house.called(call.phone, this.#called, over);
  }

  /** Somebody whose name is known from before. */
  async #introduce(phone: string, name: string): Promise<void> {
    const path = join(this.#house.folder, 'data', 'offhook.db');
    const store = await openStore({ kind: 'sqlite', path }, silentLog);
    await store.people.pair(phone, { kind: 'new', name, values: {} }, NOW);
    await store.close();
  }

  /** Gives how many turns of the agent are accounted for. */
  async #take(caller: Caller, step: Step, told: number): Promise<number> {
    if (step.agent !== undefined) {
      const wanted = [step.agent].flat();
      let found = told;
      await caller.until((session) => {
        found = behind(session, wanted, told);
        return found >= 0;
      }, ANSWERED_MS);
      return found;
    }
    if (step.caller !== undefined) {
      return this.#act(caller, step.caller, told);
    }
    if (step.expect !== undefined) {
      const { slots = {}, tools = [] } = step.expect;
      await caller.until(({ slots: held, toolCalls }) => {
        const names = toolCalls.map(({ name }) => name);
        const hasSlots = Object.entries(slots).every(
          ([name, value]) => plain(held[name] ?? null) === plain(value),
        );
        return (
          hasSlots &&
          tools.every((tool) => names.includes(typeof tool === 'string' ? tool : Object.keys(tool)[0]!))
        );
      }, ANSWERED_MS);
      return told;
    }
    await caller.over;
    await caller.until(({ endReason }) => endReason === step.ended, ANSWERED_MS);
    return told;
  }

  /** What the agent says from then on answers it: gives how many turns came before. */
  async #act(caller: Caller, what: NonNullable<Step['caller']>, told: number): Promise<number> {
    // It passes while the next line is waited for.
    if (typeof what === 'object' && what.silence !== undefined) return told;
    // It is told by itself.
    if (typeof what === 'object' && what.machine) return 0;
    const { after } = typeof what === 'string' ? {} : what;
    await this.#heard(caller);
    if (after === undefined) await quiet(caller);
    else await pause(Number.parseFloat(after) * (after.endsWith('ms') ? 1 : 1_000));
    const before = agentsTurns(await caller.session());
    if (typeof what === 'string') await this.#say(caller, what);
    else if (what.keys !== undefined) caller.phone.press(what.keys);
    else if (what.interrupt !== undefined) await this.#say(caller, what.interrupt);
    else await this.#hangUp(caller);
    return before;
  }

  /** What the caller said last has been understood: whatever comes after it comes after that. */
  async #heard(caller: Caller): Promise<void> {
    const callers = ({ turns }: SessionView): number => turns.filter(({ role }) => role === 'caller').length;
    await caller.until((session) => callers(session) >= this.#spoken, ANSWERED_MS);
  }

  /** Without a socket nobody hears of it but by the number's status callback, which Twilio sends where one is set. */
  async #hangUp(caller: Caller): Promise<void> {
    const { phone } = caller;
    phone.hangUp();
    const { url } = this.#house.runtime;
    const { authToken } = this.#twilio.accounts[0]!;
    const route = { authToken, clock: systemClock, publicUrl: null, serverUrl: url };
    await reportTo(route, `${url}/twilio/status`, phone.form('completed'));
  }

  async #say(caller: Caller, text: string): Promise<void> {
    this.#said.push(text);
    this.#spoken++;
    await caller.speaks(WORDS_MS, text);
  }
}

/** Where the last of the wanted lines stands, counted from 1; -1: not all of them were said. */
function behind({ turns }: SessionView, wanted: readonly string[], told: number): number {
  const lines = turns.filter(({ role }) => role === 'agent');
  let at = told;
  let last = -1;
  // A pattern may span what is said in a row, as one line of a rehearsal does.
  for (const one of wanted) {
    const pattern = /^\/(.*)\/$/.exec(one)?.[1];
    const matches = (text: string): boolean =>
      pattern === undefined ? text.includes(one) : new RegExp(pattern).test(text);
    const found = lines.findIndex(
      (_, index) =>
        index >= at &&
        (matches(lines[index]!.text) ||
          matches(
            lines
              .slice(at, index + 1)
              .map(({ text }) => text)
              .join(' '),
          )),
    );
    if (found < 0) return -1;
    // The next one may stand in the same line.
    at = last = found;
  }
  return last + 1;
}

const agentsTurns = ({ turns }: SessionView): number => turns.filter(({ role }) => role === 'agent').length;
const plain = (value: unknown): string =>
  value instanceof Date ? value.toISOString().slice(0, 10) : String(value);

/** The agent has said something, and is waiting for the caller. */
async function quiet(caller: Caller): Promise<void> {
  const sounds = (events: readonly PhoneEvent[]): PhoneEvent | undefined =>
    events.findLast(({ kind }) =>
      ['media', 'heard', 'words', 'spoken', 'says', 'asked', 'quiet', 'listens', 'over'].includes(kind),
    );
  for (let calm = 0; calm < QUIET_MS; calm += 50) {
    await pause(50);
    const kind = sounds(caller.events)?.kind;
    if (kind === 'over') return;
    const asked = caller.events.some(
      (event) => event.kind === 'heard' || event.kind === 'spoken' || event.kind === 'says',
    );
    if ((kind !== 'quiet' && kind !== 'listens') || !asked) calm = -50;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
