import type { Program } from '../dialogue/program.ts';
import type { State } from '../dialogue/state.ts';

/** True where the agent has more to do by itself before it is the caller's turn, or before the call is over. */
export function isAgentsTurn({ parts }: Program, { phase, stack, contexts }: State): boolean {
  if (phase !== 'running') return phase === 'new' || phase === 'transferring';
  const frame = stack.at(-1);
  const context = contexts.at(-1);
  if (!context || frame?.memory?.kind !== 'listening') return true;
  const step = parts[context.dialogue]?.blocks[frame.block]?.[frame.index];
  return step?.verb === 'wait' || frame.memory.calls.length > 0;
}
