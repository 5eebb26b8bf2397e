/** Who is on the other side of a call, as far as a number tells, and what is remembered of them. */
import type { Value } from '../dialogue/protocol.ts';
import { reachable } from '../phone.ts';
import type { Session } from '../store/store.ts';

/** No name in a dialogue begins so: these memories are the runtime's own. */
const OWN = ':';

/** The other side's number (E.164) where it says who it is; null for a caller who withholds it. */
export function phoneOf({
  isInitiated,
  from,
  to,
}: Pick<Session, 'isInitiated' | 'from' | 'to'>): string | null {
  return reachable(isInitiated ? to : from);
}

/** What `user.*` shows of a person's memories. */
export function shownOf(memories: { readonly [name: string]: Value }): { [name: string]: Value } {
  return Object.fromEntries(Object.entries(memories).filter(([name]) => !name.startsWith(OWN)));
}

/** The memory of which variants of the dialogue's lines the person heard last. */
export function usedName(dialogue: string): string {
  return `${OWN}used:${dialogue}`;
}

/** The variants heard last, by place; those that are no numbers are none. */
export function usedOf(value: Value | undefined): { [place: string]: number } {
  const used: { [place: string]: number } = {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return used;
  for (const [place, variant] of Object.entries(value)) {
    if (typeof variant === 'number') used[place] = variant;
  }
  return used;
}
