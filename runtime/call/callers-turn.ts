import type { Program } from '../dialogue/program.ts';
import type { State } from '../dialogue/state.ts';

/** The step that the call is at only lets time pass: a caller who types ahead, or is rehearsed, is not heard in it. */
export function onlyWaits(program: Program, { stack, contexts }: State): boolean {
  const frame = stack.at(-1);
  const part = program.parts[contexts.at(-1)?.dialogue ?? ''];
  return frame !== undefined && part?.blocks[frame.block]?.[frame.index]?.verb === 'wait';
}
