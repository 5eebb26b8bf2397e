/** What is kept of an exchange, and how a call goes on from it in a process that has not held it. */
import type { Effect, Value } from '../dialogue/protocol.ts';
import type { State } from '../dialogue/state.ts';
import type { Gathering, Told } from '../line/gathering.ts';
import type { Session, Store, Turn } from '../store/store.ts';
import type { Sounding } from './sounding.ts';
import { effectsOf, isAtWork, standing, tellsOfCaller } from './standing.ts';

/** Enough for any process to answer the exchange again, and the one that comes next. JSON. */
export interface Kept {
  gathering: Gathering;
  sounding: readonly Sounding[];
  /** When it was answered, and where the journal stood. */
  at: number;
  sequence: number;
}

/** How a call that another process held goes on here. */
export interface TakenUp {
  /** Orders that hold, or that nobody has carried out. */
  effects: readonly Effect[];
  /** What the caller hears at the moment, by utterance. */
  unheard: ReadonlyMap<string, Turn>;
  /** Its last answer. */
  kept: Kept;
}

export function keptOf(answer: Value): Kept {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the row is our own
  return answer as unknown as Kept;
}

/**
 * How the call goes on with this exchange, and what of it is still to be told. Null: as after a break of the line, by
 * what the journal says alone, which is also how one begins; a tool that was at work is called again.
 */
export async function takeUp(
  store: Pick<Store, 'exchanges' | 'lastEntry' | 'sessionDetail'>,
  session: Session,
  turn: number,
  told: Told,
): Promise<{ takenUp: TakenUp | null; told: Told }> {
  const here = { kind: 'here' } as const;
  const [entry, last] = await Promise.all([store.lastEntry(session.id), store.exchanges.last(session.id)]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
  const state = entry ? (entry.state as unknown as State) : null;
  const kept = last?.turn === turn - 1 ? keptOf(last.answer) : null;
  if (told.kind === 'here' || state === null || kept === null || isAtWork(state))
    return { takenUp: null, told: here };

  const detail = await store.sessionDetail(session.id);
  const journal = detail?.journal ?? [];
  // It went on behind that answer, and nobody has said what came of it.
  const since = journal.filter(({ sequence }) => sequence > kept.sequence);
  const orders = since.flatMap(effectsOf);
  const sounds = orders.filter(({ kind }) => kind === 'say' || kind === 'play' || kind === 'press');
  const ends = orders.filter(({ kind }) => kind === 'transfer' || kind === 'hang-up');
  const utterances = [
    ...kept.sounding.map(({ id }) => id),
    ...sounds.flatMap((sound) => ('id' in sound ? sound.id : [])),
  ];
  const effects = [...sounds, ...standing(journal), ...ends];
  const unheard = unheardOf(detail?.turns ?? [], utterances);
  return { takenUp: { effects, unheard, kept }, told: tellsOfCaller(since) ? here : told };
}

/** Turns do not say which utterance they are; those that were not heard are the last ones, in their order. */
function unheardOf(turns: readonly Turn[], utterances: readonly string[]): Map<string, Turn> {
  const open = turns.filter(({ role, heardText }) => role === 'agent' && heardText === null);
  const count = Math.min(open.length, utterances.length);
  const ids = utterances.slice(utterances.length - count);
  return new Map(open.slice(open.length - count).map((turn, index) => [ids[index]!, turn]));
}
