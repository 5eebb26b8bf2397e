/** The slots of a dialogue, with every default filled in. */
import type { Ladder as LadderSource, Slot } from './document.ts';
import { parseExpression, type Template } from './expression.ts';
import type { BlockId, Ladder, SlotSpec, Step } from './program.ts';
import type { SlotType, Wanted } from './protocol.ts';

interface Parts {
  ladder(id: BlockId, source: LadderSource | undefined): Ladder | null;
  template(source: string): Template;
  /** Slots that a `confirm` reads back anyway. */
  readBack: ReadonlySet<string>;
}

type Slots = { readonly [name: string]: Slot };

export function compileSlots(slots: Slots, parts: Parts): { [name: string]: SlotSpec } {
  const specs: { [name: string]: SlotSpec } = Object.create(null);
  for (const [name, slot] of Object.entries(slots)) specs[name] = specOf(name, slot, parts);
  return specs;
}

function specOf(name: string, slot: Slot, { ladder, template, readBack }: Parts): SlotSpec {
  const { from = ['speech', 'keys'] } = slot;
  return {
    name,
    type: slot.type,
    about: slot.about ?? null,
    of: choicesOf(slot.of),
    min: slot.min ?? null,
    max: slot.max ?? null,
    length: typeof slot.length === 'number' ? { min: slot.length, max: slot.length } : (slot.length ?? null),
    hints: slot.hints ?? [],
    speech: from.includes('speech'),
    keys: from.includes('keys') && BY_KEYS.has(slot.type),
    ask: ladder(`slots/${name}/ask`, slot.ask) ?? [],
    check: (slot.check ?? []).map((one) => ({
      if: parseExpression(String(one.if)),
      else: template(one.else),
    })),
    confirm: slot.confirm ?? (readBack.has(name) || slot.sensitive === true ? 'never' : 'unsure'),
    sensitive: slot.sensitive ?? false,
  };
}

/** Types whose values can be pressed. */
export const BY_KEYS: ReadonlySet<SlotType> = new Set([
  'boolean',
  'integer',
  'number',
  'digits',
  'time',
  'phone',
]);

function choicesOf(of: Slot['of']): Wanted['of'] {
  if (of === undefined) return null;
  if (Array.isArray(of)) return of.map((value: string) => ({ value, like: [] }));
  return Object.entries(of).map(([value, like]) => ({ value, like }));
}

/** The slots that some `confirm` of the dialogue mentions. */
export function readBackSlots(
  blocks: { readonly [id: BlockId]: readonly Step[] },
  slots: Slots,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const steps of Object.values(blocks)) {
    for (const step of steps) {
      if (step.verb !== 'confirm') continue;
      for (const name of step.slots) if (Object.hasOwn(slots, name)) found.add(name);
    }
  }
  return found;
}
