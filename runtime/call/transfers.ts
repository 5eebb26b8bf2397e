/**
 * Callers on their way to somebody else. That they are stands in the journal alone, so that any process can answer
 * what the line asks meanwhile.
 */
import type { Clock } from '../clock.ts';
import { advance } from '../dialogue/engine.ts';
import type { EndReason, Event, Value } from '../dialogue/protocol.ts';
import type { State } from '../dialogue/state.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Session, Store } from '../store/store.ts';
import { LOST_MS } from './absences.ts';
import { isFinal, type Target } from './admissions.ts';
import type { BriefAnswer, DialOrder, DialOutcome, TransferFailure } from './answers.ts';
import { takeTheCall } from './transfer-words.ts';

export interface TransfersParts {
  store: Pick<Store, 'session' | 'patchSession' | 'lastEntry' | 'writeStep'>;
  clock: Clock;
  log: Log;
  /** What the session was running. */
  target(session: Session): Target | null;
}

/**
 * What comes of a transfer: it is over, or the caller is to be taken back, from this transfer or (`failure` null)
 * from one that has come back already.
 */
export type Verdict =
  | { kind: 'unknown' }
  | { kind: 'over' }
  | { kind: 'back'; session: Session; failure: TransferFailure | null };

/** The longest call that the network bridges, by default. */
const BRIDGED_MS = 4 * 3_600_000;
/** The brief, the question and the time to press a key. */
const BRIEF_MS = 120_000;

export class Transfers {
  readonly #parts: TransfersParts;
  /** The other side has heard the brief, by session, and has taken the call or not yet. */
  readonly #briefed = new Map<string, { transfer: number; taken: boolean }>();
  readonly #ending = new Map<string, Promise<void>>();

  constructor(parts: TransfersParts) {
    this.#parts = parts;
  }

  /** Where the caller of this session is to be joined with; null where there is no transfer under way. */
  async order(session: Session): Promise<DialOrder | null> {
    const under = await this.#underWay(session.id);
    if (!under) return null;
    const { to, brief, ringMs } = under.order;
    const ours = session.direction === 'outbound' ? session.from : session.to;
    return {
      kind: 'dial',
      session: session.id,
      transfer: under.sequence,
      to,
      callerId: this.#parts.target(session)?.app.numbers[0] ?? numberOrNull(ours),
      ringMs,
      briefed: brief !== null,
    };
  }

  /** How long the caller may be away from now on, in ms; null where there is no transfer under way. */
  async awayMs(session: string): Promise<number | null> {
    const under = await this.#underWay(session);
    if (!under) return null;
    const until = under.at + under.order.ringMs + BRIEF_MS + BRIDGED_MS;
    return Math.max(LOST_MS, until - this.#parts.clock.now());
  }

  /** The other side has answered: what does it hear before it is joined? A word about an earlier transfer is late. */
  async brief(sessionId: string, transfer: number): Promise<BriefAnswer> {
    const session = await this.#parts.store.session(sessionId);
    const under = session && !isFinal(session.status) ? await this.#underWay(sessionId) : null;
    if (!session || under?.sequence !== transfer || under.order.brief === null) return { kind: 'hang-up' };
    const before = this.#briefed.get(sessionId);
    if (before?.transfer !== transfer) this.#briefed.set(sessionId, { transfer, taken: false });
    const { locale } = session;
    const say = [{ text: under.order.brief, locale }, takeTheCall(locale)];
    return { kind: 'brief', session: sessionId, transfer, say };
  }

  /** The other side has pressed a key behind the brief; null: none. */
  async pressed(sessionId: string, transfer: number, key: string | null): Promise<BriefAnswer> {
    const under = await this.#underWay(sessionId);
    if (under?.sequence !== transfer || key !== '1') return { kind: 'hang-up' };
    this.#briefed.set(sessionId, { transfer, taken: true });
    return { kind: 'join' };
  }

  /** What a session ends with that the network says is over while its caller was away. */
  endReason(session: Session): EndReason {
    return this.#briefed.get(session.id)?.taken === true ? 'transferred' : 'caller-hung-up';
  }

  /**
   * The line tells what became of a transfer. Told again, it gives the same.
   */
  async outcome(told: DialOutcome): Promise<Verdict> {
    const { store } = this.#parts;
    const session = await store.session(told.session);
    if (!session || session.callSid !== told.callSid) return { kind: 'unknown' };
    const under = await this.#underWay(told.session);
    const current = under?.sequence === told.transfer;
    const briefed = this.#briefed.get(told.session);
    const taken = briefed?.transfer === told.transfer ? briefed.taken : null;
    const joined = told.status === 'completed' && told.joined !== false && taken !== false;
    if (isFinal(session.status)) {
      // The end of the call was told before the end of the transfer.
      if (current && joined && session.endReason === 'caller-hung-up') {
        await store.patchSession(session.id, { endReason: 'transferred' });
      }
      return { kind: 'over' };
    }
    if (!current) {
      return told.callerIsThere ? { kind: 'back', session, failure: null } : { kind: 'over' };
    }
    if (joined || !told.callerIsThere) {
      await this.#end(session, under, joined ? 'transferred' : 'caller-hung-up');
      return { kind: 'over' };
    }
    const failure = taken === false || told.status === 'completed' ? 'declined' : told.status;
    return { kind: 'back', session, failure };
  }

  /** The call is over, or has come back. */
  forget(session: string): void {
    this.#briefed.delete(session);
  }

  async #underWay(session: string): Promise<UnderWay | null> {
    const entry = await this.#parts.store.lastEntry(session);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
    const state = entry ? (entry.state as unknown as State) : null;
    if (!entry || state?.phase !== 'transferring' || state.transfer === null) return null;
    return { sequence: entry.sequence, at: entry.at, state, order: state.transfer };
  }

  /** The call ends while nobody holds it here: its last event is written down all the same, once. */
  #end(session: Session, under: UnderWay, reason: EndReason): Promise<void> {
    const ending =
      this.#ending.get(session.id) ??
      this.#writeEnd(session, under, reason).finally(() => this.#ending.delete(session.id));
    this.#ending.set(session.id, ending);
    return ending;
  }

  async #writeEnd(session: Session, { state, sequence }: UnderWay, reason: EndReason): Promise<void> {
    const { store, clock, log } = this.#parts;
    const at = clock.now();
    const patch = { status: 'completed', endReason: reason, endedAt: at } as const;
    const target = this.#parts.target(session);
    try {
      if (!target) return await store.patchSession(session.id, patch);
      const event: Event = { kind: 'line-closed', reason, at };
      const after = advance(target.program, state, event).state;
      await store.writeStep({
        session: session.id,
        entry: {
          sequence: sequence + 1,
          at,
          event,
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the state is JSON
          state: after as unknown as Value,
          effects: [],
        },
        turns: [],
        toolCalls: [],
        memories: [],
        patch,
      });
    } catch (thrown) {
      log.error(
        { session: session.id, problem: messageOf(thrown) },
        'the end of a transferred call was not journalled',
      );
      await store.patchSession(session.id, patch);
    }
  }
}

interface UnderWay {
  sequence: number;
  at: number;
  state: State;
  order: NonNullable<State['transfer']>;
}

function numberOrNull(number: string | null): string | null {
  return number !== null && /^\+\d{5,15}$/.test(number) ? number : null;
}
