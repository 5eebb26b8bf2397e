/** Who is on the other side of a call, as far as a number tells, and what is remembered of them. */
import type { Value } from '../dialogue/protocol.ts';
import { reachable } from '../phone.ts';
import type { Device, Person } from '../store/people.ts';
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

/** Who is on the other side, and what is known of their number; null: nobody, or nothing. */
export interface Known {
  person: Person | null;
  device: Device | null;
}

export const NOBODY: Known = { person: null, device: null };

/** What a dialogue sees as `user.*`. `paired` is told of the number of this call. */
export function userFacts({ person, device }: Known): { [name: string]: Value } {
  const paired = person !== null && device?.user === person.id && device.pairedAt !== null;
  return {
    ...shownOf(person?.values ?? {}),
    name: person?.name ?? null,
    paired,
    anonymous: person?.anonymous ?? true,
  };
}

/** Of a person's memories, those that are not the runtime's own. */
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
