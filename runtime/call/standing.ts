/** What holds in a call between two events, told by its journal alone. */
import type { Effect, Event } from '../dialogue/protocol.ts';
import type { State } from '../dialogue/state.ts';
import type { JournalEntry } from '../store/store.ts';

/**
 * Orders that are still good behind the last of these entries: who is listened to, and which timers run. Carried out
 * anew they change nothing for the caller.
 */
export function standing(journal: readonly JournalEntry[]): Effect[] {
  let listens: Effect | null = null;
  const wakes = new Map<string, Effect>();
  for (const entry of journal) {
    const event = eventOf(entry);
    if (event.kind === 'time-passed') wakes.delete(event.wake);
    for (const effect of effectsOf(entry)) {
      switch (effect.kind) {
        case 'listen':
        case 'converse':
          listens = effect.kind === 'converse' ? { ...effect, answerNow: false } : effect;
          break;
        case 'call-tool':
        case 'transfer':
        case 'hang-up':
          listens = null;
          break;
        case 'wake': {
          const kind = effect.id.slice(0, effect.id.indexOf(':') + 1);
          for (const id of wakes.keys()) if (kind !== '' && id.startsWith(kind)) wakes.delete(id);
          wakes.set(effect.id, effect);
          break;
        }
        case 'cancel-wake':
          wakes.delete(effect.id);
          break;
        default:
      }
    }
  }
  return [...(listens === null ? [] : [listens]), ...wakes.values()];
}

/** A tool is at work, or a model waits for one: whoever called it knows what comes of it, and nobody else. */
export function isAtWork({ phase, stack }: State): boolean {
  if (phase !== 'running') return false;
  const memory = stack.at(-1)?.memory ?? null;
  return memory?.kind === 'doing' || (memory?.kind === 'listening' && memory.calls.length > 0);
}

/** Whether what the caller did, or what changed for them, is among the events of these entries. */
export function tellsOfCaller(journal: readonly JournalEntry[]): boolean {
  return journal.some((entry) =>
    ['caller-spoke', 'key-pressed', 'time-passed', 'paired'].includes(eventOf(entry).kind),
  );
}

export function effectsOf({ effects }: JournalEntry): readonly Effect[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
  return effects as unknown as readonly Effect[];
}

function eventOf({ event }: JournalEntry): Event {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
  return event as unknown as Event;
}
