/** Steps in short, as they stand in the boxes of a chart. */
import type { Template } from '../dialogue/expression.ts';
import type { Step } from '../dialogue/program.ts';

const MOST_LINES = 6;
const LONGEST = 44;

/** One line a step; of a long list the first ones and `…`. */
export function linesOf(steps: readonly Step[]): string[] {
  // Where it leads is told by the arrows.
  const lines = steps.map(lineOf).filter((line) => line !== null);
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), '…'] : lines;
}

/** A text on one line, cut where it is long. */
export function short(text: string, longest: number = LONGEST): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length > longest
    ? `${characters
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`
    : line;
}

function lineOf(step: Step): string | null {
  switch (step.verb) {
    case 'say':
    case 'ask':
    case 'confirm':
      return short(`${step.verb}: ${first(step.variants)}`);
    case 'hangup':
      return step.variants.length === 0 ? null : short(`say: ${first(step.variants)}`);
    case 'talk':
      return short(`talk: ${step.goal.source}`);
    case 'collect':
      return short(`collect ${step.slots.join(', ')}`);
    case 'clear':
      return short(`clear ${step.slots.join(', ')}`);
    case 'do':
      return short(`do ${step.tool}`);
    case 'set':
      return short(`set ${step.values.map(({ target }) => target.join('.')).join(', ')}`);
    case 'remember':
      return short(`remember ${step.values.map(({ name }) => name).join(', ')}`);
    case 'play':
      return short(`play ${step.file.split(/[/\\]/).at(-1) ?? step.file}`);
    case 'press':
      return short(`press ${step.keys.source}`);
    case 'wait':
      return `wait ${step.ms / 1000} s`;
    case 'pair':
      return 'pair';
    case 'callback':
      return short(`call back at ${step.at.source}`);
    case 'repeat':
      return 'repeat';
    case 'branch':
    case 'goto':
    case 'run':
    case 'return':
    case 'transfer':
      return null;
  }
}

const first = (variants: readonly Template[]): string => variants[0]?.source ?? '';
