/**
 * Calls over a line that holds no connection but asks again and again. Each exchange is numbered, carried out once and
 * answered the same however often it is asked for; whichever process is asked takes the call up from the journal.
 */
import type { Clock } from '../clock.ts';
import type { Value } from '../dialogue/protocol.ts';
import { wordsFor } from '../dialogue/words.ts';
import { messageOf } from '../errors.ts';
import type { Gathering, Partial, Told } from '../line/gathering.ts';
import type { Log } from '../log.ts';
import type { Session, Store } from '../store/store.ts';
import type { TransferFailure } from './answers.ts';
import type { Conversation } from './conversation.ts';
import type { Gathered, Script } from './gathered.ts';
import { keptOf, takeUp, type Kept, type TakenUp } from './kept-exchange.ts';
import { lengthMs } from './sounding.ts';
import type { Joined, Joining } from './studio.ts';

export interface ExchangesParts {
  store: Pick<Store, 'exchanges' | 'lastEntry' | 'sessionDetail'>;
  clock: Clock;
  log: Log;
  /** A line of this kind, joined with a conversation. */
  open(joining: Joining): Gathered;
  /** Joins the call with its dialogue; whoever held it here gives way. */
  begin(
    session: Session,
    join: (joining: Joining) => Joined<never>,
    how: { transferFailed: TransferFailure | null; takenUp: TakenUp | null },
  ): Promise<Conversation>;
  /** Settles when the call does not run here any more. */
  settled(session: string): Promise<void>;
  /** What the line does when the conversation is over, or goes on elsewhere. */
  behind(session: string): Promise<Ending>;
  draining(): boolean;
}

export type Ending = Exclude<Gathering['next'], { kind: 'listen' | 'ask-again' }>;

/** A call that is held here. */
interface Held {
  gathered: Gathered;
  conversation: Conversation;
  speech: string | null;
  voice: string | null;
  /** The exchange that comes next. */
  turn: number;
  /** The last answer, with all that may not be written down. */
  last: { turn: number; gathering: Gathering } | null;
  /** Of the partial results of the utterance that is being said. */
  partial: number;
  cancelIdle: () => void;
}

/** The line waits fifteen seconds. An exchange that takes longer than this goes on, and is asked for again. */
const ANSWER_MS = 8_000;
/** Whoever carries an exchange out says so this often, and is dead when nothing was heard of it for so long. */
const ALIVE_MS = 2_000;
const DEAD_MS = 6_000;
const LOOK_MS = 200;
/** An utterance takes a minute at most; behind that the line has some time to tell of it. */
const IDLE_MS = 80_000;

export class Exchanges {
  readonly #parts: ExchangesParts;
  readonly #held = new Map<string, Held>();
  /** By session and turn. */
  readonly #underWay = new Map<string, Promise<Gathering>>();

  constructor(parts: ExchangesParts) {
    this.#parts = parts;
  }

  /** The call is here, or back: what does the caller hear? Asked again, it gives the same. */
  async here(session: Session, transferFailed: TransferFailure | null): Promise<Gathering> {
    const last = await this.#parts.store.exchanges.last(session.id);
    const before = last ? keptOf(last.answer).gathering.next.kind : null;
    const anew = before === 'dial' || before === 'ask-next' || before === 'hang-up';
    const turn = last === null ? 0 : anew ? last.turn + 1 : last.turn;
    return this.#ask(session, turn, { kind: 'here' }, transferFailed);
  }

  /** The line tells what became of the last answer. Null: no such exchange was ever called for. */
  async told(session: Session, turn: number, told: Told): Promise<Gathering | null> {
    if (this.#held.get(session.id)?.turn !== turn) {
      const last = await this.#parts.store.exchanges.last(session.id);
      if (!Number.isInteger(turn) || turn < 0 || turn > (last?.turn ?? -1) + 1) return null;
    }
    return this.#ask(session, turn, told, null);
  }

  /** The answer that an exchange of a call that is over was given; null: it was given none. */
  async again(session: Session, turn: number): Promise<Gathering | null> {
    const last = await this.#parts.store.exchanges.last(session.id);
    return last?.turn === turn ? keptOf(last.answer).gathering : null;
  }

  /** The caller has said this so far. What is late, or out of order, is left aside. */
  partial({ session, turn, sequence, text }: Partial): void {
    const held = this.#held.get(session);
    if (held?.turn !== turn || sequence <= held.partial) return;
    held.partial = sequence;
    held.gathered.partial(text);
  }

  /** Lets the calls go for which nothing is under way here: any process can take them up. Gives how many there were. */
  release(): number {
    const idle = [...this.#held].filter(([session, { turn }]) => !this.#underWay.has(keyOf(session, turn)));
    for (const [, { conversation }] of idle) conversation.lose();
    return idle.length;
  }

  async #ask(
    session: Session,
    turn: number,
    told: Told,
    transferFailed: TransferFailure | null,
  ): Promise<Gathering> {
    const work = this.#start(session, turn, () => this.#answer(session, turn, told, transferFailed));
    let cancel = (): void => undefined;
    const late = new Promise<null>((resolve) => {
      cancel = this.#parts.clock.after(ANSWER_MS, () => resolve(null));
    });
    try {
      return (await Promise.race([work, late])) ?? askAgain(session.id, turn);
    } finally {
      cancel();
    }
  }

  /** One at a time of each exchange, whoever asks for it. */
  #start(session: Session, turn: number, work: () => Promise<Gathering>): Promise<Gathering> {
    const key = keyOf(session.id, turn);
    const before = this.#underWay.get(key);
    if (before) return before;
    const started = work().finally(() => this.#underWay.delete(key));
    // Whoever asked for it hears of a failure, through what is given back.
    started.catch(() => undefined);
    this.#underWay.set(key, started);
    return started;
  }

  async #answer(
    session: Session,
    turn: number,
    told: Told,
    transferFailed: TransferFailure | null,
  ): Promise<Gathering> {
    const { clock } = this.#parts;
    const from = clock.elapsed();
    for (;;) {
      const held = this.#held.get(session.id);
      if (held?.last?.turn === turn) return held.last.gathering;
      const claim = await this.#claim(session.id, turn);
      if (claim === null) return this.#carryOut(session, turn, told, transferFailed);
      if (claim !== 'pending') return claim.gathering;
      if (clock.elapsed() - from >= ANSWER_MS) return askAgain(session.id, turn);
      // Another process is about to answer it.
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
    }
  }

  /** Null: it is ours to carry out. */
  async #claim(session: string, turn: number): Promise<Kept | 'pending' | null> {
    const { store, clock, log } = this.#parts;
    try {
      const claim = await store.exchanges.claim(session, turn, clock.now(), clock.now() - DEAD_MS);
      return claim === null || claim === 'pending' ? claim : keptOf(claim.answer);
    } catch (thrown) {
      // A call that goes well goes on without the store.
      if (this.#held.get(session)?.turn !== turn) throw thrown;
      log.error({ session, problem: messageOf(thrown) }, 'an exchange could not be claimed');
      return null;
    }
  }

  async #carryOut(
    session: Session,
    turn: number,
    told: Told,
    transferFailed: TransferFailure | null,
  ): Promise<Gathering> {
    const { store, clock, log } = this.#parts;
    let cancel = (): void => undefined;
    const beat = (): void => {
      cancel = clock.after(ALIVE_MS, () => {
        store.exchanges.touch(session.id, turn, clock.now()).catch((thrown: unknown) => {
          log.warn(
            { session: session.id, problem: messageOf(thrown) },
            'an exchange could not be kept alive',
          );
        });
        beat();
      });
    };
    beat();
    try {
      return await this.#exchange(session, turn, told, transferFailed);
    } catch (thrown) {
      log.error({ session: session.id, err: thrown }, 'an exchange broke');
      this.#held.get(session.id)?.conversation.close('error');
      const { trouble } = wordsFor(session.locale);
      const { locale } = session;
      const words = { kind: 'say', text: trouble, locale, interrupt: 'never' } as const;
      const gathering = this.#gathering(session.id, turn, null, [words], { kind: 'hang-up' });
      await this.#keep(session.id, turn, { gathering, sounding: [], at: clock.now(), sequence: 0 });
      return gathering;
    } finally {
      cancel();
    }
  }

  async #exchange(
    session: Session,
    turn: number,
    told: Told,
    transferFailed: TransferFailure | null,
  ): Promise<Gathering> {
    const { clock, draining } = this.#parts;
    let held = this.#held.get(session.id);
    let news = told;
    if (held?.turn !== turn) [held, news] = await this.#hold(session, turn, told, transferFailed);
    held.cancelIdle();
    held.partial = -1;
    if (draining()) {
      held.gathered.unsettle();
      held.conversation.drain();
      news = { kind: 'here' };
    }
    const script = await held.gathered.exchange(news);
    if (script.next.kind === 'over') await this.#parts.settled(session.id);
    const next = script.next.kind === 'over' ? await this.#parts.behind(session.id) : script.next;
    const gathering = this.#gathering(session.id, turn, held, script.sounds, next);
    held.turn = turn + 1;
    held.last = { turn, gathering };
    await this.#keep(session.id, turn, {
      gathering: { ...gathering, sounds: script.shown },
      sounding: script.sounding,
      at: clock.now(),
      sequence: held.conversation.sequence,
    });
    if (script.next.kind === 'ask-again') this.#goOn(session, turn + 1);
    else if (script.next.kind === 'listen') this.#watch(session.id, held, script);
    return gathering;
  }

  /** The line will ask again, and nothing new will come of that: the answer is prepared already. */
  #goOn(session: Session, turn: number): void {
    const asked = { kind: 'asks-again' } as const;
    this.#start(session, turn, () => this.#answer(session, turn, asked, null)).catch((thrown: unknown) => {
      this.#parts.log.error(
        { session: session.id, problem: messageOf(thrown) },
        'an exchange was not prepared',
      );
    });
  }

  /** A caller of whom nothing is heard any more has hung up; or the call is held by another process since. */
  #watch(session: string, held: Held, { sounding, next }: Script): void {
    const silenceMs = next.kind === 'listen' ? next.silenceMs : 0;
    held.cancelIdle = this.#parts.clock.after(lengthMs(sounding) + silenceMs + IDLE_MS, () => {
      this.#expire(session, held).catch((thrown: unknown) => {
        this.#parts.log.error({ session, problem: messageOf(thrown) }, 'a call that is over was not closed');
      });
    });
  }

  async #expire(session: string, held: Held): Promise<void> {
    const last = await this.#parts.store.exchanges.last(session);
    if (this.#held.get(session) !== held) return;
    if (last !== null && last.turn >= held.turn) held.conversation.lose();
    else held.conversation.close('caller-hung-up');
  }

  /** Begins the call, or takes it up. Gives it with what is still to be told of this exchange. */
  async #hold(
    session: Session,
    turn: number,
    news: Told,
    transferFailed: TransferFailure | null,
  ): Promise<[Held, Told]> {
    const { takenUp, told } = await takeUp(this.#parts.store, session, turn, news);
    const joined: { gathered?: Gathered; speech?: string | null; voice?: string | null } = {};
    const conversation = await this.#parts.begin(
      session,
      (joining) => {
        const gathered = this.#parts.open({
          ...joining,
          on: (event) => {
            if (event.kind === 'closed') this.#forget(session.id, gathered);
            joining.on(event);
          },
        });
        const { ear, voice } = joining.crew;
        Object.assign(joined, { gathered, speech: nameOf(ear), voice: nameOf(voice) });
        if (takenUp) gathered.takeUp(takenUp.kept.sounding, takenUp.kept.at);
        return { channel: gathered, receive: () => undefined };
      },
      { transferFailed, takenUp },
    );
    const held: Held = {
      gathered: joined.gathered!,
      conversation,
      speech: joined.speech ?? null,
      voice: joined.voice ?? null,
      turn,
      last: null,
      partial: -1,
      cancelIdle: () => undefined,
    };
    this.#held.set(session.id, held);
    return [held, told];
  }

  #forget(session: string, gathered: Gathered): void {
    const held = this.#held.get(session);
    if (held?.gathered !== gathered) return;
    held.cancelIdle();
    this.#held.delete(session);
  }

  #gathering(
    session: string,
    turn: number,
    held: Held | null,
    sounds: Gathering['sounds'],
    next: Gathering['next'],
  ): Gathering {
    const { speech = null, voice = null } = held ?? {};
    return { kind: 'gather', session, turn: turn + 1, speech, voice, sounds, next };
  }

  /** What cannot be kept can still be answered, by this process. */
  async #keep(session: string, turn: number, kept: Kept): Promise<void> {
    const { store, clock, log } = this.#parts;
    try {
      await store.exchanges.keep(session, turn, kept as unknown as Value, clock.now());
    } catch (thrown) {
      log.error({ session, problem: messageOf(thrown) }, 'the answer of an exchange could not be kept');
    }
  }
}

function askAgain(session: string, turn: number): Gathering {
  const next = { kind: 'ask-again' } as const;
  return { kind: 'gather', session, turn, speech: null, voice: null, sounds: [], next };
}

function nameOf(part: { provider: string; name: string | null } | null): string | null {
  return part === null || part.name === null ? null : `${part.provider}/${part.name}`;
}

const keyOf = (session: string, turn: number): string => `${session} ${turn}`;
