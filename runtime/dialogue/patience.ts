import type { Expectation, SlotType } from './protocol.ts';

/** Said in groups, with pauses in which nobody is done. */
const IN_GROUPS: ReadonlySet<SlotType> = new Set(['digits', 'phone', 'email']);

/** Whether the caller is asked for something that people pause in; where the author wrote no `patience`. */
export const needsPatience = ({ slots }: Expectation): boolean =>
  slots.some(({ asked, type, speech }) => asked && speech && IN_GROUPS.has(type));
