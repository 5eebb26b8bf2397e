import { randomInt, randomUUID } from 'node:crypto';
import { Costs } from '../call/costs.ts';
import { Conversation, type ConversationParts } from '../call/conversation.ts';
import { factsOf } from '../call/facts.ts';
import type { Target } from '../call/admissions.ts';
import type { Clock } from '../clock.ts';
import type { Value } from '../dialogue/protocol.ts';
import { newState } from '../dialogue/state.ts';
import type { Channel, ChannelEvent } from '../line/line.ts';
import { RehearsedPairings } from '../rehearsal/pairings.ts';
import type { Session } from '../store/store.ts';

export interface TalkOptions {
  target: Target;
  outbound: boolean;
  /** The other side's number, E.164. */
  from: string | null;
  /** The caller is nobody who is known; else they are, by this phone. */
  unpaired?: boolean;
  /** What a call that we placed is given. */
  attributes?: { readonly [name: string]: Value };
}

/** Claims the code that the caller was told, for somebody of this name. False where there is none. */
export type Claim = (name: string) => boolean;

/** A number that belongs to nobody. */
const CALLER = '+15550100';

/** A rehearsal leaves nothing behind. */
const UNKEPT: ConversationParts['store'] = {
  writeStep: () => Promise.resolve(),
  writeTurns: () => Promise.resolve(),
  patchSession: () => Promise.resolve(),
  maskWritten: () => Promise.resolve([]),
};

/**
 * `offhook talk`: holds the conversation over the channel given (a terminal, a pipe) and settles when it is
 * over. The dialogue, its tools and its understanding are those of a real call.
 */
export async function talk(
  options: TalkOptions,
  parts: Omit<ConversationParts, 'store' | 'pairing'>,
  channel: (on: (event: ChannelEvent) => void, claim: Claim) => Channel,
): Promise<void> {
  const { target, outbound, unpaired = false, attributes = {} } = options;
  // Without a number nobody can be paired.
  const from = options.from ?? (unpaired ? CALLER : null);
  const startedAt = parts.clock.now();
  const session: Session = {
    id: randomUUID(),
    app: target.app.id,
    dialogue: target.program.dialogue,
    key: target.app.id,
    engine: 'embedded',
    crew: 0,
    cost: null,
    direction: outbound ? 'outbound' : 'inbound',
    isInitiated: outbound,
    from: outbound ? (target.app.numbers[0] ?? null) : from,
    to: outbound ? from : (target.app.numbers[0] ?? null),
    callSid: null,
    accountSid: null,
    user: null,
    locale: target.app.locale,
    attributes,
    status: 'in-progress',
    endReason: null,
    createdAt: startedAt,
    startedAt,
    endedAt: null,
    initiation: null,
  };
  const facts = factsOf(session, startedAt);
  const user = unpaired ? facts.user : { ...facts.user, paired: true, anonymous: false };
  const pairings = new RehearsedPairings(parts.clock, randomInt(1_000_000));
  // A clock's timers keep no process alive, and neither does an input that has ended.
  const alive = setInterval(() => {}, 60_000);
  await new Promise<void>((resolve) => {
    const conversation = new Conversation(
      { ...parts, store: UNKEPT, pairing: pairings },
      {
        session,
        program: target.program,
        state: newState(
          target.program.version,
          { ...facts, user },
          attributes,
          parseInt(session.id.slice(0, 8), 16),
        ),
        sequence: 0,
        firstTurn: 0,
        channel: (on) => channel(on, (name) => pairings.claim({ name })),
        live: () => undefined,
        costs: new Costs(new Map(), []),
        handOver: () => Promise.resolve(false),
        // A rehearsal calls nobody.
        callBack: () => undefined,
        ended: () => resolve(),
      },
    );
    conversation.begin();
  });
  clearInterval(alive);
}

/** The clock of a call that begins at another moment, in milliseconds since the epoch; time passes as it does. */
export function clockFrom(clock: Clock, moment: number): Clock {
  const ahead = moment - clock.now();
  return {
    now: () => clock.now() + ahead,
    elapsed: () => clock.elapsed(),
    after: (ms, callback) => clock.after(ms, callback),
  };
}
