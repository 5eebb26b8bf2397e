/**
 * Calls without a stream, on any number of processes over one real store, on a clock that is moved. The test is the
 * phone network; model and tools are in its hands.
 */
import type { Answer, IncomingCall } from '../../runtime/call/answers.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Casting } from '../../runtime/call/casting.ts';
import { Studio } from '../../runtime/call/studio.ts';
import { Switchboard } from '../../runtime/call/switchboard.ts';
import type { AppFacts } from '../../runtime/dialogue/program.ts';
import type { Meaning, Value } from '../../runtime/dialogue/protocol.ts';
import type { Gathering, Told } from '../../runtime/line/gathering.ts';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import type { MindKit } from '../../runtime/speech/mind.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { SessionDetail, Store } from '../../runtime/store/store.ts';
import type { ToolCall } from '../../runtime/tools/tools.ts';
import type { AskModel } from '../../runtime/understand/understand.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { sqlitePlace, type Place } from '../store/places.ts';
import { APP, programOf } from './engine-driver.ts';
import { FakeClock } from './fake-clock.ts';
import { errorsTo, NOBODY, watched } from './switchboard.ts';
import type { PairingDesk } from '../../runtime/call/pairings.ts';
import { NOBODY_PAIRS } from './pairings.ts';

export const CALL_SID = `CA${'b'.repeat(32)}`;

/** One process: a switchboard of its own. */
export interface Process {
  switchboard: Switchboard;
  /** What was logged as an error. */
  errors: string[];
  /** From now on nothing happens in it any more. */
  dies(): void;
  call(more?: Partial<IncomingCall>): Promise<Gathering>;
  /** Tells what became of this answer. */
  tell(answer: Gathering, told: Told): Promise<Gathering>;
  /** The same, for whatever it comes to. */
  ask(session: string, turn: number, told: Told, callSid?: string): Promise<Answer>;
}

export interface Office {
  store: Store;
  clock: FakeClock;
  process(): Process;
  session(): Promise<SessionDetail>;
  pass(ms: number): Promise<void>;
  /** Moves the clock until it is settled; says how long that took. */
  until<T>(work: Promise<T>, withinMs?: number): Promise<{ value: T; ms: number }>;
  close(): Promise<void>;
}

export interface OfficeParts {
  app?: Partial<AppFacts>;
  place?: Place;
  mind?: MindKit;
  judge?: AskModel;
  pairing?: PairingDesk;
  tool?(call: ToolCall): Promise<Value>;
}

export async function openOffice(dialogue: string, parts: OfficeParts = {}): Promise<Office> {
  const place = parts.place ?? (await sqlitePlace());
  const { store, settled } = watched(await openStore(place.database, silentLog));
  const clock = new FakeClock();
  const facts: AppFacts = { ...APP, engine: 'gather', ...parts.app };
  const target = { app: facts, program: programOf(dialogue, facts) };

  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 100) {
      await settled();
      await clock.advanceAsync(Math.min(100, left));
    }
    await settled();
  };
  const until = async <T>(work: Promise<T>, withinMs = 60_000): Promise<{ value: T; ms: number }> => {
    const from = clock.now();
    let done = false;
    const watch = work.finally(() => (done = true));
    watch.catch(() => undefined);
    await settled();
    while (!done && clock.now() - from < withinMs) await pass(100);
    if (!done) throw new Error(`It was not settled within ${withinMs} ms.`);
    return { value: await work, ms: clock.now() - from };
  };

  const process = (): Process => {
    let dead = false;
    const own: Clock = {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      after: (ms, callback) => clock.after(ms, () => (dead ? undefined : callback())),
    };
    const errors: string[] = [];
    const log = errorsTo(errors);
    const minds = new Map(parts.mind ? [['openai', parts.mind]] : []);
    const vendors = { ...NOBODY, minds, embedded: null as never, cascade: null as never };
    const casting = new Casting(vendors, own);
    const metrics = openMetrics();
    const studio = new Studio({ vendors, casting, prompts: null as never, clock: own, log, metrics });
    const switchboard = new Switchboard({
      store,
      clock: own,
      log,
      metrics,
      takesCallsOf: () => true,
      understand: understandByRules,
      prices: () => new Map(),
      model: () => parts.judge ?? null,
      pairing: parts.pairing ?? NOBODY_PAIRS,
      tools: () => ({
        call: (call) => parts.tool?.(call) ?? Promise.reject(new Error('there are no tools')),
        offer: () => null,
        close: () => Promise.resolve(),
      }),
      studio,
      casting,
      find: (key) => (key === facts.id ? target : null),
      byNumber: () => null,
      account: () => ({ name: 'default', maxCalls: null }),
      inquire: () => undefined,
      callBack: () => Promise.resolve(),
    });
    const ask: Process['ask'] = (session, turn, told, callSid = CALL_SID) =>
      switchboard.gather(session, callSid, turn, told);
    return {
      switchboard,
      errors,
      dies: () => (dead = true),
      ask,
      async call(more = {}) {
        const call = {
          key: facts.id,
          callSid: CALL_SID,
          accountSid: null,
          from: '+14155550123',
          to: '+14155550100',
          caller: {},
          initiation: null,
          placed: false,
          welcomeMessage: null,
          locale: null,
          ...more,
        };
        return gatheringIn((await until(switchboard.incoming(call))).value);
      },
      tell: async (answer, told) => gatheringIn((await until(ask(answer.session, answer.turn, told))).value),
    };
  };
  return {
    store,
    clock,
    process,
    pass,
    until,
    async session() {
      const session = await store.sessionByCall(CALL_SID);
      const detail = session && (await store.sessionDetail(session.id));
      if (!detail) throw new Error('The call has no session.');
      return detail;
    },
    async close() {
      await settled();
      await store.close();
      await place.drop();
    },
  };
}

export function gatheringIn(answer: Answer): Gathering {
  if (answer.kind !== 'gather') throw new Error(`Nobody gathers in ${JSON.stringify(answer)}.`);
  return answer;
}

/** What the caller hears, as text. */
export const saidIn = ({ sounds }: Gathering): string[] =>
  sounds.map((sound) => {
    if (sound.kind === 'say') return sound.text;
    return sound.kind === 'play' ? `[${sound.file}]` : `[${sound.keys}]`;
  });

export const spoke = (text: string): Told => ({ kind: 'spoke', text });
export const pressed = (keys: string): Told => ({ kind: 'pressed', keys });
export const NOTHING: Told = { kind: 'nothing' };
export const AGAIN: Told = { kind: 'asks-again' };

/** A meaning of the choice with that id. */
export const meant = (choice: string): Meaning => ({
  choice,
  slots: {},
  unsure: [],
  confidence: 0.9,
  by: 'model',
});
