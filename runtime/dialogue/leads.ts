/** Which slots an answer leads to. */
import type { BlockId, Part, Step } from './program.ts';

/** A sentence that is an answer may already hold what the `collect` behind the answer asks for. */
export function leadOptionsToSlots(part: Part): void {
  for (const steps of Object.values(part.blocks)) {
    for (const step of steps) {
      const options = step.verb === 'ask' ? step.answers : step.verb === 'talk' ? step.until : [];
      for (const option of options)
        if (option.block !== null)
          (option as { slots: readonly string[] }).slots = slotsBehind(part, option.block);
    }
  }
}

/** The slots of the first `collect` on the way, where nothing else listens or decides before it. */
function slotsBehind(part: Part, first: BlockId): readonly string[] {
  const seen = new Set<BlockId>();
  for (let block: BlockId | null = first; block !== null && !seen.has(block);) {
    seen.add(block);
    let next: BlockId | null = null;
    for (const step of part.blocks[block] ?? []) {
      if (step.verb === 'collect') return step.slots.filter((slot) => !part.slots[slot]?.sensitive);
      if (step.verb === 'goto') {
        next = part.states[step.state]?.block ?? null;
        break;
      }
      if (!PASSING.has(step.verb)) return [];
    }
    block = next;
  }
  return [];
}

const PASSING: ReadonlySet<Step['verb']> = new Set(['say', 'play', 'set', 'remember', 'wait']);
