/**
 * A switchboard with a real store and real conversations on a clock that is moved; what is said is heard at once,
 * and the lines are in the hands of the test.
 */
import { pino } from 'pino';
import type { Answer, DialOrder, IncomingCall } from '../../runtime/call/answers.ts';
import { Casting } from '../../runtime/call/casting.ts';
import type { LineAccount } from '../../runtime/call/lines.ts';
import type { Joined, Joining, Studio } from '../../runtime/call/studio.ts';
import { Switchboard } from '../../runtime/call/switchboard.ts';
import type { AppFacts, Program } from '../../runtime/dialogue/program.ts';
import type { AudioLine, AudioLineEvent, Channel } from '../../runtime/line/line.ts';
import { silentLog, type Log } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { SessionDetail, Store } from '../../runtime/store/store.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { sqlitePlace } from '../store/places.ts';
import { APP, programOf } from './engine-driver.ts';
import { FakeClock } from './fake-clock.ts';
import { NOBODY_PAIRS } from './pairings.ts';

/** A caller's end: what was said on it, and whether it is open. */
export interface TestLine {
  said: string[];
  open: boolean;
  press(key: string): void;
  /** The caller hangs up. */
  hangUp(): void;
  /** The connection breaks without a word. */
  breaks(): void;
  /** Closing it takes for ever. */
  slowToClose: boolean;
}

export interface Exchange {
  switchboard: Switchboard;
  store: Store;
  clock: FakeClock;
  target: { app: AppFacts; program: Program };
  callBacks: { session: string; id: string; at: number }[];
  /** The numbers that somebody was asked about. */
  inquiries: string[];
  /** What was logged as an error. */
  errors: string[];
  /** Another process on the same store; whether the first one is dead is left to the test. */
  restart(): Promise<Exchange>;
  call(callSid?: string, more?: Partial<IncomingCall>): Promise<Answer>;
  /** Opens the stream that the answer asks for. */
  connect(answer: Answer, callSid?: string): Promise<TestLine>;
  session(callSid?: string): Promise<SessionDetail>;
  /** How many lines the app holds. */
  lines(): Promise<number>;
  /** Lets so much time pass and all that follows happen. */
  pass(ms?: number): Promise<void>;
  close(): Promise<void>;
}

/** No key is there: whatever an app asks for, the embedded engine carries it. */
export const NOBODY = { realtime: new Map(), ears: new Map(), minds: new Map(), voices: new Map() };

export const CALL_SID = `CA${'a'.repeat(32)}`;

/** `dialogue` is YAML; the app is called `test`. */
export async function openExchange(
  dialogue: string,
  app: Partial<AppFacts> = {},
  account: LineAccount = { name: 'default', maxCalls: null },
): Promise<Exchange> {
  const place = await sqlitePlace();
  const { store, settled } = watched(await openStore(place.database, silentLog));
  const clock = new FakeClock();
  const facts = { ...APP, ...app };
  const target = { app: facts, program: programOf(dialogue, facts) };
  const open = (): Exchange => {
    const callBacks: Exchange['callBacks'] = [];
    const inquiries: string[] = [];
    const errors: string[] = [];
    const lines = new Map<AudioLine, TestLine>();
    const switchboard = new Switchboard({
      store,
      clock,
      log: errorsTo(errors),
      metrics: openMetrics(),
      takesCallsOf: () => true,
      understand: understandByRules,
      pairing: NOBODY_PAIRS,
      model: () => null,
      tools: () =>
        ({
          call: () => Promise.reject(new Error('there are no tools')),
          close: () => Promise.resolve(),
        }) as never,
      studio: studioOf(lines),
      account: () => account,
      casting: new Casting(NOBODY, clock),
      prices: () => new Map(),
      find: (key) => (key.replace(/^:/, '') === facts.id ? target : null),
      byNumber: (number) => (facts.numbers.includes(number) ? target : null),
      inquire: (phone) => void inquiries.push(phone),
      callBack: (session, { id, at }) => {
        callBacks.push({ session: session.id, id, at });
        return Promise.resolve();
      },
    });
    const exchange: Exchange = {
      switchboard,
      store,
      clock,
      target,
      callBacks,
      inquiries,
      errors,
      async restart() {
        // Whatever the dead process still had under way is written.
        await exchange.pass();
        const next = open();
        await next.switchboard.takeStock();
        return next;
      },
      call: (callSid = CALL_SID, more = {}) =>
        switchboard.incoming({
          key: facts.id,
          callSid,
          accountSid: null,
          from: '+14155550123',
          to: '+14155550100',
          caller: {},
          initiation: null,
          placed: false,
          welcomeMessage: null,
          locale: null,
          ...more,
        }),
      async connect(answer, callSid = CALL_SID) {
        if (answer.kind !== 'stream') throw new Error(`There is no stream in ${JSON.stringify(answer)}.`);
        const line = lineOf(lines, (handle) =>
          switchboard.connect(handle, { callSid, accountSid: 'AC1', parameters: answer.parameters }),
        );
        await exchange.pass();
        return line;
      },
      async session(callSid = CALL_SID) {
        const session = await store.sessionByCall(callSid);
        const detail = session && (await store.sessionDetail(session.id));
        if (!detail) throw new Error(`The call ${callSid} has no session.`);
        return detail;
      },
      async lines() {
        await settled();
        return store.lines.count({ app: facts.id }, clock.now());
      },
      async pass(ms = 0) {
        for (let left = ms; left > 0; left -= 500) {
          await settled();
          await clock.advanceAsync(Math.min(500, left));
        }
        await settled();
      },
      async close() {
        await store.close();
        await place.drop();
      },
    };
    return exchange;
  };
  return open();
}

/** Keeps the messages of errors, and nothing else. */
export function errorsTo(errors: string[]): Log {
  return pino(
    { level: 'error' },
    { write: (line: string) => void errors.push((JSON.parse(line) as { msg: string }).msg) },
  );
}

/** A store, and when nothing is asked of it any more: what it does takes real time. */
export function watched(real: Store): { store: Store; settled(): Promise<void> } {
  let pending = 0;
  const count = <T>(work: Promise<T>): Promise<T> => {
    pending++;
    return work.finally(() => pending--);
  };
  const watch = <T extends object>(whole: T): T =>
    new Proxy(whole, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value === 'object' && value !== null) return watch(value);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          const answer: unknown = Reflect.apply(value, target, given);
          return answer instanceof Promise ? count(answer) : answer;
        };
      },
    });
  const store = watch(real);
  return {
    store,
    async settled() {
      for (let quiet = 0; quiet < 5; quiet = pending === 0 ? quiet + 1 : 0) {
        await new Promise<void>((resolve) => {
          setImmediate(resolve);
        });
      }
    },
  };
}

/** The order in an answer; fails where it is another. */
export function dialIn(answer: Answer): DialOrder {
  if (answer.kind !== 'dial') throw new Error(`Nobody is dialled in ${JSON.stringify(answer)}.`);
  return answer;
}

function lineOf(
  lines: Map<AudioLine, TestLine>,
  connect: (handle: AudioLine) => (event: AudioLineEvent) => void,
): TestLine {
  const closed = (reason: Extract<AudioLineEvent, { kind: 'closed' }>['reason']): void => {
    if (!line.open) return;
    line.open = false;
    queueMicrotask(() => receive({ kind: 'closed', reason }));
  };
  const line: TestLine = {
    said: [],
    open: true,
    slowToClose: false,
    press: (key) => receive({ kind: 'key', key }),
    hangUp: () => closed('stop'),
    breaks: () => closed('broken'),
  };
  const handle: AudioLine = {
    play: () => undefined,
    mark: () => undefined,
    clear: () => undefined,
    close: () => {
      if (!line.slowToClose) closed('closed');
    },
  };
  lines.set(handle, line);
  const receive = connect(handle);
  return line;
}

/** Words in, words out: as a terminal, but on a line that can be closed, broken and dead. */
function studioOf(lines: Map<AudioLine, TestLine>): Pick<Studio, 'join' | 'joinWords' | 'gather'> {
  const join = ({ on }: Joining, handle: AudioLine): Joined<AudioLineEvent> => {
    const line = lines.get(handle)!;
    let hangingUp = false;
    let waiting = 0;
    const heard = (utterance: string): void => {
      on({ kind: 'heard', utterance });
      if (--waiting === 0) on({ kind: 'quiet', quiet: true });
      if (waiting === 0 && hangingUp) handle.close();
    };
    const plays = (id: string, text: string): void => {
      line.said.push(text);
      if (waiting++ === 0) on({ kind: 'quiet', quiet: false });
      on({ kind: 'started', utterance: id, latencyMs: null });
      queueMicrotask(() => heard(id));
    };
    const channel: Channel = {
      judges: false,
      converses: false,
      say: ({ id, text }) => plays(id, text),
      play: ({ id }, shown) => plays(id, shown),
      press: ({ id }, shown) => plays(id, shown),
      listen: () => undefined,
      converse: () => undefined,
      answerModel: () => undefined,
      judge: () => Promise.resolve(null),
      giveWay: () => undefined,
      changeLanguage: () => undefined,
      forget: () => undefined,
      settled: () => undefined,
      remainingMs: () => 0,
      hangUp: () => {
        hangingUp = true;
        if (waiting === 0) handle.close();
      },
      close: () => handle.close(),
    };
    return {
      channel,
      receive: (event) => {
        if (event.kind === 'key') on({ kind: 'key', key: event.key });
        if (event.kind === 'closed') on({ kind: 'closed', reason: event.reason });
      },
    };
  };
  const elsewhere = (): never => {
    throw new Error('These lines have streams.');
  };
  return { join, joinWords: elsewhere, gather: elsewhere };
}
